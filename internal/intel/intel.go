// Package intel is the domain of tcimport: groups, what hangs together with
// them, and the rules ThreatConnect has for each.
//
// It holds three views of the same world. A Manifest is what somebody wrote,
// definition by definition, each with its place. An Import is that after
// Assemble: one Group for each key, one Object for each other thing, one Edge
// for each association. A Remote is an object as an instance has it. What the
// API calls things is carried by the tables in kinds.go and indicators.go;
// every other package asks them instead of naming a type itself.
//
// Nothing here reads, writes, waits or asks the clock.
package intel

import "fmt"

// Kind tells the six sorts of things apart that a manifest can name.
type Kind string

// The kinds as the report spells them.
const (
	KindGroup       Kind = "group"
	KindIndicator   Kind = "indicator"
	KindArtifact    Kind = "artifact"
	KindCase        Kind = "case"
	KindVictimAsset Kind = "victimAsset"
)

// Kinds lists every kind in the order in which reports and requests name them.
var Kinds = []Kind{KindGroup, KindIndicator, KindArtifact, KindCase, KindVictimAsset}

// AssociationField is the field of a group that holds its associations of kind
// k, spelled as in the API and in manifests.
func (k Kind) AssociationField() string { return kindInfos[k].field }

// List is the list of a group that holds its associations of kind k.
func (k Kind) List() List { return kindInfos[k].list }

var kindInfos = map[Kind]struct {
	field string
	list  List
}{
	KindGroup:       {"associatedGroups", ListGroups},
	KindIndicator:   {"associatedIndicators", ListIndicators},
	KindArtifact:    {"associatedArtifacts", ListArtifacts},
	KindCase:        {"associatedCases", ListCases},
	KindVictimAsset: {"associatedVictimAssets", ListVictimAssets},
}

// List is a set of the nested lists of a group.
type List uint8

// The nested lists of a group.
const (
	ListTags List = 1 << iota
	ListSecurityLabels
	ListAttributes
	ListGroups
	ListIndicators
	ListArtifacts
	ListCases
	ListVictimAssets

	// ListAssociations is all five lists of associations.
	ListAssociations = ListGroups | ListIndicators | ListArtifacts | ListCases | ListVictimAssets
)

// Has reports whether all lists of other are in l.
func (l List) Has(other List) bool { return l&other == other }

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
