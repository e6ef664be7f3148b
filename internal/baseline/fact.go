// Package baseline remembers what runs have written on groups. A Fact is one value that a
// run has written, or has met as the manifest wants it. The facts of a group are its
// Baseline. The next run compares with it, to distinguish a change of the manifest
// from an edit on the server. The report keeps it, in the group's row of the id-map.
package baseline

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unique"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// Fact says that a field, or an entry of a list, has a value. It holds a short
// digest of the value, or the ID of an association.
type Fact struct {
	value int64
	about unique.Handle[subject]
}

// Doubt says how sure a fact is.
type Doubt uint8

// A request that has no answer leaves doubt.
const (
	Sure       Doubt = iota
	MaybeThere       // it was to be set
	MaybeGone        // it was to be removed or changed
)

// subject is the field or list that a fact is about, and how sure it is. A report can
// hold millions of facts, of few subjects.
type subject struct {
	name     string // of the field, as text has it
	list     intel.List
	part     bool // of an attribute
	storedAs bool // what was sent for a value
	doubt    Doubt
}

func about(name string) unique.Handle[subject] {
	s := subject{name: strings.ReplaceAll(name, " ", "_")}
	s.storedAs = strings.HasSuffix(s.name, "."+partStored)
	rest, isAttribute := strings.CutPrefix(s.name, attributePrefix)
	switch {
	case isAttribute:
		s.list = intel.ListAttributes
		i := strings.LastIndexByte(rest, '.')
		s.part = i >= 0 && isPart[rest[i+1:]]
	case s.name == fieldTags:
		s.list = intel.ListTags
	case s.name == fieldLabels:
		s.list = intel.ListSecurityLabels
	default:
		for _, k := range intel.Kinds {
			if s.name == k.AssociationField() {
				s.list = k.List()
			}
		}
	}
	return unique.Make(s)
}

const (
	fieldName       = "name"
	fieldTags       = "tags"
	fieldLabels     = "securityLabels"
	attributePrefix = "attribute:"
)

// The parts of an attribute beside its type and value.
const (
	partSource  = "source"
	PartDefault = "default"
	partPinned  = "pinned"
	PartLabel   = "securityLabels"
)

var isPart = map[string]bool{partSource: true, PartDefault: true, partPinned: true, PartLabel: true, partStored: true}

// The subjects of most facts.
var (
	aboutName   = about(fieldName)
	aboutTags   = about(fieldTags)
	aboutLabels = about(fieldLabels)
	aboutLinks  = func() (of [256]unique.Handle[subject]) {
		for _, k := range intel.Kinds {
			of[k] = about(k.AssociationField())
		}
		return of
	}()
)

func digestOf(about unique.Handle[subject], value string) Fact {
	var room [256]byte // so that most values are not copied to the heap
	sum := sha256.Sum256(append(room[:0], value...))
	return Fact{about: about, value: int64(binary.BigEndian.Uint64(sum[:8]) >> 16)}
}

// Scalar is the value of a field; spec is nil for the name.
func Scalar(spec *intel.FieldSpec, value string) Fact {
	name := aboutName
	switch {
	case spec == nil || spec.Kind == intel.Text && spec.Values == nil:
		value = intel.TextKey(value)
	case spec.Kind == intel.Text:
		value = spelling.Fold(intel.TextKey(value))
	case spec.Kind == intel.Decimal && strings.Contains(value, "."):
		value = strings.TrimSuffix(strings.TrimRight(value, "0"), ".")
	}
	if spec != nil {
		name = about(spec.Name)
	}
	return digestOf(name, value)
}

// Name is the name of the group.
func Name(name string) Fact { return Scalar(nil, name) }

// Tag is a tag, as a manifest names it.
func Tag(t intel.Tag) Fact { return digestOf(aboutTags, spelling.Fold(t.String())) }

// Label is a security label.
func Label(name string) Fact { return digestOf(aboutLabels, intel.LabelKey(name)) }

// Attribute is an attribute with its value.
func Attribute(typ, value string) Fact {
	return digestOf(about(attributePrefix+spelling.Fold(typ)), intel.TextKey(value))
}

// Link is an association.
func Link(k intel.Kind, id int64) Fact { return Fact{about: aboutLinks[k], value: id} }

// Part is one thing that an attribute has beside its type and value.
type Part struct {
	Name, Is string
}

// Of is the fact that an attribute has the part.
func (p Part) Of(typ, value string) Fact {
	return digestOf(about(attributePrefix+spelling.Fold(typ)+"."+p.Name), intel.TextKey(value)+"\x00"+p.Is)
}

// Several reports whether an attribute can have several parts of this name.
func (p Part) Several() bool { return p.Name == PartLabel }

// Unset is the part as it is where it was never set.
func (p Part) Unset() bool { return p.Is == "false" && !p.Several() && p.Name != partSource }

// Parts are those that at gives.
func Parts(at *intel.Attribute) []Part {
	var out []Part
	if at.Source != "" {
		out = append(out, Part{partSource, intel.TextKey(at.Source)})
	}
	flag := func(name string, is intel.Flag) {
		if is != intel.Unsaid {
			out = append(out, Part{name, is.String()})
		}
	}
	flag(PartDefault, at.Default)
	flag(partPinned, at.Pinned)
	for _, l := range at.SecurityLabels {
		out = append(out, Part{PartLabel, intel.LabelKey(l)})
	}
	return out
}

// RemoteParts are the parts that an attribute of the instance has: an answer that
// does not show a flag means that it is not set.
func RemoteParts(h *intel.RemoteAttribute) []Part {
	whole := h.Attribute
	whole.Default, whole.Pinned = max(h.Default, intel.No), max(h.Pinned, intel.No)
	return Parts(&whole)
}

// AttributeWith are the facts of an attribute with its value and parts.
func AttributeWith(typ, value string, parts []Part) []Fact {
	out := []Fact{Attribute(typ, value)}
	for _, p := range parts {
		out = append(out, p.Of(typ, value))
	}
	return out
}

// List is the list that the fact is about, 0 for a scalar.
func (f Fact) List() intel.List { return f.about.Value().list }

// Field is the name of the field or list.
func (f Fact) Field() string { return f.about.Value().name }

// IsPart reports whether the fact is about a part of an attribute. Where the
// attribute is, its parts are.
func (f Fact) IsPart() bool { return f.about.Value().part }

// LinkID is the ID of what an association of kind k leads to, 0 if the fact is
// about something else.
func (f Fact) LinkID(k intel.Kind) int64 {
	if f.List() != k.List() {
		return 0
	}
	return f.value
}

// Doubt says how sure the fact is.
func (f Fact) Doubt() Doubt { return f.about.Value().doubt }

// As is the fact with another doubt.
func (f Fact) As(d Doubt) Fact {
	if s := f.about.Value(); s.doubt != d {
		s.doubt = d
		f.about = unique.Make(s)
	}
	return f
}

// As are facts with another doubt.
func As(d Doubt, facts []Fact) []Fact {
	out := make([]Fact, len(facts))
	for i, f := range facts {
		out[i] = f.As(d)
	}
	return out
}
