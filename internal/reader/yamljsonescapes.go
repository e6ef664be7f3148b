package reader

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonEscape matches the escapes of JSON. YAML's parser knows neither that of
// a slash nor that of a character beyond \uFFFF.
var jsonEscape = regexp.MustCompile(`\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|(/)|.)`)

// jsonEscapes rewrites the escapes that only JSON has, in a document that is
// JSON. Elsewhere the same text can be outside of double quotes, where it is
// no escape.
func (d *document) jsonEscapes() {
	if !bytes.Contains(d.text, []byte(`\/`)) && !bytes.Contains(d.text, []byte(`\u`)) || !json.Valid(d.text) {
		return
	}
	w := rewriter{out: make([]byte, 0, len(d.text)), line: d.first, column: 1, shifts: map[int][]shift{}}
	last := 0
	for _, m := range jsonEscape.FindAllSubmatchIndex(d.text, -1) {
		var by []byte
		switch {
		case m[2] >= 0:
			by = fmt.Appendf(nil, `\U%08X`, utf16.DecodeRune(unit(d.text[m[2]:m[3]]), unit(d.text[m[4]:m[5]])))
		case m[6] >= 0:
			by = []byte{'/'}
		default:
			continue
		}
		w.put(d.text[last:m[0]])
		w.put(by)
		w.shorter(m[1] - m[0] - len(by))
		last = m[1]
	}
	w.put(d.text[last:])
	d.text, d.shifts = w.out, w.shifts
}

func unit(hex []byte) rune {
	n, err := strconv.ParseUint(string(hex), 16, 32)
	if err != nil {
		panic(err) // four digits
	}
	return rune(n)
}

// shift is a column from which on a line is by some characters shorter than in
// the file.
type shift struct{ column, by int }

// rewriter writes a document and counts lines and columns.
type rewriter struct {
	out          []byte
	line, column int
	shifts       map[int][]shift
}

func (w *rewriter) put(text []byte) {
	w.out = append(w.out, text...)
	if n := bytes.Count(text, []byte{'\n'}); n > 0 {
		w.line, w.column = w.line+n, 1
		text = text[bytes.LastIndexByte(text, '\n')+1:]
	}
	w.column += utf8.RuneCount(text)
}

func (w *rewriter) shorter(n int) {
	s := w.shifts[w.line]
	if len(s) > 0 {
		n += s[len(s)-1].by
	}
	w.shifts[w.line] = append(s, shift{w.column, n})
}

// column is the column in the file for a column of the rewritten text.
func (d *document) column(line, n int) int {
	s := d.shifts[line]
	if i := sort.Search(len(s), func(i int) bool { return s[i].column > n }); i > 0 {
		return n + s[i-1].by
	}
	return n
}
