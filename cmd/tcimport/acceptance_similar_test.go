package main

import (
	"slices"
	"testing"

	"tcimport/internal/tcsim"
)

// TestSimilarObjectsStayDistinct: objects that differ only in their case, victim, type
// or owner are two objects with two IDs.
func TestSimilarObjectsStayDistinct(t *testing.T) {
	t.Parallel()
	for _, switches := range []string{"", "post-fields=ignored", "nested-cap=1"} {
		w := newWorld(t, tcsim.Config{})
		w.flip(switches)
		for id := range int64(2) {
			w.sim.AddCase(tcsim.Case{ID: id + 1, Name: "Case", Owner: tcsim.DemoOrganization})
			w.sim.AddVictim(tcsim.Victim{ID: id + 1, Name: "Victim", Owner: tcsim.DemoOrganization})
		}
		w.write("in.yaml", `namespace: twins
groups:
  - key: both
    type: Threat
    name: Both
    associatedArtifacts: [{caseId: 1, type: Host, summary: a.example}, {caseId: 2, type: Host, summary: a.example}, {caseId: 2, type: URL, summary: a.example}]
    associatedVictimAssets: [{type: Phone, phone: '1', victimId: 1}, {type: Phone, phone: '1', victimId: 2}, {type: WebSite, website: '1', victimId: 2}]
    associatedIndicators: [{type: Mutex, summary: m}, {type: Hashtag, summary: m}, {type: Mutex, summary: m, owner: Demo Source}, {type: Mutex, summary: M}]
  - key: second
    type: Threat
    name: Second
    associatedArtifacts: [{caseId: 2, type: Host, summary: a.example}]
    associatedVictimAssets: [{type: Phone, phone: '1', victimId: 2}]
    associatedIndicators: [{type: Mutex, summary: M}]
`)
		w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv", "--workers", "1").mustExit(t, codeOK)
		snap := w.sim.Snapshot()
		checkReport(t, snap, w.read("ids.csv"), "case")
		if len(snap.Artifacts) != 3 || len(snap.VictimAssets) != 3 || len(snap.Indicators) != 4 {
			t.Errorf("%s: %d artifacts, %d victim assets, %d indicators", switches, len(snap.Artifacts), len(snap.VictimAssets), len(snap.Indicators))
		}
		for _, g := range snap.Groups {
			if g.Name != "Second" {
				continue
			}
			for _, a := range snap.Artifacts {
				if slices.Contains(g.AssociatedArtifacts, a.ID) != (a.CaseID == 2 && a.Type == "Host") {
					t.Errorf("%s: Second is associated with the artifacts %v: %d is of case %d", switches, g.AssociatedArtifacts, a.ID, a.CaseID)
				}
			}
			for _, a := range snap.VictimAssets {
				if slices.Contains(g.AssociatedVictimAssets, a.ID) != (a.VictimID == 2 && a.Type == "Phone") {
					t.Errorf("%s: Second is associated with the assets %v: %d is of victim %d", switches, g.AssociatedVictimAssets, a.ID, a.VictimID)
				}
			}
			for _, i := range snap.Indicators {
				if slices.Contains(g.AssociatedIndicators, i.ID) != (i.Summary == "M") {
					t.Errorf("%s: Second is associated with the indicators %v", switches, g.AssociatedIndicators)
				}
			}
		}
		w.run("plan", "@in.yaml", "--id-map", "@ids.csv", "--detailed-exitcode").mustExit(t, codeOK)
	}
}
