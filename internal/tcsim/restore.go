package tcsim

import (
	"fmt"
	"slices"
)

// The restore functions make one object each from its plain value, for Load and
// for seeding. Associations come afterwards.

func (t *tx) restoreTag(x Tag) (*object, error) {
	if x.TechniqueID != "" { // built in
		if o := t.st.techniques[x.TechniqueID]; o != nil {
			o.edited = x.LastUsed
			return o, nil
		}
		return nil, fmt.Errorf("the technique %s is not known", x.TechniqueID)
	}
	o := &object{kind: kTag, id: x.ID, owner: t.owner(x.Owner), name: x.Name}
	if x.Description != "" {
		o.fields = map[string]any{"description": x.Description}
	}
	return o, t.stamped(o, Stamp{LastModified: x.LastUsed})
}

func (t *tx) restoreGroup(x Group) (*object, error) {
	if !slices.Contains(groupTypes, x.Type) {
		return nil, fmt.Errorf("group %q: the type %q does not exist", x.Name, x.Type)
	}
	fields, err := t.fieldsFrom(kGroup, x.Fields)
	if err != nil {
		return nil, fmt.Errorf("group %q: %w", x.Name, err)
	}
	o := &object{kind: kGroup, id: x.ID, owner: t.owner(x.Owner), typ: x.Type, name: x.Name, xid: x.XID, fields: fields,
		file: slices.Clone(x.File), hasDoc: x.HasFile || len(x.File) > 0}
	if err := t.stamped(o, x.Stamp); err != nil {
		return nil, err
	}
	return o, t.decorate(o, x.Tags, x.Attributes, x.SecurityLabels)
}

func (t *tx) restoreIndicator(x Indicator) (*object, error) {
	it := t.st.types.byIndicator[x.Type]
	if it == nil {
		return nil, fmt.Errorf("indicator %q: the type %q does not exist", x.Summary, x.Type)
	}
	fields, err := t.fieldsFrom(kIndicator, x.Fields)
	if err != nil {
		return nil, fmt.Errorf("indicator %q: %w", x.Summary, err)
	}
	if fields == nil {
		fields = map[string]any{}
	}
	if _, ok := fields["active"]; !ok {
		fields["active"] = true
	}
	v := [3]string{x.Summary}
	if len(x.Values) > 0 {
		v = [3]string{}
		copy(v[:], x.Values)
	}
	o := &object{kind: kIndicator, id: x.ID, owner: t.owner(x.Owner), typ: x.Type, fields: fields}
	o.setValues(it, v)
	if err := t.stamped(o, x.Stamp); err != nil {
		return nil, err
	}
	return o, t.decorate(o, x.Tags, x.Attributes, x.SecurityLabels)
}

func (t *tx) restoreCase(x Case) (*object, error) {
	fields, err := t.fieldsFrom(kCase, x.Fields)
	if err != nil {
		return nil, fmt.Errorf("case %q: %w", x.Name, err)
	}
	if fields == nil {
		fields = map[string]any{"severity": "Low", "status": "Open"}
	}
	o := &object{kind: kCase, id: x.ID, owner: t.owner(x.Owner), name: x.Name, xid: x.XID, fields: fields}
	if o.xid == "" {
		o.xid = caseXID(t.st.tables[kCase].next)
	}
	if err := t.stamped(o, x.Stamp); err != nil {
		return nil, err
	}
	return o, t.decorate(o, x.Tags, x.Attributes, nil)
}

func (t *tx) restoreArtifact(x Artifact) (*object, error) {
	parent := t.st.get(kCase, x.CaseID)
	if parent == nil {
		return nil, fmt.Errorf("artifact %q: the case %d is missing", x.Summary, x.CaseID)
	}
	fields, err := t.fieldsFrom(kArtifact, x.Fields)
	if err != nil {
		return nil, fmt.Errorf("artifact %q: %w", x.Summary, err)
	}
	o := &object{kind: kArtifact, id: x.ID, parent: parent, owner: parent.owner, typ: x.Type, name: x.Summary, fields: fields}
	return o, t.stamped(o, x.Stamp)
}

func (t *tx) restoreVictim(x Victim) (*object, error) {
	fields, err := t.fieldsFrom(kVictim, x.Fields)
	if err != nil {
		return nil, fmt.Errorf("victim %q: %w", x.Name, err)
	}
	o := &object{kind: kVictim, id: x.ID, owner: t.owner(x.Owner), name: x.Name, fields: fields}
	if err := t.stamped(o, x.Stamp); err != nil {
		return nil, err
	}
	return o, t.decorate(o, x.Tags, nil, x.SecurityLabels)
}

func (t *tx) restoreAsset(x VictimAsset) (*object, error) {
	parent := t.st.get(kVictim, x.VictimID)
	if parent == nil {
		return nil, fmt.Errorf("victim asset %q: the victim %d is missing", x.Value, x.VictimID)
	}
	keys, ok := assetKeys[x.Type]
	if !ok {
		return nil, fmt.Errorf("victim asset %q: the type %q does not exist", x.Value, x.Type)
	}
	fields, err := t.fieldsFrom(kVictimAsset, x.Fields)
	if err != nil {
		return nil, fmt.Errorf("victim asset %q: %w", x.Value, err)
	}
	if fields == nil {
		fields = map[string]any{}
	}
	fields[keys[0]] = x.Value
	o := &object{kind: kVictimAsset, id: x.ID, parent: parent, owner: parent.owner, typ: x.Type, name: x.Value, fields: fields}
	return o, t.stamped(o, x.Stamp)
}
