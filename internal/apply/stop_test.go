package apply_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
)

func chained(n int) string {
	return groups(n, func(i int) string {
		if i+1 == n {
			return "associatedIndicators: [Host:x.example]"
		}
		return keys(i+1) + ", associatedIndicators: [Host:x.example]"
	})
}

// TestStop ends a run in the middle: what is in flight is finished, nothing new
// is sent, and all of it is told. A second run does the rest.
func TestStop(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(chained(40)), nil, plan.DefaultPolicy())
	stop := make(chan struct{})
	var posts atomic.Int64
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		if f.Request.Method != http.MethodPost || f.Phase != tcsim.BeforeHandling {
			return tcsim.Fault{}
		}
		switch n := posts.Add(1); {
		case n < 10:
			return tcsim.Fault{}
		case n == 10:
			close(stop)
		}
		return tcsim.Fault{Delay: 20 * time.Millisecond}
	})
	l, err := b.run(p, func(o *apply.Options) { o.Stop = stop; o.Workers = 3 })
	if !errors.Is(err, apply.ErrStopped) {
		t.Errorf("the run ended with %v", err)
	}
	tally := tallyOf(l)
	if tally.Created+tally.NotAttempted != 40 || int64(tally.Created) != posts.Load() || tally.Created > 14 {
		t.Errorf("%d posts, %+v", posts.Load(), tally)
	}
	if len(b.sim.Snapshot().Groups) != tally.Created {
		t.Errorf("%d groups on the server, %d told", len(b.sim.Snapshot().Groups), tally.Created)
	}
	for _, r := range l.Results {
		if r.Status == apply.NotAttempted && len(r.Lost()) != len(r.Action.Associations) {
			t.Errorf("%s was not attempted, but its associations are not told", r.Action.Key)
		}
	}
	b.sim.SetFault(nil)
	b.completes(b.plan(b.read(chained(40)), nil, plan.DefaultPolicy()))
	whole := newBench(t, tcsim.Config{})
	whole.apply(chained(40))
	if diff := cmp.Diff(state(whole.sim), state(b.sim)); diff != "" {
		t.Errorf("-at once +in two runs:\n%s", diff)
	}
}

// TestStopDuringLastWrite: what asks a run to end while its last write is on its
// way has ended nothing, if that is done as a whole.
func TestStopDuringLastWrite(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(chained(3)), nil, plan.DefaultPolicy())
	stop := make(chan struct{})
	var posts atomic.Int64
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		if f.Request.Method == http.MethodPost && f.Phase == tcsim.BeforeHandling && posts.Add(1) == 3 {
			close(stop)
			return tcsim.Fault{Delay: 20 * time.Millisecond}
		}
		return tcsim.Fault{}
	})
	l, err := b.run(p, func(o *apply.Options) { o.Stop, o.Workers = stop, 1 })
	if err != nil {
		t.Errorf("the run ended with %v", err)
	}
	complete(t, l)
}

// TestLedgerThatDoesNotAddUp: a fault of the engine is an error of the run, and
// each action has an outcome for the report all the same.
func TestLedgerThatDoesNotAddUp(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(chained(3)), nil, plan.DefaultPolicy())
	p.Actions[1] = p.Actions[0] // is carried out twice, and another one never
	l, err := apply.Run(t.Context(), p, b.c, apply.Options{Workers: 1, Find: b.find, Settle: time.Millisecond})
	if !errors.Is(err, apply.ErrLedger) || !strings.Contains(err.Error(), "no outcome") {
		t.Errorf("the run ended with %v", err)
	}
	for i, r := range l.Results {
		if r == nil {
			t.Errorf("action %d has no outcome", i)
		}
	}
	if tally := tallyOf(l); tally.InDoubt == 0 {
		t.Errorf("%+v", tally)
	}
}

// Cancelling the context breaks off what is in flight; that is in doubt then,
// or not attempted, and told.
func TestCancel(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(chained(20)), nil, plan.DefaultPolicy())
	ctx, cancel := context.WithCancel(t.Context())
	var posts atomic.Int64
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		if f.Request.Method == http.MethodPost && f.Phase == tcsim.AfterCommit && posts.Add(1) == 5 {
			cancel()
		}
		return tcsim.Fault{}
	})
	l, err := apply.Run(ctx, p, b.connectUntil(ctx).c, apply.Options{Workers: 2, Find: b.find, Settle: time.Millisecond})
	addsUp(t, p, l)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v", err)
	}
	if tally := tallyOf(l); tally.Created >= 7 || tally.Created+tally.InDoubt+tally.NotAttempted != 20 || len(b.sim.Snapshot().Groups) > tally.Created+tally.InDoubt {
		t.Errorf("%+v, %d groups on the server", tally, len(b.sim.Snapshot().Groups))
	}
}

func TestMaxFailures(t *testing.T) {
	for _, c := range []struct {
		limit plan.Limit
		most  int
		ends  bool
	}{
		{plan.Limit{N: 3}, 4, true},
		{plan.Limit{N: 0}, 1, true},
		{plan.Limit{N: 10, Percent: true}, 5, true},
		{plan.Limit{N: 40}, 40, false},
		{plan.Limit{N: 100, Percent: true}, 40, false},
	} {
		b := newBench(t, tcsim.Config{Switches: tcsim.Switches{NameLimit: 3}})
		p := b.plan(b.read(chained(40)), nil, plan.DefaultPolicy())
		l, err := b.run(p, func(o *apply.Options) { o.MaxFailures = &c.limit; o.Workers = 1 })
		if errors.Is(err, apply.ErrMaxFailures) != c.ends || tallyOf(l).Failed != c.most || tallyOf(l).NotAttempted != 40-c.most {
			t.Errorf("%v: %v, %+v", c.limit, err, tallyOf(l))
		}
	}
}

// TestDenied: credentials that are not accepted any more end the run; a refusal
// of one object, with credentials that work, does not.
func TestDenied(t *testing.T) {
	denied := tcsim.Fault{Status: 401, Body: `{"status":"Error","message":"Unauthorized"}`}
	for _, c := range []struct {
		name    string
		probe   error
		created int
		ends    bool
	}{
		{"the credentials are gone", &tc.Error{Op: "list owners", Cause: tc.ErrUnauthorized}, 4, true},
		{"it is that object", nil, 39, false},
	} {
		b := newBench(t, tcsim.Config{})
		p := b.plan(b.read(groups(40, func(int) string { return "" })), nil, plan.DefaultPolicy())
		var posts atomic.Int64
		var bad sync.Map
		b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
			if f.Phase != tcsim.BeforeHandling || f.Request.Method != http.MethodPost {
				return tcsim.Fault{}
			}
			if n := posts.Add(1); n == 5 || n == 6 && func() bool { _, ok := bad.Load("again"); return ok }() {
				bad.Store("again", true)
				return denied
			}
			return tcsim.Fault{}
		})
		probed := 0
		l, err := b.run(p, func(o *apply.Options) {
			o.Workers = 1
			o.Probe = func(context.Context) error { probed++; return c.probe }
		})
		if (err != nil) != c.ends || tallyOf(l).Failed != 1 || tallyOf(l).Created != c.created || probed == 0 {
			t.Errorf("%s: %v, %+v, probed %d times", c.name, err, tallyOf(l), probed)
		}
	}
}
