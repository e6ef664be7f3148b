package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// maxTries is how often one write is sent at most, each time after it was
// shown that the one before had no effect.
const maxTries = 3

// post creates the group and returns it, nil if it could not be made: the
// result says why. A lost answer is settled by the xid.
func (w *writing) post(ctx context.Context, req *plan.Request) (*intel.Remote, error) {
	lists, fields := w.ask(req)
	r, found, kind, err := w.send(ctx, req, lists, fields...)
	switch {
	case kind == Refused || kind == Gone:
		return w.postApart(ctx, req, err)
	case kind != None:
		return nil, w.unmade(ctx, err, kind)
	case found:
		return r, w.topUp(ctx, req, r)
	}
	w.learnAccepted(req)
	w.learn(req, r)
	return r, nil
}

// send creates a group, as often as it takes to learn what came of it. found
// tells that it was a look-up that showed it: what it holds is not known then.
func (w *writing) send(ctx context.Context, req *plan.Request, lists intel.List, fields ...string) (r *intel.Remote, found bool, kind Failure, err error) {
	for try := 1; ; try++ {
		r, err := w.store.CreateGroup(ctx, *req.Write, lists, fields...)
		kind := w.classify(ctx, err)
		last := try == maxTries
		if kind == None {
			if r.Owner != "" && r.Owner != w.action.Owner {
				return nil, false, Exists, fmt.Errorf("the instance answered with group %d in %s, which has the xid %s, too: give the group another xid",
					r.ID, intel.Quote(r.Owner), intel.Quote(w.action.XID))
			}
			if err = w.recognise(r); err == nil {
				return r, false, None, nil
			}
			kind, last = Doubt, true // something was made: another try could make another
		}
		if kind != Doubt && kind != Exists {
			return nil, false, kind, err
		}
		if kind == Doubt {
			w.fates.set(req, InDoubt)
			w.lost = time.Now()
		}
		r, rerr := w.look(ctx, req)
		switch {
		case rerr != nil:
			return nil, false, Doubt, unsettled(err.Error()+"; looking it up", rerr)
		case r != nil:
			return r, true, None, nil
		case kind == Exists:
			return nil, false, Exists, fmt.Errorf("%w; but %s shows no group with the xid %s: another owner has it, the API user cannot read it, or it shows only later (then run again)",
				err, intel.Quote(w.action.Owner), intel.Quote(w.action.XID))
		case last:
			return nil, false, Doubt, err
		}
		if rerr := w.bindMade(ctx, req); rerr != nil {
			return nil, false, Doubt, unsettled(err.Error()+"; looking up what goes along", rerr)
		}
	}
}

// unmade is fail for a group that could not be made, or of which that is not
// known.
func (w *writing) unmade(ctx context.Context, err error, kind Failure) error {
	if kind != Doubt {
		return w.fail(ctx, err, kind)
	}
	w.res.Status, w.res.Error = InDoubt, err.Error()
	return w.fatal(ctx, err)
}

// errUnsettled is of a write that was sent, and of which the run does not come to
// know any more what came of it.
var errUnsettled = errors.New("stopped while being sent; run the same command to settle it")

// unsettled is why a write stays in doubt that could not be looked at because of
// err. what says what was being done.
func unsettled(what string, err error) error {
	if errors.Is(err, errEnded) || errors.Is(err, context.Canceled) {
		return errUnsettled
	}
	return fmt.Errorf("%s: %w", what, err)
}

// unread leaves in doubt what req holds, because err kept it from being read.
func (w *writing) unread(ctx context.Context, req *plan.Request, what string, err error) error {
	err = unsettled(what, err)
	w.res.Status, w.res.Error = InDoubt, err.Error()
	w.lose(req.Links, InDoubt, w.res.Error)
	return w.fatal(ctx, err)
}

// classify says what an error of a write means. Where the credentials are good
// all the same it is what the request holds that is not allowed.
func (e *engine) classify(ctx context.Context, err error) Failure {
	kind := e.opt.Classify(err)
	if kind == Denied && e.opt.Probe != nil && e.opt.Classify(e.opt.Probe(ctx)) == None {
		return Refused
	}
	return kind
}

// fatal is err if it ends the run.
func (w *writing) fatal(ctx context.Context, err error) error {
	if errors.Is(err, errUnsettled) {
		return cmp.Or(w.stopped(), ctx.Err())
	}
	switch w.classify(ctx, err) {
	case Denied, Unsent:
		return err
	default:
		return ctx.Err()
	}
}

// look looks for the group of a create whose outcome is not known, until it is
// there or can come no more; nil if it is not there.
func (w *writing) look(ctx context.Context, req *plan.Request) (found *intel.Remote, err error) {
	err = w.watch(ctx, w.lost, func() (bool, error) {
		r, err := w.store.GroupByXID(ctx, w.action.Owner, w.action.XID, plan.WrittenLists(req.Write), plan.WrittenFields(req.Write)...)
		r, err = w.withAttributes(ctx, req, r, err)
		switch w.opt.Classify(err) {
		case None:
			found = r
			return true, w.takeID(r.ID, true)
		case Gone:
			return false, nil
		default:
			return false, err
		}
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// topUp writes what a create that was settled by a look-up left undone: nothing,
// if the instance carried it out as a whole.
func (w *writing) topUp(ctx context.Context, req *plan.Request, r *intel.Remote) error {
	w.learnTags(req, r) // all that the group has came with it
	rest := w.missing(req, r)
	if rest != nil && !w.lost.IsZero() && w.doubles(rest) {
		var err error
		if rest, err = w.readBack(ctx, rest); err != nil {
			return w.unread(ctx, rest, "created, but it could not be read back whether as a whole", err)
		}
	}
	if rest == nil {
		return nil
	}
	return w.put(ctx, rest)
}

// putOnce updates the group. An answer that is lost is settled by reading the
// group; what is refused is taken apart.
func (w *writing) putOnce(ctx context.Context, req *plan.Request) error {
	lists, fields := w.ask(req)
	for try := 1; ; try++ {
		r, err := w.store.UpdateGroup(ctx, *req.Write, lists, fields...)
		switch kind := w.classify(ctx, err); kind {
		case None:
			w.written = true
			w.learnAccepted(req)
			w.learn(req, r)
			return nil
		case Doubt:
			w.fates.set(req, InDoubt)
			rest, rerr := w.again(ctx, req, try)
			switch {
			case rerr != nil:
				return w.unread(ctx, rest, err.Error()+"; reading it back", rerr)
			case rest == nil:
				return nil
			case try == maxTries:
				end := w.fail(ctx, err, Doubt)
				w.lose(rest.Links, InDoubt, w.res.Error)
				return end
			}
			req = rest
		case Refused, Exists:
			if plan.Entries(req) > 1 { // one of them is at fault; of the others it may have carried some out
				w.fates.set(req, InDoubt)
			}
			return w.putApart(ctx, req, err)
		case Gone:
			end := w.gone(ctx, err)
			w.lose(req.Links, NotAttempted, w.res.Error)
			return end
		default:
			end := w.fail(ctx, err, kind)
			w.lose(req.Links, NotAttempted, w.res.Error)
			return end
		}
	}
}

// again is what of an update whose answer was just lost has to be sent once more,
// when it may be; nil if all of it has arrived.
func (w *writing) again(ctx context.Context, req *plan.Request, try int) (*plan.Request, error) {
	w.lost = time.Now()
	rest, err := w.readBack(ctx, req)
	if err != nil || rest == nil {
		return rest, err
	}
	if w.doubles(rest) {
		return rest, w.bindMade(ctx, rest)
	}
	return rest, w.backOff(ctx, try)
}

// readBack is what of a write in doubt has not arrived, nil if all has. Where to
// send that again could double it, it is looked for until it can come no more.
func (w *writing) readBack(ctx context.Context, req *plan.Request) (rest *plan.Request, err error) {
	rest = req
	err = w.watch(ctx, w.lost, func() (bool, error) {
		r, err := w.read(ctx, req)
		if err != nil {
			return false, err
		}
		rest = w.missing(req, r)
		return rest == nil || !w.doubles(rest), nil
	})
	return rest, err
}

// doubles reports whether req makes something that an instance can have twice.
func (w *writing) doubles(req *plan.Request) bool {
	if len(req.Write.Attributes) > 0 && req.Write.AttributeMode != intel.ModeDelete {
		return true
	}
	return slices.ContainsFunc(req.Write.Links, func(l intel.LinkWrite) bool { return l.New != nil && canDouble(l.New) })
}

// read reads of a group what req touches.
func (w *writing) read(ctx context.Context, req *plan.Request) (*intel.Remote, error) {
	r, err := w.store.Group(ctx, req.Write.ID, plan.WrittenLists(req.Write), plan.WrittenFields(req.Write)...)
	return w.withAttributes(ctx, req, r, err)
}

// withAttributes completes the attributes of r: to append one again that a
// nested list does not show would double it.
func (w *writing) withAttributes(ctx context.Context, req *plan.Request, r *intel.Remote, err error) (*intel.Remote, error) {
	if err != nil || len(req.Write.Attributes) == 0 {
		return r, err
	}
	all, err := w.store.GroupAttributes(ctx, r.ID)
	switch w.opt.Classify(err) {
	case None:
		if len(all) > len(r.Attributes) {
			r.Attributes = all
		}
	case Refused, Gone: // what cannot be read so is left to the nested list
	default:
		return nil, err
	}
	return r, nil
}
