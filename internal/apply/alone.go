package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// createAlone creates the indicators of their own that no group has created. It looks for them
// first: creating one that exists would change it. The error is one that ends the run.
func (e *engine) createAlone(ctx context.Context, end error) error {
	is := e.aloneObjects()
	if len(is) == 0 {
		return end
	}
	found := make([][]*intel.Remote, len(is))
	if end = cmp.Or(end, e.stopRequested()); end == nil && e.opt.Find != nil {
		var err error
		if found, err = e.opt.Find(ctx, e.definitions(is)); err != nil {
			found = make([][]*intel.Remote, len(is))
			end = cmp.Or(e.stopRequested(), fmt.Errorf("looking up the indicators to create: %w", err))
		}
	}
	var rest []int
	for n, i := range is {
		ob := &e.objects[i]
		if len(found[n]) == 0 {
			rest = append(rest, i)
			continue
		}
		r := found[n][0]
		ob.foreign = !ob.tried && !e.opt.Made[r.ID] // a group that names it may have made it, whatever the answer was
		ob.setFound(r)
	}
	return e.each(rest, end, func(i int, end error) (shortfall, error) {
		ob := &e.objects[i]
		short, end := e.createIndicator(ctx, ob, end)
		if err := e.emit(Event{Alone: ob.planned}); end == nil {
			end = err
		}
		if short.status == Failed || short.status == InDoubt {
			e.mu.Lock()
			defer e.mu.Unlock()
			if e.failed++; e.tooMany() {
				end = cmp.Or(end, ErrMaxFailures)
			}
		}
		return short, end
	})
}

// aloneObjects are the new indicators of their own that are not there yet, as far as is known. The
// instance may have refused one with a group, and take it without.
func (e *engine) aloneObjects() (is []int) {
	for i := range e.objects {
		if ob := &e.objects[i]; ob.planned.Own && ob.planned.State == plan.New && !ob.exists {
			is = append(is, i)
		}
	}
	return is
}

// createIndicator creates an indicator, unless the run has ended. It returns what did not happen, and
// the error that ends the run.
func (e *engine) createIndicator(ctx context.Context, ob *object, end error) (shortfall, error) {
	def := ob.planned.Definition
	lists, fields := answerOf(def)
	doubt := error(nil) // why it is unknown whether it was created
	for try := 1; ; try++ {
		if end = cmp.Or(end, e.stopRequested()); end != nil {
			switch {
			case doubt != nil:
				return shortfall{InDoubt, doubt.Error()}, end
			case ob.seen().doubt != "":
				return shortfall{InDoubt, ob.seen().doubt}, end
			}
			return shortfall{NotAttempted, notAttempted(end)}, end
		}
		r, err := e.store.CreateIndicator(ctx, def, lists, fields...)
		switch e.classify(ctx, err) {
		case succeeded:
			ob.checkMetadata(r)
			return shortfall{}, e.made(ob, r)
		case inDoubt:
			doubt = err
			r, lerr := e.findLost(ctx, def)
			switch {
			case lerr != nil:
				return shortfall{InDoubt, unsettled(err.Error()+"; looking it up failed", lerr).Error()}, nil
			case r != nil:
				return shortfall{}, e.made(ob, r)
			case try == maxTries:
				return shortfall{InDoubt, err.Error()}, nil
			}
			if werr := e.backOff(ctx, try, e.wait); werr != nil {
				return shortfall{InDoubt, unsettled(err.Error(), werr).Error()}, nil
			}
		case exists:
			found, lerr := e.opt.Find(ctx, []*intel.Object{def})
			if lerr != nil || len(found[0]) == 0 {
				return shortfall{Failed, err.Error()}, nil
			}
			if doubt != nil {
				return shortfall{}, e.made(ob, found[0][0])
			}
			ob.foreign = true
			ob.setFound(found[0][0])
			return shortfall{}, nil
		case unsent:
			end = cmp.Or(e.stopRequested(), err)
			if doubt != nil {
				return shortfall{InDoubt, doubt.Error()}, end
			}
			return shortfall{NotAttempted, notAttempted(end)}, end
		case denied:
			return shortfall{Failed, err.Error()}, err
		default:
			return shortfall{Failed, err.Error()}, nil
		}
	}
}

// made notes that the run has created an object by itself.
func (e *engine) made(ob *object, r *intel.Remote) error {
	ob.setFound(r)
	return journalError(e.opt.Journal.Made(ob.planned, r.ID))
}

// findLost looks for an indicator whose creation got no answer: until it is there, or the settling
// time has passed if a second request could give it an attribute twice.
func (e *engine) findLost(ctx context.Context, o *intel.Object) (r *intel.Remote, err error) {
	if e.opt.Find == nil {
		return nil, errors.New("there is no way to look it up")
	}
	err = e.watch(ctx, time.Now(), e.wait, func() (bool, error) {
		found, err := e.opt.Find(ctx, []*intel.Object{o})
		if err == nil && len(found[0]) > 0 {
			r = found[0][0]
		}
		return r != nil || !canDuplicate(o), err
	})
	return r, err
}

// answerOf is what the answer to the creation of an indicator has to show, so that it tells whether
// all of o has arrived.
func answerOf(o *intel.Object) (intel.List, []string) {
	var fields []string
	scalars := o.Kind.Scalars(o.Type)
	for _, f := range o.Fields() {
		if spec := scalars[f.Name]; spec != nil && spec.ReadWith != "" {
			fields = append(fields, spec.ReadWith)
		}
	}
	return intel.MetadataLists(o.Tags(), o.SecurityLabels(), o.Attributes()), fields
}
