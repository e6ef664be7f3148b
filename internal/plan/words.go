package plan

import (
	"fmt"
	"slices"

	"tcimport/internal/intel"
)

// A plan has very many of these words. So each takes one byte, and is a word only
// where it is written. The zero value of each is no word.

// Op is what happens to a field or an association.
type Op uint8

// The operations of changes and associations; associations have no Set.
const (
	Add Op = 1 + iota
	Set
	Remove
)

// State is what the other end of an association, or an object, is at the time
// of the plan.
type State uint8

// The states.
const (
	Existing State = 1 + iota // with ID
	New                       // this import creates it
	Missing                   // it is not there and will not be made
	ToDelete                  // it is there, and this run deletes it
)

// Drift is where a difference comes from.
type Drift uint8

// The origins of differences.
const (
	FromManifest Drift = 1 + iota
	FromServer
)

var (
	ops    = []string{"", "add", "change", "remove"}
	states = []string{"", "existing", "new", "missing", "delete"}
	drifts = []string{"", "manifest", "server"}
)

// String is the word.
func (o Op) String() string    { return ops[o] }
func (s State) String() string { return states[s] }
func (d Drift) String() string { return drifts[d] }

// MarshalText returns the word for JSON.
func (o Op) MarshalText() ([]byte, error)    { return []byte(ops[o]), nil }
func (s State) MarshalText() ([]byte, error) { return []byte(states[s]), nil }
func (d Drift) MarshalText() ([]byte, error) { return []byte(drifts[d]), nil }

// UnmarshalText reads the word.
func (o *Op) UnmarshalText(text []byte) error    { return setWord(o, ops, text) }
func (s *State) UnmarshalText(text []byte) error { return setWord(s, states, text) }
func (d *Drift) UnmarshalText(text []byte) error { return setWord(d, drifts, text) }

func setWord[T ~uint8](into *T, words []string, text []byte) error {
	i := slices.Index(words, string(text))
	if i < 0 {
		return fmt.Errorf("%q is not one of %q", text, words[1:])
	}
	*into = T(i)
	return nil
}

// Source is the place of an action or an object in the manifests; in plans it is
// file:line.
type Source intel.Pos

// SourceAt is the Source that a text names.
func SourceAt(text string) Source { return Source(intel.ParseSource(text)) }

func (s Source) String() string { return intel.Pos(s).Source() }

// MarshalText returns the text for JSON.
func (s Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text.
func (s *Source) UnmarshalText(text []byte) error {
	*s = SourceAt(string(text))
	return nil
}
