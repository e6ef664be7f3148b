package lookup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

func list(n int, form string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(form, i)
	}
	return out
}

// tagged is an instance that cuts nested lists after cap entries, with n groups
// that have all of tags.
func tagged(t *testing.T, cap, n int, tags []string) *env {
	e := start(t, fmt.Sprint("nested-cap=", cap))
	for i := range n {
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: fmt.Sprint("G", i), Owner: tcsim.DemoOrganization, Tags: tags, SecurityLabels: []string{"TLP:RED", "TLP:GREEN", "TLP:AMBER"},
			XID: intel.DerivedXID("", tcsim.DemoOrganization, fmt.Sprint("g", i))})
	}
	return e
}

func groups(n int, rest string) string {
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {key: g%d, type: Threat, name: G%d, %s}\n", i, i, strings.ReplaceAll(rest, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// TestCutTags: what an instance cuts from nested lists of tags and labels is
// found, by a few requests for many groups, and replace removes what it hides.
func TestCutTags(t *testing.T) {
	replace := plan.DefaultPolicy()
	replace.Tags, replace.Labels = plan.Replace, plan.Replace
	seven := list(7, "t%d")
	all := "tags: [" + strings.Join(seven, ", ") + "], securityLabels: [TLP:RED, TLP:GREEN, TLP:AMBER]"
	for _, c := range []struct {
		name    string
		cap, n  int
		rest    string
		policy  plan.Policy
		changes int // of each group
		most    int // requests of Complete
	}{
		{"all there", 2, 40, all, plan.DefaultPolicy(), 0, 20},
		{"all there, one group", 5, 1, all, plan.DefaultPolicy(), 0, 2},
		{"nothing cut, one more", 0, 40, all[:7] + "more, " + all[7:], plan.DefaultPolicy(), 1, 1},
		{"one more", 5, 40, all[:7] + "more, " + all[7:], plan.DefaultPolicy(), 1, 20},
		{"each another one", 5, 40, all[:7] + "more%d, " + all[7:], plan.DefaultPolicy(), 1, 20},
		{"replace by fewer", 5, 40, "tags: [t0], securityLabels: [TLP:RED]", replace, 8, 20},
		{"replace, empty", 2, 3, "tags: [], securityLabels: []", replace, 10, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := tagged(t, c.cap, c.n, seven)
			im := e.manifest(groups(c.n, c.rest))
			inv := e.find(lookup.OfImport(im, nil, nil))
			e.complete(im, inv, c.policy)
			if n := e.sim.Stats().Total; n > c.most {
				t.Errorf("%d requests, want %d at most: %v", n, c.most, e.sim.Stats().ByRoute)
			}
			p := compare.Make(compare.Input{Import: im, Found: inv, Policy: c.policy})
			for _, a := range p.Actions {
				if len(a.Changes) != c.changes {
					t.Fatalf("%s: %d changes, want %d: %+v", a.Key, len(a.Changes), c.changes, a.Changes)
				}
			}
			e.wantStale(p, "")
		})
	}
}

// TestReplaceSeesThroughFullLists: where a nested list shows exactly what is wanted,
// and is as long as lists may be cut, replace still removes what it hides.
func TestReplaceSeesThroughFullLists(t *testing.T) {
	replace := plan.DefaultPolicy()
	replace.Tags = plan.Replace
	e := tagged(t, 10, 3, list(12, "t%02d"))
	im := e.manifest(groups(3, "tags: ["+strings.Join(list(10, "t%02d"), ", ")+"]"))
	inv := e.find(lookup.OfImport(im, nil, nil))
	for _, r := range inv.Groups {
		if len(r.Tags) != 10 || slices.ContainsFunc(r.Tags, func(tag intel.RemoteTag) bool { return tag.Name >= "t10" }) {
			t.Fatalf("the list shows something else: the test proves nothing: %v", r.Tags)
		}
	}
	e.complete(im, inv, replace)
	for _, a := range compare.Make(compare.Input{Import: im, Found: inv, Policy: replace}).Actions {
		if len(a.Changes) != 2 {
			t.Errorf("%s: %+v", a.Key, a.Changes)
		}
	}
}

// TestCompleteReportsWhatItAsks: progress reckons with the requests for attributes,
// tags and labels, too.
func TestCompleteReportsWhatItAsks(t *testing.T) {
	e := start(t, "nested-cap=2")
	for i := range 3 {
		g := tcsim.Group{Type: "Threat", Name: fmt.Sprint("G", i), Owner: tcsim.DemoOrganization, Tags: list(3, "t%d"), SecurityLabels: []string{"TLP:RED", "TLP:GREEN", "TLP:AMBER"},
			XID: intel.DerivedXID("", tcsim.DemoOrganization, fmt.Sprint("g", i))}
		for k := range 3 {
			g.Attributes = append(g.Attributes, tcsim.Attribute{Type: "Aliases", Value: fmt.Sprint("v", k)})
		}
		e.sim.AddGroup(g)
	}
	im := e.manifest(groups(3, "tags: [t9], securityLabels: [TLP:WHITE], attributes: [{type: Aliases, value: v9}]"))
	inv := e.find(lookup.OfImport(im, nil, nil))
	e.sim.ResetStats()
	told := 0
	how := lookup.Options{Expect: func(n int) { told += n }}
	if err := lookup.Complete(t.Context(), e.c, im, inv, nil, plan.DefaultPolicy(), how); err != nil {
		t.Fatal(err)
	}
	if n := e.sim.Stats().Total; n != 5 || told != n {
		t.Errorf("%d requests were told, %d sent: %v", told, n, e.sim.Stats().ByRoute)
	}
}

// TestCutTagsAreStale: a saved plan notices a change of a tag that nested lists
// do not show.
func TestCutTagsAreStale(t *testing.T) {
	e := tagged(t, 2, 2, list(7, "t%d"))
	p := e.planned(groups(2, "tags: [t0, t5, new]"), plan.DefaultPolicy())
	e.wantStale(p, "")
	id := p.Actions[0].ID
	e.update(intel.GroupWrite{ID: id, Type: "Threat", Tags: []intel.Tag{{Name: "t6"}}, TagMode: intel.ModeDelete})
	e.wantStale(p, fmt.Sprintf("g0: group %d was changed\n", id))
}

// TestCutTechniques: a technique that nested lists do not show is known by its ID.
func TestCutTechniques(t *testing.T) {
	e := tagged(t, 5, 3, append(list(6, "t%d"), "T1566 - Phishing"))
	p := e.planned(groups(3, "tags: [t0, {techniqueId: T1566}]"), plan.DefaultPolicy())
	if slices.ContainsFunc(p.Actions, func(a *plan.Action) bool { return a.Verb != plan.Unchanged }) {
		t.Errorf("a technique beyond the cap is added again: %+v", p.Actions[0])
	}
}
