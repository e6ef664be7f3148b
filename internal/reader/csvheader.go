package reader

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// column is a column of a manifest.
type column struct {
	name      string // as the API spells it; "" for one that is unknown
	attribute string // type of an attribute column
	index     int    // in the row
}

// layout is one of the two kinds of CSV manifests.
type layout struct {
	fixed    []string // columns with a field of their own in groupRow or associationRow
	columns  []string // all
	required []string
	read     func(*mapper, rows)
}

var groupLayout, associationLayout = func() (groups, associations layout) {
	groups = layout{fixed: slices.Concat(identity, []string{fieldFileTextFrom}), required: []string{fieldType, fieldName}, read: (*mapper).groups}
	lists := slices.DeleteFunc(slices.Clone(listFields), func(name string) bool { return name == fieldAttributes })
	groups.columns = slices.Concat(groups.fixed, lists, intel.GroupFieldNames())
	associations = layout{fixed: []string{fieldGroup, fieldAssociation}, required: []string{fieldGroup, fieldAssociation}, read: (*mapper).associations}
	associations.columns = slices.Concat(associations.fixed, refColumns())
	return groups, associations
}()

// layoutOf is the layout of a CSV with a header.
func layoutOf(header []string) *layout {
	if hasColumn(header, fieldGroup) || hasColumn(header, fieldAssociation) {
		return &associationLayout
	}
	return &groupLayout
}

// refColumns are the fields that the other ends of associations can have, each
// once.
func refColumns() []string {
	out := []string{fieldKey, fieldID, fieldXID, fieldType, fieldName, fieldSummary, fieldOwner, fieldTags, fieldSecurityLabels}
	for _, k := range intel.Kinds {
		for _, name := range intel.RefFieldNames(k, "") {
			if !slices.Contains(out, name) && name != fieldAttributes {
				out = append(out, name)
			}
		}
	}
	return out
}

const attributePrefix = "attribute:"

// attributeColumn is the type of an attribute column.
func attributeColumn(header string) (typ string, ok bool) {
	prefix, typ, ok := strings.Cut(header, ":")
	return strings.TrimSpace(typ), ok && spelling.Squeeze(prefix) == "attribute"
}

// columnNamed finds the column that a header names.
func columnNamed(header string, known []string) (column, bool) {
	if typ, ok := attributeColumn(header); ok {
		return column{name: attributePrefix + typ, attribute: typ}, typ != ""
	}
	f := spelling.Squeeze(header)
	for _, name := range known {
		if spelling.Squeeze(name) == f {
			return column{name: name}, true
		}
	}
	return column{}, false
}

// noColumn is the message about an unknown column. clear reports whether it
// suggests another name.
func (l *loader) noColumn(header string, known []string) (text string, clear bool) {
	if _, ok := attributeColumn(header); ok {
		return fmt.Sprintf("the column %s has no type: write it like attribute:Description", message.Quote(header)), true
	}
	hint := l.suggestion(header, known)
	return fmt.Sprintf("there is no column %s%s", message.Quote(header), hint), hint != ""
}

// reportForeign reports the columns of a header that belong to another system.
func (t *table) reportForeign(is []int) {
	if len(is) == 0 {
		return
	}
	names := make([]string, len(is))
	for n, i := range is {
		names[n] = message.Quote(t.header[i])
	}
	what := "the column " + names[0] + " is"
	if len(is) > 1 {
		what = "the columns " + message.List(names) + " are"
	}
	t.out.incompletef(t.headingPos(is[0]), "%s not tcimport's own: map the file with sources: (docs/manifest.md#sources-a-foreign-csv)", what)
}

func (t *table) headingPos(i int) intel.Pos { return intel.At(t.file, t.at[i].Line, t.at[i].Column) }

func hasColumn(header []string, name string) bool {
	return slices.ContainsFunc(header, func(h string) bool { return spelling.Squeeze(h) == spelling.Squeeze(name) })
}

// headings are the names of columns with their places.
type headings struct {
	names []string
	pos   func(i int) intel.Pos
	fail  func(pos intel.Pos, format string, args ...any)
}

// columns finds the columns that headings name, and the headings that are unknown. It
// reports those that name a column for the second time.
func (l *layout) find(h headings) (found []column, unknown []int) {
	first := map[string]int{}
	found = make([]column, len(h.names))
	for i, name := range h.names {
		c, ok := columnNamed(name, l.columns)
		j, doubled := first[spelling.Fold(c.name)]
		switch {
		case name == "":
			h.fail(h.pos(i), "a column has no name: give it one, or remove it")
		case !ok:
			unknown = append(unknown, i)
		case doubled:
			h.fail(h.pos(i), "the column %s is given twice, first as %s at %s", message.Quote(name), message.Quote(h.names[j]), h.pos(j))
		default:
			first[spelling.Fold(c.name)] = i
			c.index = i
			found[i] = c
		}
	}
	return found, unknown
}

// checkRequired reports the required columns that found lacks.
func (l *layout) checkRequired(found []column, fail func(format string, args ...any)) {
	for _, name := range l.required {
		if !slices.ContainsFunc(found, func(c column) bool { return c.name == name }) {
			fail("the column %s is missing: groups need type and name, associations group and association", message.Quote(name))
		}
	}
}

// columns finds the columns of a CSV manifest by its header. It reports
// unknown, duplicate and missing ones, and returns whether rows can be read.
func (t *table) columns(l *layout) ([]column, bool) {
	before := t.out.errors
	found, unknown := l.find(headings{t.header, t.headingPos, t.out.incompletef})
	texts := map[int]string{} // of columns with a clear suggestion
	for _, i := range unknown {
		if text, clear := t.noColumn(t.header[i], l.columns); clear {
			texts[i] = text
		}
	}
	// A table of another system is to be mapped, not to be corrected.
	other := 2*len(unknown) > len(t.header) && 2*len(texts) < len(unknown)
	var foreign []int
	for _, i := range unknown {
		if text, clear := texts[i]; clear && !other {
			t.out.incompletef(t.headingPos(i), "%s", text)
		} else {
			foreign = append(foreign, i)
		}
	}
	t.reportForeign(foreign)
	if !other {
		l.checkRequired(found, func(format string, args ...any) {
			t.out.incompletef(intel.At(t.file, t.at[0].Line, 0), format, args...)
		})
	}
	return found, t.out.errors == before
}
