package reader

import (
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

// associationRow is a row of a CSV of associations.
type associationRow struct {
	Group          string `csv:"group"`
	Association    string `csv:"association"`
	Key            string `csv:"key"`
	ID             string `csv:"id"`
	XID            string `csv:"xid"`
	Type           string `csv:"type"`
	Name           string `csv:"name"`
	Summary        string `csv:"summary"`
	Owner          string `csv:"owner"`
	Tags           string `csv:"tags"`
	SecurityLabels string `csv:"securityLabels"`
}

// associations reads rows of associations.
func (m *mapper) associations(src rows) {
	each(src, m.batch(associationFixed), func(rec *associationRow, r row) {
		if a, ok := m.association(rec, r); ok {
			m.out.Associations = append(m.out.Associations, a)
		}
	})
}

func (m *mapper) association(rec *associationRow, r row) (intel.Association, bool) {
	a := intel.Association{Pos: intel.Pos{File: m.file, Line: r.line}}
	before := m.out.errors
	for _, s := range []*string{&rec.Group, &rec.Association, &rec.Key, &rec.ID, &rec.XID, &rec.Type, &rec.Name, &rec.Owner} {
		*s = strings.TrimSpace(*s)
	}
	if rec.Group == "" {
		m.errorf(r, "group", "empty: it takes the key of a group, or # and an ID")
	} else {
		near, err := refOf(intel.KindGroup, rec.Group, m.pos(r, "group"))
		if err != nil {
			m.errorf(r, "group", "%v", err)
		}
		a.Group = near
	}
	kind, ok := kindNamed(rec.Association)
	if !ok {
		m.errorf(r, "association", "%s is not a kind of association: write group, indicator, artifact, case or victimAsset", quoted(rec.Association))
		return a, false
	}
	if kind == intel.KindGroup {
		a.Other = m.otherGroup(rec, r)
	} else {
		a.Other = m.otherObject(kind, rec, r)
	}
	return a, m.out.errors == before
}

func kindNamed(s string) (intel.Kind, bool) {
	for _, k := range intel.Kinds {
		if folded(string(k)) == folded(s) {
			return k, true
		}
	}
	return "", false
}

// otherGroup is the group that a row names beside the first.
func (m *mapper) otherGroup(rec *associationRow, r row) intel.Ref {
	ref := intel.Ref{Pos: m.pos(r, fieldKey), Kind: intel.KindGroup, XID: rec.XID, Type: rec.Type, Name: rec.Name, Owner: rec.Owner}
	ref.ID = m.id(rec, r)
	m.warnMangled(r, fieldKey, rec.Key)
	if strings.HasPrefix(rec.Key, "#") && ref.ID == 0 {
		byID, err := refOf(intel.KindGroup, rec.Key, ref.Pos)
		if err != nil {
			m.errorf(r, fieldKey, "%v", err)
			return ref
		}
		ref.ID = byID.ID
	} else {
		ref.Key = rec.Key
	}
	m.refuse(intel.KindGroup, rec, r, []string{})
	if rec.ID != "" && ref.ID == 0 {
		return ref // it is no ID
	}
	if err := checkGroupRef(&ref); err != nil {
		m.out.errorf(intel.Pos{File: m.file, Line: r.line}, "%v", err)
	}
	return ref
}

func (m *mapper) id(rec *associationRow, r row) int64 {
	if rec.ID == "" {
		return 0
	}
	id, err := parseID(strings.TrimPrefix(rec.ID, "#"))
	if err != nil {
		m.errorf(r, fieldID, "%v", err)
	}
	return id
}

// otherObject is the indicator, artifact, case or victim asset that a row
// names.
func (m *mapper) otherObject(kind intel.Kind, rec *associationRow, r row) intel.Ref {
	pos := intel.Pos{File: m.file, Line: r.line}
	ref := intel.Ref{Pos: pos, Kind: kind, ID: m.id(rec, r)}
	o := &intel.Object{Pos: pos, Kind: kind, Type: rec.Type, Summary: rec.Summary}
	if kind == intel.KindIndicator {
		o.Owner = rec.Owner
	}
	if kind == intel.KindCase {
		o.Summary = rec.Name
	}
	m.warnMangled(r, fieldSummary, o.Summary)
	m.tags(rec.Tags, r, &o.Tags)
	o.SecurityLabels = m.list(rec.SecurityLabels)
	m.objectFields(o, rec, r)
	m.refuse(kind, rec, r, objectNames(kind, o.Type))
	if ref.ID != 0 {
		if o.Type+o.Summary != "" || len(o.Fields)+len(o.Tags)+len(o.SecurityLabels)+len(o.Attributes) > 0 {
			m.errorf(r, fieldID, "with an id, only owner may be given")
		}
		ref.Owner = o.Owner
		ref.Written = "#" + strconv.FormatInt(ref.ID, 10)
		return ref
	}
	if rec.ID == "" {
		if err := checkObject(o); err != nil {
			m.out.errorf(pos, "%v", err)
		}
	}
	ref.Written, ref.Object = o.Written, o
	return ref
}

// objectFields reads the scalars and attributes of a new object.
func (m *mapper) objectFields(o *intel.Object, rec *associationRow, r row) {
	if o.Kind == intel.KindCase && rec.XID != "" {
		o.Fields = append(o.Fields, intel.Field{Name: fieldXID, Value: rec.XID, Pos: m.pos(r, fieldXID)})
	}
	for _, c := range m.free {
		value := r.cells[c.index]
		if strings.TrimSpace(value) == "" {
			continue
		}
		pos := cellPos(m.file, r, c.index)
		if c.attribute != "" {
			o.Attributes = append(o.Attributes, intel.Attribute{Type: c.attribute, Value: value, Pos: pos})
			continue
		}
		m.warnMangled(r, c.name, value)
		o.Fields = append(o.Fields, intel.Field{Name: c.name, Value: value, Pos: pos})
	}
}

// refuse reports the cells of a row that its kind has no use for. Empty cells
// do not count: one file holds all kinds. names nil takes any.
func (m *mapper) refuse(kind intel.Kind, rec *associationRow, r row, names []string) {
	if names == nil {
		return
	}
	fixed := []struct{ name, value string }{
		{fieldKey, rec.Key}, {fieldXID, rec.XID}, {fieldType, rec.Type}, {fieldName, rec.Name},
		{fieldSummary, rec.Summary}, {fieldOwner, rec.Owner}, {fieldTags, rec.Tags}, {fieldSecurityLabels, rec.SecurityLabels},
	}
	if kind == intel.KindGroup {
		names = []string{fieldKey, fieldXID, fieldType, fieldName, fieldOwner}
	}
	refuse := func(name, value string) {
		if strings.TrimSpace(value) != "" && !slices.Contains(names, name) {
			m.errorf(r, name, "%s does not have this field, but the cell has %s", kindNames[kind], quoted(value))
		}
	}
	for _, f := range fixed {
		refuse(f.name, f.value)
	}
	for _, c := range m.free {
		name := c.name
		if c.attribute != "" {
			name = fieldAttributes
		}
		refuse(name, r.cells[c.index])
	}
}
