package report

import (
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
// columns, 0 for all.
func (d *diffLine) shown(most int) string {
	ps := d.words
	if ps == nil {
		ps = []piece{{text: d.text}}
	}
	m := wordMarks[d.op]
	return excerpt(ps, m[0], m[1], most)
}

// context is the number of unchanged lines that are shown on each side of a change.
const context = 1

// diffText lists the lines of two texts, with the words that have changed. whole
// keeps the lines that are far from any change.
func diffText(old, now string, whole bool) []diffLine {
	a, b := splitLines(old), splitLines(now)
	var out []diffLine
	end, before := 0, 0 // where the last change ends, and how many lines behind it are near it
	for _, e := range lcs.DiffLines(a, b) {
		out = append(out, keptLines(a[end:e.Start], whole, before, context)...)
		out = append(out, changedLines(a[e.Start:e.End], b[e.ReplStart:e.ReplEnd])...)
		end, before = e.End, context
	}
	return append(out, keptLines(a[end:], whole, before, 0)...)
}

// keptLines are lines of both texts: with whole all of them, else those that are
// near the change before or behind them.
func keptLines(lines []string, whole bool, before, behind int) []diffLine {
	far := len(lines) - before - behind
	if whole || far <= 0 {
		return linesOf(' ', lines)
	}
	out := linesOf(' ', lines[:before])
	out = append(out, diffLine{op: '.', text: "… " + message.Plural(far, "line") + " unchanged"})
	return append(out, linesOf(' ', lines[len(lines)-behind:])...)
}

// changedLines are lines that take the place of others.
func changedLines(old, now []string) []diffLine {
	minus, plus := linesOf('-', old), linesOf('+', now)
	for i := range min(len(old), len(now)) {
		if before, after, ok := wordDiff(old[i], now[i]); ok {
			minus[i].words, plus[i].words = before, after
		}
	}
	return append(minus, plus...)
}

func linesOf(op byte, texts []string) []diffLine {
	out := make([]diffLine, len(texts))
	for i, text := range texts {
		out[i] = diffLine{op: op, text: text}
	}
	return out
}

// splitLines cuts a text into lines.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}
