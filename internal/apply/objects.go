package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// takeOver learns which new objects an earlier run of the plan has made, or may
// have: to make an artifact or a case again would double it.
func (e *engine) takeOver(ctx context.Context) error {
	byDone := map[int]bool{} // objects -> whether one that is known to be done names it
	note := func(a *plan.Action, lost []Lost, done bool) {
		for _, as := range a.Associations {
			isLost := slices.ContainsFunc(lost, func(l Lost) bool { return l.Association == as })
			if as.Object > 0 && as.State == plan.New && !isLost {
				byDone[as.Object-1] = byDone[as.Object-1] || done
			}
		}
	}
	for i, a := range e.plan.Actions {
		if r := e.ledger.Results[i]; r != nil && a.Verb.Writes() {
			note(a, r.Lost, true)
		} else if e.opt.Doubtful[a.Key] {
			note(a, nil, false)
		}
	}
	if len(byDone) == 0 || e.opt.Find == nil {
		return nil
	}
	is := slices.Sorted(maps.Keys(byDone))
	wanted := make([]*intel.Object, len(is))
	for n, i := range is {
		wanted[n] = e.plan.Objects[i].Definition
	}
	found, err := e.opt.Find(ctx, wanted)
	if err != nil {
		return fmt.Errorf("looking up what an earlier run has made: %w", err)
	}
	for n, i := range is {
		if ob := &e.objects[i]; len(found[n]) > 0 {
			ob.id, ob.webLink, ob.settled, ob.made = found[n][0].ID, found[n][0].WebLink, true, byDone[i]
		}
	}
	return nil
}

// finishObjects learns the IDs of the new objects that no answer has told,
// writes the metadata of those from which the instance took type and value
// only, and gives each object its outcome.
func (e *engine) finishObjects(ctx context.Context) error {
	err := e.learnRest(ctx)
	for i, o := range e.plan.Objects {
		res := e.objectResult(i, o)
		e.ledger.Objects[i] = res
		if serr := e.emit(Event{Object: res}); err == nil {
			err = serr
		}
	}
	return err
}

func (e *engine) objectResult(i int, o *plan.Object) *ObjectResult {
	ob := &e.objects[i]
	res := &ObjectResult{Object: o, Status: OK, ID: ob.id, Made: ob.made, WebLink: ob.webLink}
	switch {
	case o.State == plan.Missing:
		res.Error = o.Reason
		if e.plan.Policy.MissingIndicators != plan.MissingSkip || o.Kind != intel.KindIndicator {
			res.Status = Failed
		}
	case ob.failed != "":
		res.Status, res.Error = Failed, ob.failed
	case ob.doubt != "":
		res.Status, res.Error = InDoubt, ob.doubt
	case o.State == plan.New && !ob.settled && (ob.tried || e.stopErr == nil):
		res.Status, res.Error = NotAttempted, "no group that names it was written"
	case o.State == plan.New && !ob.settled:
		res.Status, res.Error = NotAttempted, "the run ended before"
	}
	return res
}

// learnRest reads the objects that were made but whose ID or metadata are not
// known.
func (e *engine) learnRest(ctx context.Context) error {
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
	if kind := e.opt.Classify(e.stopErr); kind == Denied || kind == Unsent {
		return nil
	}
	found, err := e.opt.Find(ctx, wanted)
	if err != nil {
		for _, i := range is {
			if ob := &e.objects[i]; ob.id == 0 {
				ob.failed = fmt.Sprintf("it was made, but its ID could not be read: %v", err)
			}
		}
		return nil
	}
	for n, i := range is {
		ob := &e.objects[i]
		if len(found[n]) == 0 {
			if ob.id == 0 {
				ob.failed = "it was sent, and the instance accepted that, but it cannot be found now"
			}
			continue
		}
		r := found[n][0]
		ob.id, ob.webLink = r.ID, r.WebLink
		if lacking := plan.LacksMetadata(wanted[n], r); wanted[n].Kind == intel.KindIndicator && len(lacking) > 0 {
			rest := plan.OnlyMetadata(wanted[n], lacking)
			if err := e.store.UpdateIndicator(ctx, r.ID, rest); err != nil {
				ob.failed = fmt.Sprintf("it was made, but not with its %v: %v", lacking, err)
			}
		}
	}
	return nil
}

// oneOnly reports whether an instance has one such object at most, so that it
// can be named by its value again: of anything else that would make another.
func oneOnly(o *intel.Object) bool { return o.Kind == intel.KindIndicator }

// identify learns the IDs of objects that another group has made, and that no
// answer has told.
func (w *writing) identify(ctx context.Context) {
	var is []int
	var wanted []*intel.Object
	w.mu.Lock()
	for _, as := range w.action.Associations {
		if as.State != plan.New || as.Object == 0 {
			continue
		}
		ob, def := &w.objects[as.Object-1], w.plan.Objects[as.Object-1].Definition
		if ob.settled && ob.id == 0 && def != nil && !oneOnly(def) {
			is, wanted = append(is, as.Object-1), append(wanted, def)
		}
	}
	w.mu.Unlock()
	if len(is) == 0 || w.opt.Find == nil {
		return
	}
	found, err := w.opt.Find(ctx, wanted)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, i := range is {
		if len(found[n]) > 0 {
			w.objects[i].id, w.objects[i].webLink = found[n][0].ID, found[n][0].WebLink
		}
	}
}
