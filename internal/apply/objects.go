package apply

import (
	"context"
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

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
	case o.State == plan.New && !ob.settled && ob.tried:
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
