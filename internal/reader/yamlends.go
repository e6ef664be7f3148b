package reader

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
)

// ref reads one end of an association.
func (d *document) ref(kind intel.Kind, n *yaml.Node) (intel.Ref, bool) {
	switch n.Kind {
	case yaml.ScalarNode:
		if strings.TrimSpace(n.Value) == "" {
			return intel.Ref{}, false // an empty item
		}
		ref, err := refOf(kind, n.Value, d.pos(n))
		if err != nil {
			d.errorf(n, "%v", err)
		}
		return ref, err == nil
	case yaml.MappingNode:
		if kind == intel.KindGroup {
			return d.groupRef(n)
		}
		return d.objectRef(kind, n)
	}
	d.errorf(n, "the list takes %s; this is %s", endForms[kind], describe(n))
	return intel.Ref{}, false
}

var groupRefNames = []string{fieldKey, fieldID, fieldXID, fieldType, fieldName, fieldOwner}

func (d *document) groupRef(n *yaml.Node) (intel.Ref, bool) {
	ref := intel.Ref{Pos: d.pos(n), Kind: intel.KindGroup}
	before := d.out.errors
	for k, v := range pairs(n) {
		switch k.Value {
		case fieldKey:
			ref.Key, _ = d.name(v, fieldKey)
		case fieldID:
			ref.ID = d.id(v)
		case fieldXID:
			ref.XID, _ = d.name(v, fieldXID)
		case fieldType:
			ref.Type, _ = d.name(v, fieldType)
		case fieldName:
			ref.Name, _ = d.name(v, fieldName)
		case fieldOwner:
			ref.Owner, _ = d.name(v, fieldOwner)
		default:
			d.unknown(k, "a reference to a group", groupRefNames)
		}
	}
	if d.out.errors > before {
		return ref, false
	}
	err := checkGroupRef(&ref)
	if err != nil {
		d.errorf(n, "%v", err)
	}
	return ref, err == nil
}

// id reads an ID; what is none is reported.
func (d *document) id(n *yaml.Node) int64 {
	s, ok := d.name(n, fieldID)
	if !ok {
		return 0
	}
	id, err := parseID(strings.TrimPrefix(s, "#"))
	if err != nil {
		d.errorf(n, "%v", err)
	}
	return id
}

// objectLists are the lists that an object of a kind may have.
var objectLists = map[intel.Kind][]string{
	intel.KindIndicator: {fieldTags, fieldSecurityLabels, fieldAttributes},
	intel.KindCase:      {fieldTags, fieldAttributes},
}

// objectNames are the names that an object of a kind and type may have, nil if
// the type is one that only an instance knows: any scalar may be its value.
func objectNames(kind intel.Kind, typ string) []string {
	if intel.ObjectFieldNames(kind, typ) == nil {
		return nil
	}
	return objectNamesOf[kind]
}

var objectNamesOf = func() map[intel.Kind][]string {
	out := map[intel.Kind][]string{}
	for _, kind := range intel.Kinds[1:] {
		own := []string{fieldID, fieldType, fieldSummary}
		switch kind {
		case intel.KindIndicator:
			own = append(own, fieldOwner)
		case intel.KindCase:
			own = []string{fieldID, fieldName}
		}
		out[kind] = slices.Concat(own, intel.ObjectFieldNames(kind, ""), objectLists[kind])
	}
	return out
}()

// objectRef reads an indicator, artifact, case or victim asset.
func (d *document) objectRef(kind intel.Kind, n *yaml.Node) (intel.Ref, bool) {
	ref := intel.Ref{Pos: d.pos(n), Kind: kind}
	if kind == intel.KindIndicator && d.unquoted(n) {
		return ref, false
	}
	o := &intel.Object{Pos: ref.Pos, Kind: kind}
	before := d.out.errors
	others := 0
	names := objectNames(kind, d.typeOf(n))
	for k, v := range pairs(n) {
		switch {
		case k.Value == fieldID:
			ref.ID = d.id(v)
			continue
		case k.Value == fieldOwner && kind == intel.KindIndicator:
			o.Owner, _ = d.name(v, fieldOwner)
			continue
		case !d.objectField(o, k, v, names):
			d.unknown(k, kindNames[kind], names)
		}
		if !isNull(v) {
			others++
		}
	}
	switch {
	case d.out.errors > before:
		return ref, false
	case ref.ID != 0 && others > 0:
		d.errorf(n, "with an id, only owner may be given")
		return ref, false
	case ref.ID != 0:
		ref.Owner = o.Owner
		ref.Written = "#" + strconv.FormatInt(ref.ID, 10)
		return ref, true
	}
	if err := checkObject(o); err != nil {
		d.errorf(n, "%v: %s", err, endForms[kind])
		return ref, false
	}
	ref.Written, ref.Object = o.Written, o
	return ref, true
}

// unquoted reports an indicator in its short form that YAML takes for a mapping,
// because of the blank after a colon.
func (d *document) unquoted(n *yaml.Node) bool {
	if len(n.Content) != 2 {
		return false
	}
	k, v := n.Content[0], deref(n.Content[1])
	typ, _, isShort := strings.Cut(k.Value, ":")
	_, isType := intel.IndicatorTypeNamed(typ, nil)
	if !isShort && !isType || v.Kind != yaml.ScalarNode {
		return false
	}
	d.errorf(n, "the space after the colon makes this a mapping: put the indicator in quotes, like %s", quoted(k.Value+": "+v.Value))
	return true
}

// typeOf is the type of an object, which its fields depend on.
func (d *document) typeOf(n *yaml.Node) string {
	for k, v := range pairs(n) {
		if k.Value == fieldType && v.Kind == yaml.ScalarNode {
			return strings.TrimSpace(v.Value)
		}
	}
	return ""
}

// objectField reads one field of an object and reports whether there is such a
// field.
func (d *document) objectField(o *intel.Object, k, v *yaml.Node, names []string) bool {
	if names != nil && !slices.Contains(names, k.Value) {
		return false
	}
	switch {
	case k.Value == fieldType && o.Kind != intel.KindCase:
		o.Type, _ = d.name(v, fieldType)
	case k.Value == fieldSummary && o.Kind != intel.KindCase:
		o.Summary, _ = d.scalar(v, fieldSummary)
	case k.Value == fieldName && o.Kind == intel.KindCase:
		o.Summary, _ = d.name(v, fieldName)
	case k.Value == fieldTags:
		o.Tags = d.tags(v)
	case k.Value == fieldSecurityLabels:
		o.SecurityLabels, _ = d.labels(v)
	case k.Value == fieldAttributes:
		o.Attributes = d.attributes(v)
	default:
		if value, ok := d.scalar(v, k.Value); ok {
			o.Fields = append(o.Fields, intel.Field{Name: k.Value, Value: value, Pos: d.pos(v)})
		}
	}
	return true
}

// otherEnds are the names of the second end of an association, by kind.
var otherEnds = map[string]intel.Kind{
	"associatedGroup":       intel.KindGroup,
	"associatedIndicator":   intel.KindIndicator,
	"associatedArtifact":    intel.KindArtifact,
	"associatedCase":        intel.KindCase,
	"associatedVictimAsset": intel.KindVictimAsset,
}

var associationNames = []string{
	"group", "associatedGroup", "associatedIndicator", "associatedArtifact", "associatedCase", "associatedVictimAsset",
}

// association reads an entry of associations.
func (d *document) association(n *yaml.Node) {
	const form = "an association is a mapping like {group: key, associatedGroup: key}"
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "%s, this is %s", form, describe(n))
		return
	}
	a := intel.Association{Pos: d.pos(n)}
	near, others, good := false, 0, true
	for k, v := range pairs(n) {
		kind, isOther := otherEnds[k.Value]
		var ok bool
		switch {
		case k.Value != "group" && !isOther:
			d.unknown(k, "an association", associationNames)
		case isNull(v):
			d.lostInComment(v)
			continue
		case isOther:
			a.Other, ok = d.ref(kind, v)
			others++
		default:
			a.Group, ok = d.ref(intel.KindGroup, v)
			near = true
			if a.Group.Owner == "" && (a.Group.XID != "" || a.Group.Type != "") {
				a.Group.Owner = d.owner
			}
		}
		good = good && ok
	}
	switch {
	case !good:
	case !near:
		d.errorf(n, "this association has no group: %s", form)
	case others != 1:
		d.errorf(n, "an association has exactly one other end, this one has %d: one of associatedGroup, associatedIndicator, "+
			"associatedArtifact, associatedCase, associatedVictimAsset", others)
	default:
		d.out.Associations = append(d.out.Associations, a)
	}
}
