// Package intel is the domain of tcimport: groups, what hangs together with
// them, and the rules ThreatConnect has for each.
//
// It holds three views of the same world. A Manifest is what somebody wrote,
// definition by definition, each with its place. An Import is that after
// Assemble: one Group for each key, one Object for each other thing, one Edge
// for each association. A Remote is an object as an instance has it. What the
// API calls things is carried by the tables in kinds.go, grouptypes.go and
// indicators.go;
// every other package asks them instead of naming a type itself.
//
// Nothing here reads, writes, waits or asks the clock.
package intel

import "fmt"

// MetadataLists are the nested lists of tags, security labels and attributes of
// which there are any.
func MetadataLists[A Attribute | RemoteAttribute](tags []Tag, labels []string, attributes []A) List {
	var l List
	if len(tags) > 0 {
		l |= ListTags
	}
	if len(labels) > 0 {
		l |= ListSecurityLabels
	}
	if len(attributes) > 0 {
		l |= ListAttributes
	}
	return l
}

// Pos is where something stands: a file as given on the command line (Stdin for
// standard input), its 1-based line and column. A zero line or column is not
// known.
type Pos struct {
	File   string
	Line   int
	Column int
}

// Stdin is the File of what is read from standard input, as the command line
// names it.
const Stdin = "-"

// String is file:line:column, as far as known, as messages name a place.
func (p Pos) String() string {
	if p.File == Stdin {
		p.File = "<stdin>"
	}
	if p.Line > 0 && p.Column > 0 {
		return fmt.Sprintf("%s:%d", p.Source(), p.Column)
	}
	return p.Source()
}

// Source is file:line, as plans name the origin of an action.
func (p Pos) Source() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}
