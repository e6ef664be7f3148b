package reader

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// readCSV reads a CSV of groups or of associations.
func (l *loader) readCSV(in *input) {
	f, err := l.open(in)
	if err != nil {
		in.out.incompletef(intel.At(in.name, 0, 0), "%s", why(err))
		return
	}
	defer f.Close()
	t := l.newTable(f, in.name, "", in.out)
	if t == nil {
		return
	}
	m := &mapper{loader: l, out: in.out, file: in.name, dir: in.dir(), layout: layoutOf(t.header)}
	switch isReport := holdsReport(t.header); {
	case l.claimed[in.real] && !slices.ContainsFunc(m.layout.required, func(name string) bool { return hasColumn(t.header, name) }):
		in.out.errorf(intel.At(in.name, 0, 0), "this CSV belongs to the sources of a manifest and is not a manifest itself: remove it from the arguments")
		return
	case isReport && in.fromFolder:
		in.skipped = true
		return
	case isReport:
		in.out.errorf(intel.At(in.name, 1, 0), "this is the report of a run, not a manifest: give it as --id-map")
		return
	}
	columns, ok := t.columns(m.layout)
	if !ok {
		for { // the rows are still checked for their form
			r, more := t.next()
			if !more {
				return
			}
			in.out.refuse(r)
		}
	}
	m.columns = columns
	m.layout.read(m, t)
	in.out.Groups = append(in.out.Groups, m.made...)
}

// holdsReport recognises the report of a run, which is often in the folder of
// the manifests.
func holdsReport(header []string) bool {
	return !slices.ContainsFunc([]string{"kind", "key", "webLink", "action", "status", "error", "source"}, func(name string) bool {
		return !slices.Contains(header, name)
	})
}

// mapper makes groups and associations from rows with the given columns.
type mapper struct {
	*loader
	out     *output
	file    string // of the rows
	dir     string // that their paths are relative to
	owner   string // of groups that name none
	layout  *layout
	columns []column
	made    []*intel.Group
	index   map[string]int // of columns, by name
	free    []column       // those that are neither fixed nor lists of associations, in order
}

// batch prepares m for rows whose fixed columns gocsv reads.
func (m *mapper) batch() *batch {
	m.index = map[string]int{}
	b := &batch{}
	for i, c := range m.columns {
		m.index[c.name] = i
		if c.attribute == "" && slices.Contains(m.layout.fixed, c.name) {
			b.names, b.columns = append(b.names, c.name), append(b.columns, c.index)
		} else if _, list := associationFields[c.name]; !list {
			m.free = append(m.free, c)
		}
	}
	return b
}

// written is all that the free cells of a row say, of something of a kind that can have the
// fields called names; nil for any. Empty cells do not count, since one file can have
// things of all kinds.
func (m *mapper) written(kind intel.Kind, names []string, r row) *intel.WrittenRef {
	e := &intel.WrittenRef{Pos: intel.At(m.file, r.line, 0), Kind: kind}
	for _, c := range m.free {
		value := r.cells[c.index]
		if strings.TrimSpace(value) == "" {
			continue
		}
		name := c.name
		if c.attribute != "" {
			name = fieldAttributes
		}
		switch pos := cellPos(m.file, r, c.index); {
		case names != nil && !slices.Contains(names, name):
			m.errorf(r, c.name, "%s does not have this field: remove %s", message.Article(kind.Spec().Name), message.Quote(value))
		case c.attribute != "":
			e.Attributes = append(e.Attributes, intel.Attribute{Type: c.attribute, Value: value, Pos: pos})
		case name == fieldTags:
			e.Tags = m.tags(value, r)
		case name == fieldSecurityLabels:
			e.SecurityLabels = m.list(value)
		default:
			m.warnMangled(r, name, value)
			e.Fields = append(e.Fields, intel.Field{Name: name, Value: value, Pos: pos})
		}
	}
	return e
}

// pos is the place of the cell in the column called name.
func (m *mapper) pos(r row, name string) intel.Pos {
	if i, ok := m.index[name]; ok {
		return cellPos(m.file, r, i)
	}
	return intel.At(m.file, r.line, 0)
}

func (m *mapper) errorf(r row, name, format string, args ...any) {
	m.out.errorf(m.pos(r, name), "%s: "+format, append([]any{name}, args...)...)
}
