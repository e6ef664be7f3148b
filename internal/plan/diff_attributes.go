package plan

import (
	"fmt"
	"slices"
	"strconv"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// attributes compares the attributes, type by type. Entries pair by value and
// source, and as the instance may have rewritten them; if then one of the type is left on each side it is a change in place;
// with several left append adds, and says so, and replace removes. Replace
// looks at the types that the group names, or at all where the list is
// explicitly empty.
func (d *differ) attributes() {
	if d.g.Mentions&intel.ListAttributes == 0 && len(d.g.Attributes) == 0 {
		return
	}
	have := map[string][]intel.RemoteAttribute{}
	var haveTypes []string
	if d.r != nil {
		for _, at := range d.r.Attributes {
			k := spelling.Fold(at.Type)
			if have[k] == nil {
				haveTypes = append(haveTypes, k)
			}
			have[k] = append(have[k], at)
		}
	}
	var types []string
	want := map[string][]intel.Attribute{}
	for _, at := range d.g.Attributes {
		k := spelling.Fold(at.Type)
		if want[k] == nil {
			types = append(types, k)
		}
		want[k] = append(want[k], at)
	}
	for _, k := range types {
		d.attributesOfType(want[k], have[k])
	}
	if d.policy.Attributes == Replace && len(d.g.Attributes) == 0 {
		for _, k := range haveTypes {
			for _, h := range have[k] {
				d.removeAttribute(h)
			}
		}
	}
}

func (d *differ) attributesOfType(want []intel.Attribute, have []intel.RemoteAttribute) {
	have = slices.Clone(have)
	var left []intel.Attribute
	pair := func(w intel.Attribute, i int) {
		if detail, differs := d.attributeDetail(w, have[i]); differs {
			detail.Replaces = d.replaces(w, have[i])
			d.add(Change{Field: "attribute:" + w.Type, Op: Set, Old: have[i].Value, New: w.Value, Attribute: detail, Drift: d.partsOrigin(w, have[i])})
		} else {
			d.same(attributeEntries(&w)...)
		}
		have = slices.Delete(have, i, i+1)
	}
	// Those with a source first: without one any will do, also the one that
	// another attribute of the same value needs.
	for _, withSource := range []bool{true, false} {
		for _, w := range want {
			if (w.Source != "") != withSource {
				continue
			}
			if i := pairBy(intel.SameText, w, have); i >= 0 {
				pair(w, i)
			} else {
				left = append(left, w)
			}
		}
	}
	// What would be added, or was sent as it is, may be there as the instance has
	// rewritten it.
	left = slices.DeleteFunc(left, func(w intel.Attribute) bool {
		i := pairBy(intel.AlikeText, w, have)
		if i < 0 || len(left) == 1 && len(have) == 1 && !d.last.maybe(attributeEntry(w.Type, w.Value)) {
			return false
		}
		d.same(attributeEntry(have[i].Type, have[i].Value))
		have[i].Value = w.Value
		if w.Source != "" {
			have[i].Source = w.Source
		}
		pair(w, i)
		return true
	})
	if len(left) == 1 && len(have) == 1 {
		detail, _ := d.attributeDetail(left[0], have[0])
		detail.Replaces = d.replaces(left[0], have[0])
		d.carryParts(left[0], have[0])
		d.add(Change{Field: "attribute:" + left[0].Type, Op: Set, Old: have[0].Value, New: left[0].Value, Attribute: detail,
			Drift: d.valueOrigin(left[0], have[0])})
		return
	}
	for _, w := range left {
		missing := attributeEntry(w.Type, w.Value)
		if slices.ContainsFunc(have, func(h intel.RemoteAttribute) bool { return intel.SameText(w.Value, h.Value) }) {
			missing = "" // it is there, but of another source
		}
		d.add(Change{Field: "attribute:" + w.Type, Op: Add, New: w.Value, Attribute: newDetail(w), Drift: d.last.origin(missing, "")})
	}
	if d.policy.Attributes == Replace {
		for _, h := range have {
			d.removeAttribute(h)
		}
	} else if len(left) > 0 && len(have) > 0 {
		d.notes = append(d.notes, fmt.Sprintf("attribute %s: %d on the server are not in the manifest and stay; --attributes replace removes them",
			left[0].Type, len(have)))
	}
}

func (d *differ) removeAttribute(h intel.RemoteAttribute) {
	d.add(Change{Field: "attribute:" + h.Type, Op: Remove, Old: h.Value,
		Attribute: &AttributeDetail{ID: h.ID, Source: h.Source}, Drift: d.last.origin("", attributeEntry(h.Type, h.Value))})
}

// pairAttribute finds the attribute of have, which are of its type, that says
// what w says, as it was sent or as the instance may have rewritten it.
func pairAttribute(w intel.Attribute, have []intel.RemoteAttribute) int {
	if i := pairBy(intel.SameText, w, have); i >= 0 {
		return i
	}
	return pairBy(intel.AlikeText, w, have)
}

// pairBy finds the attribute of have that has the value of w, as equal tells. A
// source that the manifest does not give does not matter, but an attribute without
// one is preferred then.
func pairBy(equal func(a, b string) bool, w intel.Attribute, have []intel.RemoteAttribute) int {
	found := -1
	for i, h := range have {
		if !equal(w.Value, h.Value) {
			continue
		}
		if equal(w.Source, h.Source) {
			return i
		}
		if w.Source == "" && found < 0 {
			found = i
		}
	}
	return found
}

// attributeDetail is what a change of h into w carries, and whether h differs
// from what w says beside its value.
func (d *differ) attributeDetail(w intel.Attribute, h intel.RemoteAttribute) (*AttributeDetail, bool) {
	detail := newDetail(w)
	if detail == nil {
		detail = &AttributeDetail{}
	}
	detail.ID = h.ID
	differs := differsBeside(w, h)
	if len(w.SecurityLabels) == 0 || h.SecurityLabels == nil {
		return detail, differs // or the answer does not say which labels the attribute has
	}
	for _, l := range w.SecurityLabels {
		differs = differs || !intel.HasLabel(h.SecurityLabels, l)
	}
	for _, l := range h.SecurityLabels {
		switch {
		case intel.HasLabel(w.SecurityLabels, l):
		case d.policy.Labels == Replace:
			differs = true
		default:
			// What is sent takes the place of all that the attribute has.
			detail.SecurityLabels = append(slices.Clip(detail.SecurityLabels), l)
		}
	}
	return detail, differs
}

// differsBeside reports whether h differs from what w says beside value and labels.
func differsBeside(w intel.Attribute, h intel.RemoteAttribute) bool {
	return w.Source != "" && !intel.SameText(w.Source, h.Source) || differsFlag(w.Default, h.Default) || differsFlag(w.Pinned, h.Pinned)
}

// valueOrigin tells where it comes from that h has another value than w. If w was
// applied as it is, then to another attribute than h, and it is gone.
func (d *differ) valueOrigin(w intel.Attribute, h intel.RemoteAttribute) string {
	if intel.SameText(w.Value, h.Value) {
		return d.partsOrigin(w, h)
	}
	if from := d.last.origin(attributeEntry(w.Type, w.Value), attributeEntry(h.Type, h.Value)); from != fromManifest {
		return from
	}
	return d.partsOrigin(w, h)
}

// partsOrigin tells where it comes from that h differs from w in what it has
// beside its value: from the server if any of it does.
func (d *differ) partsOrigin(w intel.Attribute, h intel.RemoteAttribute) string {
	from := d.last.origin("", "")
	part := func(missing, present string) {
		if d.last.origin(missing, present) == fromServer {
			from = fromServer
		}
	}
	entry := func(part, is string) string { return partEntry(h.Type, h.Value, part, is) }
	if w.Source != "" && !intel.SameText(w.Source, h.Source) {
		present := ""
		if h.Source != "" {
			present = entry(partSource, intel.PlainText(h.Source))
		}
		part(entry(partSource, intel.PlainText(w.Source)), present)
	}
	flag := func(name string, want, have *bool) {
		if !differsFlag(want, have) {
			return
		}
		present := ""
		if !*want {
			present = entry(name, "true") // that it is not set need not be anybody's doing
		}
		part(entry(name, strconv.FormatBool(*want)), present)
	}
	flag(partDefault, w.Default, h.Default)
	flag(partPinned, w.Pinned, h.Pinned)
	if h.SecurityLabels == nil {
		return from
	}
	for _, l := range w.SecurityLabels {
		if !intel.HasLabel(h.SecurityLabels, l) {
			part(entry(partLabel, intel.LabelKey(l)), "")
		}
	}
	if d.policy.Labels == Replace && len(w.SecurityLabels) > 0 {
		for _, l := range h.SecurityLabels {
			if !intel.HasLabel(w.SecurityLabels, l) {
				part("", entry(partLabel, intel.LabelKey(l)))
			}
		}
	}
	return from
}

func differsFlag(want, have *bool) bool {
	return want != nil && *want != (have != nil && *have)
}

func newDetail(w intel.Attribute) *AttributeDetail {
	if w.Source == "" && w.Default == nil && w.Pinned == nil && len(w.SecurityLabels) == 0 {
		return nil
	}
	return &AttributeDetail{Source: w.Source, Default: w.Default, Pinned: w.Pinned, SecurityLabels: w.SecurityLabels}
}

// carryParts notes the parts of h that w says nothing of: they stay when its value
// is changed into that of w, and whoever has set them has set them still.
func (d *differ) carryParts(w intel.Attribute, h intel.RemoteAttribute) {
	part := func(name, is string) {
		if d.last[partEntry(h.Type, h.Value, name, is)] {
			d.same(partEntry(w.Type, w.Value, name, is))
		}
	}
	if w.Source == "" && h.Source != "" {
		part(partSource, intel.PlainText(h.Source))
	}
	if w.Default == nil {
		part(partDefault, strconv.FormatBool(isTrue(h.Default)))
	}
	if w.Pinned == nil {
		part(partPinned, strconv.FormatBool(isTrue(h.Pinned)))
	}
	if len(w.SecurityLabels) == 0 {
		for _, l := range h.SecurityLabels {
			part(partLabel, intel.LabelKey(l))
		}
	}
}

// replaces are the entries of what was applied to h that are no more once it has
// become w.
func (d *differ) replaces(w intel.Attribute, h intel.RemoteAttribute) Applied {
	whole := h.Attribute
	yes := func(b *bool) *bool { set := isTrue(b); return &set }
	whole.Default, whole.Pinned = yes(h.Default), yes(h.Pinned)
	if intel.SameText(w.Value, h.Value) {
		if w.Source == "" {
			whole.Source = ""
		}
		if !differsFlag(w.Default, h.Default) {
			whole.Default = nil
		}
		if !differsFlag(w.Pinned, h.Pinned) {
			whole.Pinned = nil
		}
		whole.SecurityLabels = keep(h.SecurityLabels, func(l string) bool { return !intel.HasLabel(w.SecurityLabels, l) })
	}
	var out Applied
	for i, e := range attributeEntries(&whole) {
		if d.last[e] && (i > 0 || !intel.SameText(w.Value, h.Value)) {
			out = append(out, e)
		}
	}
	return out
}
