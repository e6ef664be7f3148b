package guess

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

// identify finds key and name.
func (d *draft) identify() {
	key := d.keyColumn()
	name := d.nameColumn(key)
	if name == nil {
		name = key
	}
	if name == nil && d.withIndicators {
		// A list of indicators: one group has them all.
		d.line(line{"key", d.opt.Name, "all rows are one group, because no column names them"})
		d.line(line{"name", "Indicators of " + d.opt.Name, ""})
		return
	}
	if name == nil {
		if name = d.anyColumn(); name == nil {
			d.line(line{"name", d.opt.Name, "CHECK: no column names the rows, so all are one group"})
			return
		}
	}
	value, notes := name.print(), []string(nil)
	if name.filled < len(name.cells) && key != nil && key != name {
		value = "{{ default " + key.cell() + " (trim " + name.cell() + ") }}"
		notes = append(notes, "the key, where it is empty")
	}
	if name.longest > maxName {
		inner := strings.TrimSuffix(strings.TrimPrefix(value, "{{ "), " }}")
		value = "{{ trunc " + strconv.Itoa(maxName) + " (" + inner + ") }}"
		notes = append(notes, "CHECK: longer names are cut to "+strconv.Itoa(maxName)+" characters")
	}
	d.take(name, "name", value, strings.Join(notes, "; "))
	switch {
	case key != nil:
		d.take(key, "key", key.print(), "is different in each row, "+key.example())
	case name.unique:
		name.why = "it is the key, too: TYPE/NAME"
	default:
		d.notUnique = true
	}
	if key == name {
		name.mapped = "key, name"
	}
}

// idLike matches what looks like the number of something.
var idLike = regexp.MustCompile(`^[\pL\pN._:/#-]*[0-9][\pL\pN._:/#-]*$`)

// keyColumn is the column that tells the rows apart, nil if there is none, or if that is a
// text.
func (d *draft) keyColumn() *column {
	var best *column
	bestScore := 0
	for _, c := range d.columns {
		if !c.free() || !c.unique || c.longest > longText || datesOf(c) != nil && !c.head.has(roleKey) {
			continue
		}
		score := 10 * c.head.is(wordLists[roleKey])
		if c == d.cve {
			score += 15
		}
		if c.all(idLike.MatchString) {
			score += 2
		}
		if len(c.cells) == 1 && score < 10 || score > 0 && c.head.has(rolePerson) {
			continue // one row tells nothing
		}
		if score > bestScore {
			best, bestScore = c, score
		}
	}
	return best
}

// nameColumn is the column with the best names for groups.
func (d *draft) nameColumn(key *column) *column {
	if d.cve != nil && len(d.types) == 1 && d.types[0].Name == "Vulnerability" {
		return d.cve
	}
	var best *column
	bestScore := 0
	for _, c := range d.columns {
		if !c.free() || c == key || c.numbers || c.head.has(roleSecret) || datesOf(c) != nil {
			continue
		}
		score := 10 * c.head.is(wordLists[roleName])
		switch {
		case score > 0 && (c.filled == len(c.cells) || key != nil):
		case c.filled < len(c.cells) || slices.ContainsFunc([]role{roleStatus, roleTags, roleSource, roleTLP, rolePerson, roleLink, roleType}, c.head.has):
			continue
		case c.longest <= maxName && c.average >= 8 && !c.all(idLike.MatchString) && len(c.values) > maxValues/2:
			score = 3
		case c.unique && c.longest <= longText && len(c.cells) > 1:
			score = 2
		case c.head.has(roleDescription), c.head.has(roleNotes):
			score = 1
		default:
			continue
		}
		if score > bestScore {
			best, bestScore = c, score
		}
	}
	return best
}

// anyColumn is a column that at least has a text in each row.
func (d *draft) anyColumn() *column {
	for _, c := range d.columns {
		if c.free() && c.filled == len(c.cells) && c.longest <= maxName && !c.head.has(roleSecret) {
			return c
		}
	}
	return nil
}

// listSeparators are those between the items of a cell with several.
var listSeparators = []string{"|", ";", "\n", ","}

// lists maps tags and security labels.
func (d *draft) lists() {
	for _, c := range d.columns {
		switch {
		case !c.free():
		case c.head.has(roleTLP) && c.all(isTLP) && !d.taken("securityLabels"):
			value := c.print()
			if !c.all(func(cell string) bool { return strings.HasPrefix(cell, "TLP:") && cell == strings.ToUpper(cell) }) {
				value = `{{ with trim ` + c.cell() + ` }}TLP:{{ trimPrefix "TLP:" (upper .) }}{{ end }}`
			}
			d.take(c, "securityLabels", c.unlessBlank(value), "")
		case c.head.has(roleTags) && !d.taken("tags"):
			d.take(c, "tags", c.unlessBlank(tagTemplate(c)), "")
		}
	}
}

var tlp = regexp.MustCompile(`^(?i)(TLP:)?(WHITE|CLEAR|GREEN|AMBER|AMBER\+STRICT|RED)$`)

func isTLP(cell string) bool { return tlp.MatchString(cell) }

// tagTemplate splits a cell into tags, at all separators that occur.
func tagTemplate(c *column) string {
	var used []string
	for _, sep := range listSeparators {
		if !c.all(func(cell string) bool { return !strings.Contains(cell, sep) }) {
			used = append(used, sep)
		}
	}
	if len(used) == 0 {
		return c.print()
	}
	value := c.cell()
	for _, sep := range used[1:] {
		value = replaced(value, sep, used[0])
	}
	return "{{ list " + strconv.Quote(used[0]) + " " + value + " }}"
}

// texts maps texts: the description, and where a group comes from.
func (d *draft) texts() {
	best := func(r role, name string, fits func(*column) bool) {
		var found *column
		score := 0
		for _, c := range d.columns {
			if n := 10*c.head.is(wordLists[r]) + min(c.average/longText, 5); c.free() && c.why == "" && fits(c) && n > score {
				found, score = c, n
			}
		}
		if found != nil {
			d.take(found, name, found.unlessBlank(found.print()), "")
		}
	}
	best(roleDescription, "attribute:Description", func(c *column) bool { return !c.numbers && c.head.has(roleDescription) })
	if !d.taken("attribute:Description") {
		best(roleNotes, "attribute:Description", func(c *column) bool {
			return !c.numbers && (c.head.has(roleNotes) || c.average >= longText) && !c.head.has(roleSecret)
		})
	}
	best(roleSource, "attribute:Source", func(c *column) bool { return c.head.has(roleSource) })
}

// skipExample is a template that leaves out rows, "" where there is no good example.
func (d *draft) skipExample() string {
	for _, m := range d.values {
		for i := len(m.entries) - 1; i > 0 && m.column.mapped == "status"; i-- {
			if to := m.entries[i].to; to != "" {
				return "{{ eq " + m.column.cell() + " " + strconv.Quote(to) + " }}"
			}
		}
	}
	return ""
}

// otherAttributes are attribute types of most instances, by the words of headings.
var otherAttributes = []struct {
	typ   string
	words []string
}{
	{"Source", wordLists[roleSource]},
	{"Source", wordLists[roleLink]},
	{"Additional Analysis and Context", slices.Concat(wordLists[roleNotes], wordLists[roleDescription])},
}

// offLine is the line that would map a column that is not mapped.
func (d *draft) offLine(c *column) line {
	if c.readyName != "" && !d.taken(c.readyName) {
		return line{c.readyName, c.ready, ""}
	}
	value := c.unlessBlank(c.print())
	for _, a := range otherAttributes {
		if name := "attribute:" + a.typ; c.head.is(a.words) > 0 && !d.taken(name) {
			return line{name, value, ""}
		}
	}
	if c.enumerated() && !c.numbers && !d.taken("tags") && !d.isIndicator(c) {
		return line{"tags", c.unlessBlank(tagTemplate(c)), ""}
	}
	return line{"attribute:" + strings.Join(strings.Fields(strings.ReplaceAll(c.name, ":", " ")), " "), value, ""}
}

func (d *draft) isIndicator(c *column) bool {
	for cell := range c.present {
		return intel.InferType(cell) != ""
	}
	return false
}
