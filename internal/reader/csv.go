package reader

import (
	"path/filepath"
	"slices"

	"tcimport/internal/intel"
)

// readCSV reads a CSV of groups or of associations.
func (l *loader) readCSV(in *input) {
	f, err := l.open(in)
	if err != nil {
		in.out.incompletef(intel.At(in.name, 0, 0), "%s", why(err))
		return
	}
	defer f.Close()
	t := l.newTable(f, in.name, in.out)
	if t == nil {
		return
	}
	m := &mapper{loader: l, out: in.out, file: in.name, dir: "."}
	if in.name != stdinName {
		m.dir = filepath.Dir(in.name)
	}
	known, required, read := groupColumns, []string{fieldType, fieldName}, m.groups
	if holdsAssociations(t.header) {
		known, required, read = associationColumns, []string{fieldGroup, fieldAssociation}, m.associations
	}
	if l.claimed[in.real] && !slices.ContainsFunc(required, func(name string) bool { return hasColumn(t.header, name) }) {
		in.out.errorf(intel.At(in.name, 0, 0), "this CSV belongs to the sources of a manifest and is not a manifest itself: remove it from the arguments")
		return
	}
	if holdsReport(t.header) {
		if in.fromFolder {
			in.skipped = true
			return
		}
		in.out.errorf(intel.At(in.name, 1, 0), "this is the report of a run, not a manifest: give it as --id-map")
		return
	}
	columns, ok := t.columns(known, required)
	if !ok {
		for { // the rows are still checked for their form
			if _, more := t.next(); !more {
				return
			}
		}
	}
	m.columns = columns
	read(t)
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
	columns []column
	made    []*intel.Group
	index   map[string]int // of columns, by name
	free    []column       // those that are neither fixed nor lists of associations, in order
}

// batch prepares m for rows whose fixed columns gocsv reads.
func (m *mapper) batch(fixed []string) *batch {
	m.index = map[string]int{}
	b := &batch{}
	for i, c := range m.columns {
		m.index[c.name] = i
		if c.attribute == "" && slices.Contains(fixed, c.name) {
			b.names, b.columns = append(b.names, c.name), append(b.columns, c.index)
		} else if _, list := associationFields[c.name]; !list {
			m.free = append(m.free, c)
		}
	}
	return b
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
