package reader

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

var (
	yamlLine     = regexp.MustCompile(`^line (\d+): `)
	parserErrors = regexp.MustCompile(`^did not find expected (key|node content|'-' indicator|',' or|<)|^found (duplicate|incompatible|undefined) `)
)

// syntaxError reports an error of the YAML package at the place of the
// mistake.
//
// The package returns no columns, and not always the right line: an error of
// its scanner has the line or, on the first one, nothing; an error of its
// parser has the line before the one where the enclosing list or mapping
// starts.
func (d *document) syntaxError(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = text[len(m[0]):]
		if parserErrors.MatchString(text) {
			line++
		}
	}
	at := d.failsAt(err)
	if m := aliasOf.FindStringSubmatch(text); m != nil {
		at = d.lastBefore("*"+m[1], at+1)
	}
	if at < 0 {
		d.out.incompletef(intel.At(d.file, d.line(line), 0), "not YAML: %s", explained(text, ""))
		return
	}
	if opening := strings.TrimPrefix(text, "did not find expected ',' or "); opening != text {
		at = d.opening(at, map[string]byte{"']'": '[', "'}'": '{'}[opening])
	}
	pos := d.place(at)
	what := explained(text, d.rest(at))
	if d.indentedByTab(at) {
		what = "the line is indented with a tab: use spaces"
	} else if start := d.line(line); parserErrors.MatchString(text) && start < pos.Line() {
		what += fmt.Sprintf(" (inside the value that starts on line %d)", start)
	}
	d.out.incompletef(pos, "not YAML at %s: %s", message.Quote(d.rest(at)), what)
}

var aliasOf = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)

// explanations replace messages of the YAML package.
var explanations = []struct{ says, means string }{
	{"mapping values are not allowed", `": " cannot be here: put the value that contains it in quotes, or check the indentation`},
	{"block sequence entries are not allowed", "a list cannot begin here: begin it on a line of its own"},
	{"found unexpected end of stream", "the quote that opens here is never closed"},
	{"found unknown escape character", `this is not an escape within double quotes: write \\ for a backslash, or use single quotes`},
	{"found invalid Unicode character escape code", `this \u escape is not a character: write characters beyond \uFFFF as \U and eight digits, such as \U0001F600`},
	{"control characters are not allowed", `a control character: write it escaped within double quotes, such as "\x1b"`},
	{"did not find expected ',' or ']'", `the list that opens here is not closed with "]", or a "," is missing in it`},
	{"did not find expected ',' or '}'", `the mapping that opens here is not closed with "}", or a "," is missing in it`},
	{"did not find expected node content", "a value is missing before this"},
	{"did not find expected key", "this does not fit the lines before it: check the indentation and the quotes"},
	{"did not find expected '-' indicator", "this does not fit the list before it: check the indentation"},
	{"could not find expected ':'", `a key needs ": " after it`},
	{"found incompatible YAML document", "this version of YAML is not supported: remove the line"},
	{"found a tab character that violates indentation", "the line is indented with a tab: use spaces"},
	{"unknown anchor", "no anchor of this name is defined before it: write &NAME before the value, or quote a text that begins with *"},
}

func explained(message, rest string) string {
	if strings.HasPrefix(message, "found character that cannot start any token") {
		r, _ := utf8.DecodeRuneInString(rest)
		return fmt.Sprintf("a value cannot begin with %q: put it in quotes", r)
	}
	for _, e := range explanations {
		if strings.HasPrefix(message, e.says) {
			return e.means
		}
	}
	return message
}

// maxSearched is the size of a document that is parsed again and again to find
// the place of an error.
const maxSearched = 1 << 20

// failsAt is the offset of the first byte that makes the document fail with
// err, whatever follows it. It is found by bisection; -1 if that would take
// too long.
func (d *document) failsAt(err error) int {
	if len(d.text) > maxSearched {
		return -1
	}
	good, bad := 0, len(d.text)
	for bad-good > 1 {
		mid := (good + bad) / 2
		if _, e := parseYAML(d.text[:mid]); e != nil && e.Error() == err.Error() {
			bad = mid
		} else {
			good = mid
		}
	}
	at := max(bad-1, 0)
	for at > 0 && !utf8.RuneStart(d.text[at]) {
		at--
	}
	if i := d.lastBefore(`\u`, at+1); strings.Contains(err.Error(), "escape code") && i >= 0 {
		return i
	}
	return at
}

// lastBefore is the last offset of s before end, -1 for none.
func (d *document) lastBefore(s string, end int) int {
	return bytes.LastIndex(d.text[:max(end, 0)], []byte(s))
}

// opening is the offset of the bracket that is still open at an offset, or
// that offset.
func (d *document) opening(at int, bracket byte) int {
	closing := map[byte]byte{'[': ']', '{': '}'}[bracket]
	open := 0
	for i := at; i >= 0; i-- {
		switch d.text[i] {
		case closing:
			open--
		case bracket:
			if open++; open > 0 {
				return i
			}
		}
	}
	return at
}

// place is where an offset of the document is.
func (d *document) place(at int) intel.Pos {
	start := 1 + bytes.LastIndexByte(d.text[:at], '\n')
	return intel.At(d.file, d.first+bytes.Count(d.text[:at], []byte{'\n'}), 1+utf8.RuneCount(d.text[start:at]))
}

// rest is the text of a line from an offset.
func (d *document) rest(at int) string {
	line, _, _ := bytes.Cut(d.text[at:], []byte{'\n'})
	return strings.TrimRight(string(line), " \t\r")
}

// indentedByTab reports whether there is a tab in the indentation of the line of
// an offset.
func (d *document) indentedByTab(at int) bool {
	line := d.text[1+bytes.LastIndexByte(d.text[:at], '\n') : at+1]
	return len(bytes.Trim(line, " \t")) <= 1 && bytes.IndexByte(line, '\t') >= 0
}
