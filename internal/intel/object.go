package intel

import "slices"

// Field is one scalar of an object: its name as the API spells it, and its
// value as canonical text (dates in UTC as 2006-01-02T15:04:05Z, booleans as
// true and false, numbers in decimal). FieldSpec.Kind is its form in requests.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Pos   Pos    `json:"-"`
}

// Fields are the scalars of an object, in the order in which they were named.
type Fields []Field

// Get returns the value of the field called name.
func (fs Fields) Get(name string) (string, bool) {
	for _, f := range fs {
		if f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}

// Tag is a plain tag, named, or an ATT&CK tag, given by its technique ID.
type Tag struct {
	Name        string `json:"name,omitempty"`
	TechniqueID string `json:"techniqueId,omitempty"`
	Pos         Pos    `json:"-"`
}

// Attribute is a typed text on a group or an indicator.
type Attribute struct {
	Type           string   `json:"type"`
	Value          string   `json:"value"`
	Source         string   `json:"source,omitempty"`
	Default        Flag     `json:"default,omitzero"`
	Pinned         Flag     `json:"pinned,omitzero"`
	SecurityLabels []string `json:"securityLabels,omitempty"`
	Pos            Pos      `json:"-"`
}

// Group is a group: as one definition of a manifest, or, in an Import, as all
// definitions of its key together.
type Group struct {
	Pos  Pos
	Key  string // unique within an import
	Type string // canonical; as written where no such type exists
	Name string
	XID  string // the manifest's own; DerivedXID makes the other

	// Owner is the owner's name: as written in a definition ("" for the default
	// owner), as the instance spells it once assembled with an Instance.
	Owner string

	Fields         Fields
	Tags           []Tag
	SecurityLabels []string
	LabelPos       []Pos // of the first SecurityLabels; the others are at Pos
	Attributes     []Attribute
	Refs           []Ref // its associations as written; an Import has Edges instead

	// Lists are the lists that the manifest names, with or without entries:
	// under a replace policy, an empty one empties the list of the instance.
	Lists List

	// Invalid says which errors its definition has, "" for none. They are reported
	// already, so what the definition lacks is no further problem.
	Invalid string

	// DefaultKey is set if Key was made from the xid or from type and name.
	DefaultKey bool

	// Reference is set in an Import on a group that exists already and is only
	// named: by ID, by XID, by Type and Name or, if only an id-map has it, by
	// Key.
	Reference bool
	ID        int64 // of a Reference named by ID, or known from an id-map
}

// Blame notes that some problems are of g. Those of permissions are not.
func (g *Group) Blame(problems Problems) {
	for i := range problems {
		p := &problems[i]
		if p.Warning || p.Denied {
			continue
		}
		p.OfGroup = true
		if g.Invalid != "" {
			g.Invalid += "; "
		}
		g.Invalid += p.Message
	}
}

// AddLabels adds security labels with their places; nil if these are the place of the
// group. Both lists are those of g from then on.
func (g *Group) AddLabels(names []string, at []Pos) {
	if len(at) > 0 {
		for len(g.LabelPos) < len(g.SecurityLabels) {
			g.LabelPos = append(g.LabelPos, g.Pos)
		}
		g.LabelPos = joined(g.LabelPos, at)
	}
	g.SecurityLabels = joined(g.SecurityLabels, names)
}

// joined is list and more behind it. If list is empty, it is more itself.
func joined[T any](list, more []T) []T {
	if len(list) == 0 {
		return more
	}
	return append(list, more...)
}

// labelPlaces are the places of all security labels of a definition.
func (g *Group) labelPlaces() []Pos {
	at := slices.Clip(g.LabelPos)
	for len(at) < len(g.SecurityLabels) {
		at = append(at, g.Pos)
	}
	return at
}

// Ref names one end of an association, by a Text or an End. A manifest can have
// millions of them, and most are a Text.
type Ref struct {
	Pos  Pos
	Text string // the key of a group of the import, or an indicator as Type:summary
	End  *End   // nil for a Text
	Kind Kind
}

// End is an end of an association that is named by an ID, a Group or an Object. An
// ID may have a Group with its owner, or an Object that says more of it to people.
type End struct {
	ID     int64
	Group  *GroupRef // KindGroup
	Object *Object   // any other kind; NewObject gives one to complete
}

// GroupRef names a group by its xid, or by its type and name. An owner may be
// added to them, or to an ID.
type GroupRef struct{ XID, Type, Name, Owner string }

// ID is the ID that names the end, 0 if something else does.
func (r *Ref) ID() int64 {
	if r.End == nil {
		return 0
	}
	return r.End.ID
}

// Group is the xid or the name of the end; nil if it has none.
func (r *Ref) Group() *GroupRef {
	if r.End == nil {
		return nil
	}
	return r.End.Group
}

// Object is the description of the end; nil if it has none.
func (r *Ref) Object() *Object {
	if r.End == nil {
		return nil
	}
	return r.End.Object
}

// Written is the end as reports write it.
func (r *Ref) Written() string {
	switch e := r.End; {
	case e == nil:
		return r.Text
	case e.ID != 0:
		return IDText(e.ID)
	case e.Object != nil:
		return e.Object.Written
	case e.Group == nil:
		return ""
	case e.Group.XID != "":
		return xidMark + e.Group.XID
	default:
		return KindGroup.Written(e.Group.Type, e.Group.Name)
	}
}

// Owner is the owner that is written with an ID, an xid or a name.
func (r *Ref) Owner() string {
	if g := r.Group(); g != nil {
		return g.Owner
	}
	return ""
}

// NewObject is the object that r describes, as it is written; nil if r names a
// group or an ID.
func (r *Ref) NewObject() *Object {
	switch {
	case r.Object() != nil:
		return r.Object().Clone()
	case r.Kind == KindGroup || r.Text == "":
		return nil
	}
	o, _ := parseIndicatorRef(r.Text, r.Pos) // ParseRef has reported what is wrong
	return o
}

// Association is an entry of a manifest's list associations, or a row of a CSV
// of associations.
type Association struct {
	Pos   Pos
	Group Ref // always KindGroup
	Other Ref
}

// Indicator is an entry of a manifest's list indicators.
type Indicator struct {
	Ref          // always KindIndicator
	Owner string // of its document, "" for the default owner
}

// Manifest is the content of one or more files, definition by definition.
type Manifest struct {
	Namespaces   []Namespace // one for each document that names one
	Groups       []*Group    // definitions; Key is "" where the manifest gives none
	Indicators   []Indicator // of their own
	Associations []Association

	// Incomplete is set if some definitions could not be read at all. A key
	// without a definition is then no further problem.
	Incomplete bool
}

// Namespace is the namespace of a document and its place.
type Namespace struct {
	Pos  Pos
	Name string
}
