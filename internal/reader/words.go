package reader

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tcimport/internal/spelling"
)

// maxShown is how many characters of a value a message repeats.
const maxShown = 60

// clip is s, short enough for a message.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxShown {
		return s
	}
	return string([]rune(s)[:maxShown]) + "…"
}

func quoted(s string) string { return fmt.Sprintf("%q", clip(s)) }

// suggestion ends a message about an unknown name with what would be right: the
// nearest of the known ones, or where to write such a thing.
func (l *loader) suggestion(name string, known []string) string {
	if hint := misnomers[folded(name)]; hint != "" {
		return ": " + hint
	}
	if near := l.nearest(name, known); near != "" {
		return meant(near)
	}
	if near := l.nearest(name, misnomerNames); near != "" {
		return ": " + misnomers[near]
	}
	return ""
}

// meant is a name as the suggestion that ends a message.
func meant(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", near)
}

// nearest is the one of known, a list that lives as long as l, that is meant by
// name. What is wrong in one row is wrong in many: the answers are remembered.
func (l *loader) nearest(name string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	s := l.spellers[&known[0]]
	if s == nil {
		s = spelling.NewSpeller(known)
		l.spellers[&known[0]] = s
	}
	return s.Nearest(name)
}

// misnomers are names that belong elsewhere, by their folded form.
var misnomers = map[string]string{
	"description": "ThreatConnect keeps it as an attribute, {type: Description, value: …} or the column attribute:Description",
	"source":      "ThreatConnect keeps it as an attribute, {type: Source, value: …} or the column attribute:Source",
	"attributes":  "each type of attribute is a column of its own, like attribute:Description",
	"ownername":   "write it as owner",
	"ownerid":     "write the name of the owner as owner",
	"id":          "an existing group is found by its xid, or by type and name; only an end of an association can have an ID",
}

var misnomerNames = slices.Sorted(maps.Keys(misnomers))

// folded is the name of a column without what does not matter in it: case,
// blanks, underscores and hyphens.
func folded(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\r', '_', '-', '\u00a0':
			return -1
		}
		return r
	}, name))
}

// one is "a" or "an" before name.
func one(name string) string {
	if name != "" && strings.ContainsRune("aeiouAEIOU", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}
