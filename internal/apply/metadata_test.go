package apply_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// rated is a manifest of indicators whose ratings an instance may ignore.
const rated = `
groups:
  - {key: a, type: Threat, name: A, associatedIndicators: [{type: Host, summary: x.example, rating: 4}, {type: Host, summary: y.example, rating: 3}, Host:plain.example]}
  - {key: b, type: Threat, name: B, associatedIndicators: [{type: Host, summary: z.example, rating: 2}, {type: Host, summary: x.example, rating: 4}]}
`

// objects tells the status of each object by its name.
func objects(l *apply.Ledger) map[string]apply.Status {
	out := map[string]apply.Status{}
	for _, o := range l.Objects {
		out[o.Object.Name()] = o.Status
	}
	return out
}

// puts counts the writes to indicators.
func puts(b *bench) int { return b.sim.Stats().ByRoute["PUT /v3/indicators/{id}"] }

// TestStopLeavesMetadataToTheNextRun: once a run was stopped, nothing is written that
// indicators lack, whenever that was; it is told, with the IDs. The same plan
// carried on writes it.
func TestStopLeavesMetadataToTheNextRun(t *testing.T) {
	want := map[string]apply.Status{"plain.example": apply.OK, "x.example": apply.NotAttempted, "y.example": apply.NotAttempted, "z.example": apply.NotAttempted}
	for _, c := range []struct {
		name string
		at   func(o *apply.Options, stop func())
	}{
		{"while the last group is written", func(o *apply.Options, stop func()) {
			n := 0
			o.Journal = stopAfter(func() {
				if n++; n == 2 {
					stop()
				}
			})
		}},
		{"while they are read", func(o *apply.Options, stop func()) {
			find := o.Find
			o.Find = func(ctx context.Context, objects []*intel.Object) ([][]*intel.Remote, error) {
				stop()
				return find(ctx, objects)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withSwitches(t, "nested-metadata=ignored")
			p := b.plan(b.read(rated), nil, plan.DefaultPolicy())
			stop := make(chan struct{})
			l, err := b.run(p, func(o *apply.Options) {
				o.Workers, o.Stop = 1, stop
				c.at(o, func() { close(stop) })
			})
			if !errors.Is(err, apply.ErrStopped) || tallyOf(l).Created != 2 {
				t.Errorf("%v, %+v", err, tallyOf(l))
			}
			if diff := cmp.Diff(want, objects(l)); diff != "" || puts(b) > 0 {
				t.Errorf("%d indicators were written, -want +got:\n%s", puts(b), diff)
			}
			newTruth(b, p, l).check()
			done := map[string]apply.Result{}
			for _, r := range l.Results {
				done[r.Action.Key] = *r
			}
			l = b.completes(p, func(o *apply.Options) { o.Done = done })
			newTruth(b, p, l).check()
		})
	}
}

// An indicator that is being written when the run is stopped is finished, and
// the others are not begun; where its answer is lost nothing is repeated.
func TestStopFinishesTheIndicatorInFlight(t *testing.T) {
	for phase, want := range map[tcsim.Phase]apply.Status{-1: apply.OK, tcsim.BeforeHandling: apply.InDoubt} {
		b := withSwitches(t, "nested-metadata=ignored")
		p := b.plan(b.read(rated), nil, plan.DefaultPolicy())
		stop, n := make(chan struct{}), 0
		b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
			if f.Request.Method != http.MethodPut || f.Phase != tcsim.BeforeHandling {
				return tcsim.Fault{}
			}
			if n++; n == 1 {
				close(stop)
			}
			return tcsim.Fault{Delay: 20 * time.Millisecond, Drop: f.Phase == phase}
		})
		// The run hears of it before the answer comes.
		heard := func(ctx context.Context) { <-ctx.Done() }
		l, err := apply.Run(t.Context(), p, slowMetadata{b.c, heard}, apply.Options{Workers: 1, Stop: stop, Find: b.find, Settle: time.Millisecond})
		addsUp(t, p, l)
		if !errors.Is(err, apply.ErrStopped) || n != 1 {
			t.Errorf("%v after %d indicators", err, n)
		}
		if got := objects(l); got["x.example"] != want || got["y.example"] != apply.NotAttempted || got["z.example"] != apply.NotAttempted {
			t.Errorf("phase %d: %v\n%s", phase, got, troubles(l))
		}
	}
}

// slowMetadata is a store that waits after each indicator that it has written.
type slowMetadata struct {
	apply.Store
	wait func(context.Context)
}

func (s slowMetadata) UpdateIndicator(ctx context.Context, id int64, o *intel.Object) error {
	err := s.Store.UpdateIndicator(ctx, id, o)
	s.wait(ctx)
	return err
}

// Nothing is sent where a run is stopped before it begins.
func TestStopBeforeTheStartSendsNothing(t *testing.T) {
	stop := make(chan struct{})
	close(stop)
	for range 20 {
		b := newBench(t, tcsim.Config{})
		p := b.plan(b.read(chained(5)), nil, plan.DefaultPolicy())
		b.sim.ResetStats()
		l, err := b.run(p, func(o *apply.Options) { o.Stop = stop })
		if st := b.sim.Stats(); !errors.Is(err, apply.ErrStopped) || st.Total != 0 || tallyOf(l).NotAttempted != 5 {
			t.Fatalf("%v, %d requests, %+v", err, st.Total, tallyOf(l))
		}
	}
}

// TestFailedMetadataConcernsOneIndicator: what becomes of the metadata of one indicator is told of
// that one; what would befall all of them ends the run.
func TestFailedMetadataConcernsOneIndicator(t *testing.T) {
	notThere := map[string]apply.Status{"plain.example": apply.OK, "x.example": apply.InDoubt, "y.example": apply.InDoubt, "z.example": apply.InDoubt}
	for _, c := range []struct {
		name  string
		fault func(f tcsim.FaultPoint, put int) tcsim.Fault
		want  map[string]apply.Status
		ends  bool
	}{
		{"one is refused", func(_ tcsim.FaultPoint, put int) tcsim.Fault {
			if put == 1 {
				return tcsim.Fault{Status: 400, Body: `{"status":"Error","message":"no"}`}
			}
			return tcsim.Fault{}
		}, map[string]apply.Status{"plain.example": apply.OK, "x.example": apply.Failed, "y.example": apply.OK, "z.example": apply.OK}, false},
		{"the answers are lost", func(f tcsim.FaultPoint, put int) tcsim.Fault {
			return tcsim.Fault{Drop: put > 0 && f.Phase == tcsim.AfterCommit}
		}, map[string]apply.Status{"plain.example": apply.OK, "x.example": apply.OK, "y.example": apply.OK, "z.example": apply.OK}, false},
		{"the requests are lost", func(f tcsim.FaultPoint, put int) tcsim.Fault {
			return tcsim.Fault{Drop: put > 0 && f.Phase == tcsim.BeforeHandling}
		}, notThere, false},
		{"the credentials are gone", func(_ tcsim.FaultPoint, put int) tcsim.Fault {
			if put > 0 {
				return tcsim.Fault{Status: 401, Body: `{"status":"Error","message":"Unauthorized"}`}
			}
			return tcsim.Fault{}
		}, map[string]apply.Status{"plain.example": apply.OK, "x.example": apply.Failed, "y.example": apply.NotAttempted, "z.example": apply.NotAttempted}, true},
		{"nothing can be read", func(f tcsim.FaultPoint, _ int) tcsim.Fault {
			if f.Request.Method == http.MethodGet {
				return tcsim.Fault{Status: 500}
			}
			return tcsim.Fault{}
		}, notThere, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withSwitches(t, "nested-metadata=ignored")
			p := b.plan(b.read(rated), nil, plan.DefaultPolicy())
			put := 0
			b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
				n := 0
				if f.Request.Method == http.MethodPut {
					if f.Phase == tcsim.BeforeHandling {
						put++
					}
					n = put
				}
				return c.fault(f, n)
			})
			l, err := b.run(p, func(o *apply.Options) { o.Workers = 1 }) // their order is that of the faults
			if (err != nil) != c.ends {
				t.Errorf("the run ended with %v", err)
			}
			if diff := cmp.Diff(c.want, objects(l)); diff != "" {
				t.Errorf("-want +got:\n%s\n%s", diff, troubles(l))
			}
		})
	}
}

// Objects whose IDs no answer tells are looked for until lists show them.
func TestListsThatLag(t *testing.T) {
	b := withSwitches(t, "post-fields=ignored", "list-delay=2")
	_, l := b.apply(`groups: [{key: a, type: Threat, name: A, associatedIndicators: [Host:x.example, Host:y.example]}]`)
	complete(t, l)
}

// A new indicator is in doubt together with the only group that it was sent
// with; one that cannot be read in the end is not told as OK without an ID.
func TestObjectWithoutAnIDStaysInDoubt(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(`groups: [{key: a, type: Threat, name: A, associatedIndicators: [Host:x.example]}]`), nil, plan.DefaultPolicy())
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		return tcsim.Fault{Drop: f.Request.Method == http.MethodPost && f.Phase == tcsim.AfterCommit, Status: unreadable(f).Status}
	})
	l, _ := b.run(p)
	if got := l.Objects[0]; got.Status != apply.InDoubt {
		t.Errorf("with its group in doubt: %s %s", got.Status, got.Error)
	}

	b = withSwitches(t, "post-fields=ignored")
	p = b.plan(b.read(chained(3)), nil, plan.DefaultPolicy())
	var posts atomic.Int64
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		if f.Request.Method == http.MethodPost && f.Phase == tcsim.BeforeHandling && posts.Add(1) > 1 {
			return tcsim.Fault{Status: 401, Body: `{"status":"Error","message":"Unauthorized"}`}
		}
		return tcsim.Fault{}
	})
	l, err := b.run(p, func(o *apply.Options) { o.Workers = 1 })
	if got := l.Objects[0]; err == nil || got.Status != apply.Failed || !strings.Contains(got.Error, "created, but its ID") {
		t.Errorf("%v; where nothing can be asked any more: %s %s", err, got.Status, got.Error)
	}
}
