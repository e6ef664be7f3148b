package intel

import "unicode/utf8"

// or is pos, or where nothing is known of it, the place of what holds it.
func (p Pos) or(holder Pos) Pos {
	if p == (Pos{}) {
		return holder
	}
	return p
}

// longerThan reports whether s has more than n characters.
func longerThan(s string, n int) bool {
	return len(s) > n && utf8.RuneCountInString(s) > n
}

// hasControl reports whether s holds a control character, and the first one.
func hasControl(s string) (rune, bool) {
	for _, r := range s {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return r, true
		}
	}
	return 0, false
}
