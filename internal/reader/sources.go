package reader

import (
	"errors"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/celltemplate"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

var sourceNames = []string{"csv", "columns", "skip"}

// source reads an entry of sources: a CSV of another system, and the templates
// that make the columns of a manifest from it.
func (d *document) source(n *yaml.Node) {
	if !d.isMapping(n, "an entry of sources", "{csv: feed.csv, columns: {…}}") {
		return
	}
	var path string
	var pathNode, columns, skip *yaml.Node
	for k, v := range pairs(n) {
		switch k.Value {
		case "csv":
			path, pathNode = d.name(v, "csv"), v
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
	f, name, err := d.openBeside(d.dir, path, maxFile, errTooLarge)
	if !errors.Is(err, errOutside) {
		d.claimed[RealPath(name)] = true
	}
	if err != nil {
		d.out.incompletef(d.pos(at), "csv %s: %s", message.Quote(path), why(err))
		return
	}
	defer f.Close()
	t := d.newTable(f, name, d.out)
	if t == nil || columns == nil {
		return
	}
	src := &sourceRows{document: d, table: t, columns: columnsOf(t.header), row: make(map[string]string, len(t.header))}
	var names []string
	for k := range pairs(columns) {
		names = append(names, k.Value)
	}
	layout := layoutOf(names)
	made := src.compile(columns, layout)
	if text, ok := d.scalar(skip, "skip"); ok {
		src.skip = src.template("skip", skip, text)
	}
	if src.broken {
		return
	}
	m := &mapper{loader: d.loader, out: d.out, file: name, dir: d.dir, owner: d.owner, layout: layout, columns: made}
	layout.read(m, src)
	d.groups = append(d.groups, m.made...)
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
func (f *sourceRows) compile(columns *yaml.Node, l *layout) []column {
	var names []string
	var keys, values []*yaml.Node
	for k, v := range pairs(columns) {
		if !isNull(v) {
			names, keys, values = append(names, k.Value), append(keys, k), append(values, v)
		}
	}
	before := f.out.errors
	found, unknown := l.find(headings{names, func(i int) intel.Pos { return f.pos(keys[i]) }, f.out.errorf})
	for _, i := range unknown {
		text, _ := f.noColumn(names[i], l.columns)
		f.fail(keys[i], "%s", text)
	}
	var out []column
	for i, c := range found {
		if c.name == "" {
			continue
		}
		text, ok := f.scalar(values[i], c.name)
		if !ok {
			continue
		}
		c.index = len(out)
		out = append(out, c)
		f.made = append(f.made, f.template(c.name, values[i], text))
	}
	if f.out.errors == before {
		l.checkRequired(out, func(format string, args ...any) { f.fail(columns, format, args...) })
	}
	f.broken = f.broken || f.out.errors > before
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
