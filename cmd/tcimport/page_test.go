package main

import (
	"strings"
	"testing"

	"tcimport/internal/bigmanifest"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

const onePage = "groups: [{key: a, type: Threat, name: A}]\n"

// TestPageIsNotForTerminals: a page on a terminal is an error that says what to do, before
// anything is written. JSON has no use for the format.
func TestPageIsNotForTerminals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", onePage)
	w.outTTY = true
	for _, args := range [][]string{{"plan", "@in.yaml"}, {"apply", "@in.yaml", "--yes", "--report", "@ids.csv"}, {"show", "@plan.json"}, {"undo", "@ids.csv", "--yes"}} {
		r := w.run(append(args, "--format", "html")...).mustExit(t, codeError)
		if r.out != "" || !strings.Contains(r.err, "redirect it to a file, such as > plan.html") {
			t.Errorf("%q: %s%s", args, r.out, r.err)
		}
	}
	if got := w.run("plan", "@in.yaml", "--format", "html", "--json").mustExit(t, codeOK).out; !strings.HasPrefix(got, "{") {
		t.Errorf("--json --format html is %.40q", got)
	}
	w.outTTY = false
	w.run("plan", "@in.yaml", "--detailed-exitcode").mustExit(t, codePending)
}

// TestPageOfEachCommand: every command that shows a plan or a run writes it as a page, with
// --quiet, too.
func TestPageOfEachCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", onePage)
	for _, c := range []struct{ title, args string }{
		{"Import into ThreatConnect: Plan: 1 to create", "plan @in.yaml --out @plan.json"},
		{"Import into ThreatConnect: Plan: 1 to create", "show @plan.json"},
		{"Result of the import into ThreatConnect: Apply complete: 1 created", "apply @in.yaml --yes --report @ids.csv"},
		{"Take back a run in ThreatConnect: Plan: 0 to create, 0 to update, 1 to delete", "undo @ids.csv --out @undo.json"},
		{"Result of taking back a run in ThreatConnect: Undo complete", "undo @ids.csv --yes"},
	} {
		r := w.run(append(strings.Fields(c.args), "--format", "html", "--quiet")...).mustExit(t, codeOK)
		if !strings.Contains(r.out, "<title>"+c.title) || !strings.HasSuffix(r.out, "</html>\n") {
			t.Errorf("%s: the page is %.600q", c.args, r.out)
		}
	}
}

// TestLargePageIsSmall: the page of a plan of 10,000 groups has less than 15 MB.
func TestLargePageIsSmall(t *testing.T) {
	n := testkit.Size(10_000, 300)
	w := newWorld(t, tcsim.Config{})
	w.env["TC_API_PATH"] = "sim:"
	var m strings.Builder
	if err := bigmanifest.Write(&m, "yaml", n, 1); err != nil {
		t.Fatal(err)
	}
	w.write("in.yaml", m.String())
	size := len(w.run("plan", "@in.yaml", "--format", "html").mustExit(t, codeOK).out)
	t.Logf("%d groups: %d KB", n, size>>10)
	if size > 100<<10+1400*n {
		t.Errorf("a page of %d groups has %d bytes", n, size)
	}
}
