package plan

import (
	"strings"

	"tcimport/internal/intel"
)

// shown are the entries that stand for what the lists of r show. rewritten are tags
// that the instance has stored under other names.
func (inv *Inventory) shown(r *intel.Remote, rewritten map[string]string) entries {
	d := &differ{rewritten: rewritten}
	out := entries{}
	add := func(es ...string) {
		for _, e := range es {
			out[e] = true
		}
	}
	for _, t := range r.Tags {
		add(append(remoteTagEntries(t), d.rewrittenEntries(t)...)...)
	}
	for _, l := range r.SecurityLabels {
		add(labelEntry(l.Name))
	}
	for _, at := range r.Attributes {
		is := func(b *bool) *bool { set := isTrue(b); return &set }
		whole := at.Attribute
		whole.Default, whole.Pinned, whole.SecurityLabels = is(at.Default), is(at.Pinned), at.SecurityLabels
		add(attributeEntries(&whole)...)
	}
	for _, k := range intel.Kinds {
		for _, l := range inv.linked(r, k) {
			add(linkEntry(k, l.ID))
		}
	}
	return out
}

// Behind are those of lists that do not show all that earlier runs have left on r,
// or may have: somebody has removed it, or the lists lag behind. Only a list that
// is read apart tells which. What the manifest wants, and what is there as the
// instance has rewritten it, is shown.
func (inv *Inventory) Behind(r *intel.Remote, known Known, wanted []intel.Attribute, lists intel.List) intel.List {
	var behind intel.List
	var shown entries
	for _, e := range known.Applied {
		field, _, _ := strings.Cut(strings.TrimPrefix(e, markThere), "=")
		list := listOfEntry(field)
		if list == 0 || list == behind&list || !lists.Has(list) || isPart(field) {
			continue // or it may be gone
		}
		if shown == nil {
			shown = inv.shown(r, known.Rewritten)
			for _, w := range wanted {
				if hasAttribute(w, r.Attributes) {
					shown[attributeEntry(w.Type, w.Value)] = true
				}
			}
		}
		if !shown[strings.TrimPrefix(e, markThere)] {
			behind |= list
		}
	}
	return behind
}

// isPart reports whether entries of a field are about a part of an attribute: it
// is there where the attribute is.
func isPart(field string) bool {
	for _, part := range []string{partSource, partDefault, partPinned, partLabel} {
		if strings.HasSuffix(field, "."+part) {
			return true
		}
	}
	return false
}
