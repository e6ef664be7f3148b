package guess

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tcimport/internal/message"
)

// What a manifest names of a column at most.
const (
	maxColumnName = 100 // bytes: YAML writes longer ones in another way
	maxValue      = 100 // bytes of a value
	maxValues     = 20  // different values of a column whose values are named
	maxName       = 200 // characters of the name of a group
	longText      = 100 // characters from which on a text is no name
)

// column is a column of the CSV, with what its cells have in common.
type column struct {
	name  string
	head  heading
	cells []string // trimmed

	filled  int      // neither empty nor blanks
	blanks  []string // words for nothing that occur
	values  []string // different ones, in order; no more than maxValues+1
	unique  bool     // every row has one, and all differ
	longest int      // characters
	average int
	numbers bool // all are
	usable  bool // a template can name it

	mapped    string // to a column of a manifest; "-" for a column that is left
	why       string
	readyName string // of the line that would map it
	ready     string
}

// nothings are words that people write into a cell for nothing.
var nothings = []string{"-", "--", "–", "—", "?", "n/a", "na", "n.a.", "none", "null", "nil", "unknown", "unbekannt", "keine", "keiner", "k.a.", "inconnu", "aucun", "ninguno", "tbd"}

func columnsOf(header []string, rows [][]string) []*column {
	times := map[string]int{}
	for _, name := range header {
		times[name]++
	}
	out := make([]*column, len(header))
	for i, name := range header {
		c := &column{name: name, head: headingOf(name)}
		c.usable = name != "" && times[name] == 1 && len(name) <= maxColumnName
		for _, r := range rows {
			c.cells = append(c.cells, strings.TrimSpace(r[i]))
		}
		c.measure()
		if times[name] > 1 {
			c.why = "the CSV has this column " + strconv.Itoa(times[name]) + " times: rename all but one"
		} else if !c.usable && name != "" {
			c.why = "its name is too long"
		}
		out[i] = c
	}
	return out
}

func (c *column) measure() {
	seen := map[string]bool{}
	total := 0
	c.numbers = true
	for _, cell := range c.cells {
		if isNothing(cell) {
			if cell != "" && !slices.Contains(c.blanks, cell) {
				c.blanks = append(c.blanks, cell)
			}
			continue
		}
		n := utf8.RuneCountInString(cell)
		c.filled++
		total += n
		c.longest = max(c.longest, n)
		c.numbers = c.numbers && isNumber(cell)
		if !seen[cell] {
			seen[cell] = true
			if len(c.values) <= maxValues {
				c.values = append(c.values, cell)
			}
		}
	}
	c.numbers = c.numbers && c.filled > 0
	c.average = total / max(c.filled, 1)
	c.unique = c.filled > 0 && c.filled == len(c.cells) && len(seen) == c.filled
}

func isNothing(cell string) bool {
	return cell == "" || slices.Contains(nothings, strings.ToLower(cell))
}

func isNumber(cell string) bool {
	_, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", "."), 64)
	return err == nil
}

// present are the cells that have something.
func (c *column) present(yield func(string) bool) {
	for _, cell := range c.cells {
		if !isNothing(cell) && !yield(cell) {
			return
		}
	}
}

// free reports whether the column can be mapped and is not yet.
func (c *column) free() bool { return c.usable && c.filled > 0 && c.mapped == "" }

// enumerated reports whether the column has few values, all of them short.
func (c *column) enumerated() bool {
	const rest = "*" // a manifest takes it for all other values
	return len(c.values) > 0 && len(c.values) <= maxValues &&
		!slices.ContainsFunc(c.values, func(v string) bool { return v == rest || len(v) > maxValue })
}

// cell is the column as an expression of a template.
func (c *column) cell() string {
	for i, r := range c.name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return "(index . " + strconv.Quote(c.name) + ")"
		}
	}
	return "." + c.name
}

// print is the template that gives the cell as it is.
func (c *column) print() string {
	e := c.cell()
	if strings.HasPrefix(e, "(") {
		e = e[1 : len(e)-1]
	}
	return "{{ " + e + " }}"
}

// unlessBlank is a template that gives nothing for the words of the column that mean that.
func (c *column) unlessBlank(template string) string {
	if len(c.blanks) == 0 {
		return template
	}
	return "{{ if not (has (trim " + c.cell() + ") " + tuple(c.blanks) + ") }}" + template + "{{ end }}"
}

func tuple(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return "(tuple " + strings.Join(quoted, " ") + ")"
}

// example is what a comment shows of the column: some value, on one line.
func (c *column) example() string {
	if c.head.has(roleSecret) {
		return ""
	}
	for v := range c.present {
		return "such as " + shown(v)
	}
	if len(c.blanks) > 0 {
		return "only " + shown(c.blanks[0])
	}
	return "no row has a value"
}

// shown is a foreign text in a comment.
func shown(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return message.Quote(s[:i] + "…")
		}
	}
	return message.Quote(s)
}
