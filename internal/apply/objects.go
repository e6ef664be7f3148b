package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

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
				if ob := &e.objects[as.Object-1]; e.opt.Doubtful[a.Key].After(ob.lost) {
					ob.lost = e.opt.Doubtful[a.Key]
				}
			}
		}
	}
	for i, a := range e.plan.Actions {
		if r := e.ledger.Results[i]; r != nil && a.Verb.Writes() {
			note(a, r.Lost, true)
		} else if e.doubtful(a.Key) {
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
		return fmt.Errorf("looking up what an earlier run created: %w", err)
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

// canDouble reports whether to make o again could leave something twice: o
// itself, or its attributes.
func canDouble(o *intel.Object) bool { return !oneOnly(o) || len(o.Attributes) > 0 }

// identify learns the IDs of the objects that the action names and that no answer
// has told: of those that another group has made, and of those that a request
// of an earlier run may still be making.
func (w *writing) identify(ctx context.Context) error {
	var is []int
	var wanted []*intel.Object
	var lost time.Time
	w.mu.Lock()
	for _, as := range w.action.Associations {
		if as.State != plan.New || as.Object == 0 {
			continue
		}
		ob, def := &w.objects[as.Object-1], w.plan.Objects[as.Object-1].Definition
		if ob.id != 0 || def == nil || ob.oneOnly || !ob.settled && ob.lost.IsZero() {
			continue
		}
		is, wanted = append(is, as.Object-1), append(wanted, def)
		if !ob.settled && ob.lost.After(lost) {
			lost = ob.lost
		}
	}
	w.mu.Unlock()
	if len(is) == 0 || w.opt.Find == nil {
		return nil
	}
	err := w.watch(ctx, lost, func() (bool, error) {
		found, err := w.opt.Find(ctx, wanted)
		return err == nil && w.bind(is, found), err
	})
	if errors.Is(err, errEnded) {
		return err
	}
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, i := range is {
			if ob := &w.objects[i]; !ob.settled {
				ob.doubt = "an earlier run may have created it, and looking it up failed: " + reason(err)
			}
		}
	}
	return nil
}

// bind notes which objects were found, and reports whether it is all of them.
func (w *writing) bind(is []int, found [][]*intel.Remote) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := true
	for n, i := range is {
		if len(found[n]) == 0 {
			all = all && w.objects[i].settled // that it is there is known
			continue
		}
		ob := &w.objects[i]
		ob.id, ob.webLink = found[n][0].ID, found[n][0].WebLink
		ob.there()
	}
	return all
}
