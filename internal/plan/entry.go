package plan

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// Entry is one part of a write, which an instance can accept or refuse by
// itself: a change or an association, never both.
type Entry struct {
	Change      *Change
	Association *Association
}

// Entries are the parts of an action: first its changes, then its associations.
func (a *Action) Entries() []Entry {
	out := make([]Entry, 0, len(a.Changes)+len(a.Associations))
	for i := range a.Changes {
		out = append(out, Entry{Change: &a.Changes[i]})
	}
	for i := range a.Associations {
		as := &a.Associations[i]
		out = append(out, Entry{Association: as})
	}
	return out
}

// List is the list that the entry belongs to, 0 for a scalar.
func (e Entry) List() intel.List {
	if e.Association != nil {
		return e.Association.Kind.List()
	}
	return e.Change.list()
}

// Removes reports whether the entry takes something away.
func (e Entry) Removes() bool {
	if e.Association != nil {
		return e.Association.Op == Remove
	}
	return e.List() != 0 && e.Change.Op == Remove
}

// InPlace reports whether the entry changes an attribute in place, which takes a
// request of its own.
func (e Entry) InPlace() bool {
	return e.Change != nil && e.Change.Op == Set && e.List() == intel.ListAttributes
}

// Tag is the tag of an entry of the list of tags.
func (e Entry) Tag() intel.Tag {
	if e.Removes() {
		return intel.Tag{Name: e.Change.Old()}
	}
	return intel.ParseTag(e.Change.New())
}

// Name is the name of the scalar, the tag or the label, or the type of the attribute.
func (e Entry) Name() string {
	switch e.List() {
	case intel.ListTags:
		return e.Tag().String()
	case intel.ListSecurityLabels:
		return cmp.Or(e.Change.New(), e.Change.Old())
	case intel.ListAttributes:
		return strings.TrimPrefix(e.Change.Field(), attributePrefix)
	}
	return e.Change.Field()
}

// Attribute is the attribute that the entry adds, changes or removes.
func (e Entry) Attribute() intel.RemoteAttribute {
	c := e.Change
	at := intel.RemoteAttribute{Attribute: c.Attribute().Attribute(e.Name(), c.New())}
	if d := c.Attribute(); d != nil {
		at.ID = d.ID
	}
	return at
}

// String names a change in messages.
func (e Entry) String() string {
	switch c := e.Change; e.List() {
	case intel.ListTags:
		return "tag " + message.Quote(e.Name())
	case intel.ListSecurityLabels:
		return "security label " + message.Quote(e.Name())
	case intel.ListAttributes:
		if e.InPlace() {
			return "the new value of attribute " + e.Name()
		}
		return fmt.Sprintf("attribute %s %s", e.Name(), message.Quote(c.New()))
	default:
		if c.Field() == fieldName {
			return "its new name " + message.Quote(c.New())
		}
		return fmt.Sprintf("%s %s", c.Field(), message.Quote(c.New()))
	}
}

const (
	fieldName       = "name"
	attributePrefix = "attribute:"
)

// list is the list that a change belongs to, 0 for a scalar.
func (c *Change) list() intel.List {
	switch {
	case c.Field() == "tags":
		return intel.ListTags
	case c.Field() == "securityLabels":
		return intel.ListSecurityLabels
	case strings.HasPrefix(c.Field(), attributePrefix):
		return intel.ListAttributes
	}
	return 0
}

// Spread gives for each of some entries of an action the number of the request
// that it goes into, and how many requests these are. A list gains and loses
// entries in different requests, and none holds more than MostEntries of a list.
// Tags and attributes are removed first: an instance that turns an added tag into
// another one may turn it into the one to remove, and an attribute type can have a
// cap. All else is added first, so that the group is never without a label. What
// changes in place comes last.
func (a *Action) Spread(entries []Entry) (at []int, requests int) {
	var total, before [halves]int
	for _, e := range entries {
		if e.List() != 0 && !e.InPlace() {
			total[e.half()]++
		}
	}
	at = make([]int, len(entries))
	if a.Verb == Create {
		requests = 1
	}
	for i, e := range entries {
		switch list := e.List(); {
		case e.InPlace():
			continue
		case list != 0:
			p := e.half()
			if e.Removes() != (list == intel.ListTags || list == intel.ListAttributes) {
				at[i] = (total[p^1] + MostEntries - 1) / MostEntries // behind the other part
			}
			at[i] += before[p] / MostEntries
			before[p]++
		}
		requests = max(requests, at[i]+1)
	}
	for i, e := range entries {
		if e.InPlace() {
			at[i] = requests
			requests++
		}
	}
	return at, requests
}

// half is the half of its list that an entry belongs to, one of halves: those that are
// added, or those that are removed, which differ in the last bit.
func (e Entry) half() int {
	p := 2 * bits.TrailingZeros16(uint16(e.List()))
	if e.Removes() {
		p++
	}
	return p
}

const halves = 2 * 16

// Requests is the number of requests that the action takes.
func (a *Action) Requests() int {
	if a.Verb == Delete {
		return 1
	}
	_, n := a.Spread(slices.DeleteFunc(a.Entries(), func(e Entry) bool { return e.Association != nil && e.Association.State == Missing }))
	return n
}

// NameBefore is the name that the group has until the action renames it.
func (a *Action) NameBefore() string {
	for _, c := range a.Changes {
		if c.Field() == fieldName {
			return c.Old()
		}
	}
	return cmp.Or(a.Called(), a.Name)
}
