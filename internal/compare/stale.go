package compare

import (
	"fmt"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// Stale is an action that no longer holds, or an indicator of its own that is not what it was, and
// why.
type Stale struct {
	Action *plan.Action // nil for an indicator
	Object *plan.Object
	Why    string
}

// String says what no longer holds, where the manifests have it, and why.
func (s Stale) String() string {
	if o := s.Object; o != nil {
		return fmt.Sprintf("%s: %s %s: %s", o.Source(), o.Type(), message.Quote(o.Name()), s.Why)
	}
	return fmt.Sprintf("%s: %s %s: %s", s.Action.Source, s.Action.Type, message.Quote(s.Action.Name), s.Why)
}

// FindStale compares what a plan was made from with what there is now, looked up
// again in the same way. done are the keys of actions that an earlier run of
// the same plan has begun: what they have changed is no surprise. Where it is
// false of one nothing of it has arrived on its group, though new objects may be
// there that were sent along.
func FindStale(p *plan.Plan, now *inventory.Inventory, done map[string]bool) []Stale {
	s := newStaleness(p, now, done)
	var out []Stale
	for _, a := range p.Actions {
		if done[a.Key] {
			continue
		}
		for _, look := range []func(*plan.Action) string{s.itself, s.another, s.ends} {
			if why := look(a); why != "" {
				out = append(out, Stale{Action: a, Why: why})
				break
			}
		}
	}
	for i, o := range p.Objects {
		// One that was to be made and is there by now is no surprise.
		if why := s.objects[i]; (o.Own || o.State == plan.New) && o.Exists() && why != "" {
			out = append(out, Stale{Object: o, Why: why})
		}
	}
	return out
}

// LeaveOut makes conflicts of what no longer holds.
func LeaveOut(p *plan.Plan, stale []Stale) {
	for _, s := range stale {
		why := "changed since the plan was made: " + s.Why
		if s.Object != nil {
			s.Object.Leave(plan.Missing, why)
			continue
		}
		s.Action.Dropped = s.Action.Leftover()
		s.Action.Verb, s.Action.Rare().Reason = plan.Conflict, why
	}
	p.Count()
}

// staleness is one comparison of a plan with what there is now.
type staleness struct {
	plan    *plan.Plan
	now     *inventory.Inventory
	ix      *inventory.Index         // of the groups as they were if done actions had not changed associations
	doomed  map[int64]bool           // groups that the plan deletes
	ours    map[int64]bool           // groups that the plan is about, or that its run has made
	touched map[int64]bool           // groups of done actions
	objects []string                 // of each object of the plan, what has changed about it
	linked  map[baseline.Fact]string // likewise of those that exist, by the fact of an association with them
	byKey   map[string]string        // likewise of the groups that are only pointed at, or left out by a flag
}

func newStaleness(p *plan.Plan, now *inventory.Inventory, done map[string]bool) *staleness {
	s := &staleness{plan: p, now: now, ix: inventory.NewIndex(now.Groups), doomed: map[int64]bool{}, touched: map[int64]bool{},
		ours: make(map[int64]bool, len(p.Actions)), linked: map[baseline.Fact]string{}, byKey: map[string]string{}}
	if len(done) > 0 {
		s.ix = inventory.NewIndex(beforeDone(p, now.Groups, s.ix, done))
	}
	made := make([]bool, len(p.Objects))
	for _, a := range p.Actions {
		s.ours[a.ID] = a.ID != 0
		if a.Verb == plan.Delete {
			s.doomed[a.ID] = true
		}
		arrived, sent := done[a.Key]
		if !sent {
			continue
		}
		for _, as := range a.Associations {
			if as.Object() > 0 && as.Op == plan.Add {
				made[as.Object()-1] = true
			}
		}
		if !arrived {
			continue
		}
		s.touched[a.ID] = true
		for _, r := range s.ix.ByXID(a.Owner, a.XID) {
			s.ours[r.ID] = true
		}
	}
	s.compareObjects(made)
	for _, a := range p.Actions {
		if a.Verb == plan.Skip && a.ID == 0 {
			s.byKey[a.Key] = s.appeared(a)
		}
	}
	return s
}

// beforeDone are groups without the associations that done actions have made at their
// other end, and with those that they have removed.
func beforeDone(p *plan.Plan, groups []*intel.Remote, ix *inventory.Index, done map[string]bool) []*intel.Remote {
	changed := map[int64]map[int64]plan.Op{} // by group: the groups of done actions, and what these have done
	for _, a := range p.Actions {
		if !done[a.Key] {
			continue
		}
		id := a.ID
		if rs := ix.ByXID(a.Owner, a.XID); id == 0 && len(rs) > 0 {
			id = rs[0].ID
		}
		for _, as := range a.Associations {
			if id == 0 || as.Kind != intel.KindGroup {
				continue
			}
			if changed[as.ID()] == nil {
				changed[as.ID()] = map[int64]plan.Op{}
			}
			changed[as.ID()][id] = as.Op
		}
	}
	groups = slices.Clone(groups)
	for i, r := range groups {
		ops := changed[r.ID]
		if ops == nil {
			continue
		}
		before := *r
		before.Links = slices.DeleteFunc(slices.Clone(r.Links), func(l *intel.Remote) bool { return l.Kind == intel.KindGroup && ops[l.ID] != 0 })
		for id, op := range ops {
			if op == plan.Remove {
				before.Links = append(before.Links, &intel.Remote{Kind: intel.KindGroup, ID: id})
			}
		}
		groups[i] = &before
	}
	return groups
}

// itself looks at the group of an action.
func (s *staleness) itself(a *plan.Action) string {
	r := s.ix.ByID[a.ID]
	switch {
	case a.ID == 0 && a.Verb == plan.Create:
		return s.appeared(a)
	case a.ID == 0:
		return s.byKey[a.Key]
	case r == nil:
		return fmt.Sprintf("group %d is gone", a.ID)
	case a.State() != "" && inventory.Fingerprint(r, a.Compared(), s.doomed) != a.State():
		return fmt.Sprintf("group %d was changed", a.ID)
	}
	return ""
}

// appeared looks for the group of an action that had none.
func (s *staleness) appeared(a *plan.Action) string {
	if rs := s.ix.ByXID(a.Owner, a.XID); len(rs) > 0 {
		by := "key"
		if a.OwnXID {
			by = "xid"
		}
		return fmt.Sprintf("group %d was created with this %s since the plan was made", rs[0].ID, by)
	}
	return s.namesake(a)
}

func (s *staleness) namesake(a *plan.Action) string {
	for _, r := range s.ix.ByName(a.Owner, a.Type, a.Name) {
		if !s.ours[r.ID] {
			return fmt.Sprintf("group %d has its type and name now", r.ID)
		}
	}
	return ""
}

// another looks for a further group that an action could mean as well: with it
// the group that was found would have been in doubt.
func (s *staleness) another(a *plan.Action) string {
	if a.ID == 0 || a.Reference || a.Verb == plan.Delete || a.Verb == plan.Conflict {
		return ""
	}
	xid := s.plan.ExpectedXID(a)
	for _, r := range s.ix.ByXID(a.Owner, xid) {
		if r.ID != a.ID {
			return fmt.Sprintf("group %d has the same xid now", r.ID)
		}
	}
	if a.XID == xid || s.plan.IDMap[a.Key].ID == a.ID {
		return "" // it was not found by its name
	}
	return s.namesake(a)
}
