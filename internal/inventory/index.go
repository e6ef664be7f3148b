package inventory

import "tcimport/internal/intel"

// Index finds groups of an Inventory.
type Index struct {
	ByID   map[int64]*intel.Remote
	byXID  map[ownedXID][]*intel.Remote
	byName map[ownedName][]*intel.Remote
}

type ownedXID struct{ owner, xid string }

type ownedName struct{ owner, typ, name string }

// NewIndex indexes groups.
func NewIndex(groups []*intel.Remote) *Index {
	ix := &Index{
		ByID:   make(map[int64]*intel.Remote, len(groups)),
		byXID:  make(map[ownedXID][]*intel.Remote, len(groups)),
		byName: make(map[ownedName][]*intel.Remote, len(groups)),
	}
	for i, r := range groups {
		if _, ok := ix.ByID[r.ID]; ok {
			continue
		}
		ix.ByID[r.ID] = r
		if r.XID != "" {
			add(ix.byXID, ownedXID{r.Owner, r.XID}, groups[i:i+1:i+1])
		}
		add(ix.byName, ownedName{r.Owner, r.Type, r.Name}, groups[i:i+1:i+1])
	}
	return ix
}

// add adds a group. Nearly all are the only one of their key: a part of the list of all
// groups does for them.
func add[K comparable](index map[K][]*intel.Remote, key K, one []*intel.Remote) {
	if before, ok := index[key]; ok {
		one = append(before, one...)
	}
	index[key] = one
}

// ByXID are the groups of an owner with an xid.
func (ix *Index) ByXID(owner, xid string) []*intel.Remote { return ix.byXID[ownedXID{owner, xid}] }

// ByName are the groups of an owner with a type and a name.
func (ix *Index) ByName(owner, typ, name string) []*intel.Remote {
	return ix.byName[ownedName{owner, typ, name}]
}
