package apply

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// maxTries is how often one write is sent at most, each time after it was
// shown that the one before had no effect.
const maxTries = 3

// looks are the waits before each look at a write in doubt. A request that
// timed out may still be at work on the instance, so that one look is not
// enough to say that it had no effect.
var looks = []time.Duration{0, 2 * time.Second, 5 * time.Second}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

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
		if kind == None && r.Owner != "" && r.Owner != w.action.Owner {
			return nil, false, Exists, fmt.Errorf("the instance answers with group %d in %s: it has the xid %s there, and takes it for the same one",
				r.ID, intel.Quote(r.Owner), intel.Quote(w.action.XID))
		}
		if kind != Doubt && kind != Exists {
			return r, false, kind, err
		}
		if kind == Doubt {
			w.fates.set(req, InDoubt)
		}
		r, rerr := w.look(ctx, req, kind)
		switch {
		case r != nil:
			return r, true, None, nil
		case rerr != nil:
			return nil, false, Doubt, fmt.Errorf("%v; looking it up: %w", err, rerr)
		case kind == Exists:
			return nil, false, Exists, fmt.Errorf("%w; but in %s no group has the xid %s: another owner has it, or the API user cannot read it",
				err, intel.Quote(w.action.Owner), intel.Quote(w.action.XID))
		case try == maxTries:
			return nil, false, Doubt, err
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
	switch w.classify(ctx, err) {
	case Denied, Unsent:
		return err
	default:
		return ctx.Err()
	}
}

// look looks for the group of a create whose outcome is not known, nil if it
// is not there.
func (w *writing) look(ctx context.Context, req *plan.Request, kind Failure) (*intel.Remote, error) {
	waits := looks
	if kind == Exists {
		waits = looks[:1]
	}
	for _, d := range waits {
		if err := w.opt.Pause(ctx, d); err != nil {
			return nil, err
		}
		r, err := w.store.GroupByXID(ctx, w.action.Owner, w.action.XID, plan.WrittenLists(req.Write), plan.WrittenFields(req.Write)...)
		r, err = w.withAttributes(ctx, req, r, err)
		switch w.opt.Classify(err) {
		case None:
			return r, nil
		case Gone:
		default:
			return nil, err
		}
	}
	return nil, nil
}

// topUp writes what a create that was settled by a look-up left undone: nothing,
// if the instance carried it out as a whole.
func (w *writing) topUp(ctx context.Context, req *plan.Request, r *intel.Remote) error {
	w.learnTags(req, r) // all that the group has came with it
	rest := w.missing(req, r)
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
			rest, rerr := w.readBack(ctx, req)
			if rerr != nil {
				w.res.Status, w.res.Error = InDoubt, fmt.Sprintf("%v; reading it back: %s", err, reason(rerr))
				w.lose(rest.Links, InDoubt, w.res.Error)
				return w.fatal(ctx, rerr)
			}
			if req = rest; req == nil {
				return nil
			}
			if try == maxTries {
				end := w.fail(ctx, err, Doubt)
				w.lose(req.Links, InDoubt, w.res.Error)
				return end
			}
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

// readBack is what of a write in doubt has not arrived, nil if all has. Where to
// send that again could double it, one look is not enough to say so. Most often
// only the answer was lost, so that nothing is waited for first.
func (w *writing) readBack(ctx context.Context, req *plan.Request) (*plan.Request, error) {
	rest := req
	for _, d := range looks {
		if err := w.opt.Pause(ctx, d); err != nil {
			return rest, err
		}
		r, err := w.read(ctx, req)
		if err != nil {
			return rest, err
		}
		if rest = w.missing(req, r); rest == nil || !w.doubles(rest) {
			break
		}
	}
	return rest, nil
}

// doubles reports whether req makes something that an instance can have twice.
func (w *writing) doubles(req *plan.Request) bool {
	if len(req.Write.Attributes) > 0 && req.Write.AttributeMode != intel.ModeDelete {
		return true
	}
	return slices.ContainsFunc(req.Write.Links, func(l intel.LinkWrite) bool { return l.New != nil && !oneOnly(l.New) })
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
	if all, err := w.store.GroupAttributes(ctx, r.ID); err == nil && len(all) > len(r.Attributes) {
		r.Attributes = all // what cannot be read so is left to the nested list
	}
	return r, nil
}
