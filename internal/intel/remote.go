package intel

import (
	"time"

	"tcimport/internal/spelling"
)

// Remote is an object as an instance has it, decoded from any of the shapes in
// which instances answer. Only what the answer carried is set.
type Remote struct {
	Kind    Kind
	ID      int64
	XID     string // groups and cases
	Type    string
	Name    string // a group's or case's name, any other object's summary
	Owner   string
	WebLink string
	Added   time.Time // zero where absent or not a date
	Active  bool      // indicators; true where the answer does not say

	Fields         Fields // canonical text; only fields that the tables know
	Tags           []RemoteTag
	SecurityLabels []RemoteLabel
	Attributes     []RemoteAttribute
	Links          []Remote // associated objects, with ID, Kind, Type, Name and Owner at least

	// Lists are the nested lists that were asked for and answered (empty ones
	// too). A nested list can be shorter than the truth: no source says that
	// it is complete.
	Lists List
}

// Linked returns the associated objects of kind k.
func (r *Remote) Linked(k Kind) []Remote {
	var out []Remote
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

// Owner is an owner that the API user can see, with what the user may do there.
type Owner struct {
	ID          int64
	Name        string
	Type        string            // Organization, Community, Source
	Permissions map[string]string // permGroup: FULL, ...
}

// AttributeType is a type of attribute of an instance.
type AttributeType struct {
	Name      string
	MaxSize   int             // characters; 0 where not said
	AppliesTo map[string]bool // object types; nil where not said
	Rule      ValidationRule
	MaxCount  int // per object; 0 where not said
}

// ValidationRule is what an instance demands of the values of an attribute
// type. Type is SelectOne, SelectRadio, Integer, Regex, Date, ...; Text its
// parameter ("a;b;c;", "min:max").
type ValidationRule struct {
	Name, Type, Text string
}

// Instance is what a run has to know of an instance before it can check an
// import against it. A nil list means that the instance did not tell.
type Instance struct {
	Home           string // the API user's Organization
	Owners         []Owner
	SecurityLabels []string
	AttributeTypes []AttributeType
	ArtifactTypes  []string
	EventTypes     []string
	SignatureTypes []string
	IndicatorTypes []IndicatorType // custom ones
	NameMax        int             // longest name of a group in characters; 0 where not said

	// Exists tells, by field (techniqueId, caseId, caseXid, victimId), which of
	// the values that an import has for it name something that is there. What was
	// not asked for is not in it.
	Exists map[string]map[string]bool
}

// lacks reports whether a field names something that is not there.
func (in *Instance) lacks(field, value string) bool {
	if in == nil {
		return false
	}
	there, asked := in.Exists[field][value]
	return asked && !there
}

// Owner finds the owner that is called name, exactly or, if only one is,
// in another case.
func (in *Instance) Owner(name string) (Owner, bool) {
	var found []Owner
	for _, o := range in.Owners {
		if o.Name == name {
			return o, true
		}
		if spelling.Fold(o.Name) == spelling.Fold(name) {
			found = append(found, o)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return Owner{}, false
}
