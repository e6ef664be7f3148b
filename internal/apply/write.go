package apply

import (
	"context"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// writing is one action being carried out: its entries, and what is still to be
// done with them.
type writing struct {
	*engine
	node    int // of the engine
	action  *plan.Action
	res     *Result
	entries []*entry

	todo     []*step // the next one first
	of       int     // the request that the last step was a part of
	requests int     // so far

	lost    time.Time // when a request that has no answer can have been sent last; zero if none was
	written bool      // something of it has arrived

	withheld []*entry        // of the request: what the instance is not likely to accept
	tried    map[string]bool // hopeless sorts -> whether no entry of the request is to be tried any more
}

// step is one thing to do with some entries.
type step struct {
	state   state
	entries []*entry
	of      int   // the request that it is a part of
	try     int   // how often it was sent before
	chosen  bool  // its entries are to be sent, however unlikely they are to be accepted
	cause   error // the answer that has led here

	resend state  // of a look: what is sent again
	what   string // of a look: what to say if it fails
}

// said is an answer to a step.
type said struct {
	is    Failure
	err   error
	group *intel.Remote
	rest  []*entry // what is not there
}

// maxTries is how often one write is sent at most, each time after it was
// shown that the one before had no effect.
const maxTries = 3

func (e *engine) newWriting(i int) *writing {
	a := e.nodes[i].action
	return &writing{engine: e, node: i, lost: e.opt.Doubtful[a.Key], action: a, entries: e.newEntries(a),
		res: &Result{Action: a, ID: a.ID, XID: a.XID, WebLink: a.WebLink, Status: OK}}
}

// run takes step after step until there is none left or the action has ended. An
// error is one that ends the run.
func (w *writing) run(ctx context.Context) error {
	if err := w.identify(ctx); err != nil { // the end of the run has found it waiting
		w.res.Status, w.res.Error = NotAttempted, reason(err)
		return ctx.Err()
	}
	w.begin()
	for s := w.next(); s != nil; s = w.next() {
		answer := w.perform(ctx, s)
		if err := w.follow(ctx, s, answer); err != nil {
			return err
		}
	}
	return nil
}

// begin spreads the entries over the first steps.
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
	entries, _ := split(w.entries, func(e *entry) bool { return e.status == "" })
	parts := make([]plan.Entry, len(entries))
	for i, e := range entries {
		parts[i] = e.Entry
	}
	at, n := w.action.Spread(parts)
	requests := make([][]*entry, n)
	for i, e := range entries {
		requests[at[i]] = append(requests[at[i]], e)
	}
	if w.action.Verb == plan.Create {
		// What the instance is not likely to accept must not cost the group.
		first, unlikely := split(requests[0], func(e *entry) bool { return isScalar(e) || !w.isSuspect(e) })
		w.push(w.create(first))
		if w.doubtful(w.action.Key) {
			w.todo[0].state, w.todo[0].what = findingEarlier, earlier
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
		w.lookFirst()
	}
}

// earlier is what to say of a group that an earlier run has begun and that cannot
// be looked at.
const earlier = "an earlier run may have written this, and reading it failed"

// lookFirst looks what all requests have left undone before any is sent.
func (w *writing) lookFirst() {
	for _, s := range w.todo {
		mark(s.entries, InDoubt)
		s.state, s.what = resuming, earlier
	}
}

// create is the step that makes the group.
func (w *writing) create(entries []*entry) *step {
	s := &step{state: creating, entries: entries}
	if loose, _ := split(entries, isScalar); len(loose) == len(entries) {
		s.state = creatingBare
	}
	return s
}

// update is the step that writes entries to a group that exists.
func (w *writing) update(entries []*entry) *step {
	s := &step{state: updating, entries: entries}
	if entries[0].InPlace() {
		s.state = setting
	}
	return s
}

// push appends a step that is a request of its own.
func (w *writing) push(s *step) {
	w.requests++
	s.of = w.requests
	w.todo = append(w.todo, s)
}

// first puts steps that are a part of s before all others.
func (w *writing) first(s *step, parts ...*step) {
	for _, p := range parts {
		p.of = s.of
	}
	w.todo = append(parts, w.todo...)
}

// next is the next step, nil if there is none or the action has ended. What was
// withheld of a request comes behind all that is a part of it.
func (w *writing) next() *step {
	for w.res.Status == OK {
		if len(w.withheld) > 0 && (len(w.todo) == 0 || w.todo[0].of != w.of) {
			if entries := w.choose(); len(entries) > 0 {
				return &step{state: updating, entries: entries, of: w.of, chosen: true}
			}
			continue
		}
		if len(w.todo) == 0 {
			return nil
		}
		s := w.todo[0]
		w.todo = w.todo[1:]
		if s.of != w.of {
			w.of, w.tried = s.of, map[string]bool{}
		}
		switch s.state {
		case updating:
			w.withhold(s)
		case setting:
			w.leaveHopeless(s)
		}
		if len(s.entries) > 0 || s.state != updating && s.state != setting {
			return s
		}
	}
	return nil
}
