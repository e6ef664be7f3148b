package intel

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/message"
)

// Kind is the sort of thing that an association leads to. The zero Kind is none. In
// plans and reports it is text.
type Kind uint8

// The kinds, in the order of the table.
const (
	KindGroup Kind = 1 + iota
	KindIndicator
	KindArtifact
	KindCase
	KindVictimAsset
)

func (k Kind) String() string { return kinds.texts[k] }

// MarshalText writes the kind as reports spell it.
func (k Kind) MarshalText() ([]byte, error) { return []byte(kinds.texts[k]), nil }

// UnmarshalText reads what MarshalText writes.
func (k *Kind) UnmarshalText(text []byte) error {
	i := slices.Index(kinds.texts[:], string(text))
	if i <= 0 {
		return fmt.Errorf("there is no kind of object %s", message.Quote(string(text)))
	}
	*k = Kind(i)
	return nil
}

// kinds has the record and the text of each kind. The text is the one in the name of
// its list: victimAsset has associatedVictimAssets.
var kinds = func() (by struct {
	specs [256]*KindSpec
	texts [256]string
}) {
	for i := range kindSpecs {
		s := &kindSpecs[i]
		text := strings.TrimPrefix(s.Entry(), "associated")
		by.specs[s.Kind], by.texts[s.Kind] = s, strings.ToLower(text[:1])+text[1:]
	}
	return by
}()

// Spec is the record of the kind.
func (k Kind) Spec() *KindSpec { return kinds.specs[k] }
