package reader

import (
	"slices"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// groupDefaults are the parts that a document gives to each of its groups.
type groupDefaults struct{ group intel.Group }

// defaults reads the defaults of a document.
func (d *document) defaults(n *yaml.Node) *groupDefaults {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "defaults must be a mapping like {tags: [Imported]}, not %s", describe(n))
		return nil
	}
	laid := &groupDefaults{}
	for k, v := range pairs(n) {
		switch {
		case k.Value == fieldOwner:
			d.errorf(k, "owner is not part of defaults: write it beside defaults")
		case slices.Contains(identity, k.Value):
			d.errorf(k, "%s is different for each group: write it in the groups", message.Quote(k.Value))
		case !d.groupField(&laid.group, k, v):
			d.unknown(k, "defaults", defaultNames)
		}
	}
	return laid
}

// apply adds the defaults to groups, all definitions of a document. Several
// definitions of one key are one group: any of them may have the group's own
// scalar, and only the first gets the default.
func (l *groupDefaults) apply(groups []*intel.Group) {
	if l == nil {
		return
	}
	byKey := make(map[string]int, len(groups))
	next := make([]int, len(groups)) // the following definition of the same key, 0 for none
	last := map[int]int{}            // of a key with several definitions, by the first
	var firsts []int
	for i, g := range groups {
		key := g.EffectiveKey()
		first, ok := byKey[key]
		if !ok || key == "" {
			byKey[key] = i
			firsts = append(firsts, i)
			continue
		}
		before, ok := last[first]
		if !ok {
			before = first
		}
		next[before] = i
		last[first] = i
	}
	same := make([]*intel.Group, 0, 8)
	for _, i := range firsts {
		same = append(same[:0], groups[i])
		for j := next[i]; j != 0; j = next[j] {
			same = append(same, groups[j])
		}
		l.applyTo(same)
	}
}

// applyTo adds the defaults to the group that the definitions same make.
func (l *groupDefaults) applyTo(same []*intel.Group) {
	g := same[0]
	g.Lists |= l.group.Lists
	g.Tags = append(g.Tags, l.group.Tags...)
	g.AddLabels(l.group.SecurityLabels, l.group.LabelPos)
	for _, a := range l.group.Attributes {
		if !anyOf(same, func(g *intel.Group) bool { return hasAttribute(g, a.Type) }) {
			g.Attributes = append(g.Attributes, a.Clone())
		}
	}
	for _, ref := range l.group.Refs {
		g.Refs = append(g.Refs, cloneRef(ref))
	}
	t := typeOf(same)
	if t == nil {
		return
	}
	for _, f := range l.group.Fields {
		_, has := t.Field(f.Name)
		if has && !anyOf(same, func(g *intel.Group) bool { return hasField(g, f.Name) }) {
			g.Fields = append(g.Fields, f)
		}
	}
}

// typeOf is the type of a group; nil if it is unknown.
func typeOf(same []*intel.Group) *intel.GroupType {
	for _, g := range same {
		if g.Type != "" {
			t, _ := intel.GroupTypeNamed(g.Type)
			return t
		}
	}
	return nil
}

func anyOf(groups []*intel.Group, is func(*intel.Group) bool) bool {
	return slices.ContainsFunc(groups, is)
}

func hasField(g *intel.Group, name string) bool {
	_, ok := g.Fields.Get(name)
	return ok
}

func hasAttribute(g *intel.Group, typ string) bool {
	return slices.ContainsFunc(g.Attributes, func(a intel.Attribute) bool { return spelling.Fold(a.Type) == spelling.Fold(typ) })
}

// cloneRef copies a reference that several groups get, because intel changes
// each.
func cloneRef(ref intel.Ref) intel.Ref {
	if ref.Object != nil {
		ref.Object = ref.Object.Clone()
	}
	return ref
}
