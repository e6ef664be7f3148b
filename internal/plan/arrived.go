package plan

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// Shown is a group as it was read after a write, to be asked what of the write
// has arrived.
type Shown struct {
	remote *intel.Remote
	typ    *intel.GroupType
	custom []intel.IndicatorType
	links  *LinkIndex // once it is needed
}

// NewShown is for a group of a type that was read with all that is to be asked for.
func NewShown(r *intel.Remote, typ string, custom []intel.IndicatorType) *Shown {
	t, _ := intel.GroupTypeNamed(typ)
	return &Shown{remote: r, typ: t, custom: custom}
}

// Has reports whether an entry has arrived. end is the other end of an association.
// What can be set on creation only cannot be sent any more, and counts as arrived.
func (s *Shown) Has(e Entry, end intel.LinkWrite) bool {
	r := s.remote
	there := false
	switch list := e.List(); list {
	case 0:
		return s.hasField(e.Change)
	case intel.ListTags:
		t := e.Tag()
		there = slices.ContainsFunc(r.Tags, func(h intel.RemoteTag) bool { return intel.SameTag(t, h) })
	case intel.ListSecurityLabels:
		l := e.Name()
		there = slices.ContainsFunc(r.SecurityLabels, func(h intel.RemoteLabel) bool { return intel.SameLabel(l, h.Name) })
	case intel.ListAttributes:
		at := e.Attribute()
		switch {
		case e.InPlace():
			return slices.ContainsFunc(r.Attributes, func(h intel.RemoteAttribute) bool { return h.ID == at.ID && saysAttribute(h, at.Attribute) })
		case e.Removes():
			there = slices.ContainsFunc(r.Attributes, func(h intel.RemoteAttribute) bool { return h.ID == at.ID })
		default:
			there = hasAttribute(at.Attribute, r.Attributes)
		}
	default:
		there = s.Links().has(end)
	}
	return there != e.Removes()
}

// Links finds what the group is associated with.
func (s *Shown) Links() *LinkIndex {
	if s.links == nil {
		s.links = NewLinkIndex(s.remote.Links, s.custom)
	}
	return s.links
}

func (s *Shown) hasField(c *Change) bool {
	if c.Field == fieldName {
		return s.remote.Name == c.New || strings.TrimSpace(s.remote.Name) == c.New
	}
	if s.typ == nil {
		return true
	}
	spec, ok := s.typ.Field(c.Field)
	if !ok || spec.CreateOnly {
		return true
	}
	have, has := s.remote.Fields.Get(c.Field)
	return has && spec.Equal(c.New, have)
}

func keep[T any](list []T, f func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !f(x) })
}

// LacksAttribute reports whether any of want is not in have.
func LacksAttribute(want []intel.Attribute, have []intel.RemoteAttribute) bool {
	return slices.ContainsFunc(want, func(at intel.Attribute) bool { return !hasAttribute(at, have) })
}

func hasAttribute(at intel.Attribute, have []intel.RemoteAttribute) bool {
	ofType := keep(have, func(h intel.RemoteAttribute) bool { return spelling.Fold(h.Type) == spelling.Fold(at.Type) })
	return pairAttribute(at, ofType) >= 0
}

// saysAttribute reports whether h is as w, which was sent to take its place. An
// answer need not tell the labels of an attribute.
func saysAttribute(h intel.RemoteAttribute, w intel.Attribute) bool {
	if !intel.SameText(w.Value, h.Value) || differsBeside(w, h) {
		return false
	}
	if len(w.SecurityLabels) == 0 || h.SecurityLabels == nil {
		return true
	}
	return !slices.ContainsFunc(w.SecurityLabels, func(l string) bool { return !intel.HasLabel(h.SecurityLabels, l) }) &&
		!slices.ContainsFunc(h.SecurityLabels, func(l string) bool { return !intel.HasLabel(w.SecurityLabels, l) })
}

// RewrittenTags tells which tags the instance stored under other names: those
// that were sent and are not there, each with the names there that nobody sent
// and that were not among those before.
func RewrittenTags(sent []intel.Tag, have []intel.RemoteTag, before []string) map[string]string {
	var out map[string]string
	for _, t := range sent {
		if slices.ContainsFunc(have, func(h intel.RemoteTag) bool { return intel.SameTag(t, h) }) {
			continue
		}
		var names []string
		for _, h := range have {
			if !slices.ContainsFunc(sent, func(u intel.Tag) bool { return intel.SameTag(u, h) }) && !slices.Contains(before, h.Name) {
				names = append(names, h.Name)
			}
		}
		if len(names) == 0 {
			// It was merged into a tag that was sent, too, or that was there.
			for _, h := range have {
				names = append(names, h.Name)
			}
		}
		if out == nil {
			out = map[string]string{}
		}
		out[t.String()] = strings.Join(names, "\n")
	}
	return out
}

// unread are the fields of indicators that answers do not tell.
var unread = []string{"observations", "falsePositiveFlag"}

// LacksMetadata names what o says of a new indicator and r does not have. Lists
// that r was not read with do not count; fields that answers do not tell are
// among what is lacking where anything else is.
func LacksMetadata(o *intel.Object, r *intel.Remote) []string {
	var out, maybe []string
	for _, f := range o.Fields {
		have, has := r.Fields.Get(f.Name)
		switch {
		case slices.Contains(unread, f.Name):
			maybe = append(maybe, f.Name)
		case !has && f.Value == "false", has && sameObjectField(o, f, have):
		default:
			out = append(out, f.Name)
		}
	}
	for _, list := range lackingLists(o, r) {
		// As many tags as were sent are those, under the instance's own names.
		if list != "tags" || len(r.Tags) < len(o.Tags) {
			out = append(out, list)
		}
	}
	if len(out) > 0 {
		out = append(out, maybe...)
	}
	return out
}

// OnlyMetadata is o with nothing but what names say.
func OnlyMetadata(o *intel.Object, names []string) *intel.Object {
	out := &intel.Object{Kind: o.Kind, Type: o.Type, Summary: o.Summary, Owner: o.Owner}
	for _, f := range o.Fields {
		if slices.Contains(names, f.Name) {
			out.Fields = append(out.Fields, f)
		}
	}
	if slices.Contains(names, "tags") {
		out.Tags = o.Tags
	}
	if slices.Contains(names, "securityLabels") {
		out.SecurityLabels = o.SecurityLabels
	}
	if slices.Contains(names, "attributes") {
		out.Attributes = o.Attributes
	}
	return out
}
