package main

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// everythingKeys are the keys of everything.yaml whose xids are derived.
var everythingKeys = strings.Fields("adv ap coa doc mail event inc is mal rep sig sig2 tac task thr tool vuln")

const everythingGroups = 18

func everythingConfig() tcsim.Config {
	return tcsim.Config{
		IndicatorTypes: []tcsim.IndicatorType{{Name: "Badge", APIBranch: "badges", APIEntity: "badge", Labels: []string{"Issuer", "Number"}}},
		SecurityLabels: []tcsim.SecurityLabel{{Name: "Internal", Owner: tcsim.DemoOrganization}},
		SignatureTypes: []string{"Own Rules"},
		Switches:       tcsim.Switches{TagRules: map[string]string{"Otter Group": "Quiet Otter"}},
	}
}

// newEverything is an instance with what everything.yaml points at.
func newEverything(t *testing.T) *world {
	t.Helper()
	return everythingIn(newWorld(t, everythingConfig()))
}

func everythingIn(w *world) *world {
	seedEverything(w.sim)
	w.copyIn("everything/everything.yaml", "everything/own-rule.txt", "everything/groups.csv", "everything/associations.csv")
	return w
}

func seedEverything(s *tcsim.Server) {
	s.AddGroup(tcsim.Group{ID: 101, Type: "Adversary", Name: "Seeded by ID", Owner: tcsim.DemoOrganization})
	s.AddGroup(tcsim.Group{ID: 102, Type: "Tool", Name: "Seeded by XID", Owner: tcsim.DemoCommunity, XID: "seed-xid"})
	s.AddGroup(tcsim.Group{ID: 103, Type: "Campaign", Name: "Seeded by Name", Owner: tcsim.DemoSource})
	s.AddIndicator(tcsim.Indicator{ID: 201, Type: "Address", Summary: "198.51.100.7", Owner: tcsim.DemoCommunity})
	s.AddIndicator(tcsim.Indicator{ID: 202, Type: "Mutex", Summary: "Seeded Mutex", Owner: tcsim.DemoSource})
	s.AddIndicator(tcsim.Indicator{ID: 203, Type: "Host", Summary: "seeded-host.example", Owner: tcsim.DemoOrganization})
	s.AddCase(tcsim.Case{ID: 301, Name: "Seeded Case", XID: "seeded-case-xid", Owner: tcsim.DemoOrganization})
	s.AddArtifact(tcsim.Artifact{ID: 401, CaseID: 301, Type: "Host", Summary: "artifact.example"})
	s.AddVictim(tcsim.Victim{ID: 501, Name: "Seeded Victim", Owner: tcsim.DemoOrganization})
	s.AddVictimAsset(tcsim.VictimAsset{ID: 601, VictimID: 501, Type: "EmailAddress", Value: "victim@corp.example"})
}

// everything is the state of the instance.
func (w *world) everything() string {
	return dump(w.sim.Snapshot(), "acceptance", everythingKeys...)
}

// TestEverything imports all that there is, once as YAML, as CSV and by a saved
// plan, and reads every field of it back. The expectation is written by hand.
func TestEverything(t *testing.T) {
	t.Parallel()
	csvSays := strings.NewReplacer( // what CSV cannot say of an attribute
		` pinned, source "an analyst", label Internal, label TLP:RED`, "", `"A fresh host" default, source "an analyst"`, `"A fresh host" default`)
	for _, c := range []struct {
		name      string
		manifests []string
		saved     bool
		want      func(string) string
	}{
		{"yaml", []string{"everything.yaml"}, false, func(s string) string { return s }},
		{"csv", []string{"groups.csv", "associations.csv", "--namespace", "acceptance"}, false, csvSays.Replace},
		{"saved plan", []string{"everything.yaml"}, true, func(s string) string { return s }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newEverything(t)
			w.copyIn("everything/everything.want")
			want := c.want(w.read("everything.want"))
			before := w.everything()
			w.exec(append([]string{"plan", "--detailed-exitcode", "--out", "plan.json"}, c.manifests...)...).mustExit(t, codePending)
			if got := w.everything(); got != before || w.sim.Stats().Writes != 0 {
				t.Fatalf("a plan writes:\n%s", lineDiff(before, got))
			}
			apply := append([]string{"apply", "--yes", "--report", "ids.csv"}, c.manifests...)
			if c.saved {
				apply = []string{"apply", "--yes", "--report", "ids.csv", "--plan", "plan.json"}
			}
			w.exec(apply...).mustExit(t, codeOK)
			if got := w.everything(); got != want {
				t.Fatalf("the instance has something else:\n%s", lineDiff(want, got))
			}
			stats := w.sim.Stats()
			if n := stats.ByRoute["POST /v3/groups"]; n != everythingGroups || stats.Writes != everythingGroups+3 {
				t.Errorf("%d groups made in %d writes: %v", n, stats.Writes, stats.ByRoute)
			}
			checkReport(t, w.sim.Snapshot(), w.read("ids.csv"))
			w.sameAgain(c.manifests, want)
		})
	}
}

// sameAgain plans and applies once more: nothing is left to be done, but for a
// tag whose other name only the report knows.
func (w *world) sameAgain(manifests []string, want string) {
	w.t.Helper()
	w.sim.ResetStats()
	w.exec(append([]string{"plan", "--id-map", "ids.csv", "--detailed-exitcode"}, manifests...)...).mustExit(w.t, codeOK)
	r := w.exec(append([]string{"plan", "--json"}, manifests...)...).mustExit(w.t, codeOK)
	if got := fmt.Sprint(pendingIn(w.t, r.out)); got != "[adv tags Otter Group]" {
		w.t.Errorf("without the report the second plan has %s", got)
	}
	w.exec(append([]string{"apply", "--yes", "--id-map", "ids.csv", "--report", "ids.csv"}, manifests...)...).mustExit(w.t, codeOK)
	if n := w.sim.Stats().Writes; n != 0 {
		w.t.Errorf("the second run writes %d times", n)
	}
	if got := w.everything(); got != want {
		w.t.Errorf("the second run changes something:\n%s", lineDiff(want, got))
	}
	checkReport(w.t, w.sim.Snapshot(), w.read("ids.csv"))
}

// checkReport compares a report with what the instance has: one row for each
// object, with its ID, all of them ok. Objects of the kinds unnamed need none.
func checkReport(t *testing.T, snap *tcsim.Snapshot, report string, unnamed ...string) {
	t.Helper()
	cells := cellsOf(t, report)
	if head := strings.Join(cells[0][:12], ","); head != "kind,key,type,name,owner,xid,id,webLink,action,status,error,source" {
		t.Errorf("the report begins with %s", head)
	}
	want, seen := idsOf(snap), map[string]bool{}
	for _, c := range cells[1:] {
		id := c[0] + " " + c[6]
		what, ok := want[id]
		for i := range c {
			c[i] = strings.TrimPrefix(c[i], "'") // of a cell that looks like a formula
		}
		if c[0] == "case" {
			c[4] = "" // an answer to a write need not tell it
		}
		switch {
		case !ok:
			t.Errorf("%v: the instance has no such object", c[:7])
		case seen[c[0]+c[1]+c[4]+c[6]]:
			t.Errorf("%v: it has two rows", c[:7])
		case what != strings.Join(c[2:6], "|"):
			t.Errorf("%v: the instance has %s", c[:7], what)
		case c[9] != "ok" || c[10] != "":
			t.Errorf("%v is %s: %s", c[:7], c[9], c[10])
		case c[0] == "group" && !strings.Contains(c[7], "/"+c[6]+"/"):
			t.Errorf("%v: webLink %s", c[:7], c[7])
		}
		seen[c[0]+c[1]+c[4]+c[6]], seen[id] = true, true
	}
	for id, what := range want {
		if kind, _, _ := strings.Cut(id, " "); !seen[id] && !slices.Contains(unnamed, kind) {
			t.Errorf("the report lacks %s, %s", id, what)
		}
	}
}

func cellsOf(t *testing.T, report string) [][]string {
	t.Helper()
	cells, err := csv.NewReader(strings.NewReader(report)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// idsOf names each object of an instance as a report does, by kind and ID.
func idsOf(snap *tcsim.Snapshot) map[string]string {
	out := map[string]string{}
	add := func(kind string, id int64, parts ...string) {
		out[kind+" "+strconv.FormatInt(id, 10)] = strings.Join(parts, "|")
	}
	for _, g := range snap.Groups {
		add("group", g.ID, g.Type, g.Name, g.Owner, g.XID)
	}
	for _, i := range snap.Indicators {
		add("indicator", i.ID, i.Type, i.Summary, i.Owner, "")
	}
	for _, a := range snap.Artifacts {
		add("artifact", a.ID, a.Type, a.Summary, "", "")
	}
	for _, c := range snap.Cases {
		add("case", c.ID, "", c.Name, "", c.XID)
	}
	for _, a := range snap.VictimAssets {
		add("victimAsset", a.ID, a.Type, a.Value, "", "")
	}
	return out
}
