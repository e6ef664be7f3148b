package undo

import (
	"slices"
	"strings"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
)

// edited says what somebody has edited of a group that the run has created, "" if it is
// as the run has left it. To delete what somebody has worked on cannot be taken back, so
// this also looks at what compare.Edited leaves out.
func (m *maker) edited(g *Group, r *intel.Remote) string {
	if len(g.Left) == 0 {
		return "it is not known what the run has left on it"
	}
	if !g.Answered {
		g = g.asSent()
	}
	fields := compare.Edited(r, baseline.Group{Baseline: g.Left, Rewritten: g.Rewritten}, func(l *intel.Remote) bool { return m.linkedByRun(g, r, l) })
	fields = append(fields, unwritten(g, r)...)
	if changedAttributes(g, r) {
		fields = append(fields, "attributes")
	}
	return editedSince(fields)
}

// editedSince says which parts somebody has edited, "" if it is none.
func editedSince(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	slices.Sort(parts)
	return "somebody has edited it since the run: " + strings.Join(slices.Compact(parts), ", ")
}

// linkedByRun reports whether the run has associated r with l. If no answer has shown what
// the run was to make with the group, that is known by its type and name only. A write
// without an outcome may have associated two groups that the run has created.
func (m *maker) linkedByRun(g *Group, r, l *intel.Remote) bool {
	e := end{l.Kind, l.ID}
	switch {
	case m.links.Has(r.ID, l.Kind, l.ID):
		return true
	case l.Kind == intel.KindGroup: // the write without an outcome may have made it
		return m.made[l.ID] && (!g.Answered || m.doubtful[l.ID])
	}
	return !(g.Answered && m.shown[e]) && m.newObjects()(l)
}

// unwritten names the fields of r that the run has not written and that have a value which
// no instance gives by itself, as far as is known.
func unwritten(g *Group, r *intel.Remote) []string {
	typ, ok := intel.GroupTypeNamed(r.Type)
	if !ok {
		return nil
	}
	written := map[string]bool{}
	for _, f := range g.Left {
		if f.List() == 0 {
			written[f.Field()] = true
		}
	}
	var out []string
	for _, spec := range typ.AllFields() {
		value, has := r.Fields.Get(spec.Name)
		if has && value != "" && !spec.CreateOnly && !written[spec.Name] && !isGiven(&spec, value, r.Added) {
			out = append(out, spec.Name)
		}
	}
	return out
}

// isGiven reports whether instances give a field this value if a create says nothing of it.
func isGiven(spec *intel.FieldSpec, value string, added time.Time) bool {
	switch {
	case spec.Kind == intel.Bool:
		return value == "false"
	case spec.Kind == intel.Date:
		at, err := time.Parse(time.RFC3339, value)
		return err == nil && at.Sub(added).Abs() <= skew
	case spec.Values != nil:
		return strings.EqualFold(value, "None") || value == "New"
	}
	return false
}

// changedAttributes reports whether an attribute is gone that the run has left, or has
// other flags, labels or another source. Which attribute of a type is the default one,
// the instance can decide.
func changedAttributes(g *Group, r *intel.Remote) bool {
	if !r.Lists.Has(intel.ListAttributes) {
		return false
	}
	var shown []baseline.Fact
	labels := true // they were read
	for i := range r.Attributes {
		at := &r.Attributes[i]
		shown = append(shown, baseline.Attribute(at.Type, at.Value))
		labels = labels && at.SecurityLabels != nil
		for _, p := range baseline.RemoteParts(at) {
			fact := p.Of(at.Type, at.Value)
			if shown = append(shown, fact); !p.Unset() && p.Name != baseline.PartDefault && !g.Left.Maybe(fact) {
				return true
			}
		}
	}
	return slices.ContainsFunc(g.Left, func(f baseline.Fact) bool {
		switch part := f.Field()[strings.LastIndexByte(f.Field(), '.')+1:]; {
		case f.List() != intel.ListAttributes, f.IsStoredAs(), f.Doubt() != baseline.Sure, !g.Left.Surely(f):
			return false
		case f.IsPart() && (part == baseline.PartDefault || part == baseline.PartLabel && !labels):
			return false
		}
		return !slices.Contains(shown, f)
	})
}
