package intel

import (
	"slices"

	"tcimport/internal/spelling"
)

// FindAttributeBy finds the attribute of have that has the type of w, and its value, as
// equal says. A source that w does not give does not matter, but an attribute without one
// is preferred then.
func FindAttributeBy(equal func(a, b string) bool, w Attribute, have []RemoteAttribute) int {
	found := -1
	for i, h := range have {
		if !sameType(w, h) || !equal(w.Value, h.Value) {
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

func sameType(w Attribute, h RemoteAttribute) bool {
	return w.Type == h.Type || spelling.Fold(w.Type) == spelling.Fold(h.Type)
}

// MissingAttributes are the indexes of those of want that are not in have. What the
// instance may have rewritten stands for one of want only, and for none if another one is
// exactly so, or if isOther says that it is not of want.
func MissingAttributes(have []RemoteAttribute, want []Attribute, isOther func(RemoteAttribute) bool) []int {
	var missing []int
	for i, w := range want {
		if FindAttributeBy(SameText, w, have) < 0 {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	free := slices.DeleteFunc(slices.Clone(have), func(h RemoteAttribute) bool {
		return isOther != nil && isOther(h) || slices.ContainsFunc(want, func(w Attribute) bool { return sameType(w, h) && SameText(w.Value, h.Value) })
	})
	return slices.DeleteFunc(missing, func(i int) bool {
		found := FindAttributeBy(EquivalentText, want[i], free)
		if found >= 0 {
			free = slices.Delete(free, found, found+1)
		}
		return found >= 0
	})
}

// LacksAttribute reports whether any of want is not in have.
func LacksAttribute(have []RemoteAttribute, want []Attribute) bool {
	return len(MissingAttributes(have, want, nil)) > 0
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

// hiddenFields are the fields of indicators that answers do not show.
var hiddenFields = []string{"observations", "falsePositiveFlag"}

// Lacks names the metadata of o, a new indicator, that r does not have. Lists that r
// was not read with do not count. Hidden fields count if anything else is missing: the
// instance has probably ignored all metadata.
func (o *Object) Lacks(r *Remote) []string {
	var out, maybe []string
	for _, f := range o.Fields() {
		have, has := r.Fields.Get(f.Name)
		switch {
		case slices.Contains(hiddenFields, f.Name):
			maybe = append(maybe, f.Name)
		case !has && f.Value == "false", has && o.SameField(f, have):
		default:
			out = append(out, f.Name)
		}
	}
	for _, list := range o.LackingLists(r) {
		// If there are as many as were sent, the instance only stores them otherwise.
		if list == "tags" && len(r.Tags) >= len(o.Tags()) || list == "attributes" && len(r.Attributes) >= len(o.Attributes()) {
			continue
		}
		out = append(out, list)
	}
	if len(out) > 0 {
		out = append(out, maybe...)
	}
	return out
}

// HasMetadata reports whether o, an indicator, says anything beside its values.
func (o *Object) HasMetadata() bool {
	return len(o.Fields())+len(o.Tags())+len(o.SecurityLabels())+len(o.Attributes()) > 0
}
