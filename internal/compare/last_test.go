package compare_test

import (
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// TestLast: a comparison that nobody else needs the inventory after lets go of what is on a
// group as the last run has left it, and keeps what it has to look at again.
func TestLast(t *testing.T) {
	tag := func(name string) baseline.Fact { return baseline.Tag(intel.Tag{Name: name}) }
	const manifest1 = `groups: [{key: a, type: Threat, name: One, tags: [x]}]`
	for _, tt := range []struct {
		name string
		last baseline.Baseline
		want baseline.Baseline
		gone bool
	}{
		{"as it was left", baseline.New(baseline.Name("One"), tag("x")), baseline.New(baseline.Name("One"), tag("x")), true},
		{"a tag that the manifest no longer names", baseline.New(baseline.Name("One"), tag("x"), tag("y")), baseline.New(baseline.Name("One"), tag("x"), tag("y")), false},
		{"a tag in doubt", baseline.New(baseline.Name("One"), tag("x"), tag("y").As(baseline.MaybeThere)), baseline.New(baseline.Name("One"), tag("x"), tag("y")), false},
		{"a tag that somebody has removed", baseline.New(baseline.Name("One"), tag("x"), tag("z")), baseline.New(baseline.Name("One"), tag("x")), false},
		{"the first run with an id-map", nil, baseline.New(baseline.Name("One"), tag("x")), true},
	} {
		r := group(7, "Threat", "One", ours("a"), tags("x", "y"))
		s := scene{manifest: manifest1, groups: []*intel.Remote{r},
			ids: baseline.IDMap{"a": {ID: 7, Type: "Threat", Name: "One", Owner: org, XID: r.XID, Baseline: tt.last}}}
		if got := s.plan(t).Actions[0].Baseline(); !got.Equal(tt.want) {
			t.Errorf("%s: facts %v, want %v", tt.name, got, tt.want)
		}
		compare.Make(compare.Input{Import: manifest(t, s.manifest), IDMap: s.ids, Policy: plan.DefaultPolicy(), Last: true,
			Found: &inventory.Inventory{Groups: s.groups}})
		if gone := r.Tags == nil; gone != tt.gone {
			t.Errorf("%s: let go: %t, want %t", tt.name, gone, tt.gone)
		}
	}
}
