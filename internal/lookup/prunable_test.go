package lookup_test

import (
	"fmt"
	"slices"
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// TestOfPlanDelete: of a group that is to be deleted all is looked up again, and
// of no other one on its account.
func TestOfPlanDelete(t *testing.T) {
	e := start(t)
	xid := func(key string) string { return intel.DerivedXID("", tcsim.DemoOrganization, key) }
	kept := e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", XID: xid("a"), Owner: tcsim.DemoOrganization})
	old := e.sim.AddGroup(tcsim.Group{Type: "Incident", Name: "Two", XID: xid("b"), Owner: tcsim.DemoOrganization})
	foreign := e.sim.AddGroup(tcsim.Group{Type: "Incident", Name: "Three", Owner: tcsim.DemoOrganization})
	e.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: kept}, tcsim.Ref{Kind: tcsim.KindGroup, ID: old})
	im := e.manifest(`groups: [{key: a, type: Threat, name: One}]`)
	ids := baseline.IDMap{"a": {ID: kept}, "b": {ID: old, Owner: tcsim.DemoOrganization}, "c": {ID: foreign, Owner: tcsim.DemoOrganization}}
	policy := plan.DefaultPolicy()
	policy.Prune, policy.PruneMax = true, plan.Limit{N: 1}
	planned := func() *plan.Plan {
		inv := e.find(lookup.OfImport(im, ids, nil))
		if err := lookup.Complete(t.Context(), e.c, im, inv, ids, policy, lookup.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, r := range inv.Groups {
			if whole := r.Lists.Has(intel.ListTags); whole != (r.ID == old) {
				t.Errorf("group %d was read with its lists: %t", r.ID, whole)
			}
		}
		return compare.Make(compare.Input{Import: im, Found: inv, IDMap: ids, Policy: policy})
	}
	changed := fmt.Sprintf("b: group %d was changed\n", old)
	for name, edit := range map[string]func(){
		"tag": func() {
			e.update(intel.GroupWrite{ID: old, Type: "Incident", Tags: []intel.Tag{{Name: "x"}}, TagMode: intel.ModeAppend})
		},
		"status": func() {
			e.update(intel.GroupWrite{ID: old, Type: "Incident", Fields: intel.Fields{{Name: "status", Value: "Closed"}}})
		},
		"description": func() {
			e.update(intel.GroupWrite{ID: old, Type: "Incident", Attributes: []intel.RemoteAttribute{{Attribute: intel.Attribute{Type: "Description", Value: "d"}}}, AttributeMode: intel.ModeAppend})
		},
		"indicator": func() {
			id := e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: "x.example", Owner: tcsim.DemoOrganization})
			e.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: old}, tcsim.Ref{Kind: tcsim.KindIndicator, ID: id})
		},
	} {
		p := planned()
		if i := slices.IndexFunc(p.Actions, func(a *plan.Action) bool { return a.Verb == plan.Delete }); p.Summary.Delete != 1 || p.Actions[i].ID != old {
			t.Fatalf("not what is to be tested: %+v", p.Summary)
		}
		e.wantStale(p, "")
		edit()
		t.Log(name)
		e.wantStale(p, changed)
	}
}

// TestOfPlanSecondObject: what a group is associated with already is looked up
// again by its value, where a second one may be by now.
func TestOfPlanSecondObject(t *testing.T) {
	e := start(t)
	id := e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoOrganization})
	kase := e.sim.AddCase(tcsim.Case{Name: "Case", Owner: tcsim.DemoOrganization})
	artifact := tcsim.Artifact{CaseID: kase, Type: "Email Body", Summary: "x"}
	first := e.sim.AddArtifact(artifact)
	e.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: id}, tcsim.Ref{Kind: tcsim.KindArtifact, ID: first})
	text := fmt.Sprintf("groups: [{key: a, type: Threat, name: One, tags: [x], associatedArtifacts: [{caseId: %d, type: Email Body, summary: x}]}]", kase)
	p := e.planned(text, plan.DefaultPolicy())
	if a := p.Actions[0]; a.Verb != plan.Update || len(a.Associations) != 0 {
		t.Fatalf("not what is to be tested: %+v", a)
	}
	e.wantStale(p, "")
	e.sim.AddArtifact(artifact)
	e.wantStale(p, "a: 2 objects of kind artifact match \"x\" now\n")
}

// TestOfPlanNamedBefore: a group that another one is associated with already is
// looked up again, also where that is said apart from the groups.
func TestOfPlanNamedBefore(t *testing.T) {
	e := start(t)
	id := e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoOrganization})
	far := e.sim.AddGroup(tcsim.Group{Type: "Adversary", Name: "Far", Owner: tcsim.DemoOrganization})
	e.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: id}, tcsim.Ref{Kind: tcsim.KindGroup, ID: far})
	p := e.planned("groups: [{key: a, type: Threat, name: One, tags: [x]}]\nassociations: [{group: a, associatedGroup: {type: Adversary, name: Far}}]", plan.DefaultPolicy())
	e.wantStale(p, "")
	if w := lookup.OfPlan(p, nil); !w.Groups[0].Lists.Has(intel.ListGroups) {
		t.Error("the list that shows the association is not asked for")
	}
	e.update(intel.GroupWrite{ID: far, Type: "Adversary", Name: "Farther"})
	e.wantStale(p, fmt.Sprintf("a: group %d is no longer called Adversary \"Far\"\n", far))
}
