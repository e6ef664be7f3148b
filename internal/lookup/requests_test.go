package lookup_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// night is an import, and how much of it an instance has.
type night struct {
	switches  string // of the simulator
	groups    int    // of the import, each with tags, associated with the next group and an indicator of its own
	owners    int    // among which they are divided; 1 if 0
	others    int    // groups of the owner that are not in the import
	hub       int    // groups with which the first one is associated, beside the next one
	named     bool   // they have no xid: their names find them
	idMap     bool   // a report knows their IDs
	newGroups bool   // the instance does not have them
	inds      string // which indicators it has: "all", "half" or "none"; "all" if ""
	far       int    // indicators of other owners
}

// TestLargeRequestsOfLookUps: a look-up takes the fewest pages that have what is wanted, and
// one request for each count that decides how. The formulas are beside the shapes.
func TestLargeRequestsOfLookUps(t *testing.T) {
	testkit.SkipUnderRace(t)
	const most = 10_000 // entries of a page
	pages := func(n, size int) int { return (n + size - 1) / size }
	for _, tt := range []struct {
		name   string
		night  night
		fewest int
	}{
		// Nothing has changed: a count of the groups of each owner, and their pages.
		{"unchanged", night{groups: 2000}, 1 + pages(2000, most)},
		{"unchanged, one group", night{groups: 1}, 1 + 1},
		{"unchanged, with an id-map", night{groups: 2000, idMap: true}, 1 + pages(2000, most)},
		{"unchanged, found by name", night{groups: 2000, named: true}, 1 + pages(2000, most)},
		{"unchanged, among others", night{groups: 2000, others: 9500}, 1 + pages(11_500, most)},
		{"unchanged, two owners", night{groups: 2000, owners: 2}, 2 * (1 + pages(1000, most))},
		{"unchanged, a list of 600", night{groups: 2000, hub: 600}, 1 + pages(2000, most)},
		{"unchanged, pages of 100", night{groups: 2050, switches: "page-limit=100"}, 1 + pages(2050, 100)},
		{"unchanged, pages of 100, all of them full", night{groups: 2000, switches: "page-limit=100"}, 1 + pages(2000, 100)},
		{"unchanged, pages of 100 without links", night{groups: 2050, switches: "page-limit=100 next=absent"}, 1 + pages(2050, 100)},
		{"unchanged, links to a foreign host", night{groups: 2050, switches: "page-limit=1000 next=foreign"}, 1 + pages(2050, 1000)},
		{"unchanged, without counts", night{groups: 2050, switches: "count=missing page-limit=1000"}, 1 + pages(2050, 1000)},
		{"unchanged, counts on all pages", night{groups: 2050, switches: "count=always page-limit=1000"}, 1 + pages(2050, 1000)},
		{"unchanged, old shapes", night{groups: 2000, switches: "old-shapes=true"}, 1 + pages(2000, most)},

		// What is cut from the list of one group, the other ends show.
		{"unchanged, lists cut at 500", night{groups: 2000, hub: 600, switches: "nested-cap=500"}, 1 + pages(2000, most)},

		// What the lists of groups do not show is asked for: a count of all indicators, and
		// their pages where these are few.
		{"new groups, indicators found", night{groups: 2000, newGroups: true}, 1 + 1 + pages(2000, most)},
		{"new groups, half of the indicators", night{groups: 2000, newGroups: true, inds: "half"}, 1 + 1 + pages(1000, most)},
		{"new groups, no indicators", night{groups: 2000, newGroups: true, inds: "none"}, 1 + 1},
		{"new indicators", night{groups: 2000, inds: "half"}, 1 + pages(2000, most) + 1 + pages(1000, most)},

		// Where other owners have very many, two requests find out whether a query can have 950
		// values. Else the pages of the owner take fewer, which one more count shows.
		{"new groups, indicators among many", night{groups: 2000, newGroups: true, far: 45_000}, 1 + 1 + 2 + pages(2000, 950)},
		{"new groups, indicators among many, no long queries", night{groups: 2000, newGroups: true, far: 45_000, switches: "get-body=ignored"}, 1 + 2 + 2 + pages(2000, most)},

		// Few groups among very many: asked for by name, and each by its xid that this has not
		// shown. A count decides.
		{"few among many", night{groups: 3, others: 60_000, named: true}, 1 + 1 + 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, routes := requestsOf(t, tt.night); got != tt.fewest {
				t.Errorf("%d requests, the fewest are %d: %v", got, tt.fewest, routes)
			}
		})
	}
}

// requestsOf looks up an import, and counts.
func requestsOf(t *testing.T, n night) (int, map[string]int) {
	e := start(t, strings.Fields(n.switches)...)
	owners := []string{tcsim.DemoOrganization, tcsim.DemoCommunity}[:max(1, n.owners)]
	owner := func(i int) string { return owners[i*len(owners)/n.groups] }
	var text strings.Builder
	text.WriteString("groups:\n")
	var indicators, groups []int64
	for i := range n.groups {
		host := fmt.Sprintf("h%d.example", i)
		fmt.Fprintf(&text, "  - {key: k%d, type: Threat, name: Threat %d, owner: %s, tags: [a, b], associatedIndicators: [Host:%s], associatedGroups: [", i, i, owner(i), host)
		if i+1 < n.groups {
			fmt.Fprintf(&text, "k%d", i+1)
		}
		for k := range n.hub {
			if i == 0 {
				fmt.Fprintf(&text, ", k%d", k+2)
			}
		}
		text.WriteString("]}\n")
		if n.inds == "none" || n.inds == "half" && i%2 > 0 {
			indicators = append(indicators, 0)
			continue
		}
		indicators = append(indicators, e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: host, Owner: owner(i)}))
	}
	ids := baseline.IDMap{}
	for i := range n.groups {
		if n.newGroups {
			break
		}
		g := tcsim.Group{Type: "Threat", Name: fmt.Sprint("Threat ", i), Owner: owner(i), Tags: []string{"a", "b"}}
		g.DateAdded = time.Now().Add(-time.Hour)
		key := fmt.Sprint("k", i)
		if !n.named {
			g.XID = intel.DerivedXID("", g.Owner, key)
		}
		if i > 0 {
			g.Associations.AssociatedGroups = []int64{groups[i-1]}
		}
		if i > 1 && i < n.hub+2 {
			g.Associations.AssociatedGroups = append(g.Associations.AssociatedGroups, groups[0])
		}
		if indicators[i] != 0 {
			g.Associations.AssociatedIndicators = []int64{indicators[i]}
		}
		groups = append(groups, e.sim.AddGroup(g))
		if n.idMap {
			ids[key] = baseline.Group{ID: groups[i], Type: g.Type, Name: g.Name, Owner: g.Owner, XID: g.XID,
				Baseline: baseline.New(baseline.Tag(intel.Tag{Name: "a"}), baseline.Tag(intel.Tag{Name: "b"}), baseline.Link(intel.KindIndicator, indicators[i]))}
		}
	}
	for i := range n.others {
		e.sim.AddGroup(tcsim.Group{Type: "Threat", Name: fmt.Sprint("Other ", i), Owner: owners[0]})
	}
	for i := range n.far {
		e.sim.AddIndicator(tcsim.Indicator{Type: "Host", Summary: fmt.Sprintf("far%d.example", i), Owner: tcsim.DemoSource})
	}
	im := e.manifest(text.String())
	inv := e.find(lookup.OfImport(im, ids, nil))
	if err := lookup.Complete(t.Context(), e.c, im, inv, ids, plan.DefaultPolicy(), lookup.Options{Workers: 4}); err != nil {
		t.Fatal(err)
	}
	if len(inv.Groups) != len(groups) {
		t.Errorf("%d groups found of %d", len(inv.Groups), len(groups))
	}
	for i, found := range inv.Objects {
		if (len(found) == 1) != (indicators[i] != 0) {
			t.Errorf("%d indicators found for number %d", len(found), i)
			break
		}
	}
	st := e.sim.Stats()
	return st.Total, st.ByRoute
}
