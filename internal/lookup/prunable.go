package lookup

import (
	"context"
	"fmt"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
)

// pruned reads all of the groups that may be pruned, and those of their lists that lag
// behind what earlier runs have left. Associations that are gone do not count.
func (f *finder) pruned(ctx context.Context, im *intel.Import, known baseline.IDMap, full *fullLists) error {
	groups, keys := mayBePruned(im, f.inv, known)
	if err := f.whole(ctx, groups); err != nil {
		return err
	}
	for _, r := range f.inv.Groups {
		if key, ok := keys[r.ID]; ok {
			behind := inventory.Behind(r, known[key], nil, r.Lists)
			if err := full.read(ctx, r, behind&^intel.ListAssociations); err != nil {
				return err
			}
		}
	}
	return nil
}

// mayBePruned are the groups of the id-map that the manifests no longer name,
// with all that somebody can have edited of them, and their keys by ID.
func mayBePruned(im *intel.Import, inv *inventory.Inventory, ids baseline.IDMap) ([]Group, map[int64]string) {
	there := make(map[int64]*intel.Remote, len(inv.Groups))
	for _, r := range inv.Groups {
		there[r.ID] = r
	}
	var out []Group
	keyOf := map[int64]string{}
	for _, key := range compare.Dropped(im, ids) {
		r := there[ids[key].ID]
		if r == nil || r.XID != intel.DerivedXID(im.Namespace, r.Owner, key) {
			continue // such a group is never deleted
		}
		all := compare.Whole(r.Type)
		keyOf[r.ID] = key
		out = append(out, Group{ID: r.ID, Lists: all.Lists, Fields: readWith(intel.KindGroup, r.Type, all.Fields)})
	}
	return out, keyOf
}

// whole reads groups by their ID, and puts what it reads in the place of what
// was read of them before.
func (f *finder) whole(ctx context.Context, groups []Group) error {
	if len(groups) == 0 {
		return nil
	}
	at := make(map[int64]int, len(f.inv.Groups))
	for i, r := range f.inv.Groups {
		at[r.ID] = i
	}
	d := detailOf(groups)
	err := f.byID(ctx, groups, d, func(r *intel.Remote) {
		if i, ok := at[r.ID]; ok {
			f.inv.Groups[i] = r
		} else {
			f.inv.Groups = append(f.inv.Groups, r)
		}
	})
	if err != nil {
		return fmt.Errorf("looking up groups that are to be deleted: %w", err)
	}
	return nil
}
