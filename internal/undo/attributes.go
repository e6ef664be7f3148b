package undo

import (
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// isLeft reports whether an attribute of the instance has what d says of it, beside its
// value. Which attribute of its type is the default one, the instance can decide.
func isLeft(h *intel.RemoteAttribute, d *plan.AttributeDetail) bool {
	return (d.Source == "" || intel.EquivalentText(d.Source, h.Source)) && (d.Pinned == intel.Unsaid || d.Pinned.Same(h.Pinned)) &&
		(d.SecurityLabels == nil || h.SecurityLabels == nil || intel.SameLabels(d.SecurityLabels, h.SecurityLabels))
}

// isSame reports whether an attribute of the instance has the type, value and source of at.
func isSame(h *intel.RemoteAttribute, at intel.Attribute) bool {
	return strings.EqualFold(h.Type, at.Type) && intel.EquivalentText(at.Value, h.Value) && intel.EquivalentText(at.Source, h.Source)
}

// isSame is isSame, also where the instance stores the value otherwise than the run has
// sent it.
func (w *work) isSame(h *intel.RemoteAttribute, at intel.Attribute) bool {
	return strings.EqualFold(h.Type, at.Type) && w.isStored(at.Type, at.Value, h) && intel.EquivalentText(at.Source, h.Source)
}

// isStored reports whether h has the value that the run has sent, or what the instance
// stores for it.
func (w *work) isStored(typ, sent string, h *intel.RemoteAttribute) bool {
	return w.match(typ, sent, h) > 0
}

// match says how well the value of h fits to the one that the run has sent: 3 for the very
// text, 2 for what the instance is known to store for it, 1 for what it may store for it,
// 0 for any other value.
func (w *work) match(typ, sent string, h *intel.RemoteAttribute) int {
	switch {
	case intel.SameText(sent, h.Value):
		return 3
	case w.Left.StoresAs(baseline.Attribute(typ, sent), baseline.Attribute(h.Type, h.Value)):
		return 2
	case intel.EquivalentText(sent, h.Value):
		return 1
	}
	return 0
}

// isOfOther reports whether h is what another entry than e, which is about an attribute
// with this value, is about: the entry has changed h in place, or h fits better to what it
// has added or removed.
func (w *work) isOfOther(e plan.Entry, value string, h *intel.RemoteAttribute) bool {
	for i, other := range w.Planned.Entries() {
		if other.List() != intel.ListAttributes || other.Change == e.Change || w.Lacking[i] {
			continue
		}
		at := other.Attribute()
		if other.Removes() {
			at.Value = other.Change.Old()
		}
		if other.InPlace() && at.ID == h.ID || !other.InPlace() && w.isSame(h, at.Attribute) && w.match(at.Type, at.Value, h) > w.match(at.Type, value, h) {
			return true
		}
	}
	return false
}

// removes reports whether the plan removes h already.
func (w *work) removes(h *intel.RemoteAttribute) bool {
	return slices.ContainsFunc(w.action.Changes, func(c plan.Change) bool {
		return c.Op == plan.Remove && c.Attribute() != nil && c.Attribute().ID == h.ID
	})
}

// isBack reports whether an attribute that was changed as left says is, beside its value,
// as it was before. Labels that are not in a plan were none, if the plan sets some.
func isBack(h *intel.RemoteAttribute, left *plan.AttributeDetail) bool {
	was := left.Was
	return isLeft(h, was) && was.Default.Same(h.Default) &&
		(left.Source == "" || intel.EquivalentText(was.Source, h.Source)) &&
		(left.SecurityLabels == nil || h.SecurityLabels == nil || intel.SameLabels(was.SecurityLabels, h.SecurityLabels))
}

// changes reports whether d changes anything of h but its value.
func changes(h *intel.RemoteAttribute, d *plan.AttributeDetail) bool {
	at := d.Attribute(h.Type, h.Value)
	return at.DiffersBeside(h) || len(d.SecurityLabels) > 0 && !intel.SameLabels(d.SecurityLabels, h.SecurityLabels)
}

// factsOf are the facts of an attribute that is changed back.
func (w *work) factsOf(h *intel.RemoteAttribute) baseline.Baseline {
	return baseline.New(baseline.AttributeWith(h.Type, h.Value, baseline.RemoteParts(h))...)
}

// restoreDefaults makes those attributes the default ones of their types again that an
// attribute of the run has displaced, unless somebody has chosen another one since.
func (w *work) restoreDefaults() {
	for _, e := range w.Planned.Entries() {
		c := e.Change
		if c == nil || c.Attribute() == nil || c.Attribute().Displaces == 0 {
			continue
		}
		i := slices.IndexFunc(w.remote.Attributes, func(h intel.RemoteAttribute) bool { return h.ID == c.Attribute().Displaces })
		if i < 0 || w.remote.Attributes[i].Default == intel.Yes || !w.takesDefault(e.Name()) {
			continue
		}
		h := &w.remote.Attributes[i]
		changed := slices.IndexFunc(w.action.Changes, func(c plan.Change) bool { return c.Attribute() != nil && c.Attribute().ID == h.ID })
		if changed >= 0 {
			w.action.Changes[changed].Attribute().Default = intel.Yes
			continue
		}
		w.add(plan.FullChange{Field: "attribute:" + h.Type, Op: plan.Set, Old: h.Value, New: h.Value,
			Attribute: &plan.AttributeDetail{ID: h.ID, Source: h.Source, Default: intel.Yes, Pinned: h.Pinned, SecurityLabels: h.SecurityLabels, Was: plan.DetailOf(&h.Attribute)}})
	}
}

// takesDefault reports whether the default attribute of a type now is one that this plan
// removes or changes back, or that there is none.
func (w *work) takesDefault(typ string) bool {
	for _, h := range w.remote.Attributes {
		if !strings.EqualFold(h.Type, typ) || h.Default != intel.Yes {
			continue
		}
		return slices.ContainsFunc(w.action.Changes, func(c plan.Change) bool { return c.Attribute() != nil && c.Attribute().ID == h.ID })
	}
	return true
}
