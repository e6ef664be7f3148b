package report

import (
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"

	"tcimport/internal/message"
)

// diffLine is a line of two texts: in both (' '), added ('+'), removed ('-'), or a
// line that stands for lines in both ('.').
type diffLine struct {
	op    byte
	text  string
	words []piece // of text, where it has changed into another line
}

// wordMarks stand around the changed words of a line.
var wordMarks = map[byte][2]string{'-': {"[-", "-]"}, '+': {"{+", "+}"}}

// shown is the line with marks around its changed words, cut to at most most
// characters, 0 for all.
func (d *diffLine) shown(most int) string {
	ps := d.words
	if ps == nil {
		ps = []piece{{text: d.text}}
	}
	m := wordMarks[d.op]
	return excerpt(ps, m[0], m[1], most)
}

// diffText lists the lines of two texts, with the words that have changed. whole
// keeps the lines that are far from any change.
func diffText(before, after string, whole bool) []diffLine {
	ds := compare(splitLines(before), splitLines(after))
	for i := 0; i < len(ds); {
		minus := run(ds[i:], '-')
		plus := run(ds[i+minus:], '+')
		for k := range min(minus, plus) {
			d, e := &ds[i+k], &ds[i+minus+k]
			if old, now, ok := wordDiff(d.text, e.text); ok {
				d.words, e.words = old, now
			}
		}
		i += max(minus+plus, 1)
	}
	if whole {
		return ds
	}
	return compact(ds)
}

// run counts the lines of an operation at the beginning of ds.
func run(ds []diffLine, op byte) int {
	if n := slices.IndexFunc(ds, func(d diffLine) bool { return d.op != op }); n >= 0 {
		return n
	}
	return len(ds)
}

// splitLines cuts a text into lines.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// context is the number of unchanged lines that are shown on each side of a change.
const context = 1

// compare lists the tokens of two texts in their order: kept, removed, added. It
// finds a short list of edits, and gives up on the shortest where texts have
// little in common.
func compare(a, b []string) []diffLine {
	var out []diffLine
	add := func(op byte, tokens []string) {
		for _, t := range tokens {
			out = append(out, diffLine{op: op, text: t})
		}
	}
	at := 0
	for _, edit := range lcs.DiffLines(a, b) {
		add(' ', a[at:edit.Start])
		add('-', a[edit.Start:edit.End])
		add('+', b[edit.ReplStart:edit.ReplEnd])
		at = edit.End
	}
	add(' ', a[at:])
	return out
}

// compact leaves out unchanged lines that are far from any change.
func compact(all []diffLine) []diffLine {
	near := make([]bool, len(all))
	for i, d := range all {
		if d.op == ' ' {
			continue
		}
		for j := max(0, i-context); j <= min(len(all)-1, i+context); j++ {
			near[j] = true
		}
	}
	var out []diffLine
	for i := 0; i < len(all); {
		if near[i] {
			out = append(out, all[i])
			i++
			continue
		}
		start := i
		for i < len(all) && !near[i] {
			i++
		}
		out = append(out, diffLine{op: '.', text: "… " + message.Plural(i-start, "line") + " unchanged"})
	}
	return out
}
