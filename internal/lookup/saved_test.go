package lookup_test

import (
	"fmt"
	"slices"
	"testing"

	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// planned makes the plan of a manifest as a run does.
func (e *env) planned(text string, policy plan.Policy) *plan.Plan {
	e.t.Helper()
	im := e.manifest(text)
	inv := e.find(lookup.OfImport(im, nil, nil))
	e.complete(im, inv, policy)
	return compare.Make(compare.Input{Import: im, Found: inv, Policy: policy})
}

func (e *env) wantStale(p *plan.Plan, want string) {
	e.t.Helper()
	got := ""
	for _, s := range compare.FindStale(p, e.find(lookup.OfPlan(p, nil)), nil) {
		got += s.Action.Key + ": " + s.Why + "\n"
	}
	if got != want {
		e.t.Errorf("stale: %q, want %q", got, want)
	}
}

func (e *env) update(w intel.GroupWrite) {
	e.t.Helper()
	if _, err := e.c.UpdateGroup(e.t.Context(), w, 0); err != nil {
		e.t.Fatal(err)
	}
}

// TestAttributeLabels: labels of attributes are asked for where the manifest
// names some; that none are told is that there are none, however an instance
// answers that, and a saved plan knows what they were.
func TestAttributeLabels(t *testing.T) {
	const text = `groups: [{key: a, type: Threat, name: One, attributes: [{type: Aliases, value: x, securityLabels: [TLP:RED]}]}]`
	for _, empty := range []string{"object", "absent", "null", "data", "count"} {
		for _, cap := range []int{0, 1} {
			e := start(t, "empty-nested="+empty, fmt.Sprint("nested-cap=", cap))
			id := e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoOrganization,
				Attributes: []tcsim.Attribute{{Type: "Aliases", Value: "x"}, {Type: "Description", Value: "d"}}})
			p := e.planned(text, plan.DefaultPolicy())
			if a := p.Actions[0]; len(a.Changes) != 1 || !slices.Equal(a.Changes[0].Attribute().SecurityLabels, []string{"TLP:RED"}) {
				t.Errorf("%s, cap %d: the label that the attribute lacks is not added: %+v", empty, cap, a)
				continue
			}
			e.wantStale(p, "")
			at := intel.Attribute{Type: "Aliases", Value: "x", SecurityLabels: []string{"TLP:GREEN"}}
			if _, err := e.c.UpdateGroupAttribute(t.Context(), p.Actions[0].Changes[0].Attribute().ID, at); err != nil {
				t.Fatal(err)
			}
			e.wantStale(p, fmt.Sprintf("a: group %d was changed\n", id))
			if a := e.planned(text, plan.DefaultPolicy()).Actions[0]; !slices.Equal(a.Changes[0].Attribute().SecurityLabels, []string{"TLP:RED", "TLP:GREEN"}) {
				t.Errorf("%s, cap %d: the label of somebody else would be lost: %+v", empty, cap, a.Changes[0].Attribute())
			}
		}
	}
}

// The labels that the nested list tells stay known where attributes are read
// page by page, which does not tell them.
func TestAttributeLabelsOfCutList(t *testing.T) {
	e := start(t, "nested-cap=2")
	e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoOrganization, Attributes: []tcsim.Attribute{
		{Type: "Aliases", Value: "x"}, {Type: "Aliases", Value: "y", SecurityLabels: []string{"TLP:RED"}}, {Type: "Aliases", Value: "z"}}})
	p := e.planned(`groups: [{key: a, type: Threat, name: One, attributes: [{type: Aliases, value: x, securityLabels: [TLP:RED]}, {type: Aliases, value: z}]}]`, plan.DefaultPolicy())
	if a := p.Actions[0]; len(a.Changes) != 1 || a.Changes[0].Op != plan.Set || a.Changes[0].New() != "x" {
		t.Errorf("%+v", a.Changes)
	}
	e.wantStale(p, "")
}

// A group that is found by its name is looked up again by the xid, too, by which
// another one would be the right one.
func TestOfPlanAdopted(t *testing.T) {
	e := start(t)
	for i := range 41000 { // too many to page through
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: fmt.Sprint("Other ", i), Owner: tcsim.DemoOrganization})
	}
	e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "One", Owner: tcsim.DemoOrganization})
	p := e.planned(`groups: [{key: a, type: Threat, name: One, tags: [x]}]`, plan.DefaultPolicy())
	e.wantStale(p, "")
	id := e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: "Else", Owner: tcsim.DemoOrganization, XID: intel.DerivedXID("", tcsim.DemoOrganization, "a")})
	e.wantStale(p, fmt.Sprintf("a: group %d has the same xid now\n", id))
}

// TestOfPlanReferences: what is pointed at by type and name, and the lists under
// which associations are to be made, are looked up again.
func TestOfPlanReferences(t *testing.T) {
	const text = `associations: [{group: {type: Adversary, name: Far, owner: Demo Source}, associatedIndicator: {type: Host, summary: x.example, owner: Demo Source}}]`
	for _, c := range []struct {
		name string
		do   func(e *env, far, host int64) string
	}{
		{"nothing", func(*env, int64, int64) string { return "" }},
		{"renamed", func(e *env, far, _ int64) string {
			e.update(intel.GroupWrite{ID: far, Type: "Adversary", Name: "Farther"})
			return `group 1 is no longer called Adversary "Far"`
		}},
		{"ambiguous", func(e *env, _, _ int64) string {
			e.sim.AddGroup(tcsim.Group{Type: "Adversary", Name: "Far", Owner: tcsim.DemoSource})
			return `2 groups in "Demo Source" are called Adversary "Far" now`
		}},
		{"deleted", func(e *env, far, _ int64) string {
			if err := e.c.Delete(e.t.Context(), intel.KindGroup, far); err != nil {
				e.t.Fatal(err)
			}
			return "group 1 is gone"
		}},
		{"associated", func(e *env, far, host int64) string {
			e.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: far}, tcsim.Ref{Kind: tcsim.KindIndicator, ID: host})
			return fmt.Sprintf("group 1 is associated with indicator %d now", host)
		}},
	} {
		e := start(t)
		far := e.sim.AddGroup(tcsim.Group{Type: "Adversary", Name: "Far", Owner: tcsim.DemoSource})
		host := e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: "x.example", Owner: tcsim.DemoSource})
		p := e.planned(text, plan.DefaultPolicy())
		want := c.do(e, far, host)
		if want != "" {
			want = p.Actions[0].Key + ": " + want + "\n"
		}
		e.wantStale(p, want)
	}
}
