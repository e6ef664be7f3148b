// Package apply carries a plan out.
//
// Workers take the actions of the plan in their order. An action can be sent
// once every new group that it is to be associated with has been answered, and
// once nobody else is just making an object that it shares; nothing else is
// waited for, there are no waves. A write that has to wait for its time gives its
// worker back meanwhile (park.go). What fails takes only itself and its own
// associations with it.
//
// Creating a group is not idempotent: where the answer is lost the group is
// looked up by its xid before anything is sent again. A write that the instance
// refuses is sent in halves until it is known which of its entries is at fault,
// and everything else is still made. What follows on which answer is one table
// (states.go), and one loop goes by it (write.go).
//
// Every action and every object of the plan ends with exactly one Result, and
// all that is said about the run afterwards is a fold over these.
package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// Groups writes groups.
type Groups interface {
	CreateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error)
	UpdateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error)
	UpdateGroupAttribute(ctx context.Context, id int64, a intel.Attribute) error
	DeleteGroup(ctx context.Context, id int64) error
}

// Indicators writes what a nested indicator may have lost on its way.
type Indicators interface {
	UpdateIndicator(ctx context.Context, id int64, o *intel.Object) error
}

// Reader looks at what is there, to settle what a write has left open.
type Reader interface {
	Group(ctx context.Context, id int64, lists intel.List, fields ...string) (*intel.Remote, error)
	GroupByXID(ctx context.Context, owner, xid string, lists intel.List, fields ...string) (*intel.Remote, error)
	GroupAttributes(ctx context.Context, id int64) ([]intel.RemoteAttribute, error) // all, where a nested list may be cut
}

// Store is the instance.
type Store interface {
	Groups
	Indicators
	Reader
}

// Journal is told of writes before they are sent and after they were answered,
// so that a run that dies leaves a trace of what may have happened. It returns
// once the record cannot be lost any more.
type Journal interface {
	Intent(a *plan.Action) error
	Outcome(r *Result) error
}

// Options are how a plan is carried out.
type Options struct {
	Workers int
	Find    func(ctx context.Context, objects []*intel.Object) ([][]*intel.Remote, error)
	Probe   func(ctx context.Context) error // whether the credentials still work at all
	Custom  []intel.IndicatorType
	Journal Journal
	Sink    Sink

	// Stop ends the run early: requests that are on their way are finished, and
	// nothing is written after them. Only IDs of what was made are still read, for
	// the ledger. Cancelling the context of Run breaks off all of that, too.
	Stop <-chan struct{}

	// MaxFailures ends the run once more groups than this have failed, or have
	// lost an association to a refusal; nil for no limit.
	MaxFailures *plan.Limit

	// Done are results of an earlier run of the same plan, by key: those that are
	// OK are taken over, with what they have lost.
	Done map[string]Result

	// Doubtful are keys of groups that an earlier run may have written, or has
	// written only in part: they are looked at, and get what they lack. The time is
	// the latest at which a request of it without an answer can have been sent; zero
	// where each had one.
	Doubtful map[string]time.Time

	// Settle is how long a request may still be at work on the instance once its
	// answer was lost: what could be there twice is not sent again before.
	Settle time.Duration
}

// Run carries p out and returns what became of each action and object. The
// error is what ended the run early, if anything did, or ErrLedger: the ledger
// is complete all the same.
func Run(ctx context.Context, p *plan.Plan, store Store, opt Options) (*Ledger, error) {
	e := newEngine(p, store, opt)
	begun := e.begin()
	if begun != nil {
		e.stop(begun)
	}
	// Once the run is to end soft ends, and with it every write that is not on its
	// way: not even another attempt is made.
	soft, cancel := tc.Draining(ctx)
	defer cancel()
	var watch sync.WaitGroup
	over := make(chan struct{})
	watch.Go(func() {
		select {
		case <-opt.Stop:
			e.stop(ErrStopped)
			cancel()
		case <-ctx.Done():
			e.stop(context.Cause(ctx))
		case <-over:
		}
	})
	if begun == nil {
		if err := e.takeOver(soft); err != nil {
			e.stop(err)
		}
	}
	err := cmp.Or(e.endedBy(e.carryOut(soft)), begun)
	if cerr := e.confirm(ctx); err == nil {
		err = cerr
	}
	if ferr := e.finishObjects(ctx, soft, err); err == nil {
		err = ferr
	}
	close(over)
	watch.Wait()
	e.leaveRest(err)
	if cerr := e.ledger.check(); cerr != nil {
		err = cerr
	}
	if serr := e.emit(Event{End: e.ledger}); err == nil {
		err = serr
	}
	return e.ledger, err
}

// begin tells the sink of the plan, and of what an earlier run has done of it.
func (e *engine) begin() error {
	if err := e.emit(Event{Begin: e.plan}); err != nil {
		return err
	}
	for _, r := range e.ledger.Results {
		if r == nil || !r.Action.Verb.Writes() {
			continue
		}
		if err := e.emit(Event{Done: r}); err != nil {
			return err
		}
	}
	return nil
}

// Errors that end a run before all is done.
var (
	ErrStopped     = errors.New("interrupted")
	ErrMaxFailures = errors.New("too many failures (--max-failures)")
)

// ErrLedger is a fault of this program: the outcomes do not add up.
var ErrLedger = errors.New("internal error: the outcomes of the run do not add up; please report this")

// carryOut carries actions out until there are none left or the run ends. It
// returns what has ended the run.
func (e *engine) carryOut(ctx context.Context) error {
	for range max(e.opt.Workers, 1) {
		e.workers.Go(func() error { return e.work(ctx) })
	}
	return e.workers.Wait()
}

// work takes actions until there are none left or the run ends. It returns an
// error only if that ends the run.
func (e *engine) work(ctx context.Context) error {
	for {
		i, ok := e.next()
		if !ok {
			return nil
		}
		res, err := e.do(ctx, i)
		if jerr := e.record(res); err == nil {
			err = jerr
		}
		e.release(i, res, err)
		if err != nil {
			return err
		}
	}
}

// do carries out the action of node i. An error is one that ends the run.
func (e *engine) do(ctx context.Context, i int) (*Result, error) {
	a := e.nodes[i].action
	if err := e.opt.Journal.Intent(a); err != nil {
		err = fmt.Errorf("the journal cannot be written: %w", err)
		return e.notSent(a, NotAttempted, err.Error()), err
	}
	if why := e.denied(a); why != "" {
		return e.notSent(a, Failed, why), nil
	}
	w := e.newWriting(i)
	err := w.run(ctx)
	return w.finish(), err
}

// record puts a result into the ledger and the journal, and tells the sink.
func (e *engine) record(res *Result) error {
	err := e.opt.Journal.Outcome(res)
	if err != nil {
		err = fmt.Errorf("the journal cannot be written: %w", err)
	}
	e.mu.Lock()
	e.ledger.set(res)
	e.mu.Unlock()
	if serr := e.emit(Event{Done: res}); err == nil {
		err = serr
	}
	return err
}

func (e *engine) emit(ev Event) error {
	if e.opt.Sink == nil {
		return nil
	}
	e.sinkMu.Lock()
	defer e.sinkMu.Unlock()
	return e.opt.Sink(ev)
}
