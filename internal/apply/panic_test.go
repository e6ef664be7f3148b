package apply_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
	"tcimport/internal/workers"
)

// panicking is a journal that panics.
type panicking struct{ intent, outcome bool }

func (j panicking) Intent(...*plan.Action) error {
	if j.intent {
		panic("intent")
	}
	return nil
}

func (panicking) Made(*plan.Object, int64) error   { return nil }
func (panicking) Making(...*plan.Object) error     { return nil }
func (panicking) Became(*apply.ObjectResult) error { return nil }

func (j panicking) Outcome(*apply.Result) error {
	if j.outcome {
		panic("outcome")
	}
	return nil
}

// panickingStore creates a group and panics.
type panickingStore struct{ apply.Store }

func (s panickingStore) CreateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	_, _ = s.Store.CreateGroup(ctx, w, lists, fields...)
	panic("store")
}

// TestPanicEndsTheRun: a fault of this program, wherever it is, ends the run with an error.
// Nobody waits for what has panicked, and no group is called untouched that was written.
func TestPanicEndsTheRun(t *testing.T) {
	for name, breaks := range map[string]func(*apply.Options, *apply.Store){
		"intent":  func(o *apply.Options, _ *apply.Store) { o.Journal = panicking{intent: true} },
		"outcome": func(o *apply.Options, _ *apply.Store) { o.Journal = panicking{outcome: true} },
		"write":   func(_ *apply.Options, s *apply.Store) { *s = panickingStore{*s} },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, tcsim.Config{})
			p := b.plan(b.read(groups(40, func(int) string { return "associatedIndicators: [Host:x.example]" })), nil, plan.DefaultPolicy())
			opt, store := apply.Options{Workers: 4, Find: b.find, Settle: time.Millisecond}, apply.Store(b.c)
			breaks(&opt, &store)
			l, err := apply.Run(t.Context(), p, store, opt)
			addsUp(t, p, l)
			if _, ok := errors.AsType[*workers.Panic](err); !ok {
				t.Errorf("the run ended with %v", err)
			}
			there := map[string]bool{}
			for _, g := range b.sim.Snapshot().Groups {
				there[g.XID] = true
			}
			for _, r := range l.Results {
				if there[r.Action.XID] != (r.Status != apply.NotAttempted) {
					t.Errorf("%s is %s, and there: %t", r.Action.Key, r.Status, there[r.Action.XID])
				}
			}
		})
	}
}
