package reader

import (
	"errors"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/celltemplate"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

var sourceNames = []string{"csv", "columns", "skip"}

// source reads an entry of sources: a CSV of another system, and the templates
// that make the columns of a manifest from it.
func (d *document) source(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "an entry of sources must be a mapping like {csv: feed.csv, columns: {…}}, not %s", describe(n))
		return
	}
	var path string
	var pathNode, columns, skip *yaml.Node
	for k, v := range pairs(n) {
		switch k.Value {
		case "csv":
			path, _ = d.name(v, "csv")
			pathNode = v
		case "columns":
			columns = v
		case "skip":
			skip = v
		default:
			d.unknown(k, "an entry of sources", sourceNames)
		}
	}
	if path == "" {
		d.errorf(n, "an entry of sources needs csv: the path of a CSV, relative to this file")
		return
	}
	if columns == nil || columns.Kind != yaml.MappingNode {
		d.errorf(n, "an entry of sources needs columns: a mapping like {type: Vulnerability, name: \"{{ .cveID }}\"}")
		columns = nil
	}
	d.foreign(path, pathNode, columns, skip)
}

// foreign reads the CSV called path.
func (d *document) foreign(path string, at, columns, skip *yaml.Node) {
	f, name, err := d.openBeside(d.dir, path)
	if !errors.Is(err, errOutside) {
		d.claimed[RealPath(name)] = true
	}
	if err != nil {
		d.out.incompletef(d.pos(at), "csv %s: %s", message.Quote(path), why(err))
		return
	}
	defer f.Close()
	r, err := limitFile(f)
	if err != nil {
		d.out.incompletef(d.pos(at), "csv %s: %s", message.Quote(path), why(err))
		return
	}
	t := d.newTable(r, name, d.out)
	if t == nil || columns == nil {
		return
	}
	src := &sourceRows{document: d, table: t, columns: columnsOf(t.header), row: make(map[string]string, len(t.header))}
	known, associations := groupColumns, mapsAssociations(columns)
	if associations {
		known = associationColumns
	}
	made := src.compile(columns, known, associations)
	if skip != nil {
		if text, ok := d.scalar(skip, "skip"); ok {
			src.skip = src.template("skip", skip, text)
		}
	}
	if src.broken {
		return
	}
	m := &mapper{loader: d.loader, out: d.out, file: name, dir: d.dir, owner: d.owner, columns: made}
	if associations {
		m.associations(src)
		return
	}
	m.groups(src)
	d.groups = append(d.groups, m.made...)
}

func mapsAssociations(columns *yaml.Node) bool {
	var names []string
	for k := range pairs(columns) {
		names = append(names, k.Value)
	}
	return holdsAssociations(names)
}

func columnsOf(header []string) celltemplate.Columns {
	out := celltemplate.Columns{}
	for _, name := range header {
		out[name]++
	}
	return out
}

// sourceRows are rows of a manifest, which templates make from the rows of a
// table.
type sourceRows struct {
	*document
	table   *table
	columns celltemplate.Columns // of the table
	made    []*cellTemplate
	skip    *cellTemplate
	row     map[string]string // the input of templates: one row after the other
	broken  bool              // a template is, so that no row can be read
}

// cellTemplate makes a cell of a column.
type cellTemplate struct {
	*celltemplate.Template
	column string
	pos    intel.Pos
}

// template compiles the template of a column, at n.
func (f *sourceRows) template(column string, n *yaml.Node, text string) *cellTemplate {
	t, problems := celltemplate.Compile(text, f.columns)
	for _, problem := range problems {
		f.fail(n, "%s: %s", column, problem)
	}
	return &cellTemplate{t, column, f.pos(n)}
}

// compile reads the templates of columns.
func (f *sourceRows) compile(columns *yaml.Node, known []string, associations bool) []column {
	var out []column
	seen := map[string]bool{}
	for k, v := range pairs(columns) {
		c, ok := columnNamed(k.Value, known)
		switch {
		case !ok:
			text, _ := f.noColumn(k.Value, known)
			f.fail(k, "%s", text)
			continue
		case seen[spelling.Fold(c.name)]:
			f.fail(k, "the column %s is given twice", message.Quote(k.Value))
			continue
		}
		seen[spelling.Fold(c.name)] = true
		if isNull(v) {
			continue
		}
		text, ok := f.scalar(v, c.name)
		if !ok {
			f.broken = f.broken || v.Kind != yaml.ScalarNode
			continue
		}
		c.index = len(out)
		out = append(out, c)
		f.made = append(f.made, f.template(c.name, v, text))
	}
	required := []string{fieldType, fieldName}
	if associations {
		required = []string{"group", "association"}
	}
	for _, name := range required {
		if !slices.ContainsFunc(out, func(c column) bool { return c.name == name }) && !f.broken {
			f.fail(columns, "the column %s is missing: groups need type and name, associations group and association", message.Quote(name))
		}
	}
	return out
}

func (f *sourceRows) fail(n *yaml.Node, format string, args ...any) {
	f.broken = true
	f.errorf(n, format, args...)
}

// next gives the next row that is not skipped.
func (f *sourceRows) next() (row, bool) {
	for {
		r, ok := f.table.next()
		if !ok {
			return row{}, false
		}
		for i, name := range f.table.header {
			if f.columns[name] == 1 {
				f.row[name] = r.cells[i]
			}
		}
		if f.skipped(r) {
			continue
		}
		cells := make([]string, len(f.made))
		good := true
		for i, t := range f.made {
			var err error
			if cells[i], err = t.Execute(f.row); err != nil {
				f.rowError(r, t, err)
				good = false
			}
		}
		if good {
			return row{line: r.line, cells: cells}, true
		}
	}
}

func (f *sourceRows) skipped(r row) bool {
	if f.skip == nil {
		return false
	}
	s, err := f.skip.Execute(f.row)
	if err != nil {
		f.rowError(r, f.skip, err)
		return true
	}
	switch strings.TrimSpace(s) {
	case "", "false":
		return false
	case "true":
	default:
		f.rowError(r, f.skip, errors.New(message.Quote(s)+" is not true, false or empty"))
	}
	return true
}

// rowError reports that a template fails for a row, at the row: the template
// may be right.
func (f *sourceRows) rowError(r row, t *cellTemplate, err error) {
	f.out.incompletef(intel.At(f.table.file, r.line, 0), "%s (%s): %v", t.column, t.pos, err)
}
