package apply_test

import (
	"testing"

	"tcimport/internal/plan"
	"tcimport/internal/reader"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeRealData carries real manifests out and plans them again: one write for
// each group, nothing left to do, and next to no requests to learn that.
func TestLargeRealData(t *testing.T) {
	testkit.SkipUnderRace(t)
	for _, c := range []struct {
		folder         string
		groups, writes int
		again          int // requests to see that nothing is left to do, at most
	}{
		{"attack-mobile", 291, 291, 2},
		{"reports-iocs", 298, 298, 2},
		{"kev", 1698, 1698, 2},
	} {
		t.Run(c.folder, func(t *testing.T) {
			m, problems := reader.Read([]string{testkit.DataDir(t, c.folder)}, reader.Options{})
			if problems.Errors() > 0 {
				t.Fatal(problems)
			}
			b := newBench(t, tcsim.Config{})
			p := b.plan(m, nil, plan.DefaultPolicy())
			if p.Summary.Create != c.groups || p.Summary.Requests != c.writes {
				t.Errorf("%+v", p.Summary)
			}
			b.sim.ResetStats()
			b.completes(p)
			if n := b.sim.Stats().Writes; n != c.writes {
				t.Errorf("%d writes, want %d", n, c.writes)
			}
			b.sim.ResetStats()
			b.settled(m, nil)
			if n := b.sim.Stats().Total; n > c.again {
				t.Errorf("%d requests to see that there is nothing to do: %v", n, b.sim.Stats().ByRoute)
			}
		})
	}
}
