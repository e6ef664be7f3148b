package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestJobsNeedAnEditor: a Contributor may write to a community, but not by jobs. check, plan and apply say so before anything is
// written, and the import goes by v3.
func TestJobsNeedAnEditor(t *testing.T) {
	t.Parallel()
	user := oneUser("Standard User", access("Contributor", "Editor"))
	w := newWorld(t, user).with("TC_TOKEN=" + user.Users[0].Token)
	w.write("in.yaml", "owner: Demo Community\ngroups: [{type: Tool, name: N}]\n")
	const why = `no jobs for community "Demo Community": the API user is a Contributor there, and jobs need an Editor`
	if r := w.run("check", "--owner", tcsim.DemoCommunity).mustExit(t, codeOK); !strings.Contains(r.out, `none for community "Demo Community": the API user is a Contributor`) {
		t.Errorf("check says\n%s", r.out)
	}
	if r := w.run("plan", "@in.yaml", "--engine", "batch").mustExit(t, codeDenied); !strings.Contains(r.out, why) {
		t.Errorf("plan says\n%s", r.out)
	}
	if r := w.run("apply", "@in.yaml", "--engine", "batch", "--yes", "--report", "@ids.csv").mustExit(t, codeDenied); !strings.Contains(r.err, "nothing was written: --engine batch: "+why) {
		t.Errorf("apply says\n%s", r.err)
	}
	if n := w.sim.Stats().Writes; n != 0 {
		t.Errorf("%d requests have written", n)
	}
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
}

// TestForecastIsTrue: an instance that takes what a job may be gets as many jobs as the plan has said, and as many requests that write by v3. The requests by
// --engine v3 are those of the plan, too.
func TestForecastIsTrue(t *testing.T) {
	t.Parallel()
	many := "groups:\n"
	for i := range 300 {
		many += fmt.Sprintf("  - {key: g%d, type: Threat, name: G%d, tags: [T], associatedGroups: [g%d], associatedIndicators: ['Host:h%d.example']}\n", i, i, (i+1)%300, i%100)
	}
	for _, c := range []struct{ name, manifest, data, sample string }{
		{name: "one owner", manifest: many},
		{name: "two owners", manifest: "groups:\n  - {key: a, type: Tool, name: A, owner: Demo Source, associatedGroups: [b]}\n  - {key: b, type: Tool, name: B}\n"},
		{name: "what jobs do not know", manifest: `
groups:
  - {key: a, type: Tool, name: A, tags: [x, {techniqueId: T1566}]}
  - {key: b, type: Task, name: B, associatedGroups: [a, c]}
  - {key: c, type: Incident, name: C, associatedIndicators: [{type: Host, summary: c.example, attributes: [{type: Description, value: d}]}]}
  - {key: d, type: Incident, name: D, associatedCases: [{name: Phishing, severity: Low, status: Open}]}
  - {key: e, type: Document, name: E, fileName: e.txt, malware: true, password: p}
indicators:
  - {type: Host, summary: own.example}
  - {type: Address, ip: 203.0.113.7, attributes: [{type: Description, value: d}]}
`},
		{name: "review", sample: "review"},
		{name: "migration", sample: "migration"},
		{name: "reports-iocs", data: "reports-iocs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := filepath.Join("../../samples", c.sample)
			if c.data != "" {
				folder = testkit.DataDir(t, c.data)
			}
			for _, engine := range []string{"v3", "batch"} {
				synctest.Test(t, func(t *testing.T) {
					w := newQuietWorld(t, tcsim.Config{Switches: tcsim.Switches{BatchFileLimit: 1 << 30, BatchRate: 300}})
					in := "@in.yaml"
					if w.write("in.yaml", c.manifest); c.manifest == "" {
						in = folder
					}
					doc := w.run("plan", in, "--json", "--namespace", "n").mustExit(t, codeOK).document(t)
					cost := doc["engines"].(map[string]any)[engine].(map[string]any)
					count := func(name string) int { n, _ := cost[name].(float64); return int(n) }
					w.run("apply", in, "--yes", "--report", "@ids.csv", "--namespace", "n", "--engine", engine).mustExit(t, codeOK)
					stats := w.sim.Stats()
					jobs := stats.ByRoute["POST /v2/batch"]
					if uploads := stats.ByRoute["POST /v2/batch/{id}"]; jobs != count("jobs") || uploads != jobs {
						t.Errorf("%d jobs, %d uploads; forecast: %v", jobs, uploads, cost)
					}
					if got, want := stats.Writes, count("requests")-count("polls")-count("reads"); got != want {
						t.Errorf("--engine %s: %d requests write, forecast: %d: %v\n%v", engine, got, want, cost, stats.ByRoute)
					}
					if polls := stats.ByRoute["GET /v2/batch/{id}"]; polls > 2*count("polls")+1 {
						t.Errorf("%d polls; forecast: %v", polls, cost)
					}
				})
			}
		})
	}
}
