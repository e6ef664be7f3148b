package export

import (
	"cmp"
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// pair is an association of two groups of the export, the lower ID first.
type pair struct{ a, b int64 }

// link gives g the associations of r: groups of the export by their keys, each
// pair once, with the first of the two; indicators by what they are; everything
// else by its ID. It returns the IDs of what is not named by them.
func (x *exporter) link(g *intel.Group, r *intel.Remote) map[*intel.Object]int64 {
	ids := map[*intel.Object]int64{}
	links := slices.Clone(r.Links)
	slices.SortStableFunc(links, func(a, b *intel.Remote) int {
		return cmp.Or(cmp.Compare(slices.Index(intel.Kinds, a.Kind), slices.Index(intel.Kinds, b.Kind)), cmp.Compare(a.ID, b.ID))
	})
	links = slices.CompactFunc(links, func(a, b *intel.Remote) bool { return a.Kind == b.Kind && a.ID == b.ID })
	for _, l := range links {
		switch l.Kind {
		case intel.KindGroup:
			if ref, ok := x.groupRef(r.ID, l); ok {
				g.Refs = append(g.Refs, ref)
			}
		case intel.KindIndicator:
			ref := x.rules.indicatorRef(l, r.Owner, x.capped() > 0)
			if o := ref.Object(); o != nil {
				ids[o] = l.ID
			}
			g.Refs = append(g.Refs, ref)
		default:
			g.Refs = append(g.Refs, intel.Ref{Kind: l.Kind, End: &intel.End{ID: l.ID}})
		}
	}
	return ids
}

// groupRef is the reference of group id to l, unless it was made with l.
func (x *exporter) groupRef(id int64, l *intel.Remote) (intel.Ref, bool) {
	ref := intel.Ref{Kind: intel.KindGroup, End: &intel.End{ID: l.ID}}
	other := x.entries[l.ID]
	switch {
	case l.ID == id:
		return ref, false // instances name the group itself, too
	case other == nil || !other.carried:
		return ref, true
	}
	p := pair{min(id, l.ID), max(id, l.ID)}
	if x.pairs[p] {
		delete(x.pairs, p) // both ends were read: it is not needed again
		return ref, false
	}
	if !other.written {
		x.pairs[p] = true
	}
	other.referenced = true
	return intel.Ref{Kind: intel.KindGroup, Text: other.key}, true
}

// indicatorRef names an indicator by its type and summary, or by its values,
// where a plan reads that as the same indicator; else by its ID. Where the
// instance cuts nested lists a plan has to ask for it by its summary, which then
// has to be what the instance keeps.
func (x *rules) indicatorRef(l *intel.Remote, home string, asked bool) intel.Ref {
	byID := intel.Ref{Kind: intel.KindIndicator, End: &intel.End{ID: l.ID}}
	t, ok := intel.IndicatorTypeNamed(l.Type, x.instance.IndicatorTypes)
	if !ok || l.Owner == "" {
		return byID
	}
	values, keys := t.KeysOfSummary(l.Name)
	if asked && !strings.EqualFold(t.Summary(values), l.Name) {
		return byID
	}
	object := intel.Object{Kind: intel.KindIndicator, Type: t.Name, Summary: l.Name}
	if l.Owner != home {
		object.Owner = l.Owner
	}
	if !x.means(object, t, keys) {
		object.Summary = ""
		for i, name := range t.Values {
			if values[i] != "" {
				object.More().Fields = append(object.Fields(), intel.Field{Name: name, Value: values[i]})
			}
		}
		if !x.means(object, t, keys) {
			return byID
		}
	}
	return intel.Ref{Kind: intel.KindIndicator, End: &intel.End{Object: &object}}
}
