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
			o.edited = momentOf(x.LastUsed)
			return o, nil
		}
		return nil, fmt.Errorf("the technique %s is not known", x.TechniqueID)
	}
	o := &object{kind: kTag, id: x.ID, owner: t.owner(x.Owner), name: x.Name, fields: texts("description", x.Description)}
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
	o := &object{kind: k, id: x.ID, typ: x.Type, name: *x.text(k), xid: x.XID, fields: fields}
	if x.HasFile || len(x.File) > 0 {
		file := slices.Clone(x.File)
		o.file = &file
	}
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
	case kCase:
		preset(o, "severity", "Low")
		preset(o, "status", "Open")
		o.xid = cmp.Or(o.xid, caseXID(t.st.tables[kCase].next))
	case kVictimAsset:
		var key string
		key, known = assetKeys[o.typ]
		preset(o, key, o.name)
	}
	if !known {
		return fmt.Errorf("the type %q does not exist", o.typ)
	}
	return nil
}

func preset(o *object, key, value string) {
	if !o.fields.has(key) {
		o.fields.set(key, value)
	}
}
