package report

import (
	"unicode/utf8"

	"tcimport/internal/message"
)

// quoted is s in quotes, safe for a terminal.
func quoted(s string) string { return `"` + message.Escaped(s) + `"` }

// escapedShort is s, escaped and cut to at most most characters, 0 for all. A
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
	return message.Shorten(message.Escaped(s), most)
}
