// Package spelling finds names that are written in another way: in another case,
// with other separators, or misspelt.
package spelling

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold is a text by which spellings compare without regard to case: for valid
// UTF-8, Fold(a) == Fold(b) exactly if strings.EqualFold(a, b), so it can be a
// map key. It returns folded text as it is.
func Fold(s string) string {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				return foldFrom(s, i)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError && foldRune(r) != r {
			return foldFrom(s, i)
		}
		i += size
	}
	return s
}

// foldFrom folds s, whose first n bytes are folded already.
func foldFrom(s string, n int) string {
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:n])
	for i := n; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError {
			// Broken bytes stay, so that two broken texts do not become one.
			b.WriteString(s[i : i+size])
		} else {
			b.WriteRune(foldRune(r))
		}
		i += size
	}
	return b.String()
}

// foldRune is the case variant of r that represents all of them: the lower
// case of the smallest one, because most text is lower case.
func foldRune(r rune) rune {
	smallest, alone := r, true
	for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
		smallest, alone = min(smallest, v), false
	}
	if alone {
		return r // U+0130 has a lower case that is no variant of it
	}
	return unicode.ToLower(smallest)
}
