package apply

import (
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// shown is a group as it was read after a write. It says which entries have arrived.
type shown struct {
	remote *intel.Remote
	typ    *intel.GroupType
	custom []intel.IndicatorType
	links  *linkIndex            // made on first use
	adds   []*plan.Change        // the attributes that the write adds
	before baseline.Baseline     // what was there before the write of what is wanted
	lacks  map[*plan.Change]bool // those of adds that the group lacks, made on first use
}

// newShown takes a group that an action writes. It was read with the lists of all entries
// in question.
func newShown(r *intel.Remote, a *plan.Action, custom []intel.IndicatorType) *shown {
	t, _ := intel.GroupTypeNamed(a.Type)
	s := &shown{remote: r, typ: t, custom: custom, before: a.Baseline()}
	for _, e := range a.Entries() {
		if e.List() == intel.ListAttributes && !e.Removes() && !e.InPlace() {
			s.adds = append(s.adds, e.Change)
		}
	}
	return s
}

// has reports whether an entry has arrived. end is the other end of an association. A
// field that only a create can set counts as arrived, because it cannot be sent again.
func (s *shown) has(e plan.Entry, end intel.LinkWrite) bool {
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
			return slices.ContainsFunc(r.Attributes, func(h intel.RemoteAttribute) bool { return h.ID == at.ID && isChanged(h, at.Attribute) })
		case e.Removes():
			there = slices.ContainsFunc(r.Attributes, func(h intel.RemoteAttribute) bool { return h.ID == at.ID })
		default:
			there = !s.lacking()[e.Change]
		}
	default:
		there = s.associated().has(end)
	}
	return there != e.Removes()
}

// lacking are the attributes to add that the group lacks. One that was there before is none
// of them, even if it looks like one.
func (s *shown) lacking() map[*plan.Change]bool {
	if s.lacks == nil {
		s.lacks = map[*plan.Change]bool{}
		var want []intel.Attribute
		for _, c := range s.adds {
			want = append(want, plan.Entry{Change: c}.Attribute().Attribute)
		}
		wasThere := func(h intel.RemoteAttribute) bool { return s.before.Has(baseline.Attribute(h.Type, h.Value)) }
		for _, i := range intel.MissingAttributes(s.remote.Attributes, want, wasThere) {
			s.lacks[s.adds[i]] = true
		}
	}
	return s.lacks
}

// associated is the index of the objects that the group is associated with.
func (s *shown) associated() *linkIndex {
	if s.links == nil {
		s.links = newLinkIndex(s.remote.Links, s.custom)
	}
	return s.links
}

func (s *shown) hasField(c *plan.Change) bool {
	if c.Field() == "name" {
		return s.remote.Name == c.New() || strings.TrimSpace(s.remote.Name) == c.New()
	}
	if s.typ == nil {
		return true
	}
	spec, ok := s.typ.Field(c.Field())
	if !ok || spec.CreateOnly {
		return true
	}
	have, has := s.remote.Fields.Get(c.Field())
	return has && spec.Equal(c.New(), have)
}

// isChanged reports whether h shows the values of w, which was sent as its change.
func isChanged(h intel.RemoteAttribute, w intel.Attribute) bool {
	if !intel.SameText(w.Value, h.Value) || w.DiffersBeside(&h) {
		return false
	}
	return len(w.SecurityLabels) == 0 || intel.SameLabels(w.SecurityLabels, h.SecurityLabels)
}

// rewrittenTags are the tags that the instance has stored under other names: sent tags that
// the group lacks, each with the names that are strange there.
func rewrittenTags(sent []intel.Tag, have []intel.RemoteTag, strange []string) map[string]string {
	var out map[string]string
	for _, t := range sent {
		if slices.ContainsFunc(have, func(h intel.RemoteTag) bool { return intel.SameTag(t, h) }) {
			continue
		}
		names := strange
		if len(names) == 0 {
			// The instance has merged it into another sent tag, or into one that was there.
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

// onlyMetadata is o with the named metadata only.
func onlyMetadata(o *intel.Object, names []string) *intel.Object {
	out := &intel.Object{Kind: o.Kind, Type: o.Type, Summary: o.Summary, Owner: o.Owner}
	var d intel.Details
	for _, f := range o.Fields() {
		if slices.Contains(names, f.Name) {
			d.Fields = append(d.Fields, f)
		}
	}
	if slices.Contains(names, "tags") {
		d.Tags = o.Tags()
	}
	if slices.Contains(names, "securityLabels") {
		d.SecurityLabels = o.SecurityLabels()
	}
	if slices.Contains(names, "attributes") {
		d.Attributes = o.Attributes()
	}
	out.SetDetails(d)
	return out
}
