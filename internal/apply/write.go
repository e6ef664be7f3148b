package apply

import (
	"context"
	"slices"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// writing is the work on one action.
type writing struct {
	*engine
	node    int // of the engine
	action  *plan.Action
	res     *Result
	entries []*entry

	todo    []*step
	current *request // of the last step

	lostAt  time.Time // when the last request without an answer may have been sent; zero if each had one
	written bool      // some of it has arrived
}

// request is a request as the plan has it. Doubt and refusals turn it into several
// steps.
type request struct {
	withheld []*entry              // the instance is likely to refuse these
	givenUp  map[refusalClass]bool // hopeless refusal classes -> whether their entries are not sent
}

// step is one thing to do with some entries.
type step struct {
	state   state
	entries []*entry
	request *request
	try     int   // how often it was sent before
	forced  bool  // send all entries, also those that the instance is likely to refuse
	cause   error // the answer that has led to this step

	checks  state  // of a step that reads: the state whose request it checks
	problem string // of a step that reads: what messages say if reading fails
}

// answer is the answer to a step.
type answer struct {
	kind    answerKind
	err     error
	group   *intel.Remote
	missing []*entry // have not arrived
}

// maxTries is how often one request is sent at most. A read shows each time that
// the try before had no effect.
const maxTries = 3

func (e *engine) newWriting(i int) *writing {
	a := e.nodes[i].action
	return &writing{engine: e, node: i, lostAt: e.opt.Doubtful[a.Key], action: a, entries: e.newEntries(a),
		res: &Result{Action: a, ID: a.ID, XID: a.XID, WebLink: a.WebLink(), Status: OK}}
}

// run takes step after step until all are done or the action has ended. An error
// ends the run.
func (w *writing) run(ctx context.Context) error {
	w.begin()
	for s := w.next(); s != nil; s = w.next() {
		if err := w.follow(ctx, s, w.perform(ctx, s)); err != nil {
			return err
		}
	}
	return nil
}

// begin makes the first steps out of the entries.
func (w *writing) begin() {
	if w.action.Verb == plan.Delete {
		w.push(&step{state: deleting})
		return
	}
	for _, e := range w.entries {
		if e.Association != nil && e.status == "" {
			w.resolve(e)
		}
	}
	if c := w.nodes[w.node].carried; c != nil {
		w.lostAt = c.ended
		w.push(&step{state: findingInJob, entries: w.inJob(), problem: "a job was to create it"})
		return
	}
	requests := w.spread()
	if w.action.Verb == plan.Create {
		// What the instance is likely to refuse must not cost the group.
		first, unlikely := split(requests[0], func(e *entry) bool { return isScalar(e) || !w.isSuspect(e) })
		w.push(w.create(first))
		if w.doubtful(w.action.Key) {
			w.todo[0].state, w.todo[0].problem = findingEarlier, earlierUnread
		}
		if len(unlikely) > 0 {
			w.push(&step{state: updating, entries: unlikely})
		}
		requests = requests[1:]
	}
	for _, entries := range requests {
		w.push(w.update(entries))
	}
	if w.action.Verb == plan.Update && w.doubtful(w.action.Key) {
		w.readFirst()
	}
}

// spread divides the entries that have no status yet into requests.
func (w *writing) spread() [][]*entry {
	entries, _ := split(w.entries, func(e *entry) bool { return e.status == "" })
	parts := make([]plan.Entry, len(entries))
	for i, e := range entries {
		parts[i] = e.Entry
	}
	at, n := w.action.Spread(parts)
	if n == 1 {
		return [][]*entry{entries}
	}
	requests := make([][]*entry, n)
	for i, e := range entries {
		requests[at[i]] = append(requests[at[i]], e)
	}
	return requests
}

const earlierUnread = "an earlier run may have written this, and reading it failed"

// readFirst makes every request read, before it is sent, which entries have arrived.
func (w *writing) readFirst() {
	for _, s := range w.todo {
		mark(s.entries, InDoubt)
		s.state, s.problem = resuming, earlierUnread
	}
}

// create is the step that creates the group.
func (w *writing) create(entries []*entry) *step {
	s := &step{state: creating, entries: entries}
	if !slices.ContainsFunc(entries, func(e *entry) bool { return !isScalar(e) }) {
		s.state = creatingBare
	}
	return s
}

// update is the step that writes entries to a group that exists.
func (w *writing) update(entries []*entry) *step {
	s := &step{state: updating, entries: entries}
	if entries[0].InPlace() {
		s.state = changingAttribute
	}
	return s
}

// push appends a step with a request of its own.
func (w *writing) push(s *step) {
	s.request = &request{}
	w.todo = append(w.todo, s)
}

// doNext puts steps before all others. They belong to the request of s.
func (w *writing) doNext(s *step, steps ...*step) {
	for _, next := range steps {
		next.request = s.request
	}
	w.todo = append(steps, w.todo...)
}

// next is the next step, nil if all are done or the action has ended. The withheld
// entries of a request come after all its steps.
func (w *writing) next() *step {
	for w.res.Status == OK {
		if r := w.current; r != nil && len(r.withheld) > 0 && (len(w.todo) == 0 || w.todo[0].request != r) {
			if entries := w.choose(r); len(entries) > 0 {
				return &step{state: updating, entries: entries, request: r, forced: true}
			}
			continue
		}
		if len(w.todo) == 0 {
			return nil
		}
		s := w.todo[0]
		w.todo = w.todo[1:]
		w.current = s.request
		switch s.state {
		case updating:
			w.withhold(s)
		case changingAttribute:
			w.leaveHopeless(s)
		default:
			return s
		}
		if len(s.entries) > 0 {
			return s
		}
	}
	return nil
}
