package reader

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// ref reads one end of an association.
func (d *document) ref(kind intel.Kind, n *yaml.Node) (intel.Ref, bool) {
	switch n.Kind {
	case yaml.ScalarNode:
		if strings.TrimSpace(n.Value) == "" {
			return intel.Ref{}, false // an empty item
		}
		ref, err := intel.ParseRef(kind, n.Value, d.pos(n))
		if err != nil {
			d.errorf(n, "%v", err)
		}
		ref.Text = d.texts.once(ref.Text)
		return ref, err == nil
	case yaml.MappingNode:
		return d.refMapping(kind, n)
	}
	d.errorf(n, "the list must have %s, not %s", kind.Spec().Syntax, describe(n))
	return intel.Ref{}, false
}

// refMapping reads an end that is a mapping.
func (d *document) refMapping(kind intel.Kind, n *yaml.Node) (intel.Ref, bool) {
	if kind == intel.KindIndicator && d.unquotedIndicator(n) {
		return intel.Ref{}, false
	}
	e := intel.WrittenRef{Pos: d.pos(n), Kind: kind, Syntax: kind.Spec().Syntax}
	before := d.out.errors
	names, what := intel.RefFieldNames(kind, d.typeOf(n)), message.Article(kind.Spec().Name)
	if kind == intel.KindGroup {
		what = "a reference to a group" // a group itself has many more
	}
	for k, v := range pairs(n) {
		switch {
		case names != nil && !slices.Contains(names, k.Value):
			d.unknown(k, what, names)
		case k.Value == fieldTags:
			e.Tags = d.tags(v)
		case k.Value == fieldSecurityLabels:
			e.SecurityLabels, _ = d.labels(v)
		case k.Value == fieldAttributes:
			e.Attributes = d.attributes(v)
		default:
			d.addScalar(&e.Fields, k.Value, v)
		}
	}
	if d.out.errors > before {
		return intel.Ref{}, false
	}
	return d.out.ref(&e)
}

func (d *document) addScalar(fields *intel.Fields, name string, v *yaml.Node) {
	if value, ok := d.scalar(v, name); ok {
		*fields = append(*fields, intel.Field{Name: name, Value: value, Pos: d.pos(v)})
	}
}

// unquotedIndicator reports an indicator as text that YAML reads as a mapping,
// because a blank follows a colon.
func (d *document) unquotedIndicator(n *yaml.Node) bool {
	if len(n.Content) != 2 {
		return false
	}
	k, v := n.Content[0], deref(n.Content[1])
	typ, _, isShort := strings.Cut(k.Value, ":")
	_, isType := intel.IndicatorTypeNamed(typ, nil)
	if !isShort && !isType || v.Kind != yaml.ScalarNode {
		return false
	}
	d.errorf(n, "the space after the colon makes this a mapping: put the indicator in quotes, like %s", message.Quote(k.Value+": "+v.Value))
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

// entryKinds are the names of the other end of an association, and their kinds.
var entryKinds, entryNames = func() (kinds map[string]intel.Kind, names []string) {
	kinds = map[string]intel.Kind{}
	for _, k := range intel.Kinds {
		kinds[k.Spec().Entry()] = k
		names = append(names, k.Spec().Entry())
	}
	return kinds, names
}()

var associationNames = keyNames(AssociationKeys)

// association reads an entry of associations.
func (d *document) association(n *yaml.Node) {
	if !d.isMapping(n, "an association", "{group: key, associatedGroup: key}") {
		return
	}
	a := intel.Association{Pos: d.pos(n)}
	near, others, good := false, 0, true
	for k, v := range pairs(n) {
		kind, isOther := entryKinds[k.Value]
		var ok bool
		switch {
		case k.Value != fieldGroup && !isOther:
			d.unknown(k, "an association", associationNames)
		case isNull(v):
			d.warnComment(v)
			continue
		case isOther:
			a.Other, ok = d.ref(kind, v)
			others++
		default:
			a.Group, ok = d.ref(intel.KindGroup, v)
			near = true
			if named := a.Group.Group(); named != nil && named.Owner == "" && a.Group.ID() == 0 {
				named.Owner = d.owner
			}
		}
		good = good && ok
	}
	switch {
	case !good:
	case !near:
		d.errorf(n, "an association needs a group, like {group: key, associatedGroup: key}")
	case others != 1:
		d.errorf(n, "an association must have exactly one other end, not %d: one of %s", others, strings.Join(entryNames, ", "))
	default:
		d.out.Associations = append(d.out.Associations, a)
	}
}
