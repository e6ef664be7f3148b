package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tcimport/internal/message"
)

// piece is a part of a line that is in the other line as well, or is changed. An
// empty changed piece stands where the other line has more.
type piece struct {
	text    string
	changed bool
}

// pieces cuts a line into pieces from front to back.
type pieces struct {
	line string
	at   int
	list []piece
}

// next takes the next n bytes. One character between two changed words, such as
// a space, is changed with them.
func (p *pieces) next(n int, changed bool) {
	from, last := p.at, len(p.list)-1
	p.at += n
	switch {
	case last >= 0 && p.list[last].changed == changed:
		from -= len(p.list[last].text)
		p.list = p.list[:last]
	case changed && last > 0 && len(p.list[last].text) == 1:
		from -= 1 + len(p.list[last-1].text)
		p.list = p.list[:last-1]
	}
	p.list = append(p.list, piece{p.line[from:p.at], changed})
}

// wordDiff cuts two lines into pieces that the other line has or lacks. ok is
// false for lines that have too little in common for that to help.
func wordDiff(a, b string) (before, after []piece, ok bool) {
	kept := 0
	old, now := pieces{line: a}, pieces{line: b}
	for _, word := range compare(splitWords(a), splitWords(b)) {
		n := len(word.text)
		switch word.op {
		case ' ':
			kept += n
			old.next(n, false)
			now.next(n, false)
		case '-':
			old.next(n, true)
			now.next(0, true)
		case '+':
			old.next(0, true)
			now.next(n, true)
		}
	}
	const leastKept = 4 // one part in so many of the longer line has to be kept
	return old.list, now.list, kept*leastKept >= max(len(a), len(b))
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
// characters beside the marks, 0 for all: those around the first change.
func excerpt(ps []piece, open, end string, most int) string {
	total, first := 0, -1
	for i := range ps {
		ps[i].text = message.Escaped(ps[i].text)
		if ps[i].changed && first < 0 {
			first = total
		}
		total += utf8.RuneCountInString(ps[i].text)
	}
	from, to := 0, total
	if most > 0 && total > most {
		if from = max(0, min(first-most/3, total-most)); first < 0 {
			from = 0
		}
		to = from + most
	}
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	at := 0
	for _, p := range ps {
		n := utf8.RuneCountInString(p.text)
		text := runes(p.text, from-at, to-at)
		if at += n; text == "" {
			continue
		}
		if p.changed {
			text = open + text + end
		}
		b.WriteString(text)
	}
	if to < total {
		b.WriteString("…")
	}
	return b.String()
}

// runes are the characters of s between two places.
func runes(s string, from, to int) string {
	if from <= 0 && to >= len(s) {
		return s
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n >= from && n < to {
			b.WriteRune(r)
		}
		n++
	}
	return b.String()
}
