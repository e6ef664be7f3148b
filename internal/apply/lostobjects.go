package apply

import (
	"context"
	"errors"
	"slices"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/workers"
)

// Lists may show an indicator late. So one that a run has made, or may have made, is looked for by
// itself, too. Until it is found, or the settling time has passed, it is not created again: that could
// give it its attributes twice.

// BegunObject is what earlier runs know of an indicator that they have begun to make.
type BegunObject struct {
	ID     int64     // 0 if no answer has shown it
	Whole  bool      // it has all that was sent for it
	LostAt time.Time // when the last request without an answer may have been sent; zero if each had one
}

// recall notes what earlier runs have begun to make. It records again what they have left open: groups
// that they have sent without an answer, and indicators that they have not completed. Their own records
// can be gone once this run writes.
func (e *engine) recall() error {
	var open []*plan.Object
	for i := range e.objects {
		ob := &e.objects[i]
		if e.opt.Begun == nil || ob.planned.Kind != intel.KindIndicator || ob.planned.State != plan.New || ob.planned.Definition == nil {
			continue
		}
		known, ok := e.opt.Begun(ob.planned.Definition)
		if !ok {
			continue
		}
		ob.ours = true
		if !known.LostAt.IsZero() {
			ob.trouble().lostAt = known.LostAt
		}
		if !known.Whole {
			ob.begun = true
			open = append(open, ob.planned)
		}
	}
	var sent []*plan.Action
	for i := range e.nodes {
		a := e.nodes[i].action
		ended := e.opt.Jobs != nil && e.opt.Jobs.Again[a.Key] // its job writes nothing any more
		if !e.opt.Doubtful[a.Key].IsZero() && !ended {
			sent = append(sent, a)
		}
	}
	if len(open)+len(sent) == 0 {
		return nil
	}
	if err := e.opt.Journal.Making(open...); err != nil {
		return journalError(err)
	}
	return journalError(e.opt.Journal.Intent(sent...))
}

// making records that a request is about to be sent which makes the object or completes it.
func (e *engine) making(ob *object) error {
	e.mu.Lock()
	begun := ob.begun
	ob.begun = true
	e.mu.Unlock()
	if begun {
		return nil
	}
	if err := e.opt.Journal.Making(ob.planned); err != nil {
		return journalError(err)
	}
	return journalError(e.opt.Journal.Intent())
}

// look looks for an indicator by itself, and then in the lists.
func (e *engine) look(ctx context.Context, o *intel.Object, id int64) (*intel.Remote, error) {
	r, err := e.store.Indicator(ctx, o, id)
	if r != nil || err != nil || e.opt.Find == nil {
		return r, err
	}
	found, err := e.opt.Find(ctx, []*intel.Object{o})
	if err != nil || len(found[0]) == 0 {
		return nil, err
	}
	return found[0][0], nil
}

// lookFor looks for objects in the lists, and for indicators that these do not show by themselves.
func (e *engine) lookFor(ctx context.Context, is []int) ([][]*intel.Remote, error) {
	found, err := e.opt.Find(ctx, e.definitions(is))
	if err != nil {
		return nil, err
	}
	var unseen []int
	for n, i := range is {
		if len(found[n]) == 0 && e.objects[i].planned.Kind == intel.KindIndicator {
			unseen = append(unseen, n)
		}
	}
	rs, err := workers.InParallel(ctx, e.slots(), unseen, func(ctx context.Context, n int) (*intel.Remote, error) {
		ob := &e.objects[is[n]]
		r, _ := e.store.Indicator(ctx, ob.planned.Definition, ob.id) // if that fails, it was not found
		return r, nil
	})
	for k, r := range rs {
		if r != nil {
			found[unseen[k]] = []*intel.Remote{r}
		}
	}
	return found, err
}

// findLost looks for an indicator that a request without an answer may have created: until it is
// there, or the settling time has passed if a second request could give it an attribute twice.
func (e *engine) findLost(ctx context.Context, o *intel.Object, lostAt time.Time) (r *intel.Remote, err error) {
	err = e.watch(ctx, lostAt, e.wait, func() (bool, error) {
		r, err = e.look(ctx, o, 0)
		return r != nil || !canDuplicate(o), err
	})
	return r, err
}

// lacking names the metadata that an indicator lacks. Nested lists can lag behind, and an attribute that
// is appended again is there twice: so the list of attributes itself is read.
func (e *engine) lacking(ctx context.Context, o *intel.Object, r *intel.Remote) ([]string, error) {
	lacks := o.Lacks(r)
	if !slices.Contains(lacks, "attributes") {
		return lacks, nil
	}
	all, err := e.store.IndicatorAttributes(ctx, r.ID)
	if err != nil {
		return lacks, err
	}
	whole := *r // look-ups share what they have found
	whole.Attributes = all
	return o.Lacks(&whole), nil
}

// stillLacking is the metadata that an indicator lacks after an update without an answer, which may
// still arrive.
func (e *engine) stillLacking(ctx context.Context, id int64, o *intel.Object, lostAt time.Time) (rest []string, err error) {
	err = e.watch(ctx, lostAt, e.wait, func() (bool, error) {
		r, err := e.look(ctx, o, id)
		if err == nil && r == nil {
			err = errors.New("it was not found")
		}
		if err != nil {
			return false, err
		}
		rest, err = e.lacking(ctx, o, r)
		return !slices.Contains(rest, "attributes"), err
	})
	return rest, err
}
