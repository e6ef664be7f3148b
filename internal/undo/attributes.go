package undo

import (
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// attributeOf is an attribute that a plan describes.
func attributeOf(typ, value string, d *plan.AttributeDetail) intel.Attribute {
	at := intel.Attribute{Type: typ, Value: value}
	if d != nil {
		at.Source, at.Default, at.Pinned, at.SecurityLabels = d.Source, d.Default, d.Pinned, d.SecurityLabels
	}
	return at
}

// detailOf is what an attribute of the instance has beside its type and value.
func detailOf(h *intel.RemoteAttribute) *plan.AttributeDetail {
	return &plan.AttributeDetail{Source: h.Source, Default: h.Default, Pinned: h.Pinned, SecurityLabels: h.SecurityLabels}
}

// isLeft reports whether an attribute of the instance has what d says of it, beside its
// value. Which attribute of its type is the default one, the instance can decide.
func isLeft(h *intel.RemoteAttribute, d *plan.AttributeDetail) bool {
	if d == nil {
		return !isSet(h.Pinned) && len(h.SecurityLabels) == 0
	}
	return (d.Source == "" || intel.EquivalentText(d.Source, h.Source)) && (d.Pinned == nil || isSet(d.Pinned) == isSet(h.Pinned)) &&
		(d.SecurityLabels == nil || h.SecurityLabels == nil || sameLabels(d.SecurityLabels, h.SecurityLabels))
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
	return isLeft(h, was) && isSet(was.Default) == isSet(h.Default) &&
		(left.Source == "" || intel.EquivalentText(was.Source, h.Source)) &&
		(left.SecurityLabels == nil || h.SecurityLabels == nil || sameLabels(was.SecurityLabels, h.SecurityLabels))
}

// changes reports whether d changes anything of h but its value.
func changes(h *intel.RemoteAttribute, d *plan.AttributeDetail) bool {
	return d.Source != "" && d.Source != h.Source || isSet(d.Default) != isSet(h.Default) || isSet(d.Pinned) != isSet(h.Pinned) ||
		len(d.SecurityLabels) > 0 && !sameLabels(d.SecurityLabels, h.SecurityLabels)
}

func sameLabels(a, b []string) bool {
	return !slices.ContainsFunc(a, func(l string) bool { return !intel.HasLabel(b, l) }) &&
		!slices.ContainsFunc(b, func(l string) bool { return !intel.HasLabel(a, l) })
}

func isSet(b *bool) bool { return b != nil && *b }

// set is a flag that a new attribute gets, nil for one that is not set.
func set(b *bool) *bool {
	if isSet(b) {
		return b
	}
	return nil
}

// flag is a flag that an attribute gets again.
func flag(b *bool) *bool {
	is := isSet(b)
	return &is
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
		if i < 0 || isSet(w.remote.Attributes[i].Default) || !w.takesDefault(e.Name()) {
			continue
		}
		h := &w.remote.Attributes[i]
		yes := true
		w.add(plan.FullChange{Field: "attribute:" + h.Type, Op: plan.Set, Old: h.Value, New: h.Value,
			Attribute: &plan.AttributeDetail{ID: h.ID, Source: h.Source, Default: &yes, Pinned: h.Pinned, SecurityLabels: h.SecurityLabels, Was: detailOf(h)}})
	}
}

// takesDefault reports whether the default attribute of a type now is one that this plan
// removes or changes back, or that there is none.
func (w *work) takesDefault(typ string) bool {
	for _, h := range w.remote.Attributes {
		if !strings.EqualFold(h.Type, typ) || !isSet(h.Default) {
			continue
		}
		return slices.ContainsFunc(w.action.Changes, func(c plan.Change) bool { return c.Attribute() != nil && c.Attribute().ID == h.ID })
	}
	return true
}
