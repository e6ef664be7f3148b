package apply_test

import (
	"fmt"
	"slices"
	"testing"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// truth holds a ledger against what an instance has after the run.
type truth struct {
	t      testing.TB
	p      *plan.Plan
	l      *apply.Ledger
	groups map[int64]*tcsim.Group
	byXID  map[string][]int64
	ids    map[string][]int64 // other objects, by what they go by
	rating map[int64]any      // of indicators

	// earlier are the keys that runs before this one have begun: what is there
	// need not be of this one. partial is set where what was refused can have had
	// an effect.
	earlier map[string]bool
	done    map[string]apply.Result
	partial bool
}

func newTruth(b *bench, p *plan.Plan, l *apply.Ledger) *truth {
	s := b.sim.Snapshot()
	w := &truth{t: b.t, p: p, l: l, groups: map[int64]*tcsim.Group{}, byXID: map[string][]int64{}, ids: map[string][]int64{}, rating: map[int64]any{}}
	for i := range s.Groups {
		g := &s.Groups[i]
		w.groups[g.ID] = g
		w.byXID[g.Owner+"\x00"+g.XID] = append(w.byXID[g.Owner+"\x00"+g.XID], g.ID)
	}
	for _, i := range s.Indicators {
		w.rating[i.ID] = i.Fields["rating"]
		w.note(intel.KindIndicator, i.Owner, i.Summary, i.ID)
	}
	for _, c := range s.Cases {
		w.note(intel.KindCase, "", c.Name, c.ID)
	}
	for _, a := range s.Artifacts {
		w.note(intel.KindArtifact, "", a.Summary, a.ID)
	}
	return w
}

func (w *truth) note(k intel.Kind, owner, name string, id int64) {
	key := fmt.Sprint(k, owner, "\x00", name)
	w.ids[key] = append(w.ids[key], id)
}

// object is the ID of an object of the plan, 0 if it is not there.
func (w *truth) object(o *plan.Object) int64 {
	owner := ""
	if o.Kind == intel.KindIndicator {
		owner = o.Owner()
	}
	ids := w.ids[fmt.Sprint(o.Kind, owner, "\x00", o.Name())]
	if len(ids) > 1 {
		w.t.Errorf("%s %s is there %d times", o.Kind, o.Name(), len(ids))
	}
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// group is the ID of a group of the plan, 0 if it is not there.
func (w *truth) group(a *plan.Action) int64 {
	ids := w.byXID[a.Owner+"\x00"+a.XID]
	switch {
	case a.ID != 0 && w.groups[a.ID] != nil:
		return a.ID
	case len(ids) > 1:
		w.t.Errorf("%s is there %d times", a.Key, len(ids))
	case len(ids) == 1 && a.XID != "":
		return ids[0]
	}
	return 0
}

// linked reports whether group id is associated as as says.
func (w *truth) linked(id int64, as *plan.Association) bool {
	other := as.ID()
	switch {
	case other != 0:
	case as.Object() > 0:
		other = w.object(w.p.Objects[as.Object()-1])
	default:
		for _, a := range w.p.Actions {
			if a.Key == as.Key() && !a.Reference {
				other = w.group(a)
			}
		}
	}
	g := w.groups[id]
	if g == nil || other == 0 {
		return false
	}
	lists := map[intel.Kind][]int64{intel.KindGroup: g.AssociatedGroups, intel.KindIndicator: g.AssociatedIndicators,
		intel.KindArtifact: g.AssociatedArtifacts, intel.KindCase: g.AssociatedCases, intel.KindVictimAsset: g.AssociatedVictimAssets}
	return slices.Contains(lists[as.Kind], other)
}

// check fails unless the ledger tells what is so.
func (w *truth) check() {
	w.t.Helper()
	for i, a := range w.p.Actions {
		if a.Verb.Writes() {
			w.action(w.l.Results[i])
		}
		w.associations(w.l.Results[i])
		w.changes(w.l.Results[i])
	}
	for _, r := range w.l.Objects {
		w.madeObject(r)
	}
}

func (w *truth) action(r *apply.Result) {
	id := w.group(r.Action)
	switch {
	case r.Action.Verb == plan.Delete:
	case r.Status == apply.OK && id != r.ID, r.ID != 0 && w.groups[r.ID] == nil:
		w.t.Errorf("%s: told %s with ID %d, there is %d", r.Action.Key, r.Status, r.ID, id)
	case r.Action.Verb == plan.Create && r.ID == 0 && id != 0 && r.Status != apply.InDoubt && !w.earlier[r.Action.Key]:
		w.t.Errorf("%s: told %s (%s), but it is there", r.Action.Key, r.Status, r.Error)
	case r.Action.Verb == plan.Create && r.ID != 0 && r.Status == apply.NotAttempted:
		w.t.Errorf("%s was made as %d, and is told not to have been attempted", r.Action.Key, r.ID)
	}
}

// associations: each that the plan has is so now or is told as lost, and none
// is told as not made that is.
func (w *truth) associations(r *apply.Result) {
	lost := map[*plan.Association]apply.Status{}
	for _, x := range r.Lost() {
		lost[x.Association] = x.Status
	}
	id := w.group(r.Action)
	for i := range r.Action.Associations {
		as := &r.Action.Associations[i]
		status, isLost := lost[as]
		done := as.State != plan.Missing && w.linked(id, as) == (as.Op == plan.Add)
		switch {
		case !done && !isLost:
			w.t.Errorf("%s (%s: %s): %s %s is neither done nor told as lost", r.Action.Key, r.Status, r.Error, as.Op, as.Written())
		case done && isLost && status != apply.InDoubt && !w.partial && !w.earlier[r.Action.Key] && r.Action.Verb.Writes():
			w.t.Errorf("%s (%s: %s): %s %s is done, but told as lost (%s)", r.Action.Key, r.Status, r.Error, as.Op, as.Written(), status)
		case as.State == plan.Missing && as.Kind == intel.KindIndicator && w.p.Policy.MissingIndicators == plan.MissingSkip && status != apply.OK:
			w.t.Errorf("%s: %s was to be left out, and is told as %s", r.Action.Key, as.Written(), status)
		}
	}
}

func (w *truth) madeObject(r *apply.ObjectResult) {
	o := r.Object
	if o.Kind == intel.KindGroup || o.State == plan.Missing {
		return
	}
	id := w.object(o)
	switch {
	case r.Status == apply.OK && (r.ID == 0 || r.ID != id):
		w.t.Errorf("%s %s: told OK with ID %d, there is %d", o.Kind, o.Name(), r.ID, id)
	case r.Status == apply.NotAttempted && r.ID == 0 && id != 0 && !w.partial && len(w.earlier) == 0:
		w.t.Errorf("%s %s: told %s (%s), but it is there", o.Kind, o.Name(), r.Status, r.Error)
	}
	if want, ok := ratingOf(o); ok && r.Status == apply.OK && fmt.Sprint(w.rating[id]) != want {
		w.t.Errorf("%s: told OK, but its rating is %v and not %s", o.Name(), w.rating[id], want)
	}
}

// brought fails unless what is there is told as being there.
func (w *truth) brought() {
	for _, r := range w.l.Objects {
		if id := w.object(r.Object); r.Object.State == plan.New && id != 0 && (r.Status != apply.OK || r.ID != id) {
			w.t.Errorf("%s %s is there as %d, and told %s with ID %d: %s", r.Object.Kind, r.Object.Name(), id, r.Status, r.ID, r.Error)
		}
	}
}

// ratingOf is the rating that a new indicator is to have.
func ratingOf(o *plan.Object) (string, bool) {
	if o.Definition == nil || o.State != plan.New {
		return "", false
	}
	return o.Definition.Fields().Get("rating")
}
