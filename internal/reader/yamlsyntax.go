package reader

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

var (
	yamlLine     = regexp.MustCompile(`^line (\d+): `)
	parserErrors = regexp.MustCompile(`^did not find expected (key|node content|'-' indicator|',' or|<)|^found (duplicate|incompatible|undefined) `)
)

// syntaxError reports what the YAML package says about the document, at the
// line where it is wrong.
//
// The package has its own idea of lines. An error of its scanner is at the line
// it names, or at the first if it names none. An error of its parser names the
// line before the one at which the enclosing list or mapping starts.
func (d *document) syntaxError(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	numbered := false
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
		numbered = true
	}
	last := 1 + bytes.Count(bytes.TrimRight(d.text, "\r\n"), []byte{'\n'})
	pos := func(n int) intel.Pos { return intel.Pos{File: d.file, Line: min(d.line(n), d.first+last-1)} }
	switch {
	case strings.Contains(message, "unknown anchor"):
		line = d.find(regexp.MustCompile(`\*` + regexp.QuoteMeta(anchorName(message)) + `([^\w-]|$)`))
		message = "the alias *" + anchorName(message) + " has no anchor before it"
	case strings.Contains(message, "control characters"):
		line = d.find(regexp.MustCompile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"))
		message = "a control character: write it escaped within double quotes, such as \"\\x1b\""
	case parserErrors.MatchString(message):
		if numbered {
			line++
		}
		start := line
		if strings.HasSuffix(message, "key") || strings.HasSuffix(message, "indicator") {
			line = d.firstBad(err, start)
		}
		if line != start {
			message += ", in what starts on line " + strconv.Itoa(d.line(start)) + ": check the indentation and the quotes"
		}
	}
	if d.indentedByTab(line) {
		message = "the line is indented with a tab: use blanks"
	}
	d.out.lose(pos(line), "not YAML: %s", explained(message))
}

// indentedByTab reports whether there is a tab in the indentation of a line.
func (d *document) indentedByTab(line int) bool {
	n := 1
	for text := range bytes.Lines(d.text) {
		if n == line {
			indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
			return bytes.IndexByte(indent, '\t') >= 0
		}
		n++
	}
	return false
}

// explained adds what usually is behind a message.
func explained(message string) string {
	switch {
	case strings.HasPrefix(message, "mapping values are not allowed"):
		return message + `: put a value that holds ": " in quotes`
	case strings.HasPrefix(message, "found character that cannot start any token"):
		return message + ": put a value that starts with @, `, % or a tab in quotes"
	case strings.HasPrefix(message, "found unexpected end of stream"):
		return "a quote that opens here is never closed"
	case strings.Contains(message, "unknown escape character"):
		return message + `: write \\ for a backslash within double quotes, or use single quotes`
	}
	return message
}

func anchorName(message string) string {
	_, name, _ := strings.Cut(message, "'")
	name, _, _ = strings.Cut(name, "'")
	return name
}

// find is the line of the document on which re first matches, else the first.
func (d *document) find(re *regexp.Regexp) int {
	if loc := re.FindIndex(d.text); loc != nil {
		return 1 + bytes.Count(d.text[:loc[0]], []byte{'\n'})
	}
	return 1
}

// maxSearched is the size of a document that is parsed again and again to find
// the line of an error.
const maxSearched = 1 << 20

// firstBad is the first line after which the document fails as it does: the
// parser has seen enough then, whatever follows. The fewest lines are searched
// for by halves, from the line at which the enclosing block starts.
func (d *document) firstBad(err error, start int) int {
	if len(d.text) > maxSearched || d.lines != nil {
		return start
	}
	var ends []int
	for i, c := range d.text {
		if c == '\n' {
			ends = append(ends, i+1)
		}
	}
	ends = append(ends, len(d.text))
	good, bad := start-1, len(ends)
	for bad-good > 1 {
		mid := (good + bad) / 2
		if _, e := parseYAML(d.text[:ends[mid-1]]); e != nil && e.Error() == err.Error() {
			bad = mid
		} else {
			good = mid
		}
	}
	return max(bad, start)
}
