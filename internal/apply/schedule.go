package apply

import (
	"container/heap"
	"fmt"
	"sync"
	"sync/atomic"

	"tcimport/internal/plan"
	"tcimport/internal/workers"
)

// engine is one run.
type engine struct {
	plan  *plan.Plan
	store Store
	opt   Options

	actions  map[string]int // key -> action of the plan
	workers  *workers.Group
	sinkMu   sync.Mutex
	refusals refusals
	over     chan struct{} // closed with stopErr
	unseen   atomic.Int32  // groups that exist as the instance says, but that no read has shown

	mu        sync.Mutex // guards all below
	wake      *sync.Cond // for workers, and for writes that come back
	refill    *sync.Cond // for prepare
	stopErr   error
	ledger    *Ledger
	nodes     []node
	objects   []object
	ready     intHeap // nodes that can be written, lowest order first
	remaining int     // nodes that are not done
	preparing int     // nodes whose intent is being recorded, or that are prepared
	prepared  intHeap // nodes that wait for a worker, lowest order first
	busy      int     // writes at work, Options.Workers at most
	idle      int     // workers that wait for a node
	parked    int     // writes that wait for their next look
	returning int     // of these: writes whose time has come, and that wait for a worker
	failed    int     // nodes that have failed
	partial   []int   // actions whose results lack associations, because an other end had no ID yet

	maxFile int      // bytes of the file of a job
	spare   spareJob // a job that can be used

	idOwners map[int64]idOwner
	disputed map[int]int64 // actions -> their ID, which the instance gave to another group, too
}

// node is an action that writes.
type node struct {
	action  *plan.Action
	index   int     // of the action in the plan
	waits   int     // for new groups that are not written yet
	blocks  []int   // nodes that wait for this one
	objects []int   // new objects that it names
	claims  []claim // on those that it creates

	held    bool     // it waits for a job
	job     int64    // the job that carries it, as long as it waits for it
	carried *carried // what the job has made of it; nil if it goes by v3
}

// claim keeps other nodes from creating an object. A node gives its claims up while it
// is parked.
type claim struct {
	object int
	held   bool
}

func newEngine(p *plan.Plan, store Store, opt Options) *engine {
	e := &engine{plan: p, store: store, opt: opt, maxFile: plan.MostJobBytes, ledger: newLedger(p), over: make(chan struct{}), workers: workers.New(),
		actions: make(map[string]int, len(p.Actions)), objects: make([]object, len(p.Objects)),
		idOwners: idOwners(p, opt.Done), disputed: map[int]int64{}}
	e.wake, e.refill = sync.NewCond(&e.mu), sync.NewCond(&e.mu)
	if opt.Journal == nil {
		e.opt.Journal = noJournal{}
	}
	for i, o := range p.Objects {
		e.objects[i] = object{planned: o, id: o.ID(), webLink: o.WebLink(), exists: o.Exists()}
	}
	for i, a := range p.Actions {
		e.actions[a.Key] = i
	}
	for i, a := range p.Actions {
		if !a.Verb.Writes() {
			e.ledger.set(i, e.unwritten(a))
		} else if done, ok := opt.Done[a.Key]; ok && done.Status == OK {
			done.Action = a
			e.ledger.set(i, &done)
		}
	}
	e.makeNodes()
	return e
}

// makeNodes makes a node for each action that is to be written, and connects those
// that have to wait for each other.
func (e *engine) makeNodes() {
	p := e.plan
	e.nodes = make([]node, 0, p.Summary.Create+p.Summary.Update+p.Summary.Delete)
	nodeOf := make([]int, len(p.Actions)) // from 1; 0 for none
	for _, a := range p.Writers() {
		i := e.actions[a.Key]
		if e.ledger.Results[i] == nil {
			e.nodes = append(e.nodes, node{action: a, index: i})
			nodeOf[i] = len(e.nodes)
		}
	}
	for i := range e.nodes {
		e.connect(i, nodeOf)
	}
	e.remaining = len(e.nodes)
	heap.Init(&e.ready)
}

// connect notes what node i has to wait for.
func (e *engine) connect(i int, nodeOf []int) {
	n := &e.nodes[i]
	for _, as := range n.action.Associations {
		if as.Op == plan.Remove || as.State != plan.New {
			continue
		}
		if as.Object() > 0 {
			n.objects = append(n.objects, as.Object()-1)
			continue
		}
		if other, ok := e.actions[as.Key()]; ok && nodeOf[other] > 0 && nodeOf[other] != i+1 {
			n.waits++
			before := &e.nodes[nodeOf[other]-1]
			before.blocks = append(before.blocks, i)
		}
	}
	if e.carries(n.action) {
		n.held = true
		n.waits++
	}
	if n.waits == 0 {
		e.ready = append(e.ready, i)
	}
}

// doubtful reports whether an earlier run may have written the group of a key.
func (e *engine) doubtful(key string) bool {
	_, ok := e.opt.Doubtful[key]
	return ok
}

// unwritten is the outcome of an action that writes nothing. A plan with conflicts
// or invalid groups gets here only if the user has chosen to skip them.
func (e *engine) unwritten(a *plan.Action) *Result {
	if a.Verb == plan.Conflict || a.Invalid {
		return e.notSent(a, Failed, a.Reason())
	}
	return e.notSent(a, OK, a.Reason())
}

// notSent is the outcome of an action without any request, as far as is known. If an
// earlier run has sent one that may still take effect, the action stays in doubt.
func (e *engine) notSent(a *plan.Action, s Status, why string) *Result {
	if s == NotAttempted && !e.opt.Doubtful[a.Key].IsZero() {
		s, why = InDoubt, why+"; an earlier run may have written this: run the same command to settle it"
	}
	r := &Result{Action: a, Status: s, ID: a.ID, XID: a.XID, WebLink: a.WebLink(), Error: why}
	entries := e.newEntries(a)
	if s == InDoubt {
		mark(entries, InDoubt)
	}
	r.fold(entries)
	return r
}

// claim claims the new objects that node i has to create. If another node is creating
// one of the objects that it names, the node waits for that claim.
func (e *engine) claim(i int) bool {
	n := &e.nodes[i]
	for _, o := range n.objects {
		if ob := &e.objects[o]; ob.claimed {
			t := ob.trouble()
			t.waiting = append(t.waiting, i)
			return false
		}
	}
	for _, o := range n.objects {
		ob := &e.objects[o]
		known := ob.seen().refusal != "" && ob.refusedIn(n.action.Owner)
		if !ob.exists && !ob.inDoubt() && !known && !ob.claimed {
			ob.claimed = true
			n.claims = append(n.claims, claim{o, true})
		}
	}
	return true
}

// unclaim lets the nodes go on that wait for an object. e.mu is held.
func (e *engine) unclaim(ob *object) {
	ob.claimed = false
	if t := ob.troubles; t != nil {
		for _, j := range t.waiting {
			heap.Push(&e.ready, j)
		}
		t.waiting = nil
	}
}

// release ends node i. The nodes that wait for it can go, unless the run ends with it.
func (e *engine) release(i int, res *Result, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := &e.nodes[i]
	if res.failed() {
		e.failed++
	}
	for _, c := range n.claims {
		ob := &e.objects[c.object]
		ob.tried = true
		if !ob.exists && (res.Status == InDoubt || res.doubts(c.object)) {
			ob.trouble().doubt = fmt.Sprintf("it is unknown whether the group %q, which creates it, was written", n.action.Key)
		}
		if c.held {
			e.unclaim(ob)
		}
	}
	n.claims = nil
	for _, j := range n.blocks {
		if e.nodes[j].waits--; e.nodes[j].waits == 0 {
			heap.Push(&e.ready, j)
		}
	}
	n.blocks, n.objects, n.carried = nil, nil, nil
	e.remaining--
	e.busy--
	switch {
	case err != nil:
		e.end(err)
	case e.remaining > 0 && e.tooMany():
		e.end(ErrMaxFailures)
	}
	e.changed()
}

// tooMany reports whether more has failed than Options.MaxFailures allows. e.mu is held.
func (e *engine) tooMany() bool {
	limit := e.opt.MaxFailures
	return limit != nil && !limit.Allows(e.failed, max(len(e.nodes)+e.plan.Summary.Alone+e.plan.Summary.Complete, minWhole))
}

// minWhole is the smallest whole for --max-failures in percent. Of three changes, one
// failure would be a third.
const minWhole = 20

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

func (noJournal) Intent(...*plan.Action) error   { return nil }
func (noJournal) Outcome(*Result) error          { return nil }
func (noJournal) Making(...*plan.Object) error   { return nil }
func (noJournal) Made(*plan.Object, int64) error { return nil }
func (noJournal) Became(*ObjectResult) error     { return nil }
