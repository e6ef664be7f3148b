package guess

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

// indicators is how the cells of a column are indicators.
type indicators struct {
	typ        string
	separators []string // between those of a cell
	disguises  []string // that occur, each followed by what it means
	bar        bool     // some have the separator of lists
}

// disguises are the ways to make an indicator harmless that templates undo, each with its
// meaning.
var disguises = []string{
	"hxxps://", "https://", "hxxp://", "http://", "hXXps://", "https://", "hXXp://", "http://", "[://]", "://",
	"[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "[:]", ":", "[at]", "@", "(at)", "@", "[@]", "@",
}

// separators are those that stand between indicators. A blank counts only where the parts
// between the others are no indicators.
var separators = []string{",", ";", "|", "\n", " "}

// anotherURL matches the beginning of a URL behind another one.
var anotherURL = regexp.MustCompile(`[,;|\s][a-zA-Z]+(://|\[:)`)

// indicatorsOf finds out how the cells of a column are indicators of one type, nil if they
// are not. why says what is against it.
func indicatorsOf(c *column) (found *indicators, why string) {
	in := &indicators{}
	fail := map[string]int{}
	types := map[string]int{}
	items := 0
	for cell := range c.present {
		if types[""] > 20 && 2*types[""] > items {
			return nil, "" // text
		}
		for _, item := range in.split(in.undisguise(cell)) {
			if isNothing(item) {
				if item != "" && !slices.Contains(c.blanks, item) {
					c.blanks = append(c.blanks, item)
				}
				continue
			}
			items++
			typ := intel.InferType(item)
			if types[typ]++; typ == "" {
				fail[item]++
			}
			in.bar = in.bar || strings.Contains(item, "|")
		}
	}
	bad := types[""]
	delete(types, "")
	switch {
	case len(types) == 0 || 2*bad > items:
		return nil, ""
	case len(types) > 1 && (types["Host"] == 0 || 2*types["Host"] <= items || c.head.has(roleHost)):
		return nil, "these seem to be indicators of several types: " + strings.Join(sortedKeys(types), ", ")
	case len(types) > 1:
		return nil, ""
	}
	in.typ = sortedKeys(types)[0]
	if why := c.unlikely(in.typ); why != "" {
		return in, why
	}
	if bad > 0 {
		return in, "most are of type " + in.typ + ", but not " + shown(sortedKeys(fail)[0])
	}
	return in, ""
}

// unlikely says why a column is not mapped to indicators of a type, as which its values
// could be read: names of files look like hosts.
func (c *column) unlikely(typ string) string {
	r := map[string]role{"Host": roleHost, "URL": roleURL, "EmailAddress": roleEmail}[typ]
	switch {
	case c.head.has(rolePerson), c.head.has(roleVersion), c.head.has(roleSecret):
		return "by its name, these are no indicators"
	case c.head.has(roleVictim):
		return "by its name, this is what was hit, and no indicators"
	case r != "" && (!c.head.has(r) || typ == "URL" && c.head.has(roleLink)):
		return "as indicators they would be of type " + typ
	}
	return ""
}

// undisguise gives a cell with the indicators as they are meant.
func (in *indicators) undisguise(cell string) string {
	for i := 0; i < len(disguises); i += 2 {
		if strings.Contains(cell, disguises[i]) {
			if !slices.Contains(in.disguises, disguises[i]) {
				in.disguises = append(in.disguises, disguises[i], disguises[i+1])
			}
			cell = strings.ReplaceAll(cell, disguises[i], disguises[i+1])
		}
	}
	return cell
}

// split gives the items of a cell, and notes what is between them.
func (in *indicators) split(cell string) []string {
	if !anotherURL.MatchString(cell) && intel.InferType(cell) != "" {
		return []string{cell}
	}
	parts := []string{cell}
	for i, sep := range separators {
		var next []string
		used := false
		for _, part := range parts {
			split := strings.Split(part, sep)
			if len(split) == 1 || i == len(separators)-1 && intel.InferType(strings.TrimSpace(part)) != "" {
				next = append(next, strings.TrimSpace(part))
				continue
			}
			used = true
			for _, s := range split {
				if s = strings.TrimSpace(s); s != "" {
					next = append(next, s)
				}
			}
		}
		if used && !slices.Contains(in.separators, sep) {
			in.separators = append(in.separators, sep)
		}
		parts = next
	}
	return parts
}

// template makes a list of indicators of a cell.
func (in *indicators) template(c *column) string {
	value := c.cell()
	for i := 0; i < len(in.disguises); i += 2 {
		value = replaced(value, in.disguises[i], in.disguises[i+1])
	}
	item := "{{ . }}"
	if in.bar && !slices.Contains(in.separators, "|") {
		item = `{{ replace "|" "\\|" . }}`
	}
	if len(in.separators) == 0 {
		return "{{ with trim " + value + " }}" + c.unless(".", in.typ+":"+item+"|") + "{{ end }}"
	}
	for _, sep := range in.separators[1:] {
		value = replaced(value, sep, in.separators[0])
	}
	return "{{ range list " + strconv.Quote(in.separators[0]) + " " + value + " }}" + c.unless(".", in.typ+":"+item+"|") + "{{ end }}"
}

// unless keeps the words for nothing of a column out of a list.
func (c *column) unless(item, template string) string {
	if len(c.blanks) == 0 {
		return template
	}
	return "{{ if not (has " + item + " " + tuple(c.blanks) + ") }}" + template + "{{ end }}"
}

func replaced(value, old, with string) string {
	return "(replace " + strconv.Quote(old) + " " + strconv.Quote(with) + " " + value + ")"
}

// indicators maps all columns with indicators onto the list of them.
func (d *draft) indicators() {
	name := intel.KindIndicator.AssociationField()
	var list, why []string
	var used, hashes []*column
	for _, c := range d.columns {
		if !c.free() || c == d.cve {
			continue
		}
		in, against := indicatorsOf(c)
		if in != nil && against != "" {
			c.readyName, c.ready = name, in.template(c)
		}
		if in == nil || against != "" {
			c.why = against
			continue
		}
		if in.typ == "File" && len(in.separators) == 0 && len(c.blanks) == 0 {
			hashes = append(hashes, c)
			used = append(used, c)
			continue
		}
		list, used = append(list, in.template(c)), append(used, c)
		if len(in.disguises) > 0 {
			why = append(why, "replace undoes what makes them harmless")
		}
	}
	if len(hashes) > 0 {
		list = append(list, hashTemplate(hashes))
	}
	if len(list) == 0 {
		return
	}
	d.withIndicators = true
	d.line(line{name: name, value: strings.Join(list, ""), note: strings.Join(slices.Compact(why), "; ")})
	for _, c := range used {
		c.mapped, c.why = name, ""
	}
}

// hashTemplate makes one File of the hashes of a row.
func hashTemplate(columns []*column) string {
	if len(columns) == 1 {
		return "{{ with trim " + columns[0].cell() + " }}File:{{ . }}|{{ end }}"
	}
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = "(trim " + c.cell() + ")"
	}
	return `{{ with join " : " (compact (tuple ` + strings.Join(cells, " ") + `)) }}File:{{ . }}|{{ end }}`
}
