package apply

import (
	"container/heap"
	"fmt"
	"slices"
	"sync"
	"time"

	"tcimport/internal/plan"
	"tcimport/internal/workers"
)

// engine is one run.
type engine struct {
	plan  *plan.Plan
	store Store
	opt   Options

	workers  *workers.Group
	sinkMu   sync.Mutex
	refusals refusals

	mu      sync.Mutex // guards all below
	wake    *sync.Cond
	ledger  *Ledger
	nodes   []node
	ready   intHeap        // indices of nodes, lowest order first
	left    int            // nodes that are not done
	busy    int            // writes at work, Options.Workers at most
	idlers  int            // workers that wait for an action
	parked  int            // writes that wait for their time (park.go)
	due     int            // of them: whose time has come
	failed  int            // nodes that did not end well
	groups  map[string]int // key -> node
	actions map[string]int // key -> action of the plan
	objects []object

	holders   map[int64]holder // of the IDs of groups
	contested map[string]int64 // keys of groups whose ID was given to others, too

	stopErr error
	over    chan struct{} // closed with stopErr
}

// node is an action that writes.
type node struct {
	action  *plan.Action
	waits   int   // new groups that have to be answered before
	blocks  []int // nodes that wait for this one
	objects []int // new objects that it names
	claimed []int // of them: those that it is making just now
	ceded   []int // and those that others may make meanwhile
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
	doubt   string    // why nobody knows whether it was made
	lost    time.Time // when an earlier run can have sent last what was to make it

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
	e := &engine{plan: p, store: store, opt: opt, ledger: newLedger(p), groups: map[string]int{}, over: make(chan struct{}), workers: workers.New(),
		actions: make(map[string]int, len(p.Actions)), objects: make([]object, len(p.Objects)), holders: holders(p, opt.Done), contested: map[string]int64{}}
	e.wake = sync.NewCond(&e.mu)
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

// doubtful reports whether an earlier run may have written the group of a key.
func (e *engine) doubtful(key string) bool {
	_, ok := e.opt.Doubtful[key]
	return ok
}

// settledResult is the outcome of an action that sends nothing. A conflict gets
// here only where the plan is carried out without it.
func (e *engine) settledResult(a *plan.Action) *Result {
	if a.Verb == plan.Conflict {
		return e.notSent(a, Failed, a.Reason)
	}
	return e.notSent(a, OK, a.Reason)
}

// notSent is the outcome of an action of which nothing is sent.
func (e *engine) notSent(a *plan.Action, s Status, why string) *Result {
	r := &Result{Action: a, Status: s, ID: a.ID, XID: a.XID, WebLink: a.WebLink, Error: why}
	r.fold(e.newEntries(a))
	return r
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

// next gives an action that can be sent, once there is one and a worker for it;
// false when there will be none.
func (e *engine) next() (int, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		if e.left == 0 || e.ended() != nil {
			return 0, false
		}
		for e.ready.Len() > 0 && e.idle() {
			i := heap.Pop(&e.ready).(int)
			if e.claim(i) {
				e.busy++
				return i, true
			}
		}
		e.idlers++
		e.wake.Wait()
		e.idlers--
	}
}

// idle reports whether one more action may be at work. e.mu is held.
func (e *engine) idle() bool {
	return e.busy+e.due < max(e.opt.Workers, 1) && e.parked < maxParked
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

// disclaim lets the nodes go on that wait for an object. e.mu is held.
func (e *engine) disclaim(ob *object) {
	ob.claimed = false
	for _, j := range ob.parked {
		heap.Push(&e.ready, j)
	}
	ob.parked = nil
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
	for i, o := range slices.Concat(n.claimed, n.ceded) {
		ob := &e.objects[o]
		ob.tried = true
		if res.Status == InDoubt && !ob.settled {
			ob.doubt = fmt.Sprintf("the group %q that was to create it is in doubt", n.action.Key)
		}
		if i < len(n.claimed) {
			e.disclaim(ob)
		}
	}
	n.claimed, n.ceded = nil, nil
	for _, j := range n.blocks {
		if e.nodes[j].waits--; e.nodes[j].waits == 0 {
			heap.Push(&e.ready, j)
		}
	}
	e.left--
	e.busy--
	switch limit := e.opt.MaxFailures; {
	case err != nil:
		e.end(err)
	case limit != nil && e.left > 0 && !limit.Allows(e.failed, max(len(e.nodes), leastWhole)):
		e.end(ErrMaxFailures)
	}
	e.wake.Broadcast()
}

// leastWhole is the number of changes that a limit in percent is of at least: of
// three changes one that fails is a third.
const leastWhole = 20

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
