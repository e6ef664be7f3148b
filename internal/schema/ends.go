package schema

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// end is what an association leads to: a text or a mapping.
func end(k intel.Kind) *node {
	object := newObject(k)
	if k == intel.KindGroup {
		object = groupReference()
	}
	return &node{Title: strings.TrimSuffix(sentences(k.Spec().Name), "."), Description: sentences(k.Spec().Syntax), AnyOf: []*node{shortForm(k), asObject(object)}}
}

// shortForm is an end as a text: #ID for any kind, the key of a group, Type:summary for an
// indicator.
func shortForm(k intel.Kind) *node {
	const id = `#\s*0*[1-9][0-9]*`
	var n *node
	switch k {
	case intel.KindGroup:
		return text()
	case intel.KindIndicator:
		n = matching(id, `[^:#\s][^:]*:\s*\S[\s\S]*`)
		n.Examples = []any{"Host:badguy.com"}
	default:
		n = matching(id)
		n.Examples = []any{"#12345"}
	}
	return n
}

// anID is an ID of the instance, as a number or as text.
func anID() *node {
	return number("integer", `#?\s*0*[1-9][0-9]*`, &intel.FieldSpec{Min: 1})
}

func groupReference() *node {
	types, _ := intel.KindGroup.Types()
	n := mapping(members{
		{"key", text().about("Key of a group of this import, or of the id-map.")},
		{"id", anID().about("ID of a group that exists.")},
		{"xid", text().about("xid of a group.")},
		{"type", oneOf(types).about("Type of the group, beside its name.")},
		{"name", text().about("Name of the group, beside its type.")},
		{"owner", text().about("Owner of the group, if it is another one.")},
	})
	for _, way := range [][]string{{"key"}, {"id"}, {"xid"}, {"type", "name"}} {
		n.AnyOf = append(n.AnyOf, &node{Required: way})
	}
	return n
}

// newObject is an object of a kind: its ID, or what it is created with.
func newObject(k intel.Kind) *node {
	spec := k.Spec()
	own, _ := k.TypeFields()
	types, _ := k.Types()
	n := mapping(nil)
	for _, name := range intel.RefFieldNames(k, "") {
		if !slices.Contains(own, name) {
			n.Properties = append(n.Properties, member{name, objectField(k, name)})
		}
	}
	if len(own) > 0 {
		n.PatternProperties = members{{names(own), &node{}}}
		n.AllOf = ofTypes(k, types)
	}
	if k == intel.KindIndicator {
		n.AdditionalProperties = nil
		n.AllOf = append(n.AllOf, knownNames(k, types))
	}
	needs := spec.RequiredFields()
	if !spec.Untyped {
		needs = append([]string{"type"}, needs...)
	}
	if len(k.ValueNames()) == 0 {
		needs = append(needs, spec.Named)
	}
	n.AllOf = append(n.AllOf, &node{If: &node{Required: []string{"id"}}, Else: &node{Required: needs}})
	return n
}

// ofTypes says of each type which fields of single types it has.
func ofTypes(k intel.Kind, types []string) (out []*node) {
	all, has := k.TypeFields()
	for _, typ := range types {
		var own members
		var others []string
		for _, name := range all {
			if has(typ, name) {
				own = append(own, member{name, objectField(k, name)})
			} else {
				others = append(others, name)
			}
		}
		out = append(out, ofType(typ, own, others))
	}
	return out
}

// knownNames allows no other names, unless the type is one that only an instance knows:
// then any field may hold a value.
func knownNames(k intel.Kind, types []string) *node {
	lists := make([]string, len(intel.Metadata))
	for i, m := range intel.Metadata {
		lists[i] = m.Name
	}
	known := &node{Properties: members{{"type", matching(anyCaseOf(types)...)}}}
	return &node{
		If:   known,
		Then: &node{PatternProperties: members{{names(intel.RefFieldNames(k, "")), &node{}}}, AdditionalProperties: never},
		Else: &node{PatternProperties: members{{names(lists), &node{}}}, AdditionalProperties: text()},
	}
}

// objectField is a field of an object of a kind.
func objectField(k intel.Kind, name string) *node {
	spec := k.Spec()
	if f, ok := spec.FieldNamed(name); ok {
		return value(f)
	}
	for _, m := range intel.Metadata {
		if m.Name == name {
			return ref(name).about("List of what the " + spec.Name + " is created with.")
		}
	}
	types, open := k.Types()
	switch name {
	case "id":
		return anID().about("ID of " + message.Article(spec.Name) + " that exists.")
	case "owner":
		return text().about("Owner, if it is another one than that of the group.")
	case "type":
		n := oneOf(types)
		if open {
			n = usually(types)
		}
		return n.about("Type of the " + spec.Name + ".")
	case spec.Named:
		return text().about(strings.ToUpper(name[:1]) + name[1:] + " of the " + spec.Name + ".")
	}
	return text().about("Value of the " + spec.Name + ".")
}
