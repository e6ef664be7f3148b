// Package stixpattern parses the patterns of STIX indicators.
//
// A pattern compares observations with tests. Parse gives its syntax tree and knows
// nothing of what a path means. Source: STIX 2.1, section 9 (STIX Patterning);
// STIX 2.0, part 5.
package stixpattern

import "strings"

// Operator joins expressions.
type Operator string

// The operators. FollowedBy joins observations only.
const (
	And        Operator = "AND"
	Or         Operator = "OR"
	FollowedBy Operator = "FOLLOWEDBY"
)

// Expression is an observation expression: one observation, which has a Test, or several
// Parts that an Operator joins.
type Expression struct {
	Operator   Operator // "" for one observation
	Parts      []*Expression
	Test       *Test
	Qualifiers []string // WITHIN, REPEATS, START
}

// Test is what an observation has to match: one Comparison, or several Parts that an
// Operator joins.
type Test struct {
	Operator   Operator // "" for one comparison
	Parts      []*Test
	Comparison *Comparison
}

// Comparison compares what a path leads to with a value, or with several values for IN.
type Comparison struct {
	Object   string // the type of the object: file
	Path     string // without quotes: hashes.SHA-256, values[*].name
	Not      bool
	Operator string // =, !=, <, <=, >, >=, IN, LIKE, MATCHES, ISSUBSET, ISSUPERSET, EXISTS
	Values   []Literal
}

// String is the path with its object.
func (c *Comparison) String() string { return c.Object + ":" + c.Path }

// Literal is a value.
type Literal struct {
	Kind LiteralKind
	Text string // without quotes and escapes
}

// LiteralKind is the form of a value.
type LiteralKind string

// The forms of values.
const (
	Text    LiteralKind = "text"
	Number  LiteralKind = "number"
	Bool    LiteralKind = "boolean"
	Time    LiteralKind = "timestamp"
	Encoded LiteralKind = "binary" // base64 or hexadecimal
)

// operators are the operators of comparisons that are words.
var operators = map[string]bool{"IN": true, "LIKE": true, "MATCHES": true, "ISSUBSET": true, "ISSUPERSET": true}

// reserved words cannot begin a path.
var reserved = map[string]bool{
	"AND": true, "OR": true, "NOT": true, "FOLLOWEDBY": true, "EXISTS": true,
	"WITHIN": true, "SECONDS": true, "REPEATS": true, "TIMES": true, "START": true, "STOP": true,
}

func isReserved(word string) bool {
	return reserved[word] || operators[strings.ToUpper(word)] && word == strings.ToUpper(word)
}
