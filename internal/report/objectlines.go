package report

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// longScalar is the length above which a field of a new object has a line of its
// own.
const longScalar = 60

// definitionLines are the fields and lists of a new object.
func (b *planView) definitionLines(o *intel.Object) []line {
	var out []line
	var scalars phrase
	for _, f := range inTableOrder(o.Kind, o.Fields()) {
		switch {
		case f.Name == "xid" && strings.HasPrefix(f.Value, intel.XIDPrefix) && !b.Verbose:
		case len(f.Value) > longScalar || strings.Contains(f.Value, "\n"):
			out = append(out, line{what: about(f.Name), value: value{op: plan.Add, new: f.Value}})
		default:
			if scalars != nil {
				scalars = append(scalars, say(", "))
			}
			scalars = append(scalars, datum(f.Name), say(": "), datum(f.Value))
		}
	}
	if scalars != nil {
		out = append([]line{{what: scalars}}, out...)
	}
	var tags []string
	for _, t := range o.Tags() {
		tags = append(tags, t.String())
	}
	out = append(out, listLine("tags", tags)...)
	out = append(out, listLine("securityLabels", o.SecurityLabels())...)
	for _, at := range o.Attributes() {
		out = append(out, line{what: about("attribute:" + at.Type), value: value{op: plan.Add, new: at.Value},
			tail: attributeTail(nil, at.Source, at.Default, at.Pinned, at.SecurityLabels)})
	}
	return out
}

// about begins a line about a field.
func about(field string) phrase { return phrase{datum(field), say(": ")} }

// listLine is a line with the entries of a list, if it has any.
func listLine(field string, entries []string) []line {
	if len(entries) == 0 {
		return nil
	}
	what := append(about(field), listed(entries[0]))
	for _, e := range entries[1:] {
		what = append(what, say(", "), listed(e))
	}
	return []line{{what: what}}
}

// inTableOrder sorts fields as the documentation does: a saved plan does not keep
// the order of the manifest.
func inTableOrder(kind intel.Kind, fields intel.Fields) intel.Fields {
	specs := kind.Spec().Fields
	place := func(f intel.Field) int {
		return slices.IndexFunc(specs, func(s intel.FieldSpec) bool { return s.Name == f.Name })
	}
	out := slices.Clone(fields)
	slices.SortStableFunc(out, func(a, b intel.Field) int { return place(a) - place(b) })
	return out
}
