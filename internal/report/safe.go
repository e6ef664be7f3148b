package report

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// OneLine is s as a line of its own on a terminal.
func OneLine(s string) string { return safe(s) }

// safe is s with everything made visible that a terminal would obey or that
// would make a line look like another one: control characters, escape
// sequences, marks of direction, invisible characters, line ends.
func safe(s string) string {
	i := unsafeAt(s)
	if i < 0 {
		return s
	}
	var b bytes.Buffer
	b.Grow(len(s) + 16)
	b.WriteString(s[:i])
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		writeVisible(&b, r, []byte(s[i:i+size]))
		i += size
	}
	return b.String()
}

// writeVisible writes a character, or an escape of one that is not shown as
// itself. raw are its bytes. JSON knows the escapes of all that it may hold as
// itself.
func writeVisible(b *bytes.Buffer, r rune, raw []byte) {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		fmt.Fprintf(b, `\x%02x`, raw[0])
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case printable(r):
		b.Write(raw)
	case r < ' ':
		fmt.Fprintf(b, `\x%02x`, r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}

// unsafeAt is where s stops being what it looks like, -1 if nowhere.
func unsafeAt(s string) int {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			if s[i] < ' ' || s[i] == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || !printable(r) {
			return i
		}
		i += size
	}
	return -1
}

// printable leaves out format characters, too (unicode.Cf): those change how
// their neighbours are shown. Fillers are letters, but show nothing.
func printable(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0':
		return false
	}
	return unicode.IsPrint(r)
}

// quoted is s in quotes, safe for a terminal.
func quoted(s string) string { return `"` + safe(s) + `"` }

// shorten is s, cut to at most most characters.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n++; n > most {
			return cutBefore(s, i)
		}
	}
	return s
}

// safeShort is s, safe and cut to at most most characters, 0 for all. A value can
// be of megabytes: only what can be seen is made safe.
func safeShort(s string, most int) string {
	if most <= 0 {
		return safe(s)
	}
	if cut := s; len(cut) > utf8.UTFMax*most {
		cut = cut[:utf8.UTFMax*most]
		for len(cut) > 0 && !utf8.RuneStart(s[len(cut)]) {
			cut = cut[:len(cut)-1]
		}
		s = cut + "…"
	}
	return shorten(safe(s), most)
}

// cutBefore cuts s at i and puts a mark there, in place of the last character.
func cutBefore(s string, i int) string {
	_, size := utf8.DecodeLastRuneInString(s[:i])
	return s[:i-size] + "…"
}
