package reader

import (
	"cmp"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// group reads an entry of groups.
func (d *document) group(n *yaml.Node) {
	if !d.isMapping(n, "an entry of groups", "{type: Adversary, name: Bad Guy}") {
		d.out.Incomplete = true
		return
	}
	g := &intel.Group{Pos: d.pos(n), Owner: d.owner}
	before := len(d.out.problems)
	for k, v := range pairs(n) {
		switch k.Value {
		case fieldKey:
			g.Key = d.name(v, fieldKey)
		case fieldType:
			g.Type = d.texts.once(d.name(v, fieldType))
		case fieldName:
			g.Name = d.name(v, fieldName)
		case fieldXID:
			g.XID = d.name(v, fieldXID)
		case fieldOwner:
			g.Owner = d.texts.once(cmp.Or(d.name(v, fieldOwner), g.Owner))
		default:
			if !d.groupField(g, k, v) {
				d.unknown(k, "a group", groupNames)
			}
		}
	}
	g.Fields = exact(g.Fields)
	g.Blame(d.out.problems[before:])
	d.groups = append(d.groups, g)
}

// groupField reads what both groups and defaults may hold, and reports whether
// there is such a field.
func (d *document) groupField(g *intel.Group, k, v *yaml.Node) bool {
	if v.Kind == yaml.SequenceNode { // an empty list empties the one of the instance, null does not
		g.Lists |= listsNamed[k.Value]
	}
	if kind, ok := associationFields[k.Value]; ok {
		list := d.list(v, k.Value, kind.Spec().Syntax)
		refs := make([]intel.Ref, 0, len(g.Refs)+len(list)) // no more than it needs: there are very many
		refs = append(refs, g.Refs...)
		for _, n := range list {
			if ref, ok := d.ref(kind, n); ok {
				refs = append(refs, ref)
			}
		}
		g.Refs = refs
		return true
	}
	switch k.Value {
	case fieldTags:
		g.Tags = d.tags(v)
	case fieldSecurityLabels:
		g.AddLabels(d.labels(v))
	case fieldAttributes:
		g.Attributes = d.attributes(v)
	case fieldFileTextFrom:
		if text, ok := d.textFrom(v, fieldFileTextFrom); ok {
			d.addField(&g.Fields, v, fieldFileText, text)
		}
	default:
		spec, ok := intel.GroupField(k.Value)
		if !ok {
			return false
		}
		if value, ok := d.fieldValue(v, spec); ok {
			d.addField(&g.Fields, v, spec.Name, value)
		}
	}
	return true
}

// addField adds a scalar; two can only meet as fileText and fileTextFrom.
func (d *document) addField(fields *intel.Fields, n *yaml.Node, name, value string) {
	if _, ok := fields.Get(name); ok {
		d.errorf(n, "%s and %s are both given: remove one of them", fieldFileText, fieldFileTextFrom)
		return
	}
	*fields = append(*fields, intel.Field{Name: name, Value: d.texts.once(value), Pos: d.pos(n)})
}

// fieldValue is a scalar as it is written. A field that the API takes as JSON
// may be written in YAML.
func (d *document) fieldValue(n *yaml.Node, f *intel.FieldSpec) (string, bool) {
	if f.Kind == intel.JSON && n.Kind != yaml.ScalarNode {
		return asJSON(n), true
	}
	return d.scalar(n, f.Name)
}

// tags reads a list of tags: names, {techniqueId: T1566}, {name: …}.
func (d *document) tags(n *yaml.Node) []intel.Tag {
	list := d.list(n, fieldTags, "names, or {techniqueId: T1566}")
	out := make([]intel.Tag, 0, len(list))
	for _, c := range list {
		if t, ok := d.tag(c); ok {
			t.Name, t.Pos = d.texts.once(t.Name), d.pos(c)
			out = append(out, t)
		}
	}
	return out
}

func (d *document) tag(n *yaml.Node) (t intel.Tag, ok bool) {
	if n.Kind == yaml.ScalarNode {
		t = intel.ParseTag(n.Value)
		if t == (intel.Tag{}) && strings.TrimSpace(n.Value) != "" {
			d.errorf(n, "%s has no technique ID: write it like techniqueId:T1566", message.Quote(n.Value))
		}
		return t, t != intel.Tag{}
	}
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "a tag must be a name or {techniqueId: T1566}, not %s", describe(n))
		return t, false
	}
	for k, v := range pairs(n) {
		switch k.Value {
		case intel.TechniqueField:
			t.TechniqueID = d.name(v, intel.TechniqueField)
		case "name":
			t.Name = d.name(v, "the name of a tag")
		default:
			d.errorf(k, "a tag must be a name or {techniqueId: T1566}, not %s; quote a name that contains \": \"", describe(n))
			return t, false
		}
	}
	if (t.Name == "") == (t.TechniqueID == "") {
		d.errorf(n, "a tag needs either a name or a techniqueId")
		return t, false
	}
	return t, true
}

// labels reads a list of security labels: names, or {name: …} as the API has
// them, and their places.
func (d *document) labels(n *yaml.Node) (names []string, at []intel.Pos) {
	list := d.list(n, fieldSecurityLabels, "names, like TLP:AMBER")
	names, at = make([]string, 0, len(list)), make([]intel.Pos, 0, len(list))
	for _, c := range list {
		if c.Kind == yaml.MappingNode && len(c.Content) == 2 && c.Content[0].Value == "name" {
			c = deref(c.Content[1])
		}
		if c.Kind != yaml.ScalarNode {
			d.errorf(c, "a security label must be a name like TLP:AMBER, not %s; quote a name that contains \": \"", describe(c))
			continue
		}
		if s := strings.TrimSpace(c.Value); s != "" && !isNull(c) {
			names, at = append(names, d.texts.once(s)), append(at, d.pos(c))
		}
	}
	return names, at
}
