package manifest

import (
	"strings"

	"tcimport/internal/intel"
)

// Object is an indicator, artifact, case or victim asset as a mapping.
func Object(o *intel.Object) *Node {
	n := Mapping()
	if o.Type != "" {
		Add(n, "type", Text(o.Type))
	}
	for _, v := range objectValues(o) {
		Add(n, v.Name, Text(v.Value))
	}
	if o.Kind.Spec().Owned {
		WithOwner(n, o.Owner)
	}
	for _, f := range o.Fields {
		if f.Name == "xid" && strings.HasPrefix(f.Value, intel.XIDPrefix) {
			continue // derived from the name, and derived again
		}
		Add(n, f.Name, Text(f.Value))
	}
	addMetadata(n, o.Tags, o.SecurityLabels, o.Attributes)
	return n
}

func addMetadata(n *Node, tags []intel.Tag, labels []string, attributes []intel.Attribute) {
	AddList(n, "tags", Tags(tags), false)
	AddList(n, "securityLabels", Texts(labels), false)
	AddList(n, "attributes", Attributes(attributes), false)
}

// WithOwner adds an owner, if there is one.
func WithOwner(n *Node, owner string) *Node {
	if owner != "" {
		Add(n, "owner", Text(owner))
	}
	return n
}

// objectValues are the fields that name an object: the parts of an indicator
// with several, a summary, or the name of a case.
func objectValues(o *intel.Object) intel.Fields {
	if o.Summary == "" {
		return nil // its fields have the value
	}
	if t, ok := intel.IndicatorTypeNamed(o.Type, nil); ok && o.Kind == intel.KindIndicator && len(t.Values) > 1 && len(t.Values) == len(o.Values) {
		var out intel.Fields
		for i, v := range o.Values {
			if v != "" {
				out = append(out, intel.Field{Name: t.Values[i], Value: v})
			}
		}
		return out
	}
	return intel.Fields{{Name: o.Kind.Spec().Named, Value: o.Summary}}
}

// Group is a whole group; it names no owner if that is home.
func Group(g *intel.Group, home string) *Node {
	n := Mapping()
	if g.Key != "" {
		Add(n, "key", Text(g.Key))
	}
	Add(n, "type", Text(g.Type))
	Add(n, "name", Text(g.Name))
	if g.Owner != home {
		WithOwner(n, g.Owner)
	}
	if g.XID != "" {
		Add(n, "xid", Text(g.XID))
	}
	for _, f := range fieldsOf(g) {
		Add(n, f.Name, Text(f.Value))
	}
	addMetadata(n, g.Tags, g.SecurityLabels, g.Attributes)
	for _, k := range intel.Kinds {
		var refs []*Node
		for _, r := range refsOf(g, k) {
			refs = append(refs, refNode(r))
		}
		AddList(n, k.AssociationField(), refs, false)
	}
	return n
}

// refNode is the other end of an association.
func refNode(r *intel.Ref) *Node {
	switch {
	case r.Kind == intel.KindGroup && strings.HasPrefix(r.Text, "#"):
		return inLine(Mapping("key", Text(r.Text))) // alone it would read as an ID
	case r.Text != "":
		return Text(r.Text)
	case r.ID != 0:
		return ByID(r.ID)
	case r.Object != nil && isShort(r.Object):
		return Text(r.Object.Type + ":" + r.Object.Summary)
	case r.Object != nil:
		return Object(r.Object)
	case r.Group.XID != "":
		return inLine(WithOwner(Mapping("xid", Text(r.Group.XID)), r.Group.Owner))
	}
	return inLine(WithOwner(Mapping("type", Text(r.Group.Type), "name", Text(r.Group.Name)), r.Group.Owner))
}
