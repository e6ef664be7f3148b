package plan

import (
	"cmp"
	"encoding/json"
	"strings"

	"tcimport/internal/intel"
)

// Association is an association to add or to remove. A plan can have millions of
// them. So one does not repeat what the plan says of its other end: it leads there.
// FullAssociation is what it says.
type Association struct {
	group  *Action // the other end, if it is a group of this import
	object *Object // else: one of Plan.Objects, or one that only this association knows
	words  *words  // nil for most
	place  int32   // of object: 1 + its index in Plan.Objects

	Kind  intel.Kind
	State State
	Op    Op
	Drift Drift
}

// words are what an association says in words of its own.
type words struct{ key, written, reason string }

// FullAssociation is all that an association says.
type FullAssociation struct {
	Kind  intel.Kind `json:"kind"`
	Type  string     `json:"type,omitempty"`
	Name  string     `json:"name,omitempty"`
	Owner string     `json:"owner,omitempty"`
	ID    int64      `json:"id,omitempty"`
	State State      `json:"state"`
	Op    Op         `json:"op,omitempty"` // in JSON of those that the run adds or removes

	Key     string `json:"key,omitempty"`     // a group of this import: its key
	Object  int    `json:"object,omitempty"`  // anything else that the manifests name: 1 + its index in Plan.Objects
	Written string `json:"written,omitempty"` // the other end as the manifest writes it, for the report
	Reason  string `json:"reason,omitempty"`  // of a missing one
	Drift   Drift  `json:"drift,omitempty"`
}

// Association is f as a plan keeps it, as long as nobody else says the same of the
// other end.
func (f FullAssociation) Association() Association {
	as := Association{object: FullObject{Kind: f.Kind, Type: f.Type, Name: f.Name, Owner: f.Owner, ID: f.ID, Written: f.Written}.Object(),
		place: int32(f.Object), Kind: f.Kind, State: f.State, Op: f.Op, Drift: f.Drift}
	as.say(words{f.Key, f.Written, f.Reason})
	return as
}

// WithGroup is an association to add, with the group of an action.
func WithGroup(a *Action, s State, written, reason string) Association {
	as := Association{group: a, Kind: intel.KindGroup, State: s, Op: Add}
	as.say(words{"", written, reason})
	return as
}

// WithObject is an association to add, with the object of a plan that has a place in
// its list, from 1.
func WithObject(o *Object, place int, s State, written, reason string) Association {
	as := Association{object: o, place: int32(place), Kind: o.Kind, State: s, Op: Add}
	as.say(words{"", written, reason})
	return as
}

// say notes what the association says in words of its own: most write the other end as it
// says itself.
func (as *Association) say(w words) {
	if as.words = nil; w != (words{written: as.other().written}) {
		as.words = &w
	}
}

// other is what the other end says.
func (as *Association) other() said {
	if g := as.group; g != nil {
		return said{written: g.Key, typ: g.Type, name: g.Name, owner: g.Owner}
	}
	return as.object.said()
}

// lead makes the association lead to the group or object of a plan, if that says the same
// of the other end.
func (as *Association) lead(group *Action, object *Object) {
	to := *as
	to.group, to.object = group, object
	switch {
	case group == nil && (object == nil || object.Kind != as.object.Kind):
	case as.Type() == to.Type() && as.Name() == to.Name() && as.Owner() == to.Owner() && as.ID() == to.ID():
		to.say(words{"", as.Written(), as.Reason()})
		*as = to
	}
}

// Full is all that the association says.
func (as *Association) Full() FullAssociation {
	return FullAssociation{Kind: as.Kind, Type: as.Type(), Name: as.Name(), Owner: as.Owner(), ID: as.ID(), State: as.State, Op: as.Op,
		Key: as.Key(), Object: as.Object(), Written: as.Written(), Reason: as.Reason(), Drift: as.Drift}
}

// Type, Name, Owner and ID are those of the other end; the ID is 0 if there is none yet.
func (as *Association) Type() string  { return as.other().typ }
func (as *Association) Name() string  { return as.other().name }
func (as *Association) Owner() string { return as.other().owner }
func (as *Association) ID() int64 {
	if as.group != nil {
		return as.group.ID
	}
	return as.object.ID()
}

// Key is the key of the other end, if that is a group of this import.
func (as *Association) Key() string {
	switch {
	case as.group != nil:
		return as.group.Key
	case as.words != nil:
		return as.words.key
	}
	return ""
}

// Object is 1 + the index in Plan.Objects of the other end, if it is there; else 0.
func (as *Association) Object() int { return int(as.place) }

// Written is the other end as the manifest writes it.
func (as *Association) Written() string {
	if as.words != nil {
		return as.words.written
	}
	return as.other().written
}

// Reason says why an association is missing.
func (as *Association) Reason() string {
	if as.words != nil {
		return as.words.reason
	}
	return ""
}

// miss says that the other end will not be there.
func (as *Association) miss(reason string) {
	w := words{written: as.Written(), reason: reason}
	if as.group == nil {
		w.key = as.Key()
	}
	as.State = Missing
	as.say(w)
}

// isPlain reports whether the text for the other end is made of its type and name, or
// is its key: then saved plans leave it out.
func (as *Association) isPlain() bool {
	if key := as.Key(); key != "" {
		return as.Written() == key
	}
	return isPlain(as.Written(), as.Type(), as.Name())
}

func isPlain(text, typ, name string) bool {
	return len(text) == len(typ)+1+len(name) && strings.HasPrefix(text, typ) && text[len(typ)] == ':' && strings.HasSuffix(text, name) &&
		typ != "" && name != ""
}

func plainText(typ, name string) string {
	if typ == "" || name == "" {
		return ""
	}
	return typ + ":" + name
}

// MarshalJSON writes all that the association says.
func (as Association) MarshalJSON() ([]byte, error) { return marshal(as.Full()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (as *Association) UnmarshalJSON(data []byte) error {
	var f FullAssociation
	err := json.Unmarshal(data, &f)
	if f.Op == 0 {
		f.Op = Add
	}
	if f.Op == Add && f.Written == "" {
		f.Written = cmp.Or(f.Key, plainText(f.Type, f.Name))
	}
	*as = f.Association()
	return err
}
