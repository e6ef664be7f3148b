package intel

import "time"

// Remote is an object as an instance has it, decoded from any of the shapes in
// which instances answer. Only what the answer carried is set.
type Remote struct {
	Kind   Kind
	Active bool // indicators; true where the answer does not say

	// Lists are the nested lists that were asked for and answered (empty ones
	// too). A nested list can be shorter than the truth: no source says that
	// it is complete.
	Lists List

	ID      int64
	XID     string // groups and cases
	Type    string
	Name    string // a group's or case's name, any other object's summary
	Owner   string
	WebLink WebLink
	Added   time.Time // zero where absent or not a date
	Changed int64     // when it was last modified, in Unix time; likewise

	Fields         Fields // canonical text; only fields that the tables know
	Tags           []RemoteTag
	SecurityLabels []RemoteLabel
	Attributes     []RemoteAttribute
	Links          []*Remote // associated objects, with ID, Kind, Type, Name and Owner at least; answers share them

	// Same is the group of an import that this group was compared with as it came, and that
	// says the same, but for associations. Fields, tags, labels and attributes are not kept.
	Same *Group
}

// LetGo notes that r says the same as g, and lets go of what need not be looked at again.
func (r *Remote) LetGo(g *Group) {
	r.Same, r.Fields, r.Tags, r.SecurityLabels, r.Attributes = g, nil, nil, nil, nil
}

// Linked returns the associated objects of kind k.
func (r *Remote) Linked(k Kind) []*Remote {
	var out []*Remote
	for _, l := range r.Links {
		if l.Kind == k {
			out = append(out, l)
		}
	}
	return out
}

// Scalar is a scalar of the object, its xid included.
func (r *Remote) Scalar(name string) string {
	if name == "xid" {
		return r.XID
	}
	v, _ := r.Fields.Get(name)
	return v
}

// RemoteTag is a tag as read back. ATT&CK tags carry their technique ID.
type RemoteTag struct {
	ID          int64
	Name        string
	TechniqueID string
}

// RemoteLabel is a security label as read back.
type RemoteLabel struct {
	ID   int64
	Name string
}

// RemoteAttribute is an attribute as read back; Default and Pinned are never
// nil in it.
type RemoteAttribute struct {
	ID int64
	Attribute
}
