package reader

import (
	"maps"
	"slices"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// suggestion ends a message about an unknown name with what would be right: the
// nearest of the known ones, or where to write such a thing.
func (l *loader) suggestion(name string, known []string) string {
	if hint := misnomers[spelling.Squeeze(name)]; hint != "" {
		return ": " + hint
	}
	if near := l.nearest(name, known); near != "" {
		return message.DidYouMean(near)
	}
	if near := l.nearest(name, misnomerNames); near != "" {
		return ": " + misnomers[near]
	}
	return ""
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
