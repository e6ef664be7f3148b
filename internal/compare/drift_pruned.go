package compare

import (
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
)

// editedSince names what somebody has edited, since the last run, of a group that is
// to be deleted; "" if nothing, or if there are no facts of an earlier run.
func (m *maker) editedSince(key string, r *intel.Remote) string {
	if len(m.last(key)) == 0 {
		return ""
	}
	linked := func(l *intel.Remote) bool {
		return m.linkedByRun(m.last(key), r.ID, l.Kind, l.ID, baseline.Baseline.Maybe)
	}
	return strings.Join(Edited(r, m.IDMap[key], linked), ", ")
}

// Edited names what somebody has edited of r since a run that has left it as left says.
// linked reports whether a run has associated r with something. Attributes and
// associations that are gone do not count: with the group all go.
func Edited(r *intel.Remote, left baseline.Group, linked func(*intel.Remote) bool) []string {
	last := left.Baseline
	edited := editedScalars(last, r)
	note := func(field string, is bool) {
		if is {
			edited = append(edited, field)
		}
	}
	for _, t := range r.Tags {
		note("tags", !slices.ContainsFunc(left.Rewritten.Tag(t), last.Maybe))
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
		note(l.Kind.AssociationField(), !itself && !linked(l))
	}
	shown := inventory.Facts(r, left.Rewritten)
	for _, f := range last {
		if list := f.List() & (intel.ListTags | intel.ListSecurityLabels); list != 0 && r.Lists.Has(list) {
			note(f.Field(), f.Doubt() == baseline.Sure && last.Surely(f) && !shown.Has(f))
		}
	}
	slices.Sort(edited)
	return slices.Compact(edited)
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
