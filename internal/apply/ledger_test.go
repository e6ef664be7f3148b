package apply_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeRandomLedgerIsTrue ends random runs in every way, in the midst of mixed faults
// and refusals: whatever happens, the ledger tells what is on the instance, and
// each association is there or told as lost. Carrying the same plan on, and then
// planning again, brings the rest, and nothing twice.
func TestLargeRandomLedgerIsTrue(t *testing.T) {
	for seed := range uint64(testkit.Rounds(150)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { ledgerIsTrue(t, seed) })
	}
}

func ledgerIsTrue(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 3))
	one := func(list ...string) string { return list[rng.IntN(len(list))] }
	partial := rng.IntN(4) == 0
	b := richBench(t, "existing-xid="+one("conflict", "upsert", "duplicate"), "nested-metadata="+one("honoured", "ignored"),
		"post-fields="+one("honoured", "honoured", "ignored"), fmt.Sprintf("partial-writes=%t", partial))
	m := randomImport(rng, 10)
	policy := plan.DefaultPolicy()
	if rng.IntN(2) == 0 { // another import of the same groups is there: much is to be updated
		if _, err := b.run(b.plan(m, nil, policy)); err != nil {
			t.Fatal(err)
		}
		policy.Tags, policy.Labels, policy.Attributes, policy.Associations = plan.Replace, plan.Replace, plan.Replace, plan.Replace
		m = randomImport(rng, 14)
		for _, g := range m.Groups {
			g.Lists = ^intel.List(0) // what it does not name is to be removed
		}
	}
	policy.MissingIndicators = plan.MissingIndicators(one("create", "create", "skip"))
	p := b.plan(m, nil, policy)
	trail := &trail{done: map[string]apply.Result{}, begun: map[string]bool{}}
	for run := range 3 {
		earlier, done := trail.left()
		l, _ := b.runBadly(rng, p, trail, run < 2, func(o *apply.Options) { o.Done, o.Doubtful = done, doubtful(slices.Collect(maps.Keys(earlier))...) })
		w := newTruth(b, p, l)
		w.earlier, w.done, w.partial = earlier, done, partial
		w.check()
		if run == 2 {
			w.brought()
		}
		if run == 2 && tallyOf(l).Failed+tallyOf(l).InDoubt+tallyOf(l).NotAttempted > p.Summary.Conflict {
			t.Errorf("the last run was not complete:\n%s", troubles(l))
		}
	}
	if p := b.plan(m, nil, policy); p.Summary.Pending() {
		t.Errorf("something is left to do:\n%s", pending(p))
	}
}

// runBadly carries p out while faults strike and, now and then, something ends
// the run.
func (b *bench) runBadly(rng *rand.Rand, p *plan.Plan, j *trail, bad bool, options ...func(*apply.Options)) (*apply.Ledger, error) {
	ctx, cancel := context.WithCancel(b.t.Context())
	defer cancel()
	b.connectUntil(ctx)
	defer b.sim.SetFault(nil)
	opt := apply.Options{Workers: 1 + rng.IntN(4), Find: b.find, Settle: time.Millisecond, Journal: j}
	for _, o := range options {
		o(&opt)
	}
	j.failAt, j.dead = 0, false
	if bad {
		stop := make(chan struct{})
		opt.Stop = stop
		var end func()
		at := 1 + rng.IntN(20)
		always := tcsim.Fault{}
		switch rng.IntN(8) {
		case 0:
			end = sync.OnceFunc(func() { close(stop) })
		case 1:
			end = cancel
		case 2: // as if the process was killed
			end = func() { j.die(); cancel() }
		case 3:
			j.failAt = at
		case 4:
			opt.MaxFailures = &plan.Limit{N: rng.IntN(4)}
		case 5:
			always = tcsim.Fault{Status: 429, Header: http.Header{"Retry-After": {"0"}}}
		case 6:
			always = tcsim.Fault{Status: 401, Body: `{"status":"Error","message":"Unauthorized"}`}
		}
		b.sim.SetFault(badly(rng.Uint64(), 0.4*rng.Float64(), at, end, always))
	}
	l, err := apply.Run(ctx, p, b.c, opt)
	addsUp(b.t, p, l)
	return l, err
}

// badly gives requests faults and refuses some writes. At the n-th write it calls
// end, if there is one; from there on all writes get the fault always, and at
// times nothing can be read.
func badly(seed uint64, share float64, n int, end func(), always tcsim.Fault) func(tcsim.FaultPoint) tcsim.Fault {
	faulty := randomly(seed, share)
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 4))
	writes, phase, blind := 0, tcsim.Phase(rng.IntN(2)), rng.IntN(4) == 0
	return func(p tcsim.FaultPoint) tcsim.Fault {
		write := p.Request.Method != http.MethodGet
		mu.Lock()
		if write && p.Phase == phase {
			writes++
		}
		late := writes >= n
		refused := write && p.Phase == tcsim.BeforeHandling && rng.Float64() < share/4
		mu.Unlock()
		if late && end != nil {
			end()
		}
		switch {
		case late && blind && !write:
			return tcsim.Fault{Status: 500}
		case late && write && always.Status > 0 && p.Phase == tcsim.BeforeHandling:
			return always
		case refused:
			return tcsim.Fault{Status: 400, Body: `{"status":"Error","message":"refused at random"}`}
		}
		return faulty(p)
	}
}

// trail is a journal that can break and die, and tells what a run has left.
type trail struct {
	mu     sync.Mutex
	told   int
	failAt int
	dead   bool
	begun  map[string]bool
	done   map[string]apply.Result
}

func (j *trail) die() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.dead = true
}

// tell calls note with what is to be kept, unless it is lost.
func (j *trail) tell(note func()) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.told++
	if j.failAt > 0 && j.told >= j.failAt {
		return errors.New("disk full")
	}
	if !j.dead {
		note()
	}
	return nil
}

func (j *trail) Intent(as ...*plan.Action) error {
	return j.tell(func() {
		for _, a := range as {
			j.begun[a.Key] = true
		}
	})
}

func (*trail) Made(*plan.Object, int64) error   { return nil }
func (*trail) Making(...*plan.Object) error     { return nil }
func (*trail) Became(*apply.ObjectResult) error { return nil }

func (j *trail) Outcome(r *apply.Result) error {
	return j.tell(func() {
		short := slices.ContainsFunc(r.Lost(), func(x apply.Missed) bool { return x.Status != apply.OK })
		if r.Status == apply.OK && !short {
			j.done[r.Action.Key] = *r
		}
	})
}

// left are the keys that were begun and are not known to be done, and the
// results of those that are.
func (j *trail) left() (map[string]bool, map[string]apply.Result) {
	j.told = 0
	doubtful, done := map[string]bool{}, map[string]apply.Result{}
	for key := range j.begun {
		if r, ok := j.done[key]; ok {
			done[key] = r
		} else {
			doubtful[key] = true
		}
	}
	return doubtful, done
}
