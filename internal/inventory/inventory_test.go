package inventory

import (
	"slices"
	"testing"

	"tcimport/internal/intel"
)

// TestLinkedTo: a list is sorted once, however often it is asked about, and again where it
// was read anew. It can still be asked about when the list is gone.
func TestLinkedTo(t *testing.T) {
	var links []*intel.Remote
	for id := int64(1); id <= 128; id++ {
		links = append(links, &intel.Remote{Kind: []intel.Kind{intel.KindGroup, intel.KindIndicator}[id%2], ID: id})
	}
	for _, n := range []int{0, 1, 2, len(links)} {
		r := &intel.Remote{Kind: intel.KindGroup, ID: 9, Links: links[:n]}
		inv := &Inventory{Paged: map[int64]intel.List{}}
		ask := func() {
			t.Helper()
			full := inv.Paged[r.ID].Has(intel.ListGroups)
			list := r.Linked(intel.KindGroup)
			there := map[int64]bool{}
			for _, l := range list {
				there[l.ID] = true
			}
			for id := int64(0); id <= int64(len(links)); id++ {
				if inv.LinkedTo(r, intel.KindGroup, id) != there[id] {
					t.Errorf("%d entries, read completely: %t: association with %d: want %t", n, full, id, there[id])
				}
			}
		}
		ask()
		if allocs := testing.AllocsPerRun(10, func() { inv.LinkedTo(r, intel.KindGroup, 1) }); allocs > 0 {
			t.Errorf("%d entries: %v allocations each time", n, allocs)
		}
		for _, full := range [][]*intel.Remote{r.Linked(intel.KindGroup), {}, (&intel.Remote{Links: links}).Linked(intel.KindGroup)} {
			indicators := r.Linked(intel.KindIndicator)
			nested, was, want := r.Links, slices.Clone(r.Links), map[int64]bool{}
			for _, l := range append(r.Linked(intel.KindGroup), full...) {
				want[l.ID] = true // what only the nested list shows stays
			}
			inv.SetLinked(r, intel.KindGroup, full)
			for i := range nested {
				if nested[i].ID != was[i].ID {
					t.Fatalf("%d entries: entry %d of the nested list, which objects lead to, was changed", n, i)
				}
			}
			if got := r.Linked(intel.KindIndicator); len(r.Linked(intel.KindGroup)) != len(want) || len(got) != len(indicators) {
				t.Errorf("%d groups and %d indicators, want %d and %d", len(r.Linked(intel.KindGroup)), len(got), len(want), len(indicators))
			}
			ask()
		}
		had, facts := slices.Clone(r.Links), inv.LinkFacts(r)
		inv.Groups = []*intel.Remote{r}
		inv.LetGoOfEnds()
		if len(r.Links) > 0 || !slices.Equal(inv.LinkFacts(r), facts) || len(facts) != len(had) {
			t.Errorf("%d entries: %d are left, which are %d facts", n, len(r.Links), len(facts))
		}
		for _, l := range had {
			if !inv.LinkedTo(r, l.Kind, l.ID) || inv.LinkedTo(r, intel.KindVictimAsset, l.ID) {
				t.Errorf("%d entries: whether there is an association with %d is forgotten", n, l.ID)
			}
		}
	}
}
