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

// object is what the run knows about an object of the plan. Groups create new
// objects together with their association.
type object struct {
	planned  *plan.Object
	id       int64
	webLink  intel.WebLink
	exists   bool // no group has to create it any more
	foreign  bool // it was not there when the plan was made, and this run has not made it
	tried    bool // a group that names it was written
	ours     bool // an earlier run has begun to make it
	begun    bool // the journal has it as one that is being made
	claimed  bool // a node is creating it
	byJob    bool // a job was to create it
	metadata metadataState

	troubles *trouble // nil for none
}

// trouble is what most objects do not have.
type trouble struct {
	waiting []int // nodes that wait for the claim of another one

	refusal    string   // why the instance refuses it, "" if it does not
	refusedFor []string // owners of groups that met the refusal; nil: it holds for all owners

	doubt  string    // why it is unknown whether it was created
	lostAt time.Time // when an earlier run may have sent the last request that creates it

	shortfall shortfall
}

// seen is the trouble with the object so far.
func (o *object) seen() trouble {
	if o.troubles == nil {
		return trouble{}
	}
	return *o.troubles
}

// trouble is where to note more of it.
func (o *object) trouble() *trouble {
	if o.troubles == nil {
		o.troubles = &trouble{}
	}
	return o.troubles
}

// metadataState is what an answer has shown of the metadata of a new object.
type metadataState uint8

const (
	metadataUnknown metadataState = iota
	metadataPresent               // all of it
	metadataAbsent                // none of it: the instance may have ignored it, or not shown it
)

// created reports whether this run or an earlier one has created the object.
func (o *object) created() bool { return o.exists && !o.foreign && o.planned.State == plan.New }

// inDoubt reports whether creating the object could duplicate it.
func (o *object) inDoubt() bool { return o.seen().doubt != "" && !o.isUnique() }

// isUnique reports whether an instance has such an object once at most.
func (o *object) isUnique() bool {
	return o.planned.Definition != nil && isUnique(o.planned.Definition)
}

func (o *object) setExists() {
	o.exists = true
	if t := o.troubles; t != nil {
		t.refusal, t.doubt = "", ""
	}
}

func (o *object) setFound(r *intel.Remote) {
	o.id, o.webLink = r.ID, r.WebLink
	o.setExists()
}

// refuse notes a refusal that a group of an owner has met. If the object belongs
// to another owner, the instance may refuse the association and not the object.
func (o *object) refuse(owner, why string) {
	t := o.trouble()
	if t.refusal == "" {
		t.refusedFor = []string{}
	}
	t.refusal = why
	if o.planned.Owner() == owner {
		t.refusedFor = nil
	} else if t.refusedFor != nil {
		t.refusedFor = append(t.refusedFor, owner)
	}
}

// refusedIn reports whether the refusal holds for groups of an owner.
func (o *object) refusedIn(owner string) bool {
	owners := o.seen().refusedFor
	return owners == nil || slices.Contains(owners, owner)
}

// checkMetadata compares the metadata in an answer with the definition. If the answer
// shows only a part, the state stays as it is, and the object is read after the run.
func (o *object) checkMetadata(r *intel.Remote) {
	def := o.planned.Definition
	lacking := def.Lacks(r)
	switch {
	case len(lacking) == 0 && r.Lists.Has(intel.MetadataLists(def.Tags(), def.SecurityLabels(), def.Attributes())):
		o.metadata = metadataPresent
	case len(lacking) > 0 && len(lacking) == len(def.Lacks(&intel.Remote{Lists: r.Lists})):
		o.metadata = metadataAbsent
	}
}

// isUnique reports whether an instance has such an object once at most. A second
// request with its value names the same object; any other kind would be duplicated.
func isUnique(o *intel.Object) bool { return o.Kind == intel.KindIndicator }

// canDuplicate reports whether creating o twice can leave o, or its attributes, twice
// on the instance.
func canDuplicate(o *intel.Object) bool { return !isUnique(o) || len(o.Attributes()) > 0 }

// findEarlier looks up the new objects that an earlier run of the plan has created or
// may have created, because creating an artifact or a case again would duplicate it.
func (e *engine) findEarlier(ctx context.Context) error {
	named := e.namedEarlier()
	for i, done := range named {
		if done {
			e.objects[i].setExists()
		}
	}
	if len(named) == 0 || e.opt.Find == nil {
		return nil
	}
	is := slices.Sorted(maps.Keys(named))
	found, err := e.opt.Find(ctx, e.definitions(is))
	if err != nil {
		return fmt.Errorf("looking up what an earlier run created: %w", err)
	}
	for n, i := range is {
		if len(found[n]) > 0 {
			e.objects[i].setFound(found[n][0])
		}
	}
	return nil
}

// namedEarlier are the new objects that the writes of an earlier run have named, and
// whether such a write is known to have succeeded.
func (e *engine) namedEarlier() map[int]bool {
	named := map[int]bool{}
	note := func(a *plan.Action, losses []Missed, done bool) {
		for i := range a.Associations {
			as := &a.Associations[i]
			lost := slices.ContainsFunc(losses, func(l Missed) bool { return l.Association == as })
			if as.Object() > 0 && as.State == plan.New && !lost {
				named[as.Object()-1] = named[as.Object()-1] || done
				if ob := &e.objects[as.Object()-1]; e.opt.Doubtful[a.Key].After(ob.seen().lostAt) {
					ob.trouble().lostAt = e.opt.Doubtful[a.Key]
				}
			}
		}
	}
	for i, a := range e.plan.Actions {
		if r := e.ledger.Results[i]; r != nil && a.Verb.Writes() {
			note(a, r.Lost(), true)
		} else if e.doubtful(a.Key) {
			note(a, nil, false)
		}
	}
	return named
}

func (e *engine) definitions(is []int) []*intel.Object {
	out := make([]*intel.Object, len(is))
	for n, i := range is {
		out[n] = e.objects[i].planned.Definition
	}
	return out
}

// identify looks up the IDs of objects that the action names: of objects that another
// group has created, if its answer did not show them, and of objects that a request
// of an earlier run may still create.
func (w *writing) identify(ctx context.Context) error {
	is, lostAt := w.unidentified()
	if len(is) == 0 || w.opt.Find == nil {
		return nil
	}
	wanted := w.definitions(is)
	err := w.watch(ctx, lostAt, func() (bool, error) {
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
			if ob := &w.objects[i]; !ob.exists {
				ob.trouble().doubt = "an earlier run may have created it, and looking it up failed: " + reason(err)
			}
		}
	}
	return nil
}

// unidentified are the objects of the action that need their ID, and the time of the
// last request that may still create one of them.
func (w *writing) unidentified() (is []int, lostAt time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, as := range w.action.Associations {
		if as.State != plan.New || as.Object() == 0 {
			continue
		}
		ob := &w.objects[as.Object()-1]
		if ob.id != 0 || ob.planned.Definition == nil || ob.isUnique() || !ob.exists && ob.seen().lostAt.IsZero() {
			continue
		}
		is = append(is, as.Object()-1)
		if at := ob.seen().lostAt; !ob.exists && at.After(lostAt) {
			lostAt = at
		}
	}
	return is, lostAt
}

// bind notes the objects that were found, and reports whether all of them exist.
func (w *writing) bind(is []int, found [][]*intel.Remote) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := true
	for n, i := range is {
		if len(found[n]) > 0 {
			w.objects[i].setFound(found[n][0])
		}
		all = all && w.objects[i].exists
	}
	return all
}

// bindCreated looks up the new objects that an unsuccessful write has created all the
// same, and makes entries name them by ID. Otherwise the next try would create them
// again.
func (w *writing) bindCreated(ctx context.Context, entries []*entry) error {
	creating, _ := split(entries, func(e *entry) bool { return e.end.New != nil && !isUnique(e.end.New) })
	if len(creating) == 0 || w.opt.Find == nil {
		return nil
	}
	is := make([]int, len(creating))
	wanted := make([]*intel.Object, len(creating))
	for n, e := range creating {
		is[n], wanted[n] = e.Association.Object()-1, e.end.New
	}
	found, err := w.opt.Find(ctx, wanted)
	if err != nil {
		return err
	}
	w.bind(is, found)
	for n, e := range creating {
		if len(found[n]) > 0 {
			e.end = intel.LinkWrite{Kind: e.end.Kind, ID: found[n][0].ID}
		}
	}
	return nil
}
