package intel

import (
	"slices"

	"tcimport/internal/spelling"
)

// FindAttribute finds the attribute of have, which are of its type, that says what w
// says, as it was sent or as the instance may have rewritten it; -1 if there is none.
func FindAttribute(w Attribute, have []RemoteAttribute) int {
	if i := FindAttributeBy(SameText, w, have); i >= 0 {
		return i
	}
	return FindAttributeBy(EquivalentText, w, have)
}

// FindAttributeBy finds the attribute of have that has the value of w, as equal
// says. A source that w does not give does not matter, but an attribute without one
// is preferred then.
func FindAttributeBy(equal func(a, b string) bool, w Attribute, have []RemoteAttribute) int {
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

// HasAttribute reports whether w is among the attributes of a group or an object.
func HasAttribute(have []RemoteAttribute, w Attribute) bool {
	var ofType []RemoteAttribute
	for i, typ := 0, spelling.Fold(w.Type); i < len(have); i++ {
		if spelling.Fold(have[i].Type) == typ {
			ofType = append(ofType, have[i])
		}
	}
	return FindAttribute(w, ofType) >= 0
}

// LacksAttribute reports whether any of want is not in have.
func LacksAttribute(have []RemoteAttribute, want []Attribute) bool {
	return slices.ContainsFunc(want, func(w Attribute) bool { return !HasAttribute(have, w) })
}

// DiffersBeside reports whether h differs from what at says beside value and labels.
func (at *Attribute) DiffersBeside(h *RemoteAttribute) bool {
	flag := func(want, have Flag) bool { return want != Unsaid && !want.Same(have) }
	return at.Source != "" && !SameText(at.Source, h.Source) || flag(at.Default, h.Default) || flag(at.Pinned, h.Pinned)
}

// SameField reports whether a field of o has the value have.
func (o *Object) SameField(f Field, have string) bool {
	spec := o.Kind.Scalars(o.Type)[f.Name]
	return f.Value == have || spec != nil && spec.Equal(f.Value, have)
}

// LackingLists names the lists of which r, as far as it was read with them, has not
// all that o says.
func (o *Object) LackingLists(r *Remote) []string {
	var out []string
	if r.Lists.Has(ListTags) && slices.ContainsFunc(o.Tags(), func(t Tag) bool {
		return !slices.ContainsFunc(r.Tags, func(h RemoteTag) bool { return SameTag(t, h) })
	}) {
		out = append(out, "tags")
	}
	if r.Lists.Has(ListSecurityLabels) && slices.ContainsFunc(o.SecurityLabels(), func(l string) bool {
		return !slices.ContainsFunc(r.SecurityLabels, func(h RemoteLabel) bool { return SameLabel(l, h.Name) })
	}) {
		out = append(out, "securityLabels")
	}
	if r.Lists.Has(ListAttributes) && LacksAttribute(r.Attributes, o.Attributes()) {
		out = append(out, "attributes")
	}
	return out
}
