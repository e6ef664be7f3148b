package report

import (
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"tcimport/internal/message"
)

// widthOf is how many columns of a terminal an escaped text takes at most. East Asian
// characters and emoji take two. An accent of its own counts too: terminals
// differ there, and a text that is nothing but accents would have no end.
func widthOf(s string) int {
	n := 0
	for len(s) > 0 {
		if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
			n, s = n+1, s[1:]
			continue
		}
		var c string
		var w int
		c, s, w, _ = uniseg.FirstGraphemeClusterInString(s, -1)
		n += max(w, utf8.RuneCountInString(c))
	}
	return n
}

// fitting is the first part of an escaped text that fits into some columns. It does not
// part a character from its accents.
func fitting(s string, most int) string {
	rest := s
	for len(rest) > 0 {
		c, after, w, _ := uniseg.FirstGraphemeClusterInString(rest, -1)
		if most -= max(w, utf8.RuneCountInString(c)); most < 0 {
			break
		}
		rest = after
	}
	return s[:len(s)-len(rest)]
}

// shorten cuts an escaped text to some columns. A mark replaces what is cut.
func shorten(s string, most int) string {
	if len(s) <= most || widthOf(s) <= most {
		return s
	}
	return fitting(s, most-1) + "…"
}

// between is the part of an escaped text between two columns.
func between(s string, from, to int) string {
	if from > 0 {
		before := fitting(s, from)
		s, to = s[len(before):], to-widthOf(before)
	}
	if widthOf(s) <= to {
		return s
	}
	return fitting(s, to)
}

// escapedShort is s, escaped and cut to at most most columns, 0 for all. A
// value can have megabytes: only the part that is shown is escaped.
func escapedShort(s string, most int) string {
	if most <= 0 {
		return message.Escaped(s)
	}
	if cut := s; len(cut) > utf8.UTFMax*most {
		cut = cut[:utf8.UTFMax*most]
		for len(cut) > 0 && !utf8.RuneStart(s[len(cut)]) {
			cut = cut[:len(cut)-1]
		}
		s = cut + "…"
	}
	return shorten(message.Escaped(s), most)
}
