// Package manifest writes manifests. Package reader reads them back exactly.
//
// A group has its associations as Refs, as in package reader. All texts are
// data, also those of servers: a parser of YAML or CSV reads each as the text
// that it is. A CSV cannot hold all that YAML can; CSV.Group returns what it
// loses.
package manifest

import (
	"slices"

	"tcimport/internal/intel"
)

// isShort reports whether an object has only a type and a summary, so that
// Type:summary is enough for an indicator.
func isShort(o *intel.Object) bool {
	return o.Kind == intel.KindIndicator && o.Type != "" && o.Summary != "" && o.Owner == "" && len(o.Fields()) == 0 &&
		len(o.Tags()) == 0 && len(o.SecurityLabels()) == 0 && len(o.Attributes()) == 0
}

// looksLikeTechnique reports whether a plain tag would be read as the ID of a
// technique.
func looksLikeTechnique(t intel.Tag) bool {
	return t.TechniqueID == "" && intel.ParseTag(t.Name).Name == ""
}

// refsOf are the associations of g of one kind.
func refsOf(g *intel.Group, k intel.Kind) []*intel.Ref {
	var out []*intel.Ref
	for i := range g.Refs {
		if g.Refs[i].Kind == k {
			out = append(out, &g.Refs[i])
		}
	}
	return out
}

// fieldsOf are the scalars of g in the order of the tables.
func fieldsOf(g *intel.Group) intel.Fields {
	out := slices.Clone(g.Fields)
	slices.SortStableFunc(out, func(a, b intel.Field) int {
		return slices.Index(groupFields, a.Name) - slices.Index(groupFields, b.Name)
	})
	return out
}

var groupFields = intel.GroupFieldNames()
