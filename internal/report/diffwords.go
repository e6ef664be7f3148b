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

// excerpt joins pieces, with marks around the changed ones. most is how many columns they
// may take beside the marks, 0 for any number. In a longer line, only what is near a change
// stays, but no change is left out until the line is several times as long.
func excerpt(ps []piece, open, end string, most int) string {
	const least, longest = 8, 4 // columns beside each change; how many times most a line may take
	texts := make([]string, len(ps))
	total, changes, room, sides := 0, 0, most, 0
	for i, p := range ps {
		texts[i] = message.Escaped(p.text)
		width := widthOf(texts[i])
		total += width
		switch {
		case p.changed:
			changes++
			room -= width
		case width > 0:
			sides += min(i, 1) + min(len(ps)-1-i, 1)
		}
	}
	whole := most == 0 || total <= most
	if !whole && changes == 0 {
		return fitting(strings.Join(texts, ""), most) + "…"
	}
	beside := max(room/max(sides, 1), least)
	var b strings.Builder
	used := 0
	for i, text := range texts {
		switch {
		case whole:
		case used >= longest*most:
			b.WriteString("… (" + message.Plural(changes, "more change") + ")")
			return b.String()
		case ps[i].changed:
			text = shorten(text, most)
		case i == 0:
			text = near(text, 0, beside)
		case i == len(ps)-1:
			text = near(text, beside, 0)
		default:
			text = near(text, beside, beside)
		}
		used += widthOf(text)
		if ps[i].changed {
			if changes--; text != "" {
				text = open + text + end
			}
		}
		b.WriteString(text)
	}
	return b.String()
}

// near is the part of an escaped text that is near its beginning and its end. A mark stands
// for what is between.
func near(s string, first, last int) string {
	width := widthOf(s)
	if width <= first+last+1 {
		return s
	}
	return fitting(s, first) + "…" + between(s, width-last, width)
}
