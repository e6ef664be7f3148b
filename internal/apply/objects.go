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
	for i, done := range byDone {
		if done {
			e.objects[i].there()
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
			ob.id, ob.webLink = found[n][0].ID, found[n][0].WebLink
			ob.there()
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
		if ob.settled && ob.id == 0 && def != nil && !ob.oneOnly {
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
