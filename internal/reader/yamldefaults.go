package reader

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// defaults reads the defaults of a document.
func (d *document) defaults(n *yaml.Node) *intel.Group {
	laid := &intel.Group{}
	for k, v := range pairs(n) {
		switch {
		case k.Value == fieldOwner:
			d.errorf(k, "owner is not part of defaults: write it beside defaults")
		case slices.Contains(identity, k.Value):
			d.errorf(k, "%s is different for each group: write it in the groups", message.Quote(k.Value))
		case !d.groupField(laid, k, v):
			d.unknown(k, "defaults", defaultNames)
		}
	}
	return laid
}

// applyDefaults adds the defaults to groups, all definitions of a document. Several
// definitions of one key are one group: any of them may have the group's own
// scalar, and only the first gets the default.
func (d *document) applyDefaults(defaults *intel.Group, groups []*intel.Group) {
	firsts := make([]*intel.Group, 0, len(groups))
	byKey := make(map[string]*intel.Group, len(groups))
	more := map[*intel.Group][]*intel.Group{} // the further definitions, by the first one
	for _, g := range groups {
		key := g.EffectiveKey()
		if first := byKey[key]; first != nil && key != "" {
			more[first] = append(more[first], g)
			continue
		}
		byKey[key] = g
		firsts = append(firsts, g)
	}
	same := make([]*intel.Group, 0, 8)
	taken := map[string]bool{}
	for _, g := range firsts {
		same = append(append(same[:0], g), more[g]...)
		applyTo(defaults, same, taken)
	}
	d.checkUntaken(defaults.Fields, taken)
	if len(groups) == 0 {
		d.checkUntakenLists(defaults)
	}
}

// checkUntaken checks the fields of defaults that no group has taken. Package intel checks
// the others with the groups.
func (d *document) checkUntaken(fields intel.Fields, taken map[string]bool) {
	for _, f := range fields {
		if taken[f.Name] || strings.TrimSpace(f.Value) == "" {
			continue
		}
		if _, err := intel.AnyGroupField(f.Name).Canonical(f.Value); err != nil {
			d.out.errorf(f.Pos, "%v", err)
		}
	}
}

// checkUntakenLists checks the lists of defaults of a document without groups, as those of
// a group.
func (d *document) checkUntakenLists(defaults *intel.Group) {
	g := &intel.Group{Type: intel.GroupTypes[0].Name, Name: "defaults", Tags: defaults.Tags, Attributes: defaults.Attributes, Refs: defaults.Refs}
	_, problems := intel.Assemble(&intel.Manifest{Groups: []*intel.Group{g}, Incomplete: true}, intel.Options{})
	for _, p := range problems {
		if !p.Warning {
			d.out.errorf(p.Pos, "%s", p.Message)
		}
	}
}

// applyTo adds the defaults given to the group that the definitions same make, and notes
// which fields it has taken.
func applyTo(given *intel.Group, same []*intel.Group, taken map[string]bool) {
	g := same[0]
	var t *intel.GroupType
	attributes, fields := map[string]bool{}, map[string]bool{} // that it has
	for _, def := range same {
		if t == nil {
			t, _ = intel.GroupTypeNamed(def.Type)
		}
		for _, a := range def.Attributes {
			attributes[spelling.Fold(a.Type)] = true
		}
		for _, f := range def.Fields {
			fields[f.Name] = true
		}
	}
	g.Lists |= given.Lists
	g.Tags = append(g.Tags, given.Tags...)
	g.AddLabels(slices.Clone(given.SecurityLabels), slices.Clone(given.LabelPos)) // intel changes those of each group
	for _, a := range given.Attributes {
		if !attributes[spelling.Fold(a.Type)] {
			g.Attributes = append(g.Attributes, a.Clone())
		}
	}
	g.Refs = append(g.Refs, given.Refs...)
	if t == nil {
		return
	}
	for _, f := range given.Fields {
		if _, has := t.Field(f.Name); has && !fields[f.Name] {
			g.Fields = append(g.Fields, f)
			taken[f.Name] = true
		}
	}
}
