// Package guess writes a manifest that maps a CSV of another system, to be completed by
// hand: what its columns seem to be, by their names and by what their cells have in common.
//
// A guess that could be wrong without a word is a comment, not a mapping: dates whose day
// could be their month, indicators of several types. What is mapped has been tried on all
// rows that were read, so that the manifest is valid for them.
package guess

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// Options are what is known without the CSV.
type Options struct {
	Name      string // of the CSV, without folder and extension
	Type      string // of the groups, "" for a guess
	Namespace string
	Owner     string // "" for none
}

// Column is what a column of the CSV became.
type Column struct {
	Name     string `json:"name"`
	MappedTo string `json:"mappedTo,omitempty"` // a column of a manifest
	Note     string `json:"note,omitempty"`     // why not, or what to check
}

// Mapping is what the columns of a CSV seem to be.
type Mapping struct {
	Options
	Columns   []Column
	NotUnique bool // nothing tells the rows apart

	lines  []line
	values []valueMap
	off    []string // lines that are comments
	skip   string   // an example
}

// line is a line of columns:, of which a comment may stand behind.
type line struct{ name, value, note string }

// valueMap is what the values of a column mean.
type valueMap struct {
	column  *column
	entries []entry
}

type entry struct{ from, to, note string }

// draft is a mapping on its way. The steps are in the order in which they take columns.
type draft struct {
	opt            Options
	columns        []*column
	types          []*intel.GroupType
	cve            *column // the CVE number of each row, nil for none
	lines          []line
	values         []valueMap
	withIndicators bool
	notUnique      bool // the names are not, and no key is
}

// Guess maps the columns of a CSV by its header and some rows.
func Guess(header []string, rows [][]string, opt Options) *Mapping {
	d := &draft{opt: opt, columns: columnsOf(header, rows)}
	d.findCVE()
	d.settleTypes()
	d.indicators()
	d.identify()
	for _, c := range d.columns {
		if c.head.has(roleStatus) {
			d.enumeration(c, "status", statusWords)
		}
	}
	d.ownFields()
	for _, c := range d.columns {
		if at := datesOf(c); c.free() && at != nil {
			d.date(c, at)
		}
	}
	d.lists()
	d.texts()
	d.required()
	return d.mapping()
}

// line adds a line.
func (d *draft) line(l line) { d.lines = append(d.lines, l) }

// take maps a column.
func (d *draft) take(c *column, name, value, note string) {
	d.line(line{name, value, note})
	c.mapped, c.why = name, note
}

// leave says why a column is not mapped. A line with name and value is ready to map it.
func (c *column) leave(name, value, why string) {
	c.mapped, c.why, c.readyName, c.ready = "-", why, name, value
}

func (d *draft) taken(name string) bool {
	return slices.ContainsFunc(d.lines, func(l line) bool { return strings.EqualFold(l.name, name) })
}

// takes reports whether groups of all types that there are have a field.
func (d *draft) takes(name string) bool {
	for _, t := range d.types {
		if _, ok := t.Field(name); !ok {
			return false
		}
	}
	return len(d.types) > 0
}

// commonFields are the fields that groups of all types have.
func (d *draft) commonFields() (out []string) {
	for _, f := range d.types[0].AllFields() {
		if d.takes(f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}

var cve = regexp.MustCompile(`^(?i)CVE-[0-9]{4}-[0-9]{4,}$`)

// findCVE finds the column that has a CVE number in each row.
func (d *draft) findCVE() {
	for _, c := range d.columns {
		if c.free() && c.filled == len(c.cells) && c.all(cve.MatchString) {
			d.cve = c
			return
		}
	}
}

// ownFields maps columns that have the name of a field of the type.
func (d *draft) ownFields() {
	for _, name := range d.commonFields() {
		spec, _ := d.types[0].Field(name)
		for _, c := range d.columns {
			if !c.free() || c.head.whole != plain(name) || d.taken(name) {
				continue
			}
			switch {
			case spec.Values != nil:
				d.enumeration(c, name, nil)
			case spec.Kind != intel.Date && c.all(func(cell string) bool { _, err := spec.Canonical(cell); return err == nil }):
				d.take(c, name, c.unlessBlank(c.print()), "")
			}
		}
	}
}

// required names fields that a group of the type needs and that no column seems to have.
func (d *draft) required() {
	for _, t := range d.types {
		for _, f := range t.Fields {
			if f.Required && !d.taken(f.Name) {
				d.line(line{f.Name, "", "CHECK: " + t.Name + " needs one: " + f.About})
			}
		}
	}
}

func (d *draft) mapping() *Mapping {
	m := &Mapping{Options: d.opt, NotUnique: d.notUnique, lines: d.ordered(), values: d.values}
	for _, c := range d.columns {
		out := Column{Name: c.name, MappedTo: c.mapped, Note: c.why}
		if out.MappedTo == "-" {
			out.MappedTo = ""
		}
		m.Columns = append(m.Columns, out)
	}
	m.off = d.unmapped()
	m.skip = d.skipExample()
	return m
}

// order is that of the lines that all manifests have.
var order = []string{"key", "type", "name"}

func (d *draft) ordered() []line {
	rank := func(l line) int {
		if i := slices.Index(order, l.name); i >= 0 {
			return i
		}
		if l.name == intel.KindIndicator.AssociationField() {
			return len(order) + 1
		}
		return len(order)
	}
	slices.SortStableFunc(d.lines, func(a, b line) int { return rank(a) - rank(b) })
	return d.lines
}

func sortedKeys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }
