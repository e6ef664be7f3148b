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

// shortfall is what a created object lacks. The zero value is nothing.
type shortfall struct {
	status Status
	why    string
}

// finishObjects creates the indicators that no group has created, completes the new objects and gives each object its outcome. It reads
// the IDs that no answer has shown, and writes the metadata that the instance has
// ignored. If the run has ended, it writes nothing and reports what is missing. The
// error is one that ends the run here.
func (e *engine) finishObjects(ctx, soft context.Context, end error) error {
	err := e.createAlone(soft, end)
	end = cmp.Or(end, err)
	if cerr := e.completeObjects(ctx, soft, end); err == nil {
		err = cerr
	}
	if derr := e.deleteObjects(soft, cmp.Or(end, err)); err == nil {
		err = derr
	}
	for i := range e.objects {
		res := e.objects[i].result(e.plan.Policy, end)
		e.ledger.Objects[i] = res
		if jerr := journalError(e.recordEnd(&e.objects[i], res)); err == nil {
			err = jerr
		}
		if serr := e.emit(Event{Object: res}); err == nil {
			err = serr
		}
	}
	return err
}

// recordEnd records what has become of an object that was being made. The ID of one of its own that a
// job has made is only known now.
func (e *engine) recordEnd(ob *object, res *ObjectResult) error {
	if ob.byJob && ob.planned.Own && res.Made && res.ID != 0 {
		if err := e.opt.Journal.Made(ob.planned, res.ID); err != nil {
			return err
		}
	}
	if !ob.begun {
		return nil
	}
	return e.opt.Journal.Became(res)
}

func (o *object) result(policy plan.Policy, end error) *ObjectResult {
	res := &ObjectResult{Object: o.planned, Status: OK, ID: o.id, Made: o.created() && o.planned.ID() == 0, WebLink: o.webLink}
	seen := o.seen()
	switch missing := o.planned.State == plan.New && !o.exists; {
	case o.planned.State == plan.Missing:
		res.Error = o.planned.Reason()
		if policy.MissingIndicators != plan.MissingSkip || o.planned.Kind != intel.KindIndicator || o.planned.InConflict() {
			res.Status = Failed
		}
	case seen.shortfall.status != "":
		res.Status, res.Error = seen.shortfall.status, seen.shortfall.why
	case seen.refusal != "" && !o.exists:
		res.Status, res.Error = Failed, seen.refusal
	case seen.doubt != "":
		res.Status, res.Error = InDoubt, seen.doubt
	case missing && (o.tried || end == nil):
		res.Status, res.Error = NotAttempted, "no group that names it was written"
	case missing:
		res.Status, res.Error = NotAttempted, notAttempted(end)
	}
	return res
}

// completeObjects reads the new objects whose ID or metadata is unknown, and writes the
// metadata that they lack.
func (e *engine) completeObjects(ctx, soft context.Context, end error) error {
	is := e.incompleteObjects()
	if len(is) == 0 || e.opt.Find == nil {
		return nil
	}
	found, err := e.findObjects(ctx, soft, is, end)
	if err != nil {
		for _, i := range is {
			e.objects[i].setUnread(reason(err))
		}
		return nil
	}
	var open []int
	remotes := map[int]*intel.Remote{}
	for n, i := range is {
		ob := &e.objects[i]
		def := ob.planned.Definition
		if len(found[n]) == 0 {
			if ob.isOpen() {
				ob.setUnread("it was not found")
			}
			continue
		}
		r := found[n][0]
		ob.id, ob.webLink = r.ID, r.WebLink
		if def.Kind == intel.KindIndicator && len(def.Lacks(r)) > 0 {
			open, remotes[i] = append(open, i), r
		}
	}
	return e.each(open, end, func(i int, end error) (shortfall, error) {
		ob := &e.objects[i]
		short, end := e.completeIndicator(ctx, soft, ob, remotes[i], end)
		if ob.planned.ID() != 0 {
			if err := e.emit(Event{Alone: ob.planned}); end == nil {
				end = err
			}
		}
		return short, end
	})
}

// completeIndicator gives r, which the run or an earlier one has made, the metadata that it lacks.
func (e *engine) completeIndicator(ctx, soft context.Context, ob *object, r *intel.Remote, end error) (shortfall, error) {
	o := ob.planned.Definition
	lacking, err := o.Lacks(r), error(nil)
	if cmp.Or(end, e.stopRequested()) == nil {
		if lacking, err = e.lacking(soft, o, r); err == nil && slices.Contains(lacking, "attributes") && !ob.seen().lostAt.IsZero() {
			lacking, err = e.stillLacking(soft, r.ID, o, ob.seen().lostAt)
		}
	}
	switch {
	case err != nil:
		return shortfall{InDoubt, "created, but its metadata could not be checked: " + reason(err)}, nil
	case len(lacking) == 0:
		return shortfall{}, nil
	}
	return e.writeMetadata(ctx, soft, r.ID, ob, lacking, end)
}

// each does something about objects side by side. do gets the error that has ended the run,
// nil if it goes on. It returns what the object then lacks, and the error that ends the run.
// If it panics, it is unknown what it has done.
func (e *engine) each(of []int, end error, do func(i int, end error) (shortfall, error)) error {
	g := workers.New()
	var mu sync.Mutex // of end
	for _, i := range of {
		e.enter()
		g.Go(func() error {
			defer e.exit()
			mu.Lock()
			before := end
			mu.Unlock()
			var short shortfall
			var after error
			if err := workers.Do(func() error { short, after = do(i, before); return nil }); err != nil {
				short, after = shortfall{InDoubt, err.Error()}, err
			}
			mu.Lock()
			defer mu.Unlock()
			if short.status != "" {
				e.objects[i].trouble().shortfall = short
			}
			end = cmp.Or(end, after)
			return nil
		})
	}
	_ = g.Wait() // end has the error that ends the run
	return end
}

// incompleteObjects are the new objects that have to be read after the run.
func (e *engine) incompleteObjects() (is []int) {
	for i := range e.objects {
		ob := &e.objects[i]
		def := ob.planned.Definition
		if !ob.created() || def == nil || ob.id != 0 && (ob.metadata == metadataPresent || def.Kind != intel.KindIndicator) {
			continue
		}
		is = append(is, i)
	}
	return is
}

// isOpen reports whether an object has to be found. Otherwise an answer has shown it
// with some of its metadata.
func (o *object) isOpen() bool { return o.id == 0 || o.metadata == metadataAbsent }

// findObjects looks up objects. It looks up to three times for open ones, because lists
// can lag behind. It asks nothing if what has ended the run would prevent this, too.
func (e *engine) findObjects(ctx, soft context.Context, is []int, end error) ([][]*intel.Remote, error) {
	if kind := classify(end); kind == denied || kind == unsent {
		return nil, end
	}
	found := make([][]*intel.Remote, len(is))
	begun := time.Now()
	for look := range 3 {
		var at, open []int
		for n, i := range is {
			if look == 0 || len(found[n]) == 0 && e.objects[i].isOpen() {
				at, open = append(at, n), append(open, i)
			}
		}
		if len(open) == 0 || look > 0 && (end != nil || e.sleep(soft, e.lookAt(begun, look)) != nil) {
			break
		}
		more, err := e.lookFor(ctx, open)
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

// setUnread notes why a created object could not be read.
func (o *object) setUnread(why string) {
	if o.id == 0 {
		o.trouble().shortfall = shortfall{Failed, "created, but its ID could not be read: " + why}
		return
	}
	o.trouble().shortfall = shortfall{InDoubt, "created, but its metadata could not be checked: " + why}
}

// writeMetadata gives an indicator what it lacks, unless the run has ended. It returns
// what the indicator lacks after that, and the error that ends the run.
func (e *engine) writeMetadata(ctx, soft context.Context, id int64, ob *object, lacking []string, end error) (shortfall, error) {
	o := ob.planned.Definition
	without := func(s Status, err error) shortfall {
		return shortfall{s, fmt.Sprintf("created, but without its %s: %v", strings.Join(lacking, ", "), err)}
	}
	if end = cmp.Or(end, e.stopRequested()); end != nil {
		return without(NotAttempted, errors.New(notAttempted(end))), end
	}
	if err := e.making(ob); err != nil {
		return without(NotAttempted, err), err
	}
	for try := 1; ; try++ {
		err := e.store.UpdateIndicator(soft, id, onlyMetadata(o, lacking))
		switch e.classify(soft, err) {
		case succeeded:
			return shortfall{}, nil
		case inDoubt:
			rest, rerr := e.stillLacking(soft, id, o, time.Now())
			if rerr == nil && len(rest) > 0 {
				rerr = e.backOff(soft, try, e.wait)
			}
			switch {
			case rerr != nil:
				return without(InDoubt, unsettled(err.Error()+"; looking it up failed", rerr)), nil
			case len(rest) == 0:
				return shortfall{}, nil
			case try == maxTries:
				return without(InDoubt, err), nil
			}
			lacking = rest
		case unsent:
			end = cmp.Or(e.stopRequested(), err)
			return without(NotAttempted, errors.New(notAttempted(end))), end
		case denied:
			return without(Failed, err), err
		default:
			return without(Failed, err), nil
		}
	}
}
