package plan

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// editedSince names what somebody has edited, since the last run, of a group that is
// to be deleted; "" if nothing, or if nobody knows what that run has left. That an
// attribute or an association is gone counts for nothing: with the group all go.
func (m *maker) editedSince(key string, r *intel.Remote) string {
	last := m.last(key)
	if last == nil {
		return ""
	}
	var edited []string
	note := func(field string, is bool) {
		if is {
			edited = append(edited, field)
		}
	}
	d := &differ{rewritten: m.IDMap[key].Rewritten}
	for _, t := range r.Tags {
		note("tags", !slices.ContainsFunc(append(remoteTagEntries(t), d.rewrittenEntries(t)...), last.maybe))
	}
	for _, l := range r.SecurityLabels {
		note("securityLabels", !last.maybe(labelEntry(l.Name)))
	}
	for _, at := range r.Attributes {
		note("attributes", !last.maybe(attributeEntry(at.Type, at.Value)))
		note("attributes", at.Source != "" && !last.maybe(partEntry(at.Type, at.Value, partSource, intel.PlainText(at.Source))))
	}
	for _, k := range intel.Kinds {
		for _, l := range m.Found.linked(r, k) {
			note(k.AssociationField(), !m.linkedByUs(key, r, k, l.ID))
		}
	}
	shown := m.Found.shown(r, d.rewritten)
	for e := range last {
		field, _, _ := strings.Cut(e, "=")
		if list := listOfEntry(field) & (intel.ListTags | intel.ListSecurityLabels); list != 0 && r.Lists.Has(list) {
			note(field, last.surely(e) && !shown[e])
		}
	}
	edited = append(edited, editedScalars(last, r)...)
	slices.Sort(edited)
	return strings.Join(slices.Compact(edited), ", ")
}

// linkedByUs reports whether the association of r, which the id-map has under key,
// with id is one that an earlier run has made or met: it is noted at either end.
func (m *maker) linkedByUs(key string, r *intel.Remote, k intel.Kind, id int64) bool {
	if m.last(key).maybe(linkEntry(k, id)) || k == intel.KindGroup && id == r.ID {
		return true
	}
	other, ok := m.keyOf[id]
	return ok && k == intel.KindGroup && m.last(other).maybe(linkEntry(k, r.ID))
}

// editedScalars names the scalars of r that have another value than the last run
// has left. What that has not written may be the instance's own doing.
func editedScalars(last entries, r *intel.Remote) []string {
	var edited []string
	is := func(name, entry string) {
		was := last.ofField(name)
		if len(was) > 0 && !last.maybe(entry) && slices.ContainsFunc(was, last.surely) {
			edited = append(edited, name)
		}
	}
	is("name", scalarEntry(nil, r.Name))
	typ, ok := intel.GroupTypeNamed(r.Type)
	if !ok {
		return edited
	}
	for i := range typ.Fields {
		spec := &typ.Fields[i]
		value, has := r.Fields.Get(spec.Name)
		if !has && spec.Kind == intel.Bool {
			value = "false"
		}
		is(spec.Name, scalarEntry(spec, value))
	}
	return edited
}
