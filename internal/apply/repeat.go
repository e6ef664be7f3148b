package apply

import (
	"context"
	"fmt"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// The writes of this file change nothing the second time. Where an answer is lost
// one look tells whether the write has arrived, and if not it is sent again.

// delete removes the group; that it is gone already is as good.
func (w *writing) delete(ctx context.Context) error {
	itself := &plan.Request{Write: &intel.GroupWrite{ID: w.res.ID}}
	for try := 1; ; try++ {
		err := w.store.DeleteGroup(ctx, w.res.ID)
		switch kind := w.classify(ctx, err); kind {
		case None:
			w.learnAccepted(itself)
			return nil
		case Gone:
			return nil
		case Refused:
			w.learnRefused(itself, err)
			return w.fail(ctx, err, kind)
		case Doubt:
			_, rerr := w.store.Group(ctx, w.res.ID, 0)
			if w.opt.Classify(rerr) == Gone {
				return nil
			}
			if rerr == nil {
				rerr = w.backOff(ctx, try)
			}
			if rerr != nil {
				return w.unread(ctx, itself, err.Error()+"; looking it up", rerr)
			}
			if try == maxTries {
				return w.fail(ctx, err, kind)
			}
		default:
			return w.fail(ctx, err, kind)
		}
	}
}

// changeAttribute changes an attribute in place. Where the answer is lost the
// attribute is looked at.
func (w *writing) changeAttribute(ctx context.Context, req *plan.Request) error {
	at := req.Attribute
	sorts := w.sorts(plan.Entry{List: intel.ListAttributes, Name: at.Type})
	if key, why := w.refusals.hopeless(sorts); why != "" && !w.refusals.another(key) {
		return w.unchanged(req, ": "+why)
	}
	for try := 1; ; try++ {
		err := w.store.UpdateGroupAttribute(ctx, at.ID, at.Attribute)
		switch kind := w.classify(ctx, err); kind {
		case None:
			w.refusals.accepted(sorts)
			return w.changed(req)
		case Refused, Gone, Exists:
			w.refusals.refused(sorts, w.refusal(err).Text)
			return w.unchanged(req, " was refused: "+w.refusal(err).Text)
		case Doubt:
			w.fates.set(req, InDoubt)
			is, rerr := w.isChanged(ctx, at)
			if rerr == nil && is {
				return w.changed(req)
			}
			if rerr == nil {
				rerr = w.backOff(ctx, try)
			}
			if rerr != nil {
				return w.unread(ctx, req, err.Error()+"; reading it back", rerr)
			}
			if try == maxTries {
				return w.fail(ctx, err, kind)
			}
		default:
			return w.fail(ctx, err, kind)
		}
	}
}

func (w *writing) changed(req *plan.Request) error {
	w.written = true
	w.fates.set(req, OK)
	return nil
}

func (w *writing) unchanged(req *plan.Request, why string) error {
	w.wrong = append(w.wrong, fmt.Sprintf("the new value of attribute %s%s", req.Attribute.Type, why))
	w.fates.set(req, Failed)
	return nil
}

// isChanged reports whether an attribute of the group is as at says.
func (w *writing) isChanged(ctx context.Context, at *intel.RemoteAttribute) (bool, error) {
	all, err := w.store.GroupAttributes(ctx, w.res.ID)
	if kind := w.opt.Classify(err); kind == Refused || kind == Gone {
		var r *intel.Remote
		if r, err = w.store.Group(ctx, w.res.ID, intel.ListAttributes); err == nil {
			all = r.Attributes
		}
	}
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(all, func(h intel.RemoteAttribute) bool { return h.ID == at.ID && plan.SaysAttribute(h, at.Attribute) }), nil
}
