// Package inventory holds what look-ups have found on the instance for an import:
// groups, other objects, and which of their lists are complete.
package inventory

import (
	"slices"

	"tcimport/internal/intel"
)

// Inventory is what look-ups found on the instance for an import.
type Inventory struct {
	// Groups are all groups that could matter: those with an expected xid, with
	// the owner, type and name of a group of the import, or with an ID that the
	// manifests or the id-map name.
	Groups []*intel.Remote

	// Objects are, for each object of the import, what the instance has for it:
	// in its owner, or under its ID.
	Objects [][]*intel.Remote

	// Elsewhere are, for each object of the import, other owners that have it.
	Elsewhere map[int][]string

	// Paged are, by group, the lists that were read page by page, because the nested
	// ones could not be trusted. The group has them.
	Paged map[int64]intel.List

	// Longest are the lengths of the longest nested lists of groups that are not kept.
	Longest map[intel.List]int

	// Incomplete says what could not be read; "" if all was.
	Incomplete string

	sets map[LinkList]linkSet // of long lists that were asked about
}

// LinkList names one list of associations of one group.
type LinkList struct {
	Group int64
	Kind  intel.Kind
}

// LinkSet are associations of groups, by their lists.
type LinkSet map[LinkList]map[int64]bool

// Add adds the association of a group with the object id of kind k.
func (s LinkSet) Add(group int64, k intel.Kind, id int64) {
	l := LinkList{group, k}
	if s[l] == nil {
		s[l] = map[int64]bool{}
	}
	s[l][id] = true
}

// Has reports whether the association of a group is in the set.
func (s LinkSet) Has(group int64, k intel.Kind, id int64) bool { return s[LinkList{group, k}][id] }

// SetLinked gives r a list of associations of kind k, which was read page by page. Lists
// can lag behind, too: what only the nested list shows stays. What leads to entries of
// the nested lists stays valid.
func (inv *Inventory) SetLinked(r *intel.Remote, k intel.Kind, links []*intel.Remote) {
	paged := make(map[int64]bool, len(links))
	for _, l := range links {
		paged[l.ID] = true
	}
	others := slices.DeleteFunc(slices.Clone(r.Links), func(l *intel.Remote) bool { return l.Kind == k && paged[l.ID] })
	r.Links = append(others, links...)
	inv.Paged[r.ID] |= k.List()
}

// fewLinks is the length up to which a list is looked through each time. Of a
// longer one there is a set: a hub is asked about once for each of its spokes.
const fewLinks = 32

// linkSet are the IDs of the entries of one kind in a list.
type linkSet struct {
	of  []*intel.Remote
	ids map[int64]bool
}

// LinkedTo reports whether r has an association with the object id of kind k, as
// far as its lists show. It is not for several goroutines at once.
func (inv *Inventory) LinkedTo(r *intel.Remote, k intel.Kind, id int64) bool {
	if len(r.Links) > fewLinks {
		return inv.setOf(r, k)[id]
	}
	for _, l := range r.Links {
		if l.ID == id && l.Kind == k {
			return true
		}
	}
	return false
}

// setOf are the IDs of what r, which has associations, is associated with.
func (inv *Inventory) setOf(r *intel.Remote, k intel.Kind) map[int64]bool {
	l := LinkList{r.ID, k}
	s, ok := inv.sets[l]
	if ok && len(s.of) == len(r.Links) && &s.of[0] == &r.Links[0] {
		return s.ids
	}
	s = linkSet{r.Links, map[int64]bool{}}
	for _, l := range r.Links {
		if l.Kind == k {
			s.ids[l.ID] = true
		}
	}
	if inv.sets == nil {
		inv.sets = map[LinkList]linkSet{}
	}
	inv.sets[l] = s
	return s.ids
}
