package compare

import (
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// origin says where a difference comes from. It is from the server if a run has surely
// set one of missing, or if present, which stand for a thing that is there, has none
// that a run may have set. It is 0 if there are no facts of an earlier run.
func origin(last baseline.Baseline, missing, present []baseline.Fact) plan.Drift {
	switch {
	case len(last) == 0:
		return 0
	case slices.ContainsFunc(missing, last.Surely), len(present) > 0 && !slices.ContainsFunc(present, last.Maybe):
		return plan.FromServer
	}
	return plan.FromManifest
}

const (
	editedOnServer  = "edited on the server since the last run"
	deletedOnServer = "deleted on the server since the last run"
)

// keepDeleted applies the drift policy to a group that somebody has deleted on the
// server, and that the run must not create again.
func (m *maker) keepDeleted(a *plan.Action) {
	a.Deleted = true
	if m.Policy.OnDrift == plan.DriftFail {
		a.Verb, a.Rare().Reason = plan.Conflict, deletedOnServer+" (--on-drift fail)"
		return
	}
	a.Verb, a.Rare().Reason = plan.Skip, deletedOnServer+", and not created again (--on-drift keep)"
}

// applyDrift applies the drift policy to all groups, and then carries on the facts of
// earlier runs that stay true. A removal is listed under one end only, so this comes
// after all groups.
func (m *maker) applyDrift() {
	removed := inventory.LinkSet{} // associations that somebody else has removed, by the other end
	for i := range m.Import.Groups {
		a := m.actions[i]
		if facts := m.notedOn(i); len(facts) > 0 {
			a.Found().Baseline = facts
		}
		for _, as := range a.Associations {
			if as.Op == plan.Add && as.Kind == intel.KindGroup && as.Drift == plan.FromServer {
				removed.Add(as.ID(), intel.KindGroup, a.ID)
			}
		}
		if a.Verb == plan.Unchanged {
			m.applyDriftTo(a, m.lasts[i])
		}
	}
	gone, removes := inventory.LinkSet{}, inventory.LinkSet{}
	for _, a := range m.actions {
		if a.Verb != plan.Unchanged || m.Policy.CreateOnly {
			continue // the plan removes nothing of it
		}
		for _, as := range a.Associations {
			if as.Op == plan.Remove && as.Kind == intel.KindGroup {
				removes.Add(a.ID, intel.KindGroup, as.ID())
				gone.Add(a.ID, intel.KindGroup, as.ID())
				gone.Add(as.ID(), intel.KindGroup, a.ID)
			}
		}
	}
	for i := range m.Import.Groups {
		if a := m.actions[i]; a.Verb == plan.Unchanged {
			l := inventory.LinkList{Group: a.ID, Kind: intel.KindGroup}
			m.carryBaseline(i, gone[l], m.noted[l], removed[l])
		}
	}
	m.forget(removes)
}

// applyDriftTo applies the drift policy to a group that was compared: edits on the
// server are overwritten, kept, or make a conflict.
func (m *maker) applyDriftTo(a *plan.Action, last baseline.Baseline) {
	var drifted []string
	for _, c := range a.Changes {
		if c.Drift == plan.FromServer {
			drifted = append(drifted, c.Field())
		}
	}
	for _, as := range a.Associations {
		if as.Drift == plan.FromServer {
			drifted = append(drifted, as.Kind.AssociationField())
		}
	}
	if len(drifted) == 0 {
		return
	}
	slices.Sort(drifted)
	what := strings.Join(slices.Compact(drifted), ", ")
	switch m.Policy.OnDrift {
	case plan.DriftKeep:
		m.keepDrift(a, last)
		a.Rare().Note(plan.EditKept, what)
	case plan.DriftFail:
		a.Verb, a.Rare().Reason = plan.Conflict, editedOnServer+" (--on-drift fail): "+what
	default:
		remark(a, editedOnServer+", and overwritten: "+what)
	}
}

// keepDrift takes the edits on the server out of the plan, and keeps the facts from
// before them, so that the next run recognises them, too.
func (m *maker) keepDrift(a *plan.Action, last baseline.Baseline) {
	typ, _ := intel.GroupTypeNamed(a.Type)
	var facts []baseline.Fact
	a.Changes = slices.DeleteFunc(a.Changes, func(c plan.Change) bool {
		if c.Drift != plan.FromServer {
			return false
		}
		facts = append(facts, kept(plan.Entry{Change: &c}, typ, last)...)
		if c.Field() == "name" {
			a.Rare().Called = c.Old()
		}
		return true
	})
	a.Associations = slices.DeleteFunc(a.Associations, func(as plan.Association) bool {
		if as.Drift != plan.FromServer {
			return false
		}
		if as.Op == plan.Add { // it was noted here or at its other end
			facts = append(facts, baseline.Link(as.Kind, as.ID()))
		}
		return true
	})
	a.Found().Baseline = a.Baseline().With(facts...)
}

// kept are the facts of last about what an edit on the server has changed or removed.
// What is there instead is an edit, even if an earlier run has set the same.
func kept(e plan.Entry, typ *intel.GroupType, last baseline.Baseline) baseline.Baseline {
	if e.Removes() {
		return nil
	}
	wanted, _ := e.Facts(typ, 0)
	if e.InPlace() {
		still := e.Change.Full()
		still.New = still.Old // its value may be there still, and a part of it gone
		old := still.Change()
		before, _ := plan.Entry{Change: &old}.Facts(typ, 0)
		wanted = append(wanted, before...)
	}
	return e.Before(last, wanted)
}
