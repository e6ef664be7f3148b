package plan

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

	// Links holds complete lists of associations, by group and kind, where a
	// nested list could not be trusted.
	Links map[LinkList][]intel.Remote

	// Attributes are the groups whose attributes were read completely, because
	// the nested list could not be trusted; they are in the group.
	Attributes map[int64]bool

	// Incomplete says what could not be read, "" where all was.
	Incomplete string
}

// LinkList names one list of associations of one group.
type LinkList struct {
	Group int64
	Kind  intel.Kind
}

// linked is the list of associations of r of kind k.
func (inv *Inventory) linked(r *intel.Remote, k intel.Kind) []intel.Remote {
	if full, ok := inv.Links[LinkList{r.ID, k}]; ok {
		return full
	}
	return r.Linked(k)
}

// linkedTo reports whether r has an association with the object id of kind k.
func (inv *Inventory) linkedTo(r *intel.Remote, k intel.Kind, id int64) bool {
	if full, ok := inv.Links[LinkList{r.ID, k}]; ok {
		return slices.ContainsFunc(full, func(l intel.Remote) bool { return l.ID == id })
	}
	return slices.ContainsFunc(r.Links, func(l intel.Remote) bool { return l.Kind == k && l.ID == id })
}

// paged tells which lists of a group were read completely.
func (inv *Inventory) paged(group int64) intel.List {
	var l intel.List
	for _, k := range intel.Kinds {
		if _, ok := inv.Links[LinkList{group, k}]; ok {
			l |= k.List()
		}
	}
	if inv.Attributes[group] {
		l |= intel.ListAttributes
	}
	return l
}

// Match gives the group of the instance that each group of the import is, nil
// where there is none or where that is not clear.
func (inv *Inventory) Match(im *intel.Import, ids IDMap, adopt Adopt) []*intel.Remote {
	out := make([]*intel.Remote, len(im.Groups))
	for i, mt := range matchGroups(im, inv, ids, adopt) {
		if mt.conflict == "" {
			out[i] = mt.remote
		}
	}
	return out
}

// index finds groups of an Inventory.
type index struct {
	byID   map[int64]*intel.Remote
	byXID  map[string][]*intel.Remote
	byName map[string][]*intel.Remote
}

func newIndex(groups []*intel.Remote) *index {
	ix := &index{
		byID:   make(map[int64]*intel.Remote, len(groups)),
		byXID:  make(map[string][]*intel.Remote, len(groups)),
		byName: make(map[string][]*intel.Remote, len(groups)),
	}
	for _, r := range groups {
		if _, ok := ix.byID[r.ID]; ok {
			continue
		}
		ix.byID[r.ID] = r
		if r.XID != "" {
			k := xidKey(r.Owner, r.XID)
			ix.byXID[k] = append(ix.byXID[k], r)
		}
		k := nameKey(r.Owner, r.Type, r.Name)
		ix.byName[k] = append(ix.byName[k], r)
	}
	return ix
}

func xidKey(owner, xid string) string { return owner + "\x00" + xid }

func nameKey(owner, typ, name string) string { return owner + "\x00" + typ + "\x00" + name }
