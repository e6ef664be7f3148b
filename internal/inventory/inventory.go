// Package inventory holds what look-ups have found on the instance for an import:
// groups, other objects, and which of their lists are complete.
package inventory

import (
	"cmp"
	"slices"

	"tcimport/internal/baseline"
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

	links map[*intel.Remote][]link // of groups that were asked about
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
	delete(inv.links, r)
}

// link is one association of a group.
type link struct {
	kind intel.Kind
	id   int64
}

func compareLinks(a, b link) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
}

// LinkedTo reports whether r has an association with the object id of kind k, as
// far as its lists show. It is not for several goroutines at once.
func (inv *Inventory) LinkedTo(r *intel.Remote, k intel.Kind, id int64) bool {
	_, ok := slices.BinarySearchFunc(inv.linksOf(r), link{k, id}, compareLinks)
	return ok
}

// linksOf are the associations of r, sorted: a hub is asked about once for each of its
// spokes.
func (inv *Inventory) linksOf(r *intel.Remote) []link {
	links, known := inv.links[r]
	if known {
		return links
	}
	links = make([]link, len(r.Links))
	for i, l := range r.Links {
		links[i] = link{l.Kind, l.ID}
	}
	slices.SortFunc(links, compareLinks)
	if inv.links == nil {
		inv.links = make(map[*intel.Remote][]link, len(inv.Groups))
	}
	inv.links[r] = links
	return links
}

// LetGoOfEnds lets go of what groups are associated with. Which objects these are can
// still be asked.
func (inv *Inventory) LetGoOfEnds() {
	for _, r := range inv.Groups {
		inv.linksOf(r)
		r.Links = nil
	}
}

// LinkFacts are the facts of what r is associated with.
func (inv *Inventory) LinkFacts(r *intel.Remote) []baseline.Fact {
	var facts []baseline.Fact
	for _, l := range inv.linksOf(r) {
		facts = append(facts, baseline.Link(l.kind, l.id))
	}
	return facts
}
