// Package inventory holds what look-ups have found on the instance for an import:
// groups, other objects, and which of their lists are complete.
package inventory

import (
	"maps"

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

	// Links are complete lists of associations, by group and kind, where the nested
	// list could not be trusted.
	Links map[LinkList][]intel.Remote

	// Whole are, by group, the lists of tags, labels and attributes that were read
	// page by page, because the nested ones could not be trusted. The group has them.
	Whole map[int64]intel.List

	// Incomplete says what could not be read; "" if all was.
	Incomplete string

	sets map[LinkList]linkSet // of long lists that were asked about
}

// Clone is a copy of inv whose Links can be replaced.
func (inv *Inventory) Clone() *Inventory {
	c := *inv
	c.Links, c.sets = maps.Clone(inv.Links), nil
	return &c
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

// Linked is the list of associations of r of kind k.
func (inv *Inventory) Linked(r *intel.Remote, k intel.Kind) []intel.Remote {
	if full, ok := inv.Links[LinkList{r.ID, k}]; ok {
		return full
	}
	return r.Linked(k)
}

// fewLinks is the length up to which a list is looked through each time. Of a
// longer one there is a set: a hub is asked about once for each of its spokes.
const fewLinks = 32

// linkSet are the IDs of the entries of one kind in a list.
type linkSet struct {
	of  []intel.Remote
	ids map[int64]bool
}

// LinkedTo reports whether r has an association with the object id of kind k, as
// far as its lists show. It is not for several goroutines at once.
func (inv *Inventory) LinkedTo(r *intel.Remote, k intel.Kind, id int64) bool {
	l := LinkList{r.ID, k}
	list, full := inv.Links[l]
	if !full {
		list = r.Links
	}
	if len(list) > fewLinks {
		return inv.setOf(l, list, full)[id]
	}
	for i := range list {
		if list[i].ID == id && (full || list[i].Kind == k) {
			return true
		}
	}
	return false
}

// setOf are the IDs in list, which is not empty: that of l alone, or one of all
// kinds.
func (inv *Inventory) setOf(l LinkList, list []intel.Remote, full bool) map[int64]bool {
	s, ok := inv.sets[l]
	if ok && len(s.of) == len(list) && &s.of[0] == &list[0] {
		return s.ids
	}
	s = linkSet{list, map[int64]bool{}}
	for i := range list {
		if full || list[i].Kind == l.Kind {
			s.ids[list[i].ID] = true
		}
	}
	if inv.sets == nil {
		inv.sets = map[LinkList]linkSet{}
	}
	inv.sets[l] = s
	return s.ids
}

// Paged are the lists of a group that were read completely.
func (inv *Inventory) Paged(group int64) intel.List {
	l := inv.Whole[group]
	for _, k := range intel.Kinds {
		if _, ok := inv.Links[LinkList{group, k}]; ok {
			l |= k.List()
		}
	}
	return l
}
