package schema

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/reader"
)

func document() *node {
	n := mapping(of(reader.DocumentKeys, map[string]*node{
		"version":      {Enum: []any{1, "1", "", nil}},
		"namespace":    text(),
		"owner":        text(),
		"defaults":     defaults(),
		"groups":       list(ref("group")),
		"indicators":   list(ref(intel.KindIndicator.Spec().Entry())),
		"associations": list(association()),
		"sources":      list(source()),
	}))
	n.Title = "Manifest of tcimport"
	n.Description = "Groups of threat intelligence and their associations. Every scalar is the text that is written."
	return n
}

// groupKeys are the schemas of the keys that are no fields.
func groupKeys() map[string]*node {
	types, _ := intel.KindGroup.Types()
	out := map[string]*node{
		"key": text(), "type": oneOf(types), "name": text(), "xid": text(), "owner": text(),
		"fileTextFrom": text(),
	}
	for _, m := range intel.Metadata {
		out[m.Name] = ref(m.Name)
	}
	for _, k := range intel.Kinds {
		out[k.AssociationField()] = ref(k.AssociationField())
	}
	return out
}

func fields(specs []intel.FieldSpec) members {
	out := make(members, len(specs))
	for i := range specs {
		out[i] = member{specs[i].Name, value(&specs[i])}
	}
	return out
}

// group is an entry of groups. Which fields it may have depends on its type. It may lack
// type and name only if another definition of its key can have them.
func group() *node {
	n := mapping(append(of(reader.GroupKeys, groupKeys()), fields(intel.CommonGroupFields())...))
	n.Title = "Group"
	n.AnyOf = []*node{{Required: []string{"type", "name"}}, {Required: []string{"key"}}, {Required: []string{"xid"}}}
	var own []string
	for _, name := range intel.GroupFieldNames() {
		if !has(intel.CommonGroupFields(), name) {
			own = append(own, name)
		}
	}
	n.PatternProperties = members{{names(own), &node{}}}
	for _, t := range intel.GroupTypes {
		others := slices.DeleteFunc(slices.Clone(own), func(name string) bool { return has(t.Fields, name) })
		n.AllOf = append(n.AllOf, ofType(t.Name, fields(t.Fields), others))
	}
	n.Examples = []any{map[string]any{"key": "op-aurora", "type": "Incident", "name": "Bad Incident"}}
	return n
}

func has(specs []intel.FieldSpec, name string) bool {
	return slices.ContainsFunc(specs, func(f intel.FieldSpec) bool { return f.Name == name })
}

// ofType says which fields a mapping has if it has a type, and which are those of others.
func ofType(typ string, own members, others []string) *node {
	then := &node{Properties: own}
	if len(others) > 0 {
		then.PatternProperties = members{{names(others), ref("nothing").about("A field of another type.")}}
	}
	return &node{If: typed(anyCase(typ)), Then: then}
}

// typed is a mapping with a type that an expression describes.
func typed(expression string) *node {
	return &node{
		Required:   []string{"type"},
		Properties: members{{"type", &node{Type: "string", Pattern: `^\s*(` + expression + `)\s*$`}}},
	}
}

// defaults may have the fields of all types.
func defaults() *node {
	properties := of(reader.DefaultKeys, groupKeys())
	for _, name := range intel.GroupFieldNames() {
		properties = append(properties, member{name, value(intel.AnyGroupField(name))})
	}
	n := mapping(properties)
	n.Title = "Defaults"
	return n
}

func tag() *node {
	n := mapping(of(reader.TagKeys, map[string]*node{
		"name":               text(),
		intel.TechniqueField: matching(`[Tt][0-9]{4}(\.[0-9]{3})?`),
	}))
	n.AnyOf = []*node{{Required: []string{"name"}}, {Required: []string{intel.TechniqueField}}}
	return &node{Title: "Tag", AnyOf: []*node{asObject(n), text()}, Examples: []any{"Phishing", map[string]any{intel.TechniqueField: "T1566"}}}
}

// asObject is a mapping that is not null, because the text beside it may be.
func asObject(n *node) *node {
	out := *n
	out.Type, out.If, out.Then = "object", nil, nil
	return &out
}

func securityLabel() *node {
	n := mapping(of(reader.TagKeys[:1], map[string]*node{"name": usually(intel.TLPLabels)}))
	n.Required = []string{"name"}
	return &node{Title: "Security label", AnyOf: []*node{asObject(n), usually(intel.TLPLabels)}}
}

func attribute() *node {
	n := mapping(of(reader.AttributeKeys, map[string]*node{
		"type": usually(intel.CommonAttributeTypes), "value": text(), "valueFrom": text(), "source": text(),
		"default": ref("flag"), "pinned": ref("flag"), "securityLabels": ref("securityLabels"),
	}))
	n.Title, n.Required = "Attribute", []string{"type"}
	n.AnyOf = []*node{{Required: []string{"value"}}, {Required: []string{"valueFrom"}}}
	n.Examples = []any{map[string]any{"type": "Description", "value": "A severe incident"}}
	return n
}

func association() *node {
	schemas := map[string]*node{"group": ref(intel.KindGroup.Spec().Entry())}
	var ends []*node
	for _, k := range intel.Kinds {
		entry := k.Spec().Entry()
		schemas[entry] = ref(entry)
		ends = append(ends, &node{Required: []string{entry}})
	}
	n := mapping(of(reader.AssociationKeys, schemas))
	n.Title, n.Required, n.AnyOf = "Association", []string{"group"}, ends
	return n
}

func source() *node {
	var columns members
	var spellings []string
	for _, name := range reader.SourceColumns() {
		columns = append(columns, member{name, &node{Description: columnAbout(name)}})
		spellings = append(spellings, anySpelling(name))
	}
	// Editors offer the properties. What they may have and how they may be spelled is said
	// apart: strict validators refuse a property that a pattern also describes.
	made := &node{Type: "object", Properties: columns, AllOf: []*node{{
		PatternProperties: members{
			{"^(" + anySpelling("attribute") + `:[\s\S]*\S[\s\S]*|` + strings.Join(spellings, "|") + ")$", text()},
		},
		AdditionalProperties: never,
	}}}
	meanings := &node{Type: "object", AdditionalProperties: text()} // of a column
	n := mapping(of(reader.SourceKeys, map[string]*node{
		"csv": text(), "columns": made, "encoding": text(), "skip": text(),
		"values": refusing(&node{AdditionalProperties: meanings}, "object", "array", "string", "number", "boolean"),
	}))
	n.Title, n.Required = "Source", []string{"csv", "columns"}
	return n
}

// columnAbout says what a column means: a key or field of a group, or one of an end of an
// association.
func columnAbout(name string) string {
	for _, k := range slices.Concat(reader.GroupKeys, reader.AssociationKeys) {
		if k.Name == name {
			return sentences(k.About)
		}
	}
	if f, ok := intel.GroupField(name); ok {
		return sentences(f.About)
	}
	for _, k := range intel.ObjectKinds {
		if slices.Contains(intel.RefFieldNames(k, ""), name) {
			return objectField(k, name).Description
		}
	}
	return "Kind of the other end of an association."
}
