package apply

import (
	"cmp"
	"context"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// deleteObjects deletes what the plan says of objects that are no groups. It comes after
// all groups, and looks at each object again: one that is still associated with anything
// stays.
func (e *engine) deleteObjects(ctx context.Context, end error) error {
	gone, goes := e.leaving()
	for _, k := range intel.ObjectKinds { // an artifact goes before its case
		var of []int
		for i := range e.objects {
			if o := e.objects[i].planned; o.State == plan.ToDelete && o.Kind == k {
				of = append(of, i)
			}
		}
		end = e.each(of, end, func(i int, end error) (shortfall, error) {
			return e.deleteObject(ctx, e.objects[i].planned, end, goes)
		})
		for _, i := range of { // what is associated with one that is still there stays, too
			if e.objects[i].seen().shortfall.status != "" {
				delete(gone, endOf{k, e.objects[i].planned.ID()})
			}
		}
	}
	return end
}

// endOf is the other end of an association.
type endOf struct {
	kind intel.Kind
	id   int64
}

// leaving tells what an object may still be shown as associated with: groups that the run
// has deleted, groups from which it has removed the object, and objects that go too. Those
// are in gone.
func (e *engine) leaving() (gone map[endOf]bool, goes func(o *plan.Object, l *intel.Remote) bool) {
	type link struct {
		group int64
		end   endOf
	}
	removed := map[link]bool{}
	gone = map[endOf]bool{}
	for i := range e.objects {
		if o := e.objects[i].planned; o.State == plan.ToDelete {
			gone[endOf{o.Kind, o.ID()}] = true
		}
	}
	for _, r := range e.ledger.Results {
		if r == nil || r.Status != OK || !r.Action.Verb.Writes() {
			continue
		}
		if r.Action.Verb == plan.Delete {
			gone[endOf{intel.KindGroup, r.ID}] = true
			continue
		}
		for _, as := range r.Action.Associations {
			if as.Op == plan.Remove {
				removed[link{r.ID, endOf{as.Kind, as.ID()}}] = true
			}
		}
		for _, l := range r.Lost() {
			delete(removed, link{r.ID, endOf{l.Association.Kind, l.Association.ID()}})
		}
	}
	return gone, func(o *plan.Object, l *intel.Remote) bool {
		return gone[endOf{l.Kind, l.ID}] || l.Kind == intel.KindGroup && removed[link{l.ID, endOf{o.Kind, o.ID()}}]
	}
}

// deleteObject deletes an object, unless the run has ended. It returns what did not happen,
// and the error that ends the run.
func (e *engine) deleteObject(ctx context.Context, o *plan.Object, end error, goes func(*plan.Object, *intel.Remote) bool) (shortfall, error) {
	for try := 1; ; try++ {
		if end = cmp.Or(end, e.stopRequested()); end != nil {
			return shortfall{NotAttempted, notAttempted(end)}, end
		}
		there, why, err := e.opt.Stays(ctx, o, func(l *intel.Remote) bool { return goes(o, l) })
		switch {
		case err == nil && !there:
			return shortfall{}, nil
		case err == nil && why != "":
			return shortfall{Failed, "it is kept: " + why}, nil
		case err == nil:
			err = e.store.Delete(ctx, o.Kind, o.ID())
		case classify(err) == gone: // what is in it, for instance, may not be read
			return shortfall{Failed, err.Error()}, nil
		}
		switch e.classify(ctx, err) {
		case succeeded, gone:
			return shortfall{}, nil
		case inDoubt:
			if try == maxTries {
				return shortfall{InDoubt, err.Error()}, nil
			}
			if werr := e.backOff(ctx, try, e.wait); werr != nil {
				return shortfall{InDoubt, unsettled(err.Error(), werr).Error()}, nil
			}
		case unsent:
			end = cmp.Or(e.stopRequested(), err)
			return shortfall{NotAttempted, notAttempted(end)}, end
		case denied:
			return shortfall{Failed, err.Error()}, err
		default:
			return shortfall{Failed, err.Error()}, nil
		}
	}
}
