package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
	"tcimport/internal/testkit"
)

// hub is a group with n associations: with spokes of the manifest, which name it.
func hub(n int) scene {
	var b strings.Builder
	b.WriteString("groups:\n  - {key: hub, type: Adversary, name: Hub, tags: [x], associatedGroups: []}\n")
	s := scene{groups: []*intel.Remote{group(1, "Adversary", "Hub", ours("hub"))}}
	for i := range n {
		key, id := fmt.Sprint("s", i), int64(i+2)
		fmt.Fprintf(&b, "  - {key: %s, type: Threat, name: S%d, tags: [x], associatedGroups: [hub]}\n", key, i)
		s.groups = append(s.groups, group(id, "Threat", fmt.Sprint("S", i), ours(key)))
		linked(intel.KindGroup, id)(s.groups[0])
	}
	s.manifest = b.String()
	return s
}

func BenchmarkPlanOfHub(b *testing.B) {
	testkit.Growth(b, 5000, func(n int) func() {
		s := hub(n)
		var in compare.Input
		s.then = func(made *compare.Input) { in = *made }
		s.plan(b)
		base := in.Found
		return func() {
			found := inventory.Inventory{Groups: base.Groups, Objects: base.Objects} // without a set that was built before
			in.Found = &found
			compare.Make(in)
		}
	})
}

func BenchmarkStaleOfHub(b *testing.B) {
	testkit.Growth(b, 1000, func(n int) func() {
		s := hub(n)
		p, now, done := linking(b, s)
		delete(done, "s0")
		return func() { compare.FindStale(p, inventoryOf(p, now), done) }
	})
}

// linking is a plan to associate the spokes of s with the hub, what there is once
// that was done, and the keys of the spokes.
func linking(t testing.TB, s scene) (p *plan.Plan, now scene, done map[string]bool) {
	now, done = s, map[string]bool{}
	bare := *s.groups[0]
	bare.Links = nil
	s.groups = slices.Concat([]*intel.Remote{&bare}, s.groups[1:])
	p = s.plan(t)
	for _, a := range p.Actions[1:] {
		done[a.Key] = true
	}
	return p, now, done
}

// A hub is not stale because of what its spokes have been given, however many of
// them there are, and is because of one association more.
func TestStaleHub(t *testing.T) {
	for _, n := range []int{3, 100} {
		p, now, done := linking(t, hub(n))
		if p.Summary.Associations != n || p.Actions[0].State() == "" {
			t.Fatalf("%d spokes: not what is to be tested:\n%s", n, shown(p))
		}
		if stale := compare.FindStale(p, inventoryOf(p, now), done); len(stale) > 0 {
			t.Errorf("%d spokes: %s: %s", n, stale[0].Action.Key, stale[0].Why)
		}
		delete(done, "s1")
		stale := compare.FindStale(p, inventoryOf(p, now), done)
		var got []string
		for _, s := range stale {
			got = append(got, s.Action.Key+": "+s.Why)
		}
		if want := "hub: group 1 was changed; s1: group 3 is associated with group 1 now"; strings.Join(got, "; ") != want {
			t.Errorf("%d spokes: %q, want %q", n, got, want)
		}
	}
}

// What is associated with a hub is not associated once more.
func TestHub(t *testing.T) {
	for _, n := range []int{3, 100} {
		s := hub(n)
		s.groups[0].Links = s.groups[0].Links[1:]
		linked(intel.KindIndicator, 2)(s.groups[0]) // the ID of the group that is missing
		if p := s.plan(t); p.Summary.Associations != 1 || len(p.Actions[1].Associations) != 1 {
			t.Errorf("%d spokes:\n%s", n, shown(p))
		}
	}
}
