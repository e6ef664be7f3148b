package manifest

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// separator joins the entries of a list in a cell.
const separator = "|"

const attributeColumn = "attribute:"

// CSV writes groups as a CSV of groups and, if asked to, one of associations.
// It has the columns that occur, so it writes nothing before it has all
// groups.
type CSV struct {
	groups       table
	associations table
	separate     bool // associations go into a CSV of their own
}

// NewCSV begins a manifest. With separate, associations go into a CSV of their own
// and not into the lists of groups.
func NewCSV(separate bool) *CSV {
	return &CSV{separate: separate, groups: newTable("key", "type", "name", "owner"),
		associations: newTable("group", "association", "key", "id", "type", "summary", "owner")}
}

// Group adds a group as ForCSV returns it.
func (c *CSV) Group(g *intel.Group) {
	r := rows{t: &c.groups}
	r.put("key", g.Key)
	r.put("type", g.Type)
	r.put("name", g.Name)
	r.put("owner", g.Owner)
	r.put("xid", g.XID)
	for _, f := range g.Fields {
		r.put(f.Name, f.Value)
	}
	var tags []string
	for _, t := range g.Tags {
		tags = append(tags, t.String())
	}
	r.list("tags", tags)
	r.list("securityLabels", g.SecurityLabels)
	for _, at := range g.Attributes {
		r.put(c.groups.attribute(at.Type), at.Value)
	}
	for _, k := range intel.Kinds {
		refs := refsOf(g, k)
		if c.separate {
			for _, ref := range refs {
				c.association(g.Key, ref)
			}
			continue
		}
		var cells []string
		for _, ref := range refs {
			cells = append(cells, cellRef(ref))
		}
		r.list(k.AssociationField(), cells)
	}
	// Rows of one key are one group, and each has its key.
	for _, more := range r.rows[1:] {
		more["key"], more["type"], more["name"], more["owner"] = g.Key, g.Type, g.Name, g.Owner
	}
	c.groups.rows = append(c.groups.rows, r.rows...)
}

// cellRef is the other end of an association as an entry of a cell.
func cellRef(r *intel.Ref) string {
	switch {
	case r.Text != "":
		return r.Text
	case r.Object != nil:
		return r.Object.Type + ":" + r.Object.Summary
	}
	return intel.IDText(r.ID)
}

func (c *CSV) association(key string, ref *intel.Ref) {
	r := rows{t: &c.associations}
	r.put("group", key)
	r.put("association", string(ref.Kind))
	if ref.Kind == intel.KindGroup {
		r.put("key", ref.Text)
	}
	if ref.ID != 0 {
		r.put("id", strconv.FormatInt(ref.ID, 10))
	}
	if o := ref.NewObject(); o != nil {
		r.put("type", o.Type)
		r.put(o.Kind.Spec().Named, o.Summary)
		r.put("owner", o.Owner)
		for _, f := range o.Fields {
			r.put(f.Name, f.Value)
		}
	}
	c.associations.rows = append(c.associations.rows, r.rows...)
}

// WriteGroups writes the CSV of groups.
func (c *CSV) WriteGroups(w io.Writer) error { return c.groups.write(w) }

// WriteAssociations writes the CSV of associations.
func (c *CSV) WriteAssociations(w io.Writer) error { return c.associations.write(w) }

// table is a CSV as it grows.
type table struct {
	always  []string
	columns map[string]bool   // those that occur
	types   map[string]string // of attributes, folded -> their column
	rows    []map[string]string
}

func newTable(always ...string) table {
	return table{always: always, columns: map[string]bool{}, types: map[string]string{}}
}

// attribute is the column of a type of attribute. Types that differ only in
// case share it: for a header they are one.
func (t *table) attribute(typ string) string {
	key := spelling.Fold(typ)
	if t.types[key] == "" {
		t.types[key] = attributeColumn + typ
	}
	return t.types[key]
}

// header has the columns in an order that does not depend on the order of
// rows.
func (t *table) header() []string {
	out := slices.Clone(t.always)
	known := append([]string{"xid"}, groupFields...)
	known = append(known, "tags", "securityLabels")
	var attributes, others []string
	for _, name := range slices.Sorted(maps.Keys(t.columns)) {
		switch {
		case slices.Contains(out, name):
		case strings.HasPrefix(name, attributeColumn):
			attributes = append(attributes, name)
		case !slices.Contains(known, name):
			others = append(others, name)
		}
	}
	for _, name := range known {
		if t.columns[name] && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return slices.Concat(out, attributes, others)
}

func (t *table) write(w io.Writer) error {
	out := csv.NewWriter(w)
	header := t.header()
	if err := out.Write(header); err != nil {
		return err
	}
	cells := make([]string, len(header))
	for _, row := range t.rows {
		for i, name := range header {
			cells[i] = row[name]
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// rows are the rows of one object: a value that has no place in the first row
// goes to another.
type rows struct {
	t    *table
	rows []map[string]string
}

// put puts a value into the first row that has none in that column.
func (r *rows) put(column, value string) {
	if r.rows == nil {
		r.rows = []map[string]string{{}}
	}
	if value == "" {
		return
	}
	r.t.columns[column] = true
	i := slices.IndexFunc(r.rows, func(row map[string]string) bool { return row[column] == "" })
	if i < 0 {
		i = len(r.rows)
		r.rows = append(r.rows, map[string]string{})
	}
	r.rows[i][column] = value
}

// list puts entries into a cell. An entry that ends in a backslash must be the
// last of its cell: before the separator the backslash would be an escape.
func (r *rows) list(column string, entries []string) {
	var cell []string
	for _, e := range entries {
		cell = append(cell, strings.ReplaceAll(e, separator, `\`+separator))
		if strings.HasSuffix(e, `\`) {
			r.put(column, strings.Join(cell, separator))
			cell = nil
		}
	}
	r.put(column, strings.Join(cell, separator))
}

// IsCSV reports whether r is a CSV that CSV writes. It goes by the columns,
// since a CSV has no place for a mark.
func IsCSV(r io.Reader, associations bool) bool {
	header, err := csv.NewReader(r).Read()
	if err != nil {
		return false
	}
	t := NewCSV(associations).groups
	if associations {
		t = NewCSV(associations).associations
	}
	for _, name := range header {
		t.columns[name] = true
	}
	return slices.Equal(t.header(), header)
}
