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
	for _, r := range groups {
		if _, ok := ix.ByID[r.ID]; ok {
			continue
		}
		ix.ByID[r.ID] = r
		if r.XID != "" {
			k := ownedXID{r.Owner, r.XID}
			ix.byXID[k] = append(ix.byXID[k], r)
		}
		k := ownedName{r.Owner, r.Type, r.Name}
		ix.byName[k] = append(ix.byName[k], r)
	}
	return ix
}

// ByXID are the groups of an owner with an xid.
func (ix *Index) ByXID(owner, xid string) []*intel.Remote { return ix.byXID[ownedXID{owner, xid}] }

// ByName are the groups of an owner with a type and a name.
func (ix *Index) ByName(owner, typ, name string) []*intel.Remote {
	return ix.byName[ownedName{owner, typ, name}]
}
