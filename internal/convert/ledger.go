package convert

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/message"
)

// Ledger counts what became of the objects of a source, and of their properties. The
// zero Ledger is empty.
type Ledger struct {
	kinds map[string]*Tally
	left  map[omission]*Left
}

// Tally is what became of the objects of a kind.
type Tally struct {
	In      int `json:"in"`
	Carried int `json:"carried"`
	LeftOut int `json:"leftOut"`
}

// omission is something that is left out for a reason.
type omission struct{ kind, property, reason string }

// Left is what was left out for one reason: objects of a kind, or a property of objects
// that were carried.
type Left struct {
	Kind     string `json:"kind"`
	Property string `json:"property,omitempty"`
	Reason   string `json:"reason"`
	Count    int    `json:"count"`

	// Cases are those that somebody may want to look at, each with the ID of its object.
	// Where the reason says it all, there are none.
	Cases []Case `json:"cases,omitempty"`
}

// Case is one of what was left out.
type Case struct {
	ID     string `json:"id"`
	Detail string `json:"detail,omitempty"`
}

func (c Case) String() string {
	if c.Detail == "" {
		return c.ID
	}
	return c.ID + ": " + c.Detail
}

// Read counts an object that was read.
func (l *Ledger) Read(kind string) { l.kind(kind).In++ }

// Carry counts an object that was carried.
func (l *Ledger) Carry(kind string) { l.kind(kind).Carried++ }

// LeaveOut counts an object that was left out.
func (l *Ledger) LeaveOut(kind, reason string, cases ...Case) {
	l.kind(kind).LeftOut++
	l.Omit(kind, "", reason, 1, cases...)
}

// Omit counts n times a property of carried objects that was left out.
func (l *Ledger) Omit(kind, property, reason string, n int, cases ...Case) {
	if n == 0 {
		return
	}
	if l.left == nil {
		l.left = map[omission]*Left{}
	}
	o := omission{kind, property, reason}
	if l.left[o] == nil {
		l.left[o] = &Left{Kind: kind, Property: property, Reason: reason}
	}
	l.left[o].Count += n
	l.left[o].Cases = append(l.left[o].Cases, cases...)
}

func (l *Ledger) kind(kind string) *Tally {
	if l.kinds == nil {
		l.kinds = map[string]*Tally{}
	}
	if l.kinds[kind] == nil {
		l.kinds[kind] = &Tally{}
	}
	return l.kinds[kind]
}

// Kinds is what became of the objects of each kind.
func (l *Ledger) Kinds() map[string]*Tally { return l.kinds }

// Total is what became of all objects.
func (l *Ledger) Total() Tally {
	var sum Tally
	for _, t := range l.kinds {
		sum.In += t.In
		sum.Carried += t.Carried
		sum.LeftOut += t.LeftOut
	}
	return sum
}

// Check fails unless each object that was read is carried or left out. A ledger that does
// not add up is a defect of the converter.
func (l *Ledger) Check() error {
	for _, kind := range slices.Sorted(maps.Keys(l.kinds)) {
		if t := l.kinds[kind]; t.In != t.Carried+t.LeftOut {
			return fmt.Errorf("of %s, %d were carried and %d left out", message.Plural(t.In, kind), t.Carried, t.LeftOut)
		}
	}
	return nil
}

// Left is what was left out, by kind, with the objects before their properties.
func (l *Ledger) Left() []*Left {
	return slices.SortedFunc(maps.Values(l.left), func(a, b *Left) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Property, b.Property), strings.Compare(a.Reason, b.Reason))
	})
}

// String is what was left out, as a line.
func (l *Left) String() string {
	what := l.Kind
	if l.Property != "" {
		what += "." + l.Property
	}
	return "left out: " + strconv.Itoa(l.Count) + " " + what + " (" + l.Reason + ")"
}
