package apply

import (
	"cmp"
	"context"
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
		ob.foreign = !ob.tried && !ob.byJob && !ob.ours // a group that names it may have made it, or a job, whatever the answer was
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
	def, lostAt := ob.planned.Definition, ob.seen().lostAt
	doubt := ob.seen().doubt // why it is unknown whether it was created
	if doubt == "" && !lostAt.IsZero() {
		doubt = "an earlier run may have created it"
	}
	lost := doubt != "" || ob.tried || ob.byJob
	for try := 1; ; try++ {
		if end = cmp.Or(end, e.stopRequested()); end != nil {
			return notCreated(doubt, end), end
		}
		if lost {
			r, err := e.findLost(ctx, def, lostAt)
			switch {
			case err != nil:
				return shortfall{InDoubt, unsettled(cmp.Or(doubt, "a group that creates it was sent")+"; looking it up failed", err).Error()}, nil
			case r != nil && try == 1 && !ob.ours: // a group has brought it along
				ob.setFound(r)
				return shortfall{}, nil
			case r != nil:
				return shortfall{}, e.made(ob, r)
			case try > maxTries:
				return shortfall{InDoubt, doubt}, nil
			case try > 1:
				err = e.backOff(ctx, try-1, e.wait)
			}
			if err != nil {
				return shortfall{InDoubt, unsettled(doubt, err).Error()}, nil
			}
		}
		if err := e.making(ob); err != nil {
			return notCreated(doubt, err), err
		}
		r, err := e.store.CreateIndicator(ctx, def)
		switch e.classify(ctx, err) {
		case succeeded:
			ob.checkMetadata(r)
			return shortfall{}, e.made(ob, r)
		case inDoubt:
			lost, doubt, lostAt = true, err.Error(), time.Now()
		case exists:
			r, lerr := e.look(ctx, def, 0)
			if lerr != nil || r == nil {
				return shortfall{Failed, err.Error()}, nil
			}
			if lost || ob.ours {
				return shortfall{}, e.made(ob, r)
			}
			ob.foreign = true
			ob.setFound(r)
			return shortfall{}, nil
		case unsent:
			end = cmp.Or(e.stopRequested(), err)
			return notCreated(doubt, end), end
		case denied:
			return shortfall{Failed, err.Error()}, err
		default:
			return shortfall{Failed, err.Error()}, nil
		}
	}
}

// notCreated is what becomes of an indicator if the run ends before it is sent.
func notCreated(doubt string, end error) shortfall {
	if doubt != "" {
		return shortfall{InDoubt, doubt}
	}
	return shortfall{NotAttempted, notAttempted(end)}
}

// made notes that the run has created an object by itself.
func (e *engine) made(ob *object, r *intel.Remote) error {
	ob.setFound(r)
	return journalError(e.opt.Journal.Made(ob.planned, r.ID))
}
