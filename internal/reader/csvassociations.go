package reader

import (
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// associationRow is a row of a CSV of associations, less the cells that name the
// other end.
type associationRow struct {
	Group       string `csv:"group"`
	Association string `csv:"association"`
}

// associations reads rows of associations.
func (m *mapper) associations(src rows) {
	each(src, m.batch(), func(rec *associationRow, r row) {
		if a, ok := m.association(rec, r); ok {
			m.out.Associations = append(m.out.Associations, a)
		}
	})
}

func (m *mapper) association(rec *associationRow, r row) (intel.Association, bool) {
	a := intel.Association{Pos: intel.At(m.file, r.line, 0)}
	if m.out.refuse(r) {
		return a, false
	}
	before := m.out.errors
	if strings.TrimSpace(rec.Group) == "" {
		m.errorf(r, fieldGroup, "it is empty: write the key of a group, or # and an ID")
	} else {
		near, err := intel.ParseRef(intel.KindGroup, rec.Group, m.pos(r, fieldGroup))
		if err != nil {
			m.errorf(r, fieldGroup, "%v", err)
		}
		a.Group = near
	}
	kind, ok := intel.KindNamed(rec.Association)
	if !ok {
		m.errorf(r, fieldAssociation, "%s is not a kind of association: write %s", message.Quote(rec.Association), kindNames)
		return a, false
	}
	a.Other = m.ref(kind, r)
	return a, m.out.errors == before
}

// kindNames are the kinds as a message lists them.
var kindNames = func() string {
	var names []string
	for _, k := range intel.Kinds {
		names = append(names, k.String())
	}
	return message.Join(names, "or")
}()

// ref reads the other end from the free cells of a row.
func (m *mapper) ref(kind intel.Kind, r row) intel.Ref {
	e := m.written(kind, intel.RefFieldNames(kind, m.cell(r, fieldType)), r)
	if kind == intel.KindGroup {
		e.Pos = m.pos(r, fieldKey)
		idFromKey(e.Fields)
	}
	ref, _ := m.out.ref(e)
	return ref
}

// idFromKey renames the field key to id if its value is #ID, as lists write
// it, unless there is an id.
func idFromKey(fields intel.Fields) {
	for i := range fields {
		if _, ok := fields.Get(fieldID); !ok && fields[i].Name == fieldKey && strings.HasPrefix(strings.TrimSpace(fields[i].Value), "#") {
			fields[i].Name = fieldID
		}
	}
}

// cell is the cell of the column called name, "" if there is none.
func (m *mapper) cell(r row, name string) string {
	if i, ok := m.index[name]; ok {
		return strings.TrimSpace(r.cells[m.columns[i].index])
	}
	return ""
}
