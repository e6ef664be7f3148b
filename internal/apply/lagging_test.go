package apply_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeRandomLostAnswersWithListsThatLag: where nested lists are stale for seconds, and
// a third of the answers to writes are lost, nothing is doubled and nothing is lost: not in
// a first run, and not in those that follow at once. If the list of attributes is stale,
// too, later runs have to wait until it is not.
func TestLargeRandomLostAnswersWithListsThatLag(t *testing.T) {
	for seed := range uint64(testkit.Rounds(8)) {
		for _, lag := range []int{3000, 40_000} {
			for _, idMap := range []bool{true, false} {
				for _, all := range []bool{true, false} {
					t.Run(fmt.Sprintf("%d/%d ms/id-map %t/all lists %t", seed, lag, idMap, all), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							b := lateBench(t)
							sw := b.sim.Switches()
							sw.NestedDelayMS = lag
							if all {
								sw.AttributeListDelayMS = lag
							}
							b.sim.SetSwitches(sw)
							lagging(b, seed, idMap)
						})
					})
				}
			}
		}
	}
}

// lagging makes three runs with lost answers, the second one with other values for the
// groups of the first. Values are stored as they are sent, or otherwise.
func lagging(b *bench, seed uint64, idMap bool) {
	t, clean := b.t, lateBench(b.t.(*testing.T))
	text := []string{"", "escaped", "squeezed", "plain"}[seed%4]
	for _, b := range []*bench{clean, b} {
		sw := b.sim.Switches()
		sw.NameText, sw.AttributeText = text, text
		b.sim.SetSwitches(sw)
	}
	imports := [3]uint64{seed, seed + 1000, seed + 1000}
	types := randomImport(rand.New(rand.NewPCG(seed, 11)), 12)
	ids := baseline.IDMap{}
	for i, from := range imports {
		m := randomImport(rand.New(rand.NewPCG(from, 11)), 12)
		for j, g := range m.Groups {
			g.Type, g.Owner, g.Fields = types.Groups[j].Type, types.Groups[j].Owner, types.Groups[j].Fields
			g.Name += "  <&> 🦞"
			for n := range g.Attributes {
				g.Attributes[n].Value += "  <&> 🦞"
			}
		}
		if _, err := clean.run(clean.plan(m, nil, plan.DefaultPolicy())); err != nil {
			t.Fatal(err)
		}
		b.sim.SetFault(losing(seed, 1./3))
		for {
			l, err := b.run(b.plan(m, ids, plan.DefaultPolicy()), func(o *apply.Options) { o.Settle = time.Minute })
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range l.Results {
				if idMap && r.ID != 0 {
					ids[r.Action.Key] = baseline.Group{ID: r.ID, Type: r.Action.Type, Name: r.Action.Name, Owner: r.Action.Owner, XID: r.XID,
						Baseline: r.WholeBaseline(func(*plan.Association) int64 { return 0 })}
				}
			}
			if b.sim.Switches().AttributeListDelayMS > 0 {
				time.Sleep(time.Minute)
			}
			b.sim.SetFault(nil)
			if tallyOf(l).InDoubt == 0 {
				break
			}
			time.Sleep(time.Minute) // every try of a write was lost: what is in doubt settles
		}
		if diff := cmp.Diff(state(clean.sim), state(b.sim)); diff != "" {
			t.Fatalf("run %d: -fault-free +got:\n%s", i, diff)
		}
	}
}

// losing loses the answers to a share of the writes, before or after they are carried out.
func losing(seed uint64, share float64) func(tcsim.FaultPoint) tcsim.Fault {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 13))
	return func(p tcsim.FaultPoint) tcsim.Fault {
		mu.Lock()
		defer mu.Unlock()
		if p.Request.Method == http.MethodGet || p.Phase != tcsim.BeforeHandling && p.Phase != tcsim.AfterCommit {
			return tcsim.Fault{}
		}
		return tcsim.Fault{Drop: rng.Float64() < share/2}
	}
}

// TestGroupsThatNoReadShowsYet: a group that another run has created a moment ago, and that
// neither lists nor reads by xid show yet, is found after a while. It is not written twice.
// Where no read shows such groups at all, the run does not wait for each of them.
func TestGroupsThatNoReadShowsYet(t *testing.T) {
	text := groups(300, func(i int) string { return fmt.Sprintf("attributes: [{type: Aliases, value: v%d}]", i) })
	for _, xidDelay := range []int{3000, 40_000, 3_600_000} {
		t.Run(fmt.Sprint(xidDelay), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, tcsim.Config{Switches: tcsim.Switches{ListDelayMS: 40_000, NestedDelayMS: 40_000, XIDDelayMS: xidDelay}})
				b.apply(text)
				before, begun := state(b.sim), time.Now()
				_, l := b.apply(text, func(o *apply.Options) { o.Settle = time.Minute })
				if diff := cmp.Diff(before, state(b.sim)); diff != "" {
					t.Errorf("-before +after:\n%s", diff)
				}
				if xidDelay < 60_000 {
					complete(t, l)
				}
				if took := time.Since(begun); took > 90*time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}
