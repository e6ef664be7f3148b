package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// edits are what an analyst does to a group that an import has made.
var edits = map[string]struct{ body, field string }{
	"name":              {`{"name":"Theirs"}`, "name"},
	"status":            {`{"status":"Closed"}`, "status"},
	"date":              {`{"firstSeen":"2021-10-01T00:00:00Z"}`, "firstSeen"},
	"tag added":         {`{"tags":{"data":[{"name":"theirs"}]}}`, "tags"},
	"tag removed":       {`{"tags":{"data":[{"name":"t"}],"mode":"delete"}}`, "tags"},
	"label added":       {`{"securityLabels":{"data":[{"name":"TLP:GREEN"}]}}`, "securityLabels"},
	"attribute added":   {`{"attributes":{"data":[{"type":"Aliases","value":"theirs"}]}}`, "attributes"},
	"attribute changed": {`{"attributes":{"data":[{"id":%d,"value":"theirs"}]}}`, "attributes"},
	"association added": {`{"associatedGroups":{"data":[{"id":1}]}}`, "associatedGroups"},
}

// TestPruneOfEditedGroups: what somebody has edited since the last run is not deleted
// without a word: keep leaves it, fail makes it a conflict, overwrite says so. What
// nobody has edited goes, also if nested lists lag.
func TestPruneOfEditedGroups(t *testing.T) {
	t.Parallel()
	const one = "namespace: p\ngroups: [{key: stays, type: Threat, name: Stays}]\n"
	both := strings.Replace(one, "Stays}", "Stays, associatedGroups: [goes]}, {key: other, type: Threat, name: Other, tags: [t]},\n"+
		"{key: goes, type: Incident, name: Goes, status: New, eventDate: 2021-11-03, firstSeen: 2021-11-01, tags: [t, {techniqueId: T1566}], securityLabels: ['TLP:RED'],\n"+
		"attributes: [{type: Description, value: d}, {type: Source, value: s, source: x}], associatedIndicators: ['Host:h.example']}", 1)
	for _, lag := range []int{0, 3_600_000} {
		for name, edit := range edits {
			if lag > 0 {
				name = "late"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, tcsim.Config{Switches: tcsim.Switches{NestedDelayMS: lag}})
				w.sim.AddGroup(tcsim.Group{Type: "Report", Name: "An analyst's", Owner: tcsim.DemoOrganization})
				w.write("in.yaml", both)
				w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
				w.write("in.yaml", one)
				args := []string{"@in.yaml", "--id-map", "@ids.csv", "--prune", "--prune-max", "100%"}
				r := w.run(append([]string{"plan", "--on-drift", "fail"}, args...)...).mustExit(t, codeOK)
				if strings.Contains(r.out, "edited") || !strings.Contains(r.out, "2 to delete") {
					t.Fatalf("nobody has edited anything:\n%s", r.out)
				}
				if lag > 0 {
					return
				}
				body := edit.body
				if strings.Contains(body, "%d") {
					body = fmt.Sprintf(body, w.group("Goes").Attributes[0].ID)
				}
				w.put("Goes", body)
				for _, policy := range []string{"overwrite", "fail", "keep"} {
					code, want := codeOK, "edited on the server since the last run, and deleted: "+edit.field
					switch policy {
					case "fail":
						code, want = codeRefused, "edited on the server since the last run, and not deleted (--on-drift fail): "+edit.field
					case "keep":
						want = "edited on the server since the last run, and kept: " + edit.field
					}
					r := w.run(append([]string{"plan", "--on-drift", policy}, args...)...).mustExit(t, code)
					if !strings.Contains(r.out, want) {
						t.Errorf("%s: %q is missing in:\n%s", policy, want, r.out)
					}
				}
				args = append(args, "--report", "@ids.csv", "--failed", "@failed.yaml", "--yes")
				r = w.run(append([]string{"apply", "--on-drift", "fail", "--skip-conflicts"}, args...)...).mustExit(t, codeIncomplete)
				if _, err := os.Stat(w.path("failed.yaml")); err == nil {
					t.Errorf("the manifests have let it go, and there is a manifest to apply it again:\n%s", r.err)
				}
				for range 2 {
					w.run(append([]string{"apply", "--on-drift", "keep"}, args...)...).mustExit(t, codeOK)
					if groups := w.sim.Snapshot().Groups; len(groups) != 3 || !strings.Contains(w.read("ids.csv"), "group,goes,") {
						t.Errorf("%d groups, want what stays, what was edited, and the analyst's; the report is\n%s", len(groups), w.read("ids.csv"))
					}
				}
				w.run(append([]string{"plan", "--out", "@plan.json"}, args[:6]...)...).mustExit(t, codeOK)
				w.run("apply", "--plan", "@plan.json", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
				if groups := w.sim.Snapshot().Groups; len(groups) != 2 || strings.Contains(w.read("ids.csv"), ",reference,") {
					t.Errorf("%d groups, want what stays and the analyst's; the report is\n%s", len(groups), w.read("ids.csv"))
				}
			})
			if lag > 0 {
				break
			}
		}
	}
}
