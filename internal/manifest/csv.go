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

// Group adds a group, and returns what a CSV cannot hold of it. ids are the IDs of
// the objects of its associations: an object that Type:summary does not describe
// goes by its ID in a cell.
func (c *CSV) Group(g *intel.Group, ids map[*intel.Object]int64) []Loss {
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
		if looksLikeTechnique(t) {
			r.lose(LostTag)
		} else {
			tags = append(tags, t.String())
		}
	}
	r.list("tags", tags)
	r.list("securityLabels", g.SecurityLabels)
	for i := range g.Attributes {
		r.attribute(&g.Attributes[i])
	}
	for _, k := range intel.Kinds {
		var cells []string
		for _, ref := range refsOf(g, k) {
			if c.separate {
				c.association(g.Key, ref, ids)
			} else {
				cells = append(cells, cellRef(ref, ids))
			}
		}
		r.list(k.AssociationField(), cells)
	}
	// Rows of one key are one group, and each has its key.
	for _, more := range r.rows[1:] {
		more["key"], more["type"], more["name"], more["owner"] = g.Key, g.Type, g.Name, g.Owner
	}
	c.groups.rows = append(c.groups.rows, r.rows...)
	return r.lost
}

// cellRef is the other end of an association as an entry of a cell.
func cellRef(r *intel.Ref, ids map[*intel.Object]int64) string {
	switch {
	case r.Text != "":
		return r.Text
	case r.Object() == nil:
		return intel.IDText(r.ID())
	case isShort(r.Object()):
		return r.Object().Type + ":" + r.Object().Summary
	}
	return intel.IDText(ids[r.Object()])
}

// association adds a row. The CSV has no columns for fields that only an instance
// knows, those of custom indicator types: such an object goes by its ID.
func (c *CSV) association(key string, ref *intel.Ref, ids map[*intel.Object]int64) {
	r := rows{t: &c.associations}
	r.put("group", key)
	r.put("association", ref.Kind.String())
	if ref.Kind == intel.KindGroup {
		r.put("key", ref.Text)
	}
	o, id := ref.NewObject(), ref.ID()
	columns := intel.RefFieldNames(ref.Kind, "")
	hasNoColumn := func(f intel.Field) bool { return !slices.Contains(columns, f.Name) }
	if known := ids[ref.Object()]; o != nil && known != 0 && slices.ContainsFunc(o.Fields(), hasNoColumn) {
		o, id = nil, known
	}
	if id != 0 {
		r.put("id", strconv.FormatInt(id, 10))
	}
	if o != nil {
		r.put("type", o.Type)
		r.put(o.Kind.Spec().Named, o.Summary)
		r.put("owner", o.Owner)
		for _, f := range o.Fields() {
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
	order   []string          // of the columns that have a place of their own
	columns map[string]bool   // those that occur
	types   map[string]string // of attributes, folded -> their column
	rows    []map[string]string
}

// newTable makes a table that always has some columns.
func newTable(always ...string) table {
	t := table{order: slices.Concat(always, []string{"xid"}, groupFields, []string{"tags", "securityLabels"}),
		columns: map[string]bool{}, types: map[string]string{}}
	for _, name := range always {
		t.columns[name] = true
	}
	return t
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
// rows: attributes and then others by their names, behind all that have a place.
func (t *table) header() []string {
	place := func(name string) int {
		i := slices.Index(t.order, name)
		switch {
		case i >= 0:
			return i
		case strings.HasPrefix(name, attributeColumn):
			return len(t.order)
		}
		return len(t.order) + 1
	}
	out := slices.Sorted(maps.Keys(t.columns))
	slices.SortStableFunc(out, func(a, b string) int { return place(a) - place(b) })
	return out
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
	lost []Loss
}

// lose notes a loss, once for each group.
func (r *rows) lose(l Loss) {
	if !slices.Contains(r.lost, l) {
		r.lost = append(r.lost, l)
	}
}

// put puts a value into the first row that has none in that column.
func (r *rows) put(column, value string) {
	if r.rows == nil {
		r.rows = []map[string]string{{}}
	}
	switch {
	case value == "":
		return
	case strings.Contains(value, "\x00"):
		r.lose(LostText)
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
		if strings.Contains(e, "\x00") {
			r.put(column, e) // it is lost
			continue
		}
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
	c := NewCSV(associations)
	t := c.groups
	if associations {
		t = c.associations
	}
	for _, name := range header {
		t.columns[name] = true
	}
	return slices.Equal(t.header(), header)
}
