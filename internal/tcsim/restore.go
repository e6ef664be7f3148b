package tcsim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// What makes objects from plain values, for Load and for seeding. Associations
// come afterwards.

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

// restore makes an object of kind k.
func (t *tx) restore(k kind, x Record) (*object, error) {
	o, err := t.restored(k, &x)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", strings.TrimSuffix(t.c.s.byKind[k].path, "s"), *x.text(k), err)
	}
	return o, nil
}

func (t *tx) restored(k kind, x *Record) (*object, error) {
	fields, err := t.fieldsFrom(k, x.Fields)
	if err != nil {
		return nil, err
	}
	o := &object{kind: k, id: x.ID, typ: x.Type, name: *x.text(k), xid: x.XID, fields: fields,
		file: slices.Clone(x.File), hasDoc: x.HasFile || len(x.File) > 0}
	switch k {
	case kArtifact:
		o.parent = t.st.get(kCase, x.CaseID)
	case kVictimAsset:
		o.parent = t.st.get(kVictim, x.VictimID)
	default:
		o.owner = t.owner(x.Owner)
	}
	if o.owner == nil {
		if o.parent == nil {
			return nil, fmt.Errorf("its case or victim (%d) is missing", max(x.CaseID, x.VictimID))
		}
		o.owner = o.parent.owner
	}
	if err := t.complete(o, x); err != nil {
		return nil, err
	}
	if err := t.stamped(o, x.Stamp); err != nil {
		return nil, err
	}
	return o, t.decorate(o, x)
}

// complete checks the type of a restored object and gives it what a record may
// leave out.
func (t *tx) complete(o *object, x *Record) error {
	known := true
	preset := map[string]any{}
	switch o.kind {
	case kGroup:
		known = slices.Contains(groupTypes, o.typ)
	case kIndicator:
		var it *indicatorType
		if it, known = t.st.types.byIndicator[o.typ]; known {
			v := [3]string{o.name}
			if len(x.Values) > 0 {
				v = [3]string{}
				copy(v[:], x.Values)
			}
			o.setValues(it, v)
		}
		preset["active"] = true
	case kCase:
		preset["severity"], preset["status"] = "Low", "Open"
		o.xid = cmp.Or(o.xid, caseXID(t.st.tables[kCase].next))
	case kVictimAsset:
		var keys [2]string
		keys, known = assetKeys[o.typ]
		preset[keys[0]] = o.name
	}
	if !known {
		return fmt.Errorf("the type %q does not exist", o.typ)
	}
	if o.fields == nil && len(preset) > 0 {
		o.fields = map[string]any{}
	}
	for key, v := range preset {
		if _, given := o.fields[key]; !given {
			o.fields[key] = v
		}
	}
	return nil
}
