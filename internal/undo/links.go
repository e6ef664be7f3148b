package undo

import (
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
)

// Ends are the other ends of associations that the run has removed: if they are still
// there, these are added again. The indicators that it has made by themselves are counted
// if they are still there. Groups are apart from other objects.
func (r *Run) Ends() (groups []int64, objects []*intel.Object) {
	seen := map[end]bool{}
	for _, g := range r.Groups {
		if g.Planned == nil {
			continue
		}
		for i := range g.Planned.Associations {
			as := &g.Planned.Associations[i]
			e := end{as.Kind, as.ID()}
			if as.Op != plan.Remove || seen[e] {
				continue
			}
			seen[e] = true
			if as.Kind == intel.KindGroup {
				groups = append(groups, e.id)
			} else {
				objects = append(objects, &intel.Object{Kind: as.Kind, ID: e.id})
			}
		}
	}
	for _, id := range r.Made {
		objects = append(objects, &intel.Object{Kind: intel.KindIndicator, ID: id})
	}
	return groups, objects
}

// linked takes back an association that was added or removed.
func (m *maker) linked(w *work, as *plan.Association) {
	l := m.endOf(w, as)
	switch {
	case as.State == plan.Missing:
	case as.Op == plan.Add && l != nil:
		w.ends = append(w.ends, restored{l, plan.Remove})
	case as.Op == plan.Remove && l == nil:
		to := &intel.Remote{Kind: as.Kind, ID: as.ID(), Type: as.Type(), Name: as.Name(), Owner: as.Owner()}
		if !m.there[end{as.Kind, as.ID()}] {
			w.keep("the association with %s %s is not added again: the other end is gone", as.Kind.Spec().Name, message.Quote(as.Name()))
			return
		}
		w.ends = append(w.ends, restored{to, plan.Add})
	}
}

// endOf finds the other end of an association among those that the group has now. One
// that the run was to make is known by its type and name. Of several alike, such as
// artifacts of several cases, it is the one that the run has left.
func (m *maker) endOf(w *work, as *plan.Association) *intel.Remote {
	id := as.ID()
	if id == 0 {
		alike := w.remote.Linked(as.Kind)
		alike = slices.DeleteFunc(alike, func(l *intel.Remote) bool { return !m.sameObject(as, l) })
		if len(alike) > 1 {
			alike = slices.DeleteFunc(alike, func(l *intel.Remote) bool { return !w.Left.Maybe(baseline.Link(l.Kind, l.ID)) })
			if len(alike) != 1 {
				w.keep("the associations with %s %s: it is not known which one the run has made", as.Kind.Spec().Name, message.Quote(as.Name()))
			}
		}
		if len(alike) == 1 {
			return alike[0]
		}
		return nil
	}
	for _, l := range w.remote.Links {
		if l.Kind == as.Kind && l.ID == id {
			return l
		}
	}
	if other := m.ix.ByID[id]; other != nil && as.Kind == intel.KindGroup && m.Found.LinkedTo(other, intel.KindGroup, w.remote.ID) {
		return other // only its own list shows it
	}
	return nil
}

func (m *maker) sameObject(as *plan.Association, l *intel.Remote) bool {
	want, _ := (&intel.Remote{Kind: as.Kind, Type: as.Type(), Name: as.Name()}).Keys(m.Custom)
	have, _ := l.Keys(m.Custom)
	return slices.ContainsFunc(want, func(k string) bool { return slices.Contains(have, k) }) &&
		(as.Owner() == "" || l.Owner == "" || spelling.Fold(as.Owner()) == spelling.Fold(l.Owner))
}

// takeBackLinks removes the associations between a group that the run has created, and
// that stays, and groups that are older than the run.
func (m *maker) takeBackLinks(w *work) {
	for _, l := range w.remote.Links {
		if l.Kind == intel.KindGroup && l.ID != w.remote.ID && !m.made[l.ID] && m.links.Has(w.remote.ID, l.Kind, l.ID) {
			w.ends = append(w.ends, restored{l, plan.Remove})
		}
	}
}

// associate gives actions their associations, each pair of groups once. What is deleted
// needs none.
func (m *maker) associate() {
	done := inventory.LinkSet{}
	for _, w := range m.works {
		for _, e := range w.ends {
			to := e.to
			if to.Kind == intel.KindGroup && m.doomed[to.ID] || done.Has(w.remote.ID, to.Kind, to.ID) {
				continue
			}
			done.Add(w.remote.ID, to.Kind, to.ID)
			if to.Kind == intel.KindGroup {
				done.Add(to.ID, to.Kind, w.remote.ID)
			}
			if e.op == plan.Add {
				w.action.Associations = append(w.action.Associations, m.toEnd(to))
				continue
			}
			w.action.Associations = append(w.action.Associations, plan.FullAssociation{Kind: to.Kind, Type: to.Type, Name: to.Name, Owner: to.Owner,
				ID: to.ID, State: plan.Existing, Op: plan.Remove}.Association())
		}
	}
}

// toEnd is an association that is added again.
func (m *maker) toEnd(to *intel.Remote) plan.Association {
	if a := m.actions[to.ID]; a != nil && to.Kind == intel.KindGroup {
		return plan.WithGroup(a, plan.Existing, a.Key, "")
	}
	e, written := end{to.Kind, to.ID}, to.Kind.Written(to.Type, to.Name)
	if m.places[e] == 0 {
		m.plan.Objects = append(m.plan.Objects, plan.FullObject{Kind: to.Kind, Written: written, Type: to.Type, Name: to.Name, Owner: to.Owner,
			ID: to.ID, State: plan.Existing}.Object())
		m.places[e] = len(m.plan.Objects)
	}
	return plan.WithObject(m.plan.Objects[m.places[e]-1], m.places[e], plan.Existing, written, "")
}
