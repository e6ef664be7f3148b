package apply

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"sync"

	"tcimport/internal/plan"
)

// engine is one run.
type engine struct {
	plan  *plan.Plan
	store Store
	opt   Options

	sinkMu   sync.Mutex
	refusals refusals

	mu      sync.Mutex // guards all below
	wake    *sync.Cond
	ledger  *Ledger
	nodes   []node
	ready   intHeap        // indices of nodes, lowest order first
	left    int            // nodes that are not done
	failed  int            // nodes that did not end well
	groups  map[string]int // key -> node
	actions map[string]int // key -> action of the plan
	objects []object
	stopErr error
}

// node is an action that writes.
type node struct {
	action  *plan.Action
	waits   int   // new groups that have to be answered before
	blocks  []int // nodes that wait for this one
	objects []int // new objects that it names
	claimed []int // of them: those that it is making just now
}

// object is what is known of an object of the plan while it is being made.
type object struct {
	id      int64
	webLink string
	made    bool // by a run of this plan
	oneOnly bool // it can be named by its value again: an instance has one such object at most
	settled bool // it is there: nobody has to make it any more
	checked bool // its metadata were found to be as they should
	bare    bool // an answer has shown it without any of its metadata
	claimed bool // a node is making it just now
	parked  []int
	failed  string   // why the instance refuses it: nobody tries again whom that holds for
	owners  []string // of the groups with which it was refused; nil where no owner matters
	tried   bool
	doubt   string // why nobody knows whether it was made

	// What is left to say of one that was made, once the run is over.
	short shortfall
}

// inDoubt reports whether to make the object could double it.
func (o *object) inDoubt() bool { return o.doubt != "" && !o.oneOnly }

// there notes that the object exists.
func (o *object) there() { o.settled, o.made, o.failed, o.doubt = true, true, "", "" }

// refusesAll reports whether what is known of a refusal holds for the groups of
// an owner, too: it may have been the association of two owners that was
// refused, not the object.
func (o *object) refusesAll(owner string) bool {
	return o.owners == nil || slices.Contains(o.owners, owner)
}

func newEngine(p *plan.Plan, store Store, opt Options) *engine {
	e := &engine{plan: p, store: store, opt: opt, ledger: newLedger(p), groups: map[string]int{},
		actions: make(map[string]int, len(p.Actions)), objects: make([]object, len(p.Objects))}
	e.wake = sync.NewCond(&e.mu)
	if opt.Pause == nil {
		e.opt.Pause = pause
	}
	if opt.Journal == nil {
		e.opt.Journal = noJournal{}
	}
	for i, o := range p.Objects {
		e.objects[i] = object{id: o.ID, webLink: o.WebLink, settled: o.State == plan.Existing, oneOnly: o.Definition != nil && oneOnly(o.Definition)}
	}
	for i, a := range p.Actions {
		e.actions[a.Key] = i
	}
	for _, a := range p.Actions {
		if !a.Verb.Writes() {
			e.ledger.set(e.settledResult(a))
		} else if done, ok := opt.Done[a.Key]; ok && done.Status == OK {
			done.Action = a
			e.ledger.set(&done)
		} else if why := opt.Denied[a.Owner]; why != "" && !opt.Doubtful[a.Key] {
			e.ledger.set(e.notSent(a, why))
		}
	}
	e.nodes = make([]node, 0, p.Summary.Create+p.Summary.Update+p.Summary.Delete)
	for _, a := range p.Writers() {
		if e.ledger.Results[e.ledger.index[a]] != nil {
			continue
		}
		e.groups[a.Key] = len(e.nodes)
		e.nodes = append(e.nodes, node{action: a})
	}
	for i := range e.nodes {
		e.connect(i)
	}
	e.left = len(e.nodes)
	heap.Init(&e.ready)
	return e
}

// settledResult is the outcome of an action that sends nothing. A conflict gets
// here only where the plan is carried out without it.
func (e *engine) settledResult(a *plan.Action) *Result {
	r := &Result{Action: a, Status: OK, ID: a.ID, XID: a.XID, WebLink: a.WebLink, Error: a.Reason}
	if a.Verb == plan.Conflict {
		r.Status = Failed
	}
	if a.Verb != plan.Skip {
		r.Lost, r.Unmade = e.allLost(a, a.Reason), allUnmade(a)
		return r
	}
	for _, as := range a.Associations {
		r.Lost = append(r.Lost, Lost{as, OK, a.Reason})
	}
	return r
}

// notSent is the outcome of an action that the instance would refuse.
func (e *engine) notSent(a *plan.Action, why string) *Result {
	return &Result{Action: a, Status: Failed, ID: a.ID, XID: a.XID, WebLink: a.WebLink, Error: why,
		Lost: e.allLost(a, why), Unmade: allUnmade(a)}
}

// connect notes what node i has to wait for.
func (e *engine) connect(i int) {
	n := &e.nodes[i]
	for _, as := range n.action.Associations {
		if as.Op == plan.Remove || as.State != plan.New {
			continue
		}
		if as.Object > 0 {
			n.objects = append(n.objects, as.Object-1)
			continue
		}
		if j, ok := e.groups[as.Key]; ok && j != i {
			n.waits++
			e.nodes[j].blocks = append(e.nodes[j].blocks, i)
		}
	}
	if n.waits == 0 {
		e.ready = append(e.ready, i)
	}
}

// next gives an action that can be sent, once there is one; false when there
// will be none.
func (e *engine) next() (int, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		if e.left == 0 || e.ended() != nil {
			return 0, false
		}
		for e.ready.Len() > 0 {
			i := heap.Pop(&e.ready).(int)
			if e.claim(i) {
				return i, true
			}
		}
		e.wake.Wait()
	}
}

// claim takes the new objects that node i names and that nobody has made yet,
// or parks the node where somebody else is making one of them.
func (e *engine) claim(i int) bool {
	n := &e.nodes[i]
	for _, o := range n.objects {
		if ob := &e.objects[o]; ob.claimed {
			ob.parked = append(ob.parked, i)
			return false
		}
	}
	for _, o := range n.objects {
		if ob := &e.objects[o]; !ob.settled && !ob.inDoubt() && (ob.failed == "" || !ob.refusesAll(n.action.Owner)) {
			ob.claimed = true
			n.claimed = append(n.claimed, o)
		}
	}
	return true
}

// release ends node i: those that waited for it can go, unless err, or that one
// more has failed, ends the run.
func (e *engine) release(i int, res *Result, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := &e.nodes[i]
	if res.failed() {
		e.failed++
	}
	for _, o := range n.claimed {
		ob := &e.objects[o]
		ob.claimed, ob.tried = false, true
		if res.Status == InDoubt && !ob.settled {
			ob.doubt = fmt.Sprintf("the group %q that was to create it is in doubt", n.action.Key)
		}
		for _, j := range ob.parked {
			heap.Push(&e.ready, j)
		}
		ob.parked = nil
	}
	n.claimed = nil
	for _, j := range n.blocks {
		if e.nodes[j].waits--; e.nodes[j].waits == 0 {
			heap.Push(&e.ready, j)
		}
	}
	e.left--
	switch limit := e.opt.MaxFailures; {
	case e.stopErr != nil:
	case err != nil:
		e.stopErr = err
	case limit != nil && e.left > 0 && !limit.Allows(e.failed, max(len(e.nodes), leastWhole)):
		e.stopErr = ErrMaxFailures
	}
	e.wake.Broadcast()
}

// leastWhole is the number of changes that a limit in percent is of at least: of
// three changes one that fails is a third.
const leastWhole = 20

func (e *engine) stop(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopErr == nil && e.left > 0 {
		e.stopErr = err
	}
	e.wake.Broadcast()
}

// endedBy is what has ended the run early, nil if nothing did; err is the error
// of a worker. What comes during the last write, and does not keep that from
// being done, has ended nothing.
func (e *engine) endedBy(err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil && e.left == 0 {
		return nil
	}
	return cmp.Or(e.stopErr, err)
}

// ended is what has ended the run, nil if it goes on. Stop counts from the moment
// that it is closed, whoever has seen it by then. e.mu is held.
func (e *engine) ended() error {
	if e.stopErr == nil {
		e.stopErr = e.halted()
	}
	return e.stopErr
}

// leaveRest gives what was not attempted its outcome.
func (e *engine) leaveRest(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	why := notAttempted(err)
	for i, a := range e.plan.Actions {
		if e.ledger.Results[i] != nil {
			continue
		}
		e.ledger.set(&Result{Action: a, Status: NotAttempted, ID: a.ID, XID: a.XID, WebLink: a.WebLink, Error: why,
			Lost: e.allLost(a, why), Unmade: allUnmade(a)})
	}
}

// notAttempted is why something was not attempted in a run that err has ended.
func notAttempted(err error) string {
	if err == nil {
		return "not attempted"
	}
	return "not attempted: " + reason(err)
}

// intHeap is a heap of indices.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

type noJournal struct{}

func (noJournal) Intent(*plan.Action) error { return nil }
func (noJournal) Outcome(*Result) error     { return nil }
