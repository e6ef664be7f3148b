// Package stix makes manifests of STIX 2.0 and 2.1: bundles, lists of objects, single
// objects.
//
// Read reads objects, one at a time, and keeps of each what a manifest can hold: the
// tables in kinds.go and properties.go say what that is. Finish decides what is carried,
// when all objects are known: the newest version of each, what is not revoked, and
// indicators that a group refers to.
package stix

import (
	"hash/maphash"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
)

// Options are the options of a conversion.
type Options struct {
	Revoked  bool              // carry what is revoked or deprecated, too
	Progress func(objects int) // is called now and then while objects are read; may be nil
}

// Converter reads objects, and makes a manifest of them.
type Converter struct {
	opt      Options
	seed     maphash.Seed
	ledger   convert.Ledger
	manifest convert.Manifest

	objects []*object // those that were read, and those that are only referred to
	byID    map[string]int32
	omitted omissions
	read    int
}

// New makes a converter.
func New(opt Options) *Converter {
	return &Converter{opt: opt, seed: maphash.MakeSeed(), byID: map[string]int32{}}
}

// object is the newest version of an object. There are very many of them.
type object struct {
	id       string
	kind     *kind  // nil for one that was not read
	modified int64  // in microseconds since 1970
	digest   uint64 // of its content
	*content        // nil if nothing is kept but what it associates

	fault   string        // why the object cannot be carried, "" if it can
	example *convert.Case // of the fault, for people
	omits   *[]omission   // properties that were left out; nil for none

	// The ends of a relationship; what was seen in a sighting; 0 for none.
	from, to int32

	revoked, deprecated bool
	wanted              bool // a carried group leads to it
	carried             bool
	ownOmits            bool // no other object has the list
}

// content is what is kept of an object that can be carried.
type content struct {
	group     intel.Group // also tags, attributes and fields of an indicator
	creator   int32       // 0 for none
	markings  []int32     // of TLP or not
	refs      []int32     // what object_refs and the like name
	phases    []phase
	shortname string   // of a tactic
	domains   []string // of a tactic
	language  string   // of a pattern
	signs     []sign   // of an indicator or observable
	pattern   string
	note      string // of a note or opinion

	indicators []*convert.Indicator // of the signs
}

// phase is a phase of a kill chain.
type phase struct {
	Chain string `json:"kill_chain_name"`
	Name  string `json:"phase_name"`
}

// omission is a property that was left out n times, with a case for each, or none.
type omission struct {
	property, reason string
	n                int
	cases            []convert.Case
}

// omissions keeps each list of omissions once: most objects of a kind have the same.
type omissions map[string]*[]omission

// number is the number of an ID. Number 0 is no object.
func (c *Converter) number(id string) int32 {
	if len(c.objects) == 0 {
		c.objects = append(c.objects, &object{})
	}
	n, ok := c.byID[id]
	if !ok {
		n = int32(len(c.objects))
		c.byID[id] = n
		c.objects = append(c.objects, &object{id: id})
	}
	return n
}
