package report

import (
	"strings"
	"unicode"

	"github.com/aymanbagabas/go-udiff/lcs"

	"tcimport/internal/message"
)

// piece is a part of a line that is in the other line as well, or is changed. An
// empty changed piece stands where the other line has more.
type piece struct {
	text    string
	changed bool
}

// wordDiff cuts two lines into pieces that the other line has or lacks. ok is
// false for lines that have too little in common for that to help.
func wordDiff(a, b string) (before, after []piece, ok bool) {
	old, now := splitWords(a), splitWords(b)
	kept := len(a)
	var edits []lcs.Diff
	for _, e := range lcs.DiffLines(old, now) {
		kept -= len(strings.Join(old[e.Start:e.End], ""))
		// One character between two changes, such as a space, is changed with them.
		if n := len(edits); n > 0 && len(strings.Join(old[edits[n-1].End:e.Start], "")) <= 1 {
			edits[n-1].End, edits[n-1].ReplEnd = e.End, e.ReplEnd
			continue
		}
		edits = append(edits, e)
	}
	const leastKept = 4 // one part in so many of the longer line has to be kept
	return piecesOf(old, edits, func(e lcs.Diff) (int, int) { return e.Start, e.End }),
		piecesOf(now, edits, func(e lcs.Diff) (int, int) { return e.ReplStart, e.ReplEnd }),
		kept*leastKept >= max(len(a), len(b))
}

// piecesOf cuts a line into pieces. place is the place of an edit in it.
func piecesOf(words []string, edits []lcs.Diff, place func(lcs.Diff) (start, end int)) []piece {
	var out []piece
	last := 0
	for _, e := range edits {
		start, end := place(e)
		out = append(out, piece{strings.Join(words[last:start], ""), false}, piece{strings.Join(words[start:end], ""), true})
		last = end
	}
	return append(out, piece{strings.Join(words[last:], ""), false})
}

// splitWords cuts a text into words and the characters between them.
func splitWords(s string) []string {
	var out []string
	start, inWord := 0, false
	for i, r := range s {
		is := unicode.IsLetter(r) || unicode.IsDigit(r)
		if i > start && !(is && inWord) {
			out = append(out, s[start:i])
			start = i
		}
		inWord = is
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// excerpt joins pieces, with marks around the changed ones. It keeps at most most
// columns beside the marks, 0 for all: those around the first change.
func excerpt(ps []piece, open, end string, most int) string {
	texts := make([]string, len(ps))
	total, first := 0, -1
	for i, p := range ps {
		texts[i] = message.Escaped(p.text)
		if p.changed && first < 0 {
			first = total
		}
		total += widthOf(texts[i])
	}
	from, to := 0, total
	if most > 0 && total > most {
		from = max(0, min(first-most/3, total-most))
		to = from + most
	}
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	at := 0
	for i, text := range texts {
		shown := between(text, from-at, to-at)
		at += widthOf(text)
		switch {
		case shown == "":
		case ps[i].changed:
			b.WriteString(open + shown + end)
		default:
			b.WriteString(shown)
		}
	}
	if to < total {
		b.WriteString("…")
	}
	return b.String()
}
