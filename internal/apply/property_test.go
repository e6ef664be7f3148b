package apply_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeRandomFaults throws mixed faults at random imports: the run, and one more
// where it was not complete, leave what a run without faults leaves.
func TestLargeRandomFaults(t *testing.T) {
	for seed := range uint64(testkit.Rounds(30)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { randomFaults(t, seed) })
	}
}

func randomFaults(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := randomImport(rng, 12)
	clean := richBench(t)
	clean.completes(clean.plan(m, nil, plan.DefaultPolicy()))
	clean.settled(m, nil)

	xid := []string{"conflict", "upsert", "duplicate"}[rng.IntN(3)]
	b := richBench(t, "existing-xid="+xid)
	p := b.plan(m, nil, plan.DefaultPolicy())
	b.sim.SetFault(randomly(rng.Uint64(), 0.05+0.25*rng.Float64()))
	for run := 1; ; run++ {
		l, err := b.run(p)
		if err == nil && tallyOf(l).complete() {
			break
		}
		if run == 8 {
			t.Fatalf("not complete after %d runs: %v\n%s", run, err, troubles(l))
		}
		if run == 4 {
			b.sim.SetFault(nil)
		}
		// Look-ups are repeated by the client; a plan needs all of them.
		fault := randomly(rng.Uint64(), 0.2)
		b.sim.SetFault(nil)
		p = b.plan(m, nil, plan.DefaultPolicy())
		if run < 4 {
			b.sim.SetFault(fault)
		}
	}
	b.sim.SetFault(nil)
	if diff := cmp.Diff(state(clean.sim), state(b.sim)); diff != "" {
		t.Errorf("existing-xid=%s, -fault-free +got:\n%s", xid, diff)
	}
	b.settled(m, nil)
}

// randomly gives every request a fault with probability share.
func randomly(seed uint64, share float64) func(tcsim.FaultPoint) tcsim.Fault {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 2))
	return func(p tcsim.FaultPoint) tcsim.Fault {
		mu.Lock()
		defer mu.Unlock()
		if rng.Float64() > share/2 { // there are two points to each request
			return tcsim.Fault{}
		}
		faults := []tcsim.Fault{{Drop: true}, {Status: 500, Body: `{"status":"Error","message":"internal"}`}, {Status: 502, Body: "<html>Bad Gateway</html>"},
			{Status: 504}, {Status: 429, Header: http.Header{"Retry-After": {"0"}}}}
		if p.Phase == tcsim.AfterCommit {
			faults = []tcsim.Fault{{Drop: true}, {Status: 500}, {Status: 504, Body: "<html>"}, {Truncate: 10}, {Truncate: 10, CleanEnd: true}, {NonJSON: true}}
		}
		return faults[rng.IntN(len(faults))]
	}
}

// randomImport is n groups with random contents and associations.
func randomImport(rng *rand.Rand, n int) *intel.Manifest {
	m := &intel.Manifest{}
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	for i := range n {
		g := &intel.Group{Key: fmt.Sprint("k", i), Type: pick("Threat", "Incident", "Adversary", "Campaign"), Name: fmt.Sprintf("Group %d", i), Owner: pick("", "", tcsim.DemoCommunity)}
		if g.Type == "Incident" {
			g.Fields = intel.Fields{{Name: "status", Value: pick("New", "Open")}}
		}
		for range rng.IntN(3) {
			g.Tags = append(g.Tags, intel.Tag{Name: pick("one", "two", "three", "four")})
		}
		for j := range rng.IntN(4) {
			g.Attributes = append(g.Attributes, intel.Attribute{Type: pick("Description", "Aliases", "Source"), Value: fmt.Sprint("value ", j)})
		}
		if rng.IntN(2) == 0 {
			g.SecurityLabels = []string{pick("TLP:RED", "TLP:GREEN")}
		}
		for range rng.IntN(4) {
			if j := rng.IntN(n); j != i {
				g.Refs = append(g.Refs, intel.Ref{Kind: intel.KindGroup, Text: fmt.Sprint("k", j)})
			}
		}
		for range rng.IntN(3) {
			g.Refs = append(g.Refs, randomObject(rng))
		}
		m.Groups = append(m.Groups, g)
	}
	return m
}

func randomObject(rng *rand.Rand) intel.Ref {
	i := rng.IntN(5)
	o := &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: fmt.Sprintf("h%d.example", i)}
	switch rng.IntN(5) {
	case 0:
		o = &intel.Object{Kind: intel.KindCase, Summary: fmt.Sprint("Case ", i), Details: &intel.Details{Fields: intel.Fields{{Name: "severity", Value: "Low"}, {Name: "status", Value: "Open"}}}}
	case 1:
		o = &intel.Object{Kind: intel.KindArtifact, Type: "Email Address", Summary: fmt.Sprintf("a%d@b.example", i), Details: &intel.Details{Fields: intel.Fields{{Name: "caseId", Value: "1"}}}}
	case 2:
		o.Type, o.Summary = "Address", fmt.Sprintf("192.0.2.%d", i)
		o.More().Fields = intel.Fields{{Name: "rating", Value: fmt.Sprint(i)}}
	}
	o.Written = o.Type + ":" + o.Summary
	return intel.Ref{Kind: o.Kind, End: &intel.End{Object: o}}
}

// TestTwoImportsEqualTheWhole: an import that is carried out in two parts, one after
// the other, has the same result as the whole.
func TestTwoImportsEqualTheWhole(t *testing.T) {
	for seed := range uint64(8) {
		m := randomImport(rand.New(rand.NewPCG(seed, 5)), 16)
		whole := richBench(t)
		run := func(b *bench, m *intel.Manifest) {
			b.completes(b.plan(m, nil, plan.DefaultPolicy()))
		}
		run(whole, m)
		// A half names only what is in it; the rest of its associations come with
		// the second run, that knows all groups.
		half := &intel.Manifest{}
		for _, g := range m.Groups[:8] {
			h := *g
			h.Refs = nil
			for _, ref := range g.Refs {
				var i int
				if _, err := fmt.Sscanf(ref.Text, "k%d", &i); ref.Kind != intel.KindGroup || err == nil && i < 8 {
					h.Refs = append(h.Refs, ref)
				}
			}
			half.Groups = append(half.Groups, &h)
		}
		b := richBench(t)
		run(b, half)
		run(b, m)
		if diff := cmp.Diff(state(whole.sim), state(b.sim)); diff != "" {
			t.Errorf("seed %d, -whole +halves:\n%s", seed, diff)
		}
		b.settled(m, nil)
	}
}
