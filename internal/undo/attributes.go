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
	return intel.EquivalentText(sent, h.Value) || w.Left.StoresAs(baseline.Attribute(typ, sent), baseline.Attribute(h.Type, h.Value))
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
