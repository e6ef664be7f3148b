package plan

import (
	"tcimport/internal/intel"
)

// Object is something that the manifests name and that is not a group which they
// define. A plan has more of them than groups, and most say what their definition
// says. So an Object does not repeat that. FullObject is what it says.
type Object struct {
	Definition *intel.Object // what it is made from, and found by; nil if named by ID. definition.go writes it
	found      *foundObject  // nil for one that does not exist
	own        *ownWords     // nil for one that says what its definition says

	Kind  intel.Kind
	State State
	Own   bool // an indicator that is made even if no group is associated with it
}

// foundObject is what an object has from the instance.
type foundObject struct {
	id      int64
	xid     string
	webLink intel.WebLink
}

// ownWords are what an object says in place of its definition, and beside it.
type ownWords struct {
	said
	notes  []string
	reason string
}

// said is what an object and its definition both say.
type said struct {
	written, typ, name, owner string
	source                    Source
}

// FullObject is all that an object says.
type FullObject struct {
	Kind    intel.Kind    `json:"kind"`
	Written string        `json:"written,omitempty"`
	Type    string        `json:"type,omitempty"`
	Name    string        `json:"name,omitempty"`
	Owner   string        `json:"owner,omitempty"`
	ID      int64         `json:"id,omitempty"`
	XID     string        `json:"xid,omitempty"`
	WebLink intel.WebLink `json:"webLink,omitzero"`
	State   State         `json:"state"`
	Own     bool          `json:"own,omitempty"`
	Source  Source        `json:"source,omitzero"`
	Notes   []string      `json:"notes,omitempty"`
	Reason  string        `json:"reason,omitempty"` // of a missing one, or of one that is not pruned or not deleted

	Definition *intel.Object `json:"-"` // what it is made from, and found by; nil if named by ID. definition.go writes it
}

// Object is f as a plan keeps it.
func (f FullObject) Object() *Object {
	o := &Object{Definition: f.Definition, Kind: f.Kind, State: f.State, Own: f.Own}
	if f.ID != 0 || f.XID != "" || f.WebLink != (intel.WebLink{}) {
		o.found = &foundObject{f.ID, f.XID, f.WebLink}
	}
	says := said{f.Written, f.Type, f.Name, f.Owner, f.Source}
	if says != o.said() || len(f.Notes) > 0 || f.Reason != "" {
		o.own = &ownWords{says, f.Notes, f.Reason}
	}
	return o
}

// Full is all that the object says.
func (o *Object) Full() FullObject {
	return FullObject{Kind: o.Kind, Written: o.Written(), Type: o.Type(), Name: o.Name(), Owner: o.Owner(), ID: o.ID(), XID: o.XID(), WebLink: o.WebLink(),
		State: o.State, Own: o.Own, Source: o.Source(), Notes: o.Notes(), Reason: o.Reason(), Definition: o.Definition}
}

func (o *Object) said() said {
	switch d := o.Definition; {
	case o.own != nil:
		return o.own.said
	case d != nil:
		return said{d.Written, d.Type, d.Summary, d.Owner, Source(d.Pos)}
	}
	return said{}
}

// These are the parts of FullObject.
func (o *Object) Written() string        { return o.said().written }
func (o *Object) Type() string           { return o.said().typ }
func (o *Object) Name() string           { return o.said().name }
func (o *Object) Owner() string          { return o.said().owner }
func (o *Object) Source() Source         { return o.said().source }
func (o *Object) ID() int64              { return o.seen().id }
func (o *Object) XID() string            { return o.seen().xid }
func (o *Object) WebLink() intel.WebLink { return o.seen().webLink }

// Exists reports whether the object is on the instance. A new one that is there was made by an earlier
// run, and is completed.
func (o *Object) Exists() bool { return o.State == Existing || o.State == New && o.ID() != 0 }

func (o *Object) Notes() []string {
	if o.own == nil {
		return nil
	}
	return o.own.notes
}

func (o *Object) Reason() string {
	if o.own == nil {
		return ""
	}
	return o.own.reason
}

// InConflict reports whether o is an indicator of its own that cannot be made, or of which it is
// not known which one it is.
func (o *Object) InConflict() bool {
	return o.Own && o.State == Missing && o.Reason() != SkippedIndicator
}

// SkippedIndicator is why a missing indicator is not made if a flag says so.
const SkippedIndicator = "it does not exist (--missing-indicators skip)"

// Leave makes an object that was to be made or deleted one that is left as it is.
func (o *Object) Leave(state State, why string) {
	f := o.Full()
	f.State, f.Reason = state, why
	*o = *f.Object()
}

// IsPlain reports whether type, name and owner say all of a new object.
func (o *Object) IsPlain() bool {
	d := o.Definition
	return o.Kind == intel.KindIndicator && d != nil && d.Details == nil && d.Split && isPlain(o.Written(), o.Type(), o.Name())
}

// PlainObject is a new object of which type, name and owner say all.
func PlainObject(kind intel.Kind, typ, name, owner string) *Object {
	return FullObject{Kind: kind, Written: plainText(typ, name), Type: typ, Name: name, Owner: owner, State: New, Definition: &intel.Object{
		Kind: kind, Type: typ, Summary: name, Written: plainText(typ, name), Owner: owner, Split: true}}.Object()
}

func (o *Object) seen() foundObject {
	if o.found == nil {
		return foundObject{}
	}
	return *o.found
}
