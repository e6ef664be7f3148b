package reader

import (
	"maps"
	"slices"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// suggestion ends a message about an unknown name: with the nearest known
// name, or with the right way to write such a thing.
func (l *loader) suggestion(name string, known []string) string {
	if hint := misnomers[spelling.Squeeze(name)]; hint != "" {
		return ": " + hint
	}
	if near := l.spellers.Nearest(name, known); near != "" {
		return message.DidYouMean(near)
	}
	if near := l.spellers.Nearest(name, misnomerNames); near != "" {
		return ": " + misnomers[near]
	}
	return ""
}

// misnomers are names that people write for something else, squeezed.
var misnomers = map[string]string{
	"description": "ThreatConnect keeps it as an attribute, {type: Description, value: …} or the column attribute:Description",
	"source":      "ThreatConnect keeps it as an attribute, {type: Source, value: …} or the column attribute:Source",
	"attributes":  "each type of attribute is a column of its own, like attribute:Description",
	"ownername":   "write it as owner",
	"ownerid":     "write the name of the owner as owner",
	"id":          "an existing group is found by its xid, or by type and name; only an end of an association can have an ID",
}

var misnomerNames = slices.Sorted(maps.Keys(misnomers))
