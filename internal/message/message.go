// Package message has the parts that messages to users are made of: quoted
// values, lists, plurals, suggestions.
package message

import (
	"fmt"
	"strings"
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

// Clip is s as messages suggest to write it.
func Clip(s string) string {
	quoted := Quote(s)
	return quoted[1 : len(quoted)-1]
}

// Article is name with its article: an Incident, a URL.
func Article(name string) string {
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

// List is names as a message enumerates them.
func List(names []string) string {
	if len(names) <= listedMax {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, … (%d in all)", strings.Join(names[:listedMax-3], ", "), len(names))
}

// Join is words as a sentence enumerates them: a, b and c. last is the word
// before the last one.
func Join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

// Plural is a number of things.
func Plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// DidYouMean ends a message about an unknown name: near is the known name that is
// probably meant, "" for none.
func DidYouMean(near string) string {
	if near == "" {
		return ""
	}
	return ": did you mean " + Quote(near) + "?"
}
