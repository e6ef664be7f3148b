package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// writing is one action being carried out.
type writing struct {
	*engine
	action *plan.Action
	res    *Result
	wrong  []string // entries that were refused, with the reason
}

// create makes the group with everything that goes along.
func (w *writing) create(ctx context.Context) error {
	w.identify(ctx)
	reqs := w.action.Compose(w.resolve)
	r, err := w.post(ctx, &reqs[0])
	if r != nil {
		w.res.ID, w.res.WebLink = r.ID, r.WebLink
		if r.XID != "" {
			w.res.XID = r.XID
		}
	}
	if r == nil {
		w.loseAll(reqs)
		return err
	}
	if err != nil {
		w.loseAll(reqs[1:])
		return err
	}
	if err := w.rest(ctx, reqs[1:]); err != nil {
		return err
	}
	w.settleStatus("created")
	return nil
}

// update sends the differences of a group that exists.
func (w *writing) update(ctx context.Context) error {
	w.identify(ctx)
	reqs := w.action.Compose(w.resolve)
	if w.opt.Doubtful[w.action.Key] {
		var err error
		if reqs, err = w.notYet(ctx, reqs); err != nil {
			return w.fail(ctx, err, w.opt.Classify(err))
		}
	}
	if err := w.rest(ctx, reqs); err != nil {
		return err
	}
	w.settleStatus("updated")
	return nil
}

// notYet is what of requests an earlier run has not brought about.
func (w *writing) notYet(ctx context.Context, reqs []plan.Request) ([]plan.Request, error) {
	var out []plan.Request
	for i := range reqs {
		req := &reqs[i]
		if req.Write == nil {
			out = append(out, *req) // to change an attribute again changes nothing
			continue
		}
		req.Write.ID = w.res.ID
		r, err := w.read(ctx, req)
		if err != nil {
			return nil, err
		}
		if rest := w.remaining(req, r); rest != nil {
			out = append(out, *rest)
		}
	}
	return out, nil
}

// rest sends requests to a group that exists.
func (w *writing) rest(ctx context.Context, reqs []plan.Request) error {
	for i := range reqs {
		if w.res.Status != OK {
			w.loseAll(reqs[i:])
			return nil
		}
		req := &reqs[i]
		var err error
		if req.Attribute != nil {
			err = w.changeAttribute(ctx, req.Attribute)
		} else {
			req.Write.ID = w.res.ID
			err = w.put(ctx, req)
		}
		if err != nil {
			w.loseAll(reqs[i+1:])
			return err
		}
	}
	return nil
}

// settleStatus makes a failure of a group that was written except for some of
// its own entries.
func (w *writing) settleStatus(done string) {
	if len(w.wrong) == 0 || w.res.Status != OK {
		return
	}
	w.res.Status = Failed
	w.res.Error = fmt.Sprintf("%s, but without %s", done, strings.Join(w.wrong, "; "))
}

// delete removes the group; that it is gone already is as good.
func (w *writing) delete(ctx context.Context) error {
	err := w.store.DeleteGroup(ctx, w.res.ID)
	switch kind := w.opt.Classify(err); kind {
	case None, Gone:
		return nil
	default:
		return w.fail(ctx, err, kind)
	}
}

// changeAttribute changes an attribute in place.
func (w *writing) changeAttribute(ctx context.Context, at *intel.RemoteAttribute) error {
	err := w.store.UpdateGroupAttribute(ctx, at.ID, at.Attribute)
	switch kind := w.opt.Classify(err); kind {
	case None:
		return nil
	case Refused, Gone, Exists:
		w.wrong = append(w.wrong, fmt.Sprintf("the new value of attribute %s: %v", at.Type, err))
		return nil
	default:
		return w.fail(ctx, err, kind)
	}
}

// fail gives the action the outcome of an error, and returns the error if it
// ends the run.
func (w *writing) fail(ctx context.Context, err error, kind Failure) error {
	w.res.Error = err.Error()
	if kind == Unsent && errors.Is(err, context.Canceled) {
		w.res.Error = "the run was stopped before it was sent"
	}
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

// resolve binds the other end of an association to what is known by now.
// Whatever does not exist is lost, with the reason.
func (w *writing) resolve(as *plan.Association) (intel.LinkWrite, bool) {
	link := intel.LinkWrite{Kind: as.Kind, ID: as.ID}
	switch {
	case as.State == plan.Missing:
		w.res.Lost = append(w.res.Lost, lostToMissing(as, w.plan.Policy))
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
		status, why := NotAttempted, "its other end was not created"
		if other != nil {
			why = fmt.Sprintf("its other end %q was not created: %s", as.Key, other.Error)
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
	if ob.doubt != "" {
		w.res.Lost = append(w.res.Lost, Lost{as, InDoubt, ob.doubt})
		return link, false
	}
	if link.ID = ob.id; link.ID != 0 {
		return link, true
	}
	link.New = w.plan.Objects[i].Definition
	if ob.settled && !oneOnly(link.New) {
		w.res.Lost = append(w.res.Lost, Lost{as, NotAttempted, "its other end was made, but its ID could not be read"})
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
func (w *writing) loseAll(reqs []plan.Request) {
	status := NotAttempted
	if w.res.Status == InDoubt {
		status = InDoubt
	}
	for _, r := range reqs {
		w.lose(r.Links, status, w.res.Error)
	}
}

// lostToMissing is an association whose other end does not exist: a loss, unless
// a flag asked for that.
func lostToMissing(as *plan.Association, p plan.Policy) Lost {
	status := NotAttempted
	if p.MissingIndicators == plan.MissingSkip && as.Kind == intel.KindIndicator || p.UpdateOnly && as.Key != "" {
		status = OK
	}
	return Lost{as, status, as.Reason}
}
