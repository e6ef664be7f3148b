package reader

import (
	"errors"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/celltemplate"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

var sourceNames = keyNames(SourceKeys)

// source reads an entry of sources: a CSV of another system, and the templates
// that make the columns of a manifest from it.
func (d *document) source(n *yaml.Node) {
	if !d.isMapping(n, "an entry of sources", "{csv: feed.csv, columns: {…}}") {
		return
	}
	var s source
	var path string
	var pathNode *yaml.Node
	for k, v := range pairs(n) {
		switch k.Value {
		case "csv":
			path, pathNode = d.name(v, "csv"), v
		case "columns":
			s.columns = v
		case "encoding":
			if s.encoding = d.name(v, "encoding"); s.encoding != "" {
				if _, err := encodingNamed(s.encoding); err != nil {
					d.errorf(v, "%v", err)
					return
				}
			}
		case "skip":
			s.skip = v
		case "values":
			s.values = v
		default:
			d.unknown(k, "an entry of sources", sourceNames)
		}
	}
	if path == "" {
		d.errorf(n, "an entry of sources needs csv: the path of a CSV, relative to this file")
		return
	}
	if s.columns == nil || s.columns.Kind != yaml.MappingNode {
		d.errorf(n, "an entry of sources needs columns: a mapping like {type: Vulnerability, name: \"{{ .cveID }}\"}")
		s.columns = nil
	}
	d.foreign(path, pathNode, &s)
}

// source is how an entry of sources has its CSV read.
type source struct {
	encoding              string // "" if the file has to tell
	columns, values, skip *yaml.Node
}

// foreign reads the CSV called path.
func (d *document) foreign(path string, at *yaml.Node, s *source) {
	f, name, err := d.openBeside(d.dir, path, maxFile, errTooLarge)
	if !errors.Is(err, errOutside) {
		d.claimed[RealPath(name)] = true
	}
	if err != nil {
		d.out.incompletef(d.pos(at), "csv %s: %s", message.Quote(path), why(err))
		return
	}
	defer f.Close()
	t := d.newTable(f, name, s.encoding, d.out)
	if t == nil || s.columns == nil {
		return
	}
	src := &sourceRows{document: d, table: t, columns: columnsOf(t.header), row: make(map[string]string, len(t.header))}
	var names []string
	for k := range pairs(s.columns) {
		names = append(names, k.Value)
	}
	layout := layoutOf(names)
	made := src.compile(s.columns, layout)
	src.values(s.values)
	if text, ok := d.scalar(s.skip, "skip"); ok {
		src.skip = src.template("skip", s.skip, text)
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

	meanings []*valueMap       // of columns of the table
	row      map[string]string // the input of templates: one row after the other
	broken   bool              // a template is, so that no row can be read
}

// cellTemplate makes a cell of a column.
type cellTemplate struct {
	*celltemplate.Template
	column string
	pos    intel.Pos
	values *valueMap // what its cells mean, nil for themselves
}

// template compiles the template of a column, at n.
func (f *sourceRows) template(column string, n *yaml.Node, text string) *cellTemplate {
	t, problems := celltemplate.Compile(text, f.columns, f.opt.ListSeparator)
	for _, problem := range problems {
		f.fail(n, "%s: %s", column, problem)
	}
	return &cellTemplate{Template: t, column: column, pos: f.pos(n)}
}

// compile reads the templates of columns.
func (f *sourceRows) compile(columns *yaml.Node, l *layout) []column {
	var names []string
	var keys, values []*yaml.Node
	for k, v := range pairs(columns) {
		names, keys, values = append(names, k.Value), append(keys, k), append(values, v)
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

// next gives the next row that is not skipped. Cells that cannot be made are empty.
func (f *sourceRows) next() (row, bool) {
	for {
		from, ok := f.table.next()
		if !ok {
			return row{}, false
		}
		r := row{line: from.line, cells: make([]string, len(f.made)), errors: from.errors}
		if len(r.errors) > 0 || !f.skips(from, &r) {
			return r, true
		}
	}
}

// skips makes the cells of a row, and reports whether it is skipped.
func (f *sourceRows) skips(from row, r *row) bool {
	fail := func(column string, pos intel.Pos, err error) { // at the row: the manifest may be right
		r.errors.Errorf(intel.At(f.table.file, from.line, 0), "%s (%s): %v", column, pos, err)
	}
	for i, name := range f.table.header {
		if f.columns[name] == 1 {
			f.row[name] = from.cells[i]
		}
	}
	for _, m := range f.meanings {
		var err error
		if f.row[m.column], err = m.meaning(f.row[m.column]); err != nil {
			fail(m.column, m.pos, err)
		}
	}
	if f.skip != nil {
		s, err := f.skip.Execute(f.row)
		if text := strings.TrimSpace(s); err == nil && text == "true" {
			return true
		} else if err == nil && text != "" && text != "false" {
			err = errors.New(message.Quote(s) + " is not true, false or empty")
		}
		if err != nil {
			fail(f.skip.column, f.skip.pos, err)
		}
	}
	for i, t := range f.made {
		var err error
		if r.cells[i], err = t.cell(f.row); err != nil {
			fail(t.column, t.pos, err)
		}
	}
	return false
}

// cell is the cell that the template makes of a row, as it is meant.
func (t *cellTemplate) cell(row map[string]string) (string, error) {
	s, err := t.Execute(row)
	if err != nil || t.values == nil {
		return s, err
	}
	return t.values.meaning(s)
}
