package intel

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// quotedMax is how many characters of a value a message shows.
const quotedMax = 80

// Quote is s as messages show it: cut, and Escaped.
func Quote(s string) string {
	n := 0
	for i := range s {
		if n++; n > quotedMax {
			return `"` + Escaped(s[:i]) + `…"`
		}
	}
	return `"` + Escaped(s) + `"`
}

func quote(s string) string { return Quote(s) }

// clip is s as messages suggest to write it.
func clip(s string) string {
	quoted := quote(s)
	return quoted[1 : len(quoted)-1]
}

// a is name with its article: an Incident, a URL.
func a(name string) string {
	switch {
	case name == "":
		return "an object"
	case strings.HasPrefix(name, "U"): // User Agent, URL
		return "a " + name
	case strings.ContainsRune("AEIOaeio", rune(name[0])):
		return "an " + name
	}
	return "a " + name
}

// listedMax is how many names a message lists.
const listedMax = 15

// listed is names as a message enumerates them.
func listed(names []string) string {
	if len(names) <= listedMax {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, … (%d in all)", strings.Join(names[:listedMax-3], ", "), len(names))
}

// Plural is a number of things.
func Plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// DidYouMean ends a message about an unknown name: empty, or a suggestion.
func DidYouMean(name string, known []string) string { return meant(NearestName(name, known)) }

// meant is a suggestion as the end of a message.
func meant(near string) string {
	if near == "" {
		return ""
	}
	return ": did you mean " + quote(near) + "?"
}

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
