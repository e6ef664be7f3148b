package message

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Visible reports whether a reader sees r, and sees it as itself. Control and
// format characters are not visible: a terminal obeys them, or they change how
// their neighbours are shown. Neither are blanks other than a space. Fillers are
// letters to Unicode, but show nothing.
func Visible(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0':
		return false
	}
	return unicode.IsPrint(r)
}

// Escaped is s on one line, with an escape for each character that is not
// Visible and for each byte that is not UTF-8. A backslash stays as it is:
// registry keys are full of them.
func Escaped(s string) string {
	i := hiddenAt(s)
	if i < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)+16), s[:i]...)
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		b = AppendEscaped(b, r, s[i:i+size])
		i += size
	}
	return string(b)
}

// AppendEscaped appends r, whose bytes are raw, or its escape. What JSON allows
// within its texts gets the escape that JSON has for it, so that a JSON document
// keeps its meaning.
func AppendEscaped[T string | []byte](b []byte, r rune, raw T) []byte {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Appendf(b, `\x%02x`, raw[0])
	case r == '\n':
		return append(b, `\n`...)
	case r == '\r':
		return append(b, `\r`...)
	case r == '\t':
		return append(b, `\t`...)
	case Visible(r):
		return append(b, raw...)
	case r < ' ':
		return fmt.Appendf(b, `\x%02x`, r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}

// hiddenAt is the first byte of s that Escaped changes, -1 if there is none.
func hiddenAt(s string) int {
	for i, r := range s {
		if !Visible(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			return i
		}
	}
	return -1
}
