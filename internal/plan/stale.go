package plan

import (
	"fmt"
	"maps"
	"slices"

	"tcimport/internal/intel"
)

// Stale is an action that no longer holds, and why.
type Stale struct {
	Action *Action
	Why    string
}

// Stale compares what a plan was made from with what there is now, looked up
// again in the same way. done are the keys of actions that an earlier run of
// the same plan has begun: what they have changed is no surprise.
func (p *Plan) Stale(now *Inventory, done map[string]bool) []Stale {
	ix := newIndex(now.Groups)
	now = p.beforeDone(now, ix, done)
	ours := make(map[int64]bool, len(p.Actions))
	for _, a := range p.Actions {
		ours[a.ID] = a.ID != 0
		if !done[a.Key] {
			continue
		}
		for _, r := range ix.byXID[xidKey(a.Owner, a.XID)] {
			ours[r.ID] = true // made by the run that is carried on
		}
	}
	others := p.otherEnds(now, len(done) > 0)
	var out []Stale
	for _, a := range p.Actions {
		if done[a.Key] {
			continue
		}
		why := ""
		if a.ID != 0 {
			why = changedSince(a, ix.byID[a.ID], now)
		} else if a.Verb == Create {
			why = appearedSince(a, ix, ours)
		}
		if why == "" {
			why = otherEndSince(a, others)
		}
		if why != "" {
			out = append(out, Stale{a, why})
		}
	}
	return out
}

// beforeDone is now without the associations of groups that done actions have
// made, and with those that they have removed: both ends show them.
func (p *Plan) beforeDone(now *Inventory, ix *index, done map[string]bool) *Inventory {
	before := *now
	before.Links = maps.Clone(now.Links)
	for _, a := range p.Actions {
		id := a.ID
		if rs := ix.byXID[xidKey(a.Owner, a.XID)]; id == 0 && len(rs) > 0 {
			id = rs[0].ID
		}
		if !done[a.Key] || id == 0 {
			continue
		}
		for _, as := range a.Associations {
			r := ix.byID[as.ID]
			if as.Kind != intel.KindGroup || r == nil {
				continue
			}
			links := slices.DeleteFunc(slices.Clone(before.linked(r, as.Kind)), func(l intel.Remote) bool { return l.ID == id })
			if as.Op == Remove {
				links = append(links, intel.Remote{Kind: as.Kind, ID: id})
			}
			if before.Links == nil {
				before.Links = map[LinkList][]intel.Remote{}
			}
			before.Links[LinkList{r.ID, as.Kind}] = links
		}
	}
	return &before
}

func changedSince(a *Action, r *intel.Remote, now *Inventory) string {
	switch {
	case r == nil:
		return fmt.Sprintf("group %d is gone", a.ID)
	case a.State != "" && now.Digest(r, a.Compared) != a.State:
		return fmt.Sprintf("group %d was changed", a.ID)
	}
	return ""
}

func appearedSince(a *Action, ix *index, ours map[int64]bool) string {
	if rs := ix.byXID[xidKey(a.Owner, a.XID)]; len(rs) > 0 {
		return fmt.Sprintf("group %d has its xid now", rs[0].ID)
	}
	for _, r := range ix.byName[nameKey(a.Owner, a.Type, a.Name)] {
		if !ours[r.ID] {
			return fmt.Sprintf("group %d has its type and name now", r.ID)
		}
	}
	return ""
}

// otherEnds says of each object what has changed about it, "" if nothing has.
func (p *Plan) otherEnds(now *Inventory, resumed bool) []string {
	groups := make(map[int64]bool, len(now.Groups))
	for _, r := range now.Groups {
		groups[r.ID] = true
	}
	out := make([]string, len(p.Objects))
	looked := 0 // objects that are not groups have been looked up apart
	for i, o := range p.Objects {
		if o.Kind == intel.KindGroup {
			if o.ID != 0 && !groups[o.ID] {
				out[i] = fmt.Sprintf("group %d, with which it is to be associated, is gone", o.ID)
			}
			continue
		}
		found := now.Objects[looked]
		looked++
		there := slices.ContainsFunc(found, func(r *intel.Remote) bool { return r.ID == o.ID })
		switch {
		case o.State == Existing && !there:
			out[i] = fmt.Sprintf("%s %d (%s) is gone", o.Kind, o.ID, o.Name)
		case o.State == New && len(found) > 0 && !resumed:
			out[i] = fmt.Sprintf("%s %s exists now, as %d", o.Kind, intel.Quote(o.Name), found[0].ID)
		}
	}
	return out
}

// otherEndSince looks at the objects that an action is to be associated with.
func otherEndSince(a *Action, others []string) string {
	for _, as := range a.Associations {
		if as.Object > 0 && as.Op == Add && others[as.Object-1] != "" {
			return others[as.Object-1]
		}
	}
	return ""
}

// LeaveOut makes conflicts of actions that no longer hold.
func (p *Plan) LeaveOut(stale []Stale) {
	for _, s := range stale {
		s.Action.Verb, s.Action.Reason = Conflict, "changed since the plan was made: "+s.Why
	}
	p.Summary = p.summarize()
}
