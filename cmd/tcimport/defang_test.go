package main

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

const fanged = `
groups:
  - key: a
    type: Incident
    name: Seen at shop.example.com
    associatedIndicators:
      - URL:http://drop.example.com/a.php
      - Host:drop.example.com
      - Address:198.51.100.23
      - {type: Address, ip: "2001:db8::23"}
      - EmailAddress:first.last@mail.example.com
      - CIDR:198.51.100.0/24
      - {type: Mutex, summary: a.b.c}
    associatedArtifacts: [{caseId: CASE, type: IP Address, summary: 198.51.100.77}]
`

// TestNothingLeadsToIndicators: on a terminal, indicators and artifacts stand as the field
// writes what nobody should follow; where a program can read them, they are as they are.
func TestNothingLeadsToIndicators(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{ExcludedSummary: []string{"drop.example.com", "http://drop.example.com/a.php"}})
	w.write("case.yaml", "groups: [{key: c, type: Event, name: N, eventDate: 2026-01-02, associatedCases: [{name: C, severity: Low, status: Open}]}]\n")
	w.run("apply", "@case.yaml", "--yes", "--report", "@case.csv").mustExit(t, codeOK)
	w.write("in.yaml", strings.ReplaceAll(fanged, "CASE", fmt.Sprint(w.sim.Snapshot().Cases[0].ID)))
	raw := []string{"http://drop.example.com/a.php", "drop.example.com", "198.51.100.23", "2001:db8:0:0:0:0:0:23", "last@mail.example.com", "198.51.100.0/24", "198.51.100.77"}
	safe := []string{"hxxp://drop[.]example[.]com/a.php", `Host "drop[.]example[.]com"`, "198[.]51[.]100[.]23", "2001[:]db8[:]0[:]0[:]0[:]0[:]0[:]23",
		"first.last[@]mail[.]example[.]com", "198[.]51[.]100[.]0/24", "198[.]51[.]100[.]77", `Mutex "a.b.c"`, "Seen at shop.example.com"}
	check := func(name, text string, defanged bool, raw, safe []string) {
		t.Helper()
		for _, s := range raw {
			if strings.Contains(text, s) == defanged {
				t.Errorf("%s has %s: %v\n%s", name, s, !defanged, text)
			}
		}
		for _, s := range safe {
			if defanged && !strings.Contains(text, s) {
				t.Errorf("%s lacks %s:\n%s", name, s, text)
			}
		}
	}
	run := func(code int, args ...string) string {
		t.Helper()
		return w.run(args...).mustExit(t, code).out
	}
	check("a pipe", run(codeOK, "plan", "@in.yaml", "--out", "@plan.json"), false, raw, safe)
	check("a file", w.read("plan.json"), false, raw[:6], nil)
	w.outTTY = true
	check("plan", run(codeOK, "plan", "@in.yaml"), true, raw, safe)
	check("show", run(codeOK, "show", "@plan.json"), true, raw, safe)
	check("-v", run(codeOK, "show", "@plan.json", "-v", "--full"), true, raw, safe)
	check("--no-defang", run(codeOK, "plan", "@in.yaml", "--no-defang"), false, raw, nil)
	w.env["TCIMPORT_NO_DEFANG"] = "1"
	check("TCIMPORT_NO_DEFANG", run(codeOK, "show", "@plan.json"), false, raw, nil)
	delete(w.env, "TCIMPORT_NO_DEFANG")
	check("JSON", run(codeOK, "show", "@plan.json", "--json"), false, raw[:6], nil)
	check("markdown", run(codeOK, "show", "@plan.json", "--format", "markdown"), false, raw, nil)
	check("a question", w.ask("no", "apply", w.path("in.yaml"), "--report", w.path("no.csv")).mustExit(t, codeOK).err, true, raw, safe)
	check("a reason", run(codeRefused, "plan", "@in.yaml", "--missing-indicators", "fail"), true, raw[:1], nil)

	// An instance refuses the indicators: the run says so, and the report has them.
	out := run(codeIncomplete, "apply", "@in.yaml", "--yes", "--report", "@ids.csv")
	check("a run", out, true, raw, []string{"hxxp://drop[.]example[.]com/a.php", `Host "drop[.]example[.]com"`})
	check("a report", w.read("ids.csv"), false, raw[:6], nil)
	check("undo", w.ask("no", "undo", w.path("ids.csv"), "--objects").mustExit(t, codeOK).err, true, raw, []string{"198[.]51[.]100[.]23"})
}
