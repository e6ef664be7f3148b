package compare

import (
	"fmt"
	"maps"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// Stale is an action that no longer holds, and why.
type Stale struct {
	Action *plan.Action
	Why    string
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
		for _, look := range []func(*plan.Action) string{s.itself, s.another, s.reference, s.otherEnds, s.namedBefore} {
			if why := look(a); why != "" {
				out = append(out, Stale{a, why})
				break
			}
		}
	}
	return out
}

// LeaveOut makes conflicts of actions that no longer hold.
func LeaveOut(p *plan.Plan, stale []Stale) {
	for _, s := range stale {
		s.Action.Dropped = s.Action.Leftover()
		s.Action.Verb, s.Action.Reason = plan.Conflict, "changed since the plan was made: "+s.Why
	}
	p.Count()
}

// staleness is one comparison of a plan with what there is now.
type staleness struct {
	plan    *plan.Plan
	now     *inventory.Inventory // as it were if the done actions had not changed associations
	ix      *inventory.Index
	doomed  map[int64]bool           // groups that the plan deletes
	ours    map[int64]bool           // groups that the plan is about, or that its run has made
	touched map[int64]bool           // groups of done actions
	objects []string                 // of each object of the plan, what has changed about it
	linked  map[baseline.Fact]string // likewise of those that exist, by the fact of an association with them
	refs    map[string]string        // likewise of the groups that are only pointed at, by their keys
	skipped map[string]string        // groups that a flag leaves out: what is there now under their key
}

func newStaleness(p *plan.Plan, now *inventory.Inventory, done map[string]bool) *staleness {
	s := &staleness{plan: p, ix: inventory.NewIndex(now.Groups), doomed: map[int64]bool{}, touched: map[int64]bool{},
		ours: make(map[int64]bool, len(p.Actions)), linked: map[baseline.Fact]string{}, refs: map[string]string{}, skipped: map[string]string{}}
	s.now = beforeDone(p, now, s.ix, done)
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
			if as.Object > 0 && as.Op == plan.Add {
				made[as.Object-1] = true
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
			s.skipped[a.Key] = s.appeared(a)
		}
	}
	return s
}

// beforeDone is now without the associations of groups that done actions have
// made, and with those that they have removed: both ends show them.
func beforeDone(p *plan.Plan, now *inventory.Inventory, ix *inventory.Index, done map[string]bool) *inventory.Inventory {
	before := now.Clone()
	for l, undone := range undone(p, ix, done) {
		links := slices.DeleteFunc(slices.Clone(now.Linked(ix.ByID[l.Group], l.Kind)), func(r intel.Remote) bool {
			_, ok := undone[r.ID]
			return ok
		})
		for _, id := range slices.Sorted(maps.Keys(undone)) {
			if undone[id] == plan.Remove {
				links = append(links, intel.Remote{Kind: l.Kind, ID: id})
			}
		}
		if before.Links == nil {
			before.Links = map[inventory.LinkList][]intel.Remote{}
		}
		before.Links[l] = links
	}
	return before
}

// undone are, for each list at the other end of associations of done actions,
// the groups of these, and what the actions have done.
func undone(p *plan.Plan, ix *inventory.Index, done map[string]bool) map[inventory.LinkList]map[int64]plan.Op {
	out := map[inventory.LinkList]map[int64]plan.Op{}
	for _, a := range p.Actions {
		if !done[a.Key] {
			continue
		}
		id := a.ID
		if rs := ix.ByXID(a.Owner, a.XID); id == 0 && len(rs) > 0 {
			id = rs[0].ID
		}
		if id == 0 {
			continue
		}
		for _, as := range a.Associations {
			if as.Kind != intel.KindGroup || ix.ByID[as.ID] == nil {
				continue
			}
			l := inventory.LinkList{Group: as.ID, Kind: as.Kind}
			if out[l] == nil {
				out[l] = map[int64]plan.Op{}
			}
			out[l][id] = as.Op
		}
	}
	return out
}

// itself looks at the group of an action.
func (s *staleness) itself(a *plan.Action) string {
	r := s.ix.ByID[a.ID]
	switch {
	case a.ID == 0 && a.Verb == plan.Create:
		return s.appeared(a)
	case a.ID == 0:
		return s.skipped[a.Key]
	case r == nil:
		return fmt.Sprintf("group %d is gone", a.ID)
	case a.State != "" && s.now.Fingerprint(r, a.Compared, s.doomed) != a.State:
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
	if xid != "" {
		for _, r := range s.ix.ByXID(a.Owner, xid) {
			if r.ID != a.ID {
				return fmt.Sprintf("group %d has the same xid now", r.ID)
			}
		}
	}
	if a.XID == xid || s.plan.IDMap[a.Key].ID == a.ID {
		return "" // it was not found by its name
	}
	return s.namesake(a)
}
