package manifest

import (
	"strings"

	"tcimport/internal/intel"
)

// object is an indicator, artifact, case or victim asset as a mapping.
func object(o *intel.Object) *node {
	n := addText(mapping(), "type", o.Type)
	for _, v := range objectValues(o) {
		add(n, v.Name, text(v.Value))
	}
	if o.Kind.Spec().Owned {
		addText(n, "owner", o.Owner)
	}
	for _, f := range o.Fields() {
		if f.Name == "xid" && strings.HasPrefix(f.Value, intel.XIDPrefix) {
			continue // derived from the name, and derived again
		}
		add(n, f.Name, text(f.Value))
	}
	addMetadata(n, o.Tags(), o.SecurityLabels(), o.Attributes(), 0)
	return n
}

// addMetadata adds lists that have entries, and empty ones that are named.
func addMetadata(n *node, tags []intel.Tag, labels []string, attributes []intel.Attribute, named intel.List) {
	addList(n, "tags", tagNodes(tags), named.Has(intel.ListTags))
	addList(n, "securityLabels", texts(labels), named.Has(intel.ListSecurityLabels))
	addList(n, "attributes", attributeNodes(attributes), named.Has(intel.ListAttributes))
}

// objectValues are the fields that name an object: the parts of an indicator
// with several, a summary, or the name of a case.
func objectValues(o *intel.Object) intel.Fields {
	if o.Summary == "" {
		return nil // its fields have the value
	}
	if t, ok := intel.IndicatorTypeNamed(o.Type, nil); ok && o.Kind == intel.KindIndicator && len(t.Values) > 1 && len(t.Values) == len(o.Values()) {
		var out intel.Fields
		for i, v := range o.Values() {
			if v != "" {
				out = append(out, intel.Field{Name: t.Values[i], Value: v})
			}
		}
		return out
	}
	return intel.Fields{{Name: o.Kind.Spec().Named, Value: o.Summary}}
}

// group is a whole group; it names no owner if that is home.
func group(g *intel.Group, home string) *node {
	n := mapping()
	addText(n, "key", g.Key)
	addText(n, "type", g.Type)
	addText(n, "name", g.Name)
	if g.Owner != home {
		addText(n, "owner", g.Owner)
	}
	addText(n, "xid", g.XID)
	for _, f := range fieldsOf(g) {
		add(n, f.Name, text(f.Value))
	}
	addMetadata(n, g.Tags, g.SecurityLabels, g.Attributes, g.Lists)
	for _, k := range intel.Kinds {
		var refs []*node
		for _, r := range refsOf(g, k) {
			refs = append(refs, refNode(r))
		}
		addList(n, k.AssociationField(), refs, g.Lists.Has(k.List()))
	}
	return n
}

// refNode is one end of an association. An end by ID can have an Object that says
// its type and name: they become a comment.
func refNode(r *intel.Ref) *node {
	switch {
	case r.Kind == intel.KindGroup && strings.HasPrefix(r.Text, "#"):
		return inLine(addText(mapping(), "key", r.Text)) // alone it would read as an ID
	case r.Text != "":
		return text(r.Text)
	case r.ID() != 0:
		n := byID(r.ID())
		if o := r.Object(); o != nil && o.Type+o.Summary != "" {
			n.LineComment = comment(strings.TrimSpace(o.Type + " " + o.Summary))
		}
		return n
	case r.Object() != nil && isShort(r.Object()):
		return text(r.Object().Type + ":" + r.Object().Summary)
	case r.Object() != nil:
		return object(r.Object())
	case r.Group().XID != "":
		return inLine(addText(addText(mapping(), "xid", r.Group().XID), "owner", r.Group().Owner))
	}
	return inLine(addText(addText(addText(mapping(), "type", r.Group().Type), "name", r.Group().Name), "owner", r.Group().Owner))
}
