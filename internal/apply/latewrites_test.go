package apply_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
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

// lateWrites are an update or a create for each kind of write: what is there
// before, what is wanted, and what the run may add.
var lateWrites = []struct {
	name, before, after string
	method              string
	policy              func(*plan.Policy)
}{
	{name: "create", after: `{key: a, type: Threat, name: A, tags: [x], attributes: [{type: Aliases, value: p}], associatedIndicators: [Host:x.example]}`, method: http.MethodPost},
	{name: "attribute", before: `{key: a, type: Threat, name: A}`, after: `{key: a, type: Threat, name: A, attributes: [{type: Aliases, value: p}, {type: Aliases, value: q}]}`},
	{name: "case", before: `{key: a, type: Threat, name: A}`, after: `{key: a, type: Threat, name: A, associatedCases: [{name: Phishing, severity: Low, status: Open}]}`},
	{name: "artifact", before: `{key: a, type: Threat, name: A}`, after: `{key: a, type: Threat, name: A, associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}`},
	{name: "victim asset", before: `{key: a, type: Threat, name: A}`, after: `{key: a, type: Threat, name: A, associatedVictimAssets: [{type: EmailAddress, address: a@b.example, victimId: 1}]}`},
	{name: "indicator", before: `{key: a, type: Threat, name: A}`, after: `{key: a, type: Threat, name: A, associatedIndicators: [{type: Host, summary: x.example, rating: 3, attributes: [{type: Description, value: d}]}]}`},
	{name: "association", before: `{key: a, type: Threat, name: A}, {key: b, type: Threat, name: B}`, after: `{key: a, type: Threat, name: A, associatedGroups: [b]}, {key: b, type: Threat, name: B}`},
	{name: "tag", before: `{key: a, type: Threat, name: A}`, after: `{key: a, type: Threat, name: A, tags: [x]}`},
	{name: "label", before: `{key: a, type: Threat, name: A}`, after: `{key: a, type: Threat, name: A, securityLabels: [TLP:RED]}`},
	{name: "field", before: `{key: a, type: Incident, name: A, status: New}`, after: `{key: a, type: Incident, name: A, status: Open}`},
	{name: "attribute in place", before: `{key: a, type: Threat, name: A, attributes: [{type: Description, value: old}]}`,
		after: `{key: a, type: Threat, name: A, attributes: [{type: Description, value: new}]}`},
	{name: "removed attribute", before: `{key: a, type: Threat, name: A, attributes: [{type: Aliases, value: p}, {type: Aliases, value: q}, {type: Aliases, value: r}]}`,
		after: `{key: a, type: Threat, name: A, attributes: [{type: Aliases, value: p}]}`, policy: func(p *plan.Policy) { p.Attributes = plan.Replace }},
	{name: "delete", before: `{key: a, type: Threat, name: A}, {key: b, type: Threat, name: B}`, after: `{key: a, type: Threat, name: A}`,
		method: http.MethodDelete, policy: func(p *plan.Policy) { p.Prune, p.PruneMax = true, plan.Limit{N: 5} }},
}

// TestLargeLateWritesDuplicateNothing: a write whose answer is lost, and that the instance
// carries out only some seconds later, leaves what it leaves where nothing goes
// wrong: nothing is there twice, nothing is missing.
func TestLargeLateWritesDuplicateNothing(t *testing.T) {
	for _, c := range lateWrites {
		for name, fault := range map[string]tcsim.Fault{
			"times out":       {Delay: time.Hour, Drop: true},
			"gateway gave up": {Status: http.StatusGatewayTimeout, Body: "<html>"},
			"cut":             {Drop: true},
		} {
			for _, after := range testkit.Size([]time.Duration{0, 100 * time.Millisecond, 5 * time.Second, 9 * time.Second, 14 * time.Second, 50 * time.Second}, []time.Duration{9 * time.Second}) {
				t.Run(fmt.Sprintf("%s/%s/%s", c.name, name, after), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						fault.Later = max(after, time.Nanosecond)
						clean, b := lateBench(t), lateBench(t)
						late(clean, c.before, c.after, c.policy, func() {})
						late(b, c.before, c.after, c.policy, func() { b.sim.SetFault(onceOf(c.method, fault)) })
						time.Sleep(time.Hour) // whatever is under way arrives
						if diff := cmp.Diff(state(clean.sim), state(b.sim)); diff != "" {
							t.Errorf("-fault-free +got:\n%s", diff)
						}
					})
				})
			}
		}
	}
}

// lateBench is an instance that takes a second group of one xid, and adds an
// attribute as often as it is sent.
func lateBench(t *testing.T) *bench {
	b := withSwitches(t, "existing-xid=duplicate", "attribute-append=duplicates")
	b.sim.AddCase(tcsim.Case{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
	b.sim.AddVictim(tcsim.Victim{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
	return b
}

// late brings an instance to before and then, once faults are set, to after.
func late(b *bench, before, after string, with func(*plan.Policy), faults func()) *apply.Ledger {
	b.t.Helper()
	policy := plan.DefaultPolicy()
	if with != nil {
		with(&policy)
	}
	ids := baseline.IDMap{}
	if before != "" {
		_, l := b.apply("groups: [" + before + "]")
		for _, r := range l.Results {
			ids[r.Action.Key] = baseline.Group{ID: r.ID, Type: r.Action.Type, Name: r.Action.Name, Owner: r.Action.Owner, XID: r.XID, Baseline: r.Baseline}
		}
	}
	p := b.plan(b.read("groups: ["+after+"]"), ids, policy)
	faults()
	l, err := b.run(p, func(o *apply.Options) { o.Settle = time.Minute })
	if err != nil {
		b.t.Fatal(err)
	}
	complete(b.t, l)
	return l
}

// onceOf makes a fault strike the first write: of a method, or of any.
func onceOf(method string, fault tcsim.Fault) func(tcsim.FaultPoint) tcsim.Fault {
	var struck atomic.Bool
	return func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Phase == tcsim.BeforeHandling && p.Request.Method != http.MethodGet && (method == "" || method == p.Request.Method) && !struck.Swap(true) {
			return fault
		}
		return tcsim.Fault{}
	}
}

// TestLargeRandomLateWritesDuplicateNothing: whatever share of the writes of random imports lands late,
// nothing is lost and nothing is doubled.
func TestLargeRandomLateWritesDuplicateNothing(t *testing.T) {
	for seed := range uint64(testkit.Rounds(20)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 7))
				m := randomImport(rng, 12)
				clean, b := lateBench(t), lateBench(t)
				if seed%2 == 0 { // half of it is there: there are updates, too
					for _, b := range []*bench{clean, b} {
						if _, err := b.run(b.plan(randomImport(rand.New(rand.NewPCG(seed, 8)), 12), nil, plan.DefaultPolicy())); err != nil {
							t.Fatal(err)
						}
					}
				}
				if _, err := clean.run(clean.plan(m, nil, plan.DefaultPolicy())); err != nil {
					t.Fatal(err)
				}
				p := b.plan(m, nil, plan.DefaultPolicy())
				b.sim.SetFault(landingLate(rng.Uint64(), 0.4))
				l, err := b.run(p, func(o *apply.Options) { o.Settle = time.Minute })
				if err != nil {
					t.Fatal(err)
				}
				newTruth(b, p, l).check()
				time.Sleep(time.Hour)
				if tallyOf(l).InDoubt > 0 { // every try of a write was lost
					b.sim.SetFault(nil)
					if _, err := b.run(b.plan(m, nil, plan.DefaultPolicy())); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(state(clean.sim), state(b.sim)); diff != "" {
					t.Errorf("-fault-free +got:\n%s%s", diff, troubles(l))
				}
			})
		})
	}
}

// landingLate has a share of the writes land late, or never.
func landingLate(seed uint64, share float64) func(tcsim.FaultPoint) tcsim.Fault {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 9))
	return func(p tcsim.FaultPoint) tcsim.Fault {
		mu.Lock()
		defer mu.Unlock()
		if p.Phase != tcsim.BeforeHandling || p.Request.Method == http.MethodGet || rng.Float64() > share {
			return tcsim.Fault{}
		}
		f := []tcsim.Fault{{Drop: true}, {Status: 504}, {Status: 500}, {Drop: true, Delay: time.Hour}}[rng.IntN(4)]
		if rng.IntN(3) > 0 {
			f.Later = time.Duration(1 + rng.Int64N(int64(55*time.Second)))
		}
		return f
	}
}
