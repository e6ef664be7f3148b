package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/workers"
)

// shortfall is what an object lacks that was made all the same. The zero one is
// nothing.
type shortfall struct {
	status Status
	why    string
}

// finishObjects reads the IDs of the new objects that no answer has told, writes
// the metadata of those from which the instance took type and value only, and
// gives each object its outcome. A run that was ended, by end or while this is
// going on, writes nothing any more: then it is told what they lack. The error
// is one that ends the run here.
func (e *engine) finishObjects(ctx, soft context.Context, end error) error {
	err := e.learnRest(ctx, soft, end)
	for i, o := range e.plan.Objects {
		res := e.objectResult(i, o, end)
		e.ledger.Objects[i] = res
		if serr := e.emit(Event{Object: res}); err == nil {
			err = serr
		}
	}
	return err
}

func (e *engine) objectResult(i int, o *plan.Object, end error) *ObjectResult {
	ob := &e.objects[i]
	res := &ObjectResult{Object: o, Status: OK, ID: ob.id, Made: ob.made, WebLink: ob.webLink}
	switch {
	case o.State == plan.Missing:
		res.Error = o.Reason
		if e.plan.Policy.MissingIndicators != plan.MissingSkip || o.Kind != intel.KindIndicator {
			res.Status = Failed
		}
	case ob.short.status != "":
		res.Status, res.Error = ob.short.status, ob.short.why
	case ob.failed != "" && !ob.settled:
		res.Status, res.Error = Failed, ob.failed
	case ob.doubt != "":
		res.Status, res.Error = InDoubt, ob.doubt
	case o.State == plan.New && !ob.settled && (ob.tried || end == nil):
		res.Status, res.Error = NotAttempted, "no group that names it was written"
	case o.State == plan.New && !ob.settled:
		res.Status, res.Error = NotAttempted, notAttempted(end)
	}
	return res
}

// learnRest reads the objects that were made but whose ID or metadata are not
// known, and writes what these lack.
func (e *engine) learnRest(ctx, soft context.Context, end error) error {
	var is []int
	var wanted []*intel.Object
	for i := range e.objects {
		ob := &e.objects[i]
		def := e.plan.Objects[i].Definition
		if !ob.made || def == nil || ob.id != 0 && (ob.checked || def.Kind != intel.KindIndicator) {
			continue
		}
		is = append(is, i)
		wanted = append(wanted, def)
	}
	if len(is) == 0 || e.opt.Find == nil {
		return nil
	}
	found, err := e.findRest(ctx, soft, is, wanted, end)
	if err != nil {
		for _, i := range is {
			e.objects[i].unread(reason(err))
		}
		return nil
	}
	g := workers.New()
	var mu sync.Mutex // of end
	for n, i := range is {
		ob := &e.objects[i]
		if len(found[n]) == 0 {
			if ob.open() {
				ob.unread("it was not found")
			}
			continue
		}
		r := found[n][0]
		ob.id, ob.webLink = r.ID, r.WebLink
		if lacking := plan.LacksMetadata(wanted[n], r); wanted[n].Kind == intel.KindIndicator && len(lacking) > 0 {
			e.enter()
			g.Go(func() error {
				defer e.leave()
				mu.Lock()
				before := end
				mu.Unlock()
				short, after := e.writeMetadata(ctx, soft, r.ID, wanted[n], lacking, before)
				mu.Lock()
				defer mu.Unlock()
				ob.short, end = short, cmp.Or(end, after)
				return nil
			})
		}
	}
	_ = g.Wait() // what has ended the run is in end
	return end
}

// open reports whether an object has to be found. Otherwise an answer has shown
// it, if not all of it, and nothing speaks against the rest.
func (ob *object) open() bool { return ob.id == 0 || ob.bare }

// findRest looks objects is up, those that are open more than once: lists can lag
// behind what was just made. Where the run was ended by what would befall this,
// too, nothing is asked.
func (e *engine) findRest(ctx, soft context.Context, is []int, wanted []*intel.Object, end error) ([][]*intel.Remote, error) {
	if kind := classify(end); kind == Denied || kind == Unsent {
		return nil, end
	}
	found := make([][]*intel.Remote, len(wanted))
	begun := time.Now()
	for look := range 3 {
		var at []int
		var again []*intel.Object
		for n, o := range wanted {
			if look == 0 || len(found[n]) == 0 && e.objects[is[n]].open() {
				at, again = append(at, n), append(again, o)
			}
		}
		if len(again) == 0 || look > 0 && (end != nil || e.sleep(soft, e.lookAt(begun, look)) != nil) {
			break
		}
		more, err := e.opt.Find(ctx, again)
		switch {
		case err != nil && look == 0:
			return nil, err
		case err != nil:
			return found, nil
		}
		for n, i := range at {
			found[i] = more[n]
		}
	}
	return found, nil
}

// unread notes why an object that was made could not be read.
func (ob *object) unread(why string) {
	if ob.id == 0 {
		ob.short = shortfall{Failed, "created, but its ID could not be read: " + why}
		return
	}
	ob.short = shortfall{InDoubt, "created, but its metadata could not be checked: " + why}
}

// writeMetadata gives an indicator what it lacks, unless the run has ended. It
// returns what the indicator lacks then, and what has ended the run by then.
func (e *engine) writeMetadata(ctx, soft context.Context, id int64, o *intel.Object, lacking []string, end error) (shortfall, error) {
	without := func(s Status, err error) shortfall {
		return shortfall{s, fmt.Sprintf("created, but without its %s: %v", strings.Join(lacking, ", "), err)}
	}
	if end = cmp.Or(end, e.halted()); end != nil {
		return without(NotAttempted, errors.New(notAttempted(end))), end
	}
	for try := 1; ; try++ {
		err := e.store.UpdateIndicator(soft, id, plan.OnlyMetadata(o, lacking))
		switch e.classify(soft, err) {
		case None:
			return shortfall{}, nil
		case Doubt:
			rest, rerr := e.lacksStill(soft, o, lacking, try)
			switch {
			case rerr != nil:
				return without(InDoubt, unsettled(err.Error()+"; looking it up", rerr)), nil
			case len(rest) == 0:
				return shortfall{}, nil
			case try == maxTries:
				return without(InDoubt, err), nil
			}
			lacking = rest
		case Unsent:
			end = cmp.Or(e.halted(), err)
			return without(NotAttempted, errors.New(notAttempted(end))), end
		case Denied:
			return without(Failed, err), err
		default:
			return without(Failed, err), nil
		}
	}
}

// lacksStill is what an indicator lacks of metadata that were just sent without an
// answer, once they can be sent again.
func (e *engine) lacksStill(ctx context.Context, o *intel.Object, lacking []string, try int) ([]string, error) {
	rest := lacking
	err := e.watch(ctx, time.Now(), e.wait, func() (bool, error) {
		found, err := e.opt.Find(ctx, []*intel.Object{o})
		if err == nil && len(found[0]) > 0 {
			rest = plan.LacksMetadata(o, found[0][0])
		}
		return !slices.Contains(rest, "attributes"), err
	})
	if err == nil && len(rest) > 0 {
		err = e.backOff(ctx, try, e.wait)
	}
	return rest, err
}

// halted is ErrStopped once the run was stopped.
func (e *engine) halted() error {
	select {
	case <-e.opt.Stop:
		return ErrStopped
	default:
		return nil
	}
}
