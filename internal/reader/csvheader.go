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

// The columns of the two kinds of CSV manifests: those with a field of their
// own in groupRow and associationRow, and all.
var (
	groupFixed   = slices.Concat(identity, []string{fieldTags, fieldSecurityLabels, fieldFileTextFrom})
	groupColumns = slices.Concat(groupFixed, listFields[len(intel.Metadata):], intel.GroupFieldNames())

	associationFixed   = []string{fieldGroup, fieldAssociation}
	associationColumns = slices.Concat(associationFixed, refColumns())
)

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
	names := make([]string, 0, len(is))
	for _, i := range is[:min(len(is), 5)] {
		names = append(names, message.Quote(t.header[i]))
	}
	what := fmt.Sprintf("the column %s is", names[0])
	if len(is) > 1 {
		more := ""
		if len(is) > len(names) {
			more = fmt.Sprintf(", … (%d in all)", len(is))
		}
		what = fmt.Sprintf("the columns %s%s are", strings.Join(names, ", "), more)
	}
	t.out.incompletef(intel.At(t.file, t.at[is[0]].Line, t.at[is[0]].Column),
		"%s not tcimport's own: map the file with sources: (docs/manifest.md#sources-a-foreign-csv)", what)
}

// holdsAssociations reports whether a header is that of associations, not of
// groups.
func holdsAssociations(header []string) bool {
	return hasColumn(header, fieldGroup) || hasColumn(header, fieldAssociation)
}

func hasColumn(header []string, name string) bool {
	return slices.ContainsFunc(header, func(h string) bool { return spelling.Squeeze(h) == spelling.Squeeze(name) })
}

// columns finds the columns of a CSV manifest by its header. It reports
// unknown, duplicate and missing ones, and returns whether rows can be read.
func (t *table) columns(known, required []string) ([]column, bool) {
	good := true
	fail := func(i int, format string, args ...any) {
		good = false
		t.out.incompletef(intel.At(t.file, t.at[i].Line, t.at[i].Column), format, args...)
	}
	first := map[string]int{}
	var unknown, foreign []int
	out := make([]column, len(t.header))
	for i, h := range t.header {
		c, ok := columnNamed(h, known)
		switch {
		case h == "":
			fail(i, "a column has no name: give it one, or remove it")
			continue
		case !ok:
			unknown = append(unknown, i)
			continue
		}
		if j, doubled := first[spelling.Fold(c.name)]; doubled {
			fail(i, "the column %s is given twice: columns %d (%s) and %d", message.Quote(h), j+1, message.Quote(t.header[j]), i+1)
			continue
		}
		first[spelling.Fold(c.name)] = i
		c.index = i
		out[i] = c
	}
	texts := map[int]string{} // of columns with a clear suggestion
	for _, i := range unknown {
		if text, clear := t.noColumn(t.header[i], known); clear {
			texts[i] = text
		}
	}
	// A table of another system is to be mapped, not to be corrected.
	other := 2*len(unknown) > len(t.header) && 2*len(texts) < len(unknown)
	for _, i := range unknown {
		if text, clear := texts[i]; clear && !other {
			fail(i, "%s", text)
		} else {
			foreign = append(foreign, i)
		}
	}
	t.reportForeign(foreign)
	good = good && len(unknown) == 0
	for _, name := range required {
		if _, ok := first[name]; !ok && !other {
			good = false
			t.out.incompletef(intel.At(t.file, t.at[0].Line, 0), "the column %s is missing: a CSV of groups has type and name, one of associations group and association", message.Quote(name))
		}
	}
	return out, good
}
