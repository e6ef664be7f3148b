package compare

import (
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
)

// editedSince names what somebody has edited, since the last run, of a group that is
// to be deleted; "" if nothing, or if there are no facts of an earlier run. Attributes
// and associations that are gone do not count: with the group all go.
func (m *maker) editedSince(key string, r *intel.Remote) string {
	last := m.last(key)
	if len(last) == 0 {
		return ""
	}
	edited := editedScalars(last, r)
	note := func(field string, is bool) {
		if is {
			edited = append(edited, field)
		}
	}
	rewritten := m.IDMap[key].Rewritten
	for _, t := range r.Tags {
		note("tags", !slices.ContainsFunc(rewritten.Tag(t), last.Maybe))
	}
	for _, l := range r.SecurityLabels {
		note("securityLabels", !last.Maybe(baseline.Label(l.Name)))
	}
	for _, at := range r.Attributes {
		source := baseline.Parts(&intel.Attribute{Source: at.Source})
		note("attributes", slices.ContainsFunc(baseline.AttributeWith(at.Type, at.Value, source), func(f baseline.Fact) bool { return !last.Maybe(f) }))
	}
	for _, l := range r.Links {
		itself := l.Kind == intel.KindGroup && l.ID == r.ID
		note(l.Kind.AssociationField(), !itself && !m.linkedByRun(key, r.ID, l.Kind, l.ID, baseline.Baseline.Maybe))
	}
	shown := inventory.Facts(r, rewritten)
	for _, f := range last {
		if list := f.List() & (intel.ListTags | intel.ListSecurityLabels); list != 0 && r.Lists.Has(list) {
			note(f.Field(), f.Doubt() == baseline.Sure && last.Surely(f) && !shown.Has(f))
		}
	}
	slices.Sort(edited)
	return strings.Join(slices.Compact(edited), ", ")
}

// editedScalars names the scalars of r whose value is not that of the last run. The
// instance may have set those that no run has written.
func editedScalars(last baseline.Baseline, r *intel.Remote) []string {
	var edited []string
	is := func(f baseline.Fact) {
		if slices.ContainsFunc(last.Of(f.Field()), last.Surely) && !last.Maybe(f) {
			edited = append(edited, f.Field())
		}
	}
	is(baseline.Name(r.Name))
	typ, ok := intel.GroupTypeNamed(r.Type)
	if !ok {
		return edited
	}
	for _, spec := range typ.AllFields() {
		value, has := r.Fields.Get(spec.Name)
		if !has && spec.Kind == intel.Bool {
			value = "false"
		}
		is(baseline.Scalar(&spec, value))
	}
	return edited
}
