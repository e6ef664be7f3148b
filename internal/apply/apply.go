// Package apply carries out a plan.
//
// Workers take the actions of the plan in their order. An action can be sent after
// every new group that it names has been written, and while no other action is
// creating an object that it names. There are no waves. A write that has to wait gives
// its worker back (park.go). A failure stops only its own action and the associations
// with its group.
//
// Creating a group is not idempotent. If the answer is lost, the engine looks for the
// group by its xid before it sends anything again. If the instance refuses a write,
// the engine sends its entries in halves until it knows which one is refused, and
// writes all others. One table says what follows on each answer (states.go), and one
// loop follows it (write.go).
//
// Every action and every object of the plan ends with exactly one result. All reports
// of the run are computed from these.
package apply

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/workers"
)

// Groups writes groups.
type Groups interface {
	CreateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error)
	UpdateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error)
	UpdateGroupAttribute(ctx context.Context, id int64, a intel.Attribute) (intel.RemoteAttribute, error)
	Delete(ctx context.Context, kind intel.Kind, id int64) error
}

// Indicators creates indicators that no group brings along, and reads and writes the metadata of
// those that were created.
type Indicators interface {
	CreateIndicator(ctx context.Context, o *intel.Object) (*intel.Remote, error)
	Indicator(ctx context.Context, o *intel.Object, id int64) (*intel.Remote, error)    // nil if it is not there, as far as is known; lists may lag
	IndicatorAttributes(ctx context.Context, id int64) ([]intel.RemoteAttribute, error) // all of them; a nested list may lag
	UpdateIndicator(ctx context.Context, id int64, o *intel.Object) error
}

// Reader reads groups, to find out what a write in doubt has done.
type Reader interface {
	Group(ctx context.Context, id int64, lists intel.List, fields ...string) (*intel.Remote, error)
	GroupByXID(ctx context.Context, owner, xid string, lists intel.List, fields ...string) (*intel.Remote, error)
	GroupAttributes(ctx context.Context, id int64) ([]intel.RemoteAttribute, error) // all of them; a nested list may be cut
}

// Store is the instance.
type Store interface {
	Groups
	Indicators
	Reader
}

// Journal records writes before they are sent and after their answers. Intent returns once
// its records are safe, so that the next run knows what a run that died may have written. A
// lost outcome costs the next run a look at the group.
//
// Making records likewise that requests are about to be sent which make indicators or complete them;
// it is safe once the next Intent returns. Became is their outcome. Made tells an undo that a run
// has created one by itself.
type Journal interface {
	Intent(as ...*plan.Action) error
	Outcome(r *Result) error
	Making(os ...*plan.Object) error
	Made(o *plan.Object, id int64) error
	Became(r *ObjectResult) error
}

// Options say how to carry out a plan.
type Options struct {
	Workers int
	Find    func(ctx context.Context, objects []*intel.Object) ([][]*intel.Remote, error)
	Probe   func(ctx context.Context) error // nil error: the credentials still work

	// Stays looks at an object that is to be deleted: whether it is there, and why it has to
	// stay. goes tells what may be associated with it all the same.
	Stays func(ctx context.Context, o *plan.Object, goes func(*intel.Remote) bool) (there bool, why string, err error)

	Custom  []intel.IndicatorType
	Journal Journal
	Sink    Sink

	// Stop ends the run early. Requests that are on their way are finished, and nothing
	// is written after them. The run still reads the IDs of created objects, for the
	// ledger. Cancelling the context of Run aborts all of this.
	Stop <-chan struct{}

	// MaxFailures ends the run after more groups than this have failed, or have lost an
	// association to a refusal; nil for no limit.
	MaxFailures *plan.Limit

	// Done are results of an earlier run of the same plan, by key. The engine takes over
	// those that are OK, with the associations that they lost.
	Done map[string]Result

	// Doubtful are the keys of groups that an earlier run may have written, perhaps only
	// in part. The engine reads these groups and writes what they lack. The time is when
	// the last request without an answer may have been sent; zero if each had one.
	Doubtful map[string]time.Time

	// Jobs are how new groups and indicators are sent by the v2 Batch API; nil for not at all.
	Jobs *Jobs

	// Begun tells what earlier runs have begun to make, as far as they are not known to have
	// failed at it; nil for nothing.
	Begun func(o *intel.Object) (BegunObject, bool)

	// Settle is how long a request without an answer may still take effect on the
	// instance. What could be duplicated is not sent again before.
	Settle time.Duration
}

// Run carries out p and returns the outcome of each action and object. The error is
// what ended the run early, or ErrLedger. The ledger is complete even then.
func Run(ctx context.Context, p *plan.Plan, store Store, opt Options) (*Ledger, error) {
	e := newEngine(p, store, opt)
	begun := cmp.Or(e.begin(), e.recall())
	if begun != nil {
		e.stop(begun)
	}
	// At the end of the run, soft ends, and with it all requests but writes that are on
	// their way: the store breaks them off if it gets the end of ctx itself.
	soft, cancel := context.WithCancel(ctx)
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
		if err := e.findEarlier(soft); err != nil {
			e.stop(err)
		} else if err := e.objectJobs(soft); err != nil {
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
	if nerr := e.noteEnds(); err == nil {
		err = nerr
	}
	close(over)
	watch.Wait()
	if err != nil {
		e.endRest(err)
	}
	if cerr := e.ledger.check(); cerr != nil {
		err = cerr
	}
	if serr := e.emit(Event{End: e.ledger}); err == nil {
		err = serr
	}
	return e.ledger, err
}

// begin sends the sink the plan and the results of an earlier run.
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

// These errors end a run early.
var (
	ErrStopped     = errors.New("interrupted")
	ErrMaxFailures = errors.New("too many failures (--max-failures)")
)

// ErrLedger is a fault of this program: the outcomes do not add up.
var ErrLedger = errors.New("internal error: the outcomes of the run do not add up; please report this")

// carryOut runs the workers. It returns the error that has ended the run.
func (e *engine) carryOut(ctx context.Context) error {
	e.start(e.prepare)
	e.start(func() error { return e.groupJobs(ctx) })
	for range e.slots() {
		e.start(func() error { return e.work(ctx) })
	}
	return e.workers.Wait()
}

// start runs f beside the others. If f panics, the run ends: others would wait for f
// forever.
func (e *engine) start(f func() error) {
	e.workers.Go(func() error {
		err := workers.Do(f)
		if err != nil {
			e.stop(err)
		}
		return err
	})
}

// work takes nodes until all are done, or until the run has ended and all that are
// prepared have an outcome. The error is one that ended the run.
func (e *engine) work(ctx context.Context) (ended error) {
	for {
		i, ok := e.next()
		if !ok {
			return ended
		}
		var res *Result
		err := workers.Do(func() (err error) { res, err = e.do(ctx, i); return err })
		if res == nil { // it has panicked, and may have sent something
			res = e.notSent(e.nodes[i].action, InDoubt, err.Error())
		}
		if jerr := e.setResult(i, res); err == nil {
			err = jerr
		}
		e.release(i, res, err)
		ended = cmp.Or(ended, err)
	}
}

// do carries out the action of node i. An error ends the run.
func (e *engine) do(ctx context.Context, i int) (*Result, error) {
	a := e.nodes[i].action
	if ended := e.isOver(); ended != nil {
		return e.prevented(&e.nodes[i], ended), ended
	}
	if why := e.denied(a); why != "" {
		return e.notSent(a, Failed, why), nil
	}
	w := e.newWriting(i)
	if err := w.identify(ctx); err != nil { // the run has ended during the wait
		ended := cmp.Or(e.stopped(), err)
		return e.prevented(&e.nodes[i], ended), ended
	}
	err := w.run(ctx)
	return w.finish(), err
}

// setResult gives the result of node i to the ledger, the journal and the sink.
func (e *engine) setResult(i int, res *Result) error {
	e.mu.Lock()
	e.ledger.set(e.nodes[i].index, res)
	e.mu.Unlock()
	err := journalError(e.opt.Journal.Outcome(res))
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
