package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// writing is one action being carried out.
type writing struct {
	*engine
	node    int // of the engine
	action  *plan.Action
	res     *Result
	lost    time.Time // when a request that has no answer can have been sent last; zero if none was
	written bool      // something of it has arrived
	wrong   []string  // entries that were refused, with the reason
	fates   fates     // of the changes

	withheld *plan.Request // entries that the instance is not likely to accept
}

// create makes the group with everything that goes along.
func (w *writing) create(ctx context.Context) error {
	if err := w.identify(ctx); err != nil {
		return w.unbegun(ctx, err)
	}
	reqs := w.action.Compose(w.resolve)
	if first, withheld := w.withhold(&reqs[0]); withheld != nil { // it must not cost the group
		reqs = slices.Insert(reqs, 1, *withheld)
		reqs[0] = *first
	}
	if w.doubtful(w.action.Key) {
		r, err := w.look(ctx, &reqs[0])
		if err != nil {
			return w.leaveDoubtful(ctx, nil, reqs, err)
		}
		if r != nil {
			w.is(r)
			return w.resume(ctx, reqs, r)
		}
	}
	r, err := w.post(ctx, &reqs[0])
	if r == nil {
		w.loseAll(reqs[:1], w.unsettled())
	} else {
		w.is(r)
	}
	if r == nil || err != nil {
		w.loseAll(reqs[1:], NotAttempted)
		return err
	}
	return w.rest(ctx, reqs[1:])
}

// unbegun is the outcome of an action that the end of the run has found waiting.
func (w *writing) unbegun(ctx context.Context, err error) error {
	w.res.Status, w.res.Error = NotAttempted, reason(err)
	w.res.Lost = w.allLost(w.action, w.res.Error)
	return ctx.Err()
}

// is takes from r, which is the group that was made, who it is.
func (w *writing) is(r *intel.Remote) {
	w.res.ID, w.res.WebLink, w.written = r.ID, r.WebLink, true
}

// update sends the differences of a group that exists.
func (w *writing) update(ctx context.Context) error {
	if err := w.identify(ctx); err != nil {
		return w.unbegun(ctx, err)
	}
	reqs := w.action.Compose(w.resolve)
	if w.doubtful(w.action.Key) {
		return w.resume(ctx, reqs, nil)
	}
	return w.rest(ctx, reqs)
}

// resume sends what of requests an earlier run has not brought about. r is what
// the group was found with for the first of them, nil if it was not read yet.
func (w *writing) resume(ctx context.Context, reqs []plan.Request, r *intel.Remote) error {
	var todo []plan.Request
	w.doubt(reqs)
	for i := range reqs {
		req := &reqs[i]
		if req.Write == nil {
			todo = append(todo, *req) // to change an attribute again changes nothing
			continue
		}
		req.Write.ID = w.res.ID
		rest := req
		if i == 0 && r != nil {
			rest = w.missing(req, r)
		}
		if rest != nil && (rest == req || w.doubles(rest)) {
			var err error
			if rest, err = w.readBack(ctx, rest); err != nil {
				return w.leaveDoubtful(ctx, todo, reqs[i:], err)
			}
		}
		if rest != nil {
			todo = append(todo, *rest)
		}
	}
	return w.rest(ctx, todo)
}

// rest sends requests to a group that exists.
func (w *writing) rest(ctx context.Context, reqs []plan.Request) error {
	for i := range reqs {
		if w.res.Status != OK {
			w.loseAll(reqs[i:], NotAttempted)
			return nil
		}
		req := &reqs[i]
		var err error
		if req.Attribute != nil {
			err = w.changeAttribute(ctx, req)
		} else {
			req.Write.ID = w.res.ID
			err = w.put(ctx, req)
		}
		if err != nil {
			w.loseAll(reqs[i+1:], NotAttempted)
			return err
		}
	}
	return nil
}

// settle makes a failure of a group that was written in part: except for some
// of its own entries, or until the run was ended.
func (w *writing) settle(done string) {
	wrong := strings.Join(w.wrong, "; ")
	switch {
	case w.res.Status == OK && wrong == "":
		return
	case w.res.Status == OK && !w.written:
		w.res.Status, w.res.Error = Failed, "nothing was written: "+wrong
		return
	case w.res.Status == OK:
		w.res.Status, w.res.Error = Failed, fmt.Sprintf("partly %s: %s", done, wrong)
		return
	case w.res.Status == NotAttempted && w.written:
		w.res.Status, w.res.Error = Failed, fmt.Sprintf("partly %s: %s", done, w.res.Error)
	}
	if wrong != "" {
		w.res.Error += "; " + wrong
	}
}

// fail gives the action the outcome of an error, and returns the error if it
// ends the run.
func (w *writing) fail(ctx context.Context, err error, kind Failure) error {
	w.res.Error = reason(err)
	switch kind {
	case Doubt:
		w.res.Status = InDoubt
		return nil
	case Unsent:
		w.res.Status = NotAttempted
		return err
	case Denied:
		w.res.Status = Failed
		if w.opt.Probe != nil && w.opt.Classify(w.opt.Probe(ctx)) == None {
			return nil // the credentials are good: it is this object that is not allowed
		}
		return err
	case Refused, Gone, Exists:
		w.res.Status = Failed
		return nil
	case None:
	}
	panic("apply: no failure")
}

// leaveDoubtful is the outcome of a group that an earlier run may have written,
// and that could not be read: what is to be sent of it, and what is still to be
// looked at.
func (w *writing) leaveDoubtful(ctx context.Context, todo, open []plan.Request, err error) error {
	var end error
	if w.opt.Classify(err) == Gone {
		end = w.gone(ctx, err)
	} else {
		err = unsettled("an earlier run may have written this, and reading it failed", err)
		w.res.Status, w.res.Error = InDoubt, err.Error()
		end = w.fatal(ctx, err)
	}
	w.doubt(open)
	w.loseAll(todo, NotAttempted)
	w.loseAll(open, w.unsettled())
	return end
}

// gone is the outcome of a group that is to be updated and is not there.
func (w *writing) gone(ctx context.Context, err error) error {
	return w.fail(ctx, fmt.Errorf("%w; it was deleted after the plan was made: plan again", err), Gone)
}

// reason is what to say of an error to those who do not know what a context is.
func reason(err error) string {
	if errors.Is(err, context.Canceled) || errors.Is(err, errEnded) {
		return "interrupted"
	}
	return err.Error()
}

// resolve binds the other end of an association to what is known by now.
// Whatever does not exist is lost, with the reason.
func (w *writing) resolve(as *plan.Association) (intel.LinkWrite, bool) {
	link := intel.LinkWrite{Kind: as.Kind, ID: as.ID}
	switch {
	case as.State == plan.Missing:
		w.res.Lost = append(w.res.Lost, w.lostToMissing(as))
		return link, false
	case as.State == plan.Existing:
		return link, true
	case as.Object > 0:
		return w.resolveObject(as, link)
	}
	w.mu.Lock()
	other := w.ledger.Results[w.actions[as.Key]]
	w.mu.Unlock()
	if other == nil || other.ID == 0 {
		status, why := NotAttempted, "the other end was not created"
		if other != nil {
			why = fmt.Sprintf("the other end %q was not created: %s", as.Key, other.Error)
			if other.Status == InDoubt {
				status = InDoubt
			}
		}
		w.res.Lost = append(w.res.Lost, Lost{as, status, why})
		return link, false
	}
	link.ID = other.ID
	return link, true
}

func (w *writing) resolveObject(as *plan.Association, link intel.LinkWrite) (intel.LinkWrite, bool) {
	i := as.Object - 1
	w.mu.Lock()
	ob := w.objects[i]
	w.mu.Unlock()
	if ob.failed != "" && ob.refusesAll(w.action.Owner) {
		w.res.Lost = append(w.res.Lost, Lost{as, Failed, ob.failed})
		return link, false
	}
	if ob.inDoubt() {
		w.res.Lost = append(w.res.Lost, Lost{as, InDoubt, ob.doubt})
		return link, false
	}
	if link.ID = ob.id; link.ID != 0 {
		return link, true
	}
	link.New = w.plan.Objects[i].Definition
	if ob.settled && !ob.oneOnly {
		w.res.Lost = append(w.res.Lost, Lost{as, NotAttempted, "the other end was created, but its ID could not be read"})
		return link, false
	}
	return link, true
}

// lose notes associations that were not made.
func (w *writing) lose(links []*plan.Association, status Status, why string) {
	for _, as := range links {
		w.res.Lost = append(w.res.Lost, Lost{as, status, why})
	}
}

// loseAll gives up on what requests would have made.
func (w *writing) loseAll(reqs []plan.Request, status Status) {
	for _, r := range reqs {
		w.lose(r.Links, status, w.res.Error)
	}
}

// unsettled is the status of the associations in what has ended the action.
func (w *writing) unsettled() Status {
	if w.res.Status == InDoubt {
		return InDoubt
	}
	return NotAttempted
}
