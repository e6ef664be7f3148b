// Package misp makes manifests of what MISP exports: events with their attributes,
// objects and galaxies, feeds with their index, results of searches, and files of galaxy
// clusters.
//
// Read reads a file, one attribute or object at a time, and keeps of each what a manifest
// can hold. Finish decides what is carried, when all files are known: the newest version
// of each event, each cluster once, and what a group refers to. The tables in types.go,
// properties.go and galaxies.go say what becomes of what.
package misp

import (
	"hash/maphash"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
)

// Options are the options of a conversion.
type Options struct {
	Revoked  bool              // carry what is deleted, revoked or deprecated, too
	Progress func(objects int) // is called now and then while objects are read; may be nil
}

// Converter reads files of MISP, and makes a manifest of them.
type Converter struct {
	opt      Options
	seed     maphash.Seed
	ledger   convert.Ledger
	manifest convert.Manifest

	events   map[string]*event   // by UUID, the newest of each
	loose    []*part             // of searches: not in an event, but perhaps with its UUID
	nowhere  *event              // what such parts are in that name no event: it is no group
	clusters map[string]*cluster // by the tags that stand for them
	index    map[string]int64    // of feeds: when each event was changed
	read     int
}

// New makes a converter.
func New(opt Options) *Converter {
	return &Converter{opt: opt, seed: maphash.MakeSeed(), events: map[string]*event{}, clusters: map[string]*cluster{}, index: map[string]int64{},
		nowhere: &event{searched: true, outcome: outcome{carried: true}}}
}

// event is an event of MISP, or what a search says of one.
type event struct {
	id       string
	stamp    int64  // when it was changed
	digest   uint64 // of its content
	group    intel.Group
	related  []string // the event that it extends
	tags     []string
	tagged   []string // the tags of the clusters that it names
	reports  []report
	parts    []*part
	omits    []omission
	searched bool // it was not read itself

	outcome
}

// report is a report within an event.
type report struct {
	id, text string

	outcome
}

// part is an object of MISP with its attributes, or an attribute by itself.
type part struct {
	id         string
	name       string // of the object, "" for an attribute by itself
	comment    string
	first      string // when it was seen
	last       string
	deleted    bool
	attributes []*attribute
	references []reference
	event      *event // of a search: what it says of the event
	omits      []omission

	outcome
}

// attribute is an attribute of MISP.
type attribute struct {
	id, typ  string
	relation string // what it is to its object
	value    string
	comment  string
	category string
	first    string
	last     string
	modified string
	detects  bool // the flag to_ids
	deleted  bool
	tags     []string
	tagged   []string
	omits    []omission

	outcome
}

// reference says that an object has to do with another one, or with an attribute.
type reference struct {
	to      string
	deleted bool
	typed   bool // it has a type
	comment bool
}

// outcome is what became of something.
type outcome struct {
	carried    bool
	fault      string        // why it is not carried
	example    *convert.Case // of the fault
	key        string        // of the group that it is
	indicators []*convert.Indicator
}

// fail notes why something is not carried, unless it is or there is a reason already.
func (o *outcome) fail(reason string, cases ...convert.Case) {
	if o.carried || o.fault != "" {
		return
	}
	o.fault = reason
	if len(cases) > 0 {
		o.example = &cases[0]
	}
}

// omission is a property that was left out.
type omission struct {
	property, reason string
	example          *convert.Case
}

// is reports whether a part is an object.
func (p *part) isObject() bool { return p.name != "" }

func (p *part) kind() string { return "object " + p.name }

func (a *attribute) kind() string { return "attribute " + a.typ }

// close ends something in the ledger: it is carried or left out, once.
func (c *Converter) close(kind, class string, o *outcome, omits []omission) {
	if !o.carried {
		var cases []convert.Case
		if o.example != nil {
			cases = append(cases, *o.example)
		}
		c.ledger.LeaveOut(kind, o.fault, cases...)
		return
	}
	c.ledger.Carry(kind)
	for _, l := range omits {
		var cases []convert.Case
		if l.example != nil {
			cases = append(cases, *l.example)
		}
		c.ledger.Omit(class, l.property, l.reason, 1, cases...)
	}
}
