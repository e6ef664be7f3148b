// Package manifest writes manifests: the opposite of package reader, which
// gives back from them exactly what went in.
//
// Groups come as a reader delivers them, with their associations as Refs. What
// they say is data, from servers too: nothing of it reaches a YAML or CSV parser
// as anything but the text it is. A CSV cannot say all that YAML can; ForCSV
// tells what it loses.
package manifest

import (
	"slices"

	"tcimport/internal/intel"
)

// isShort reports whether an object says no more than its type and summary, so
// that an indicator can be written as Type:summary.
func isShort(o *intel.Object) bool {
	return o.Kind == intel.KindIndicator && o.Type != "" && o.Summary != "" && o.Owner == "" && len(o.Fields) == 0 &&
		len(o.Tags) == 0 && len(o.SecurityLabels) == 0 && len(o.Attributes) == 0
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
