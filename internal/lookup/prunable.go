package lookup

import (
	"context"
	"fmt"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
)

// pruned reads all of the groups that may be pruned, and those of their lists that lag
// behind what earlier runs have left. Associations that are gone do not count.
func (f *finder) pruned(ctx context.Context, im *intel.Import, known baseline.IDMap, full *fullLists) error {
	f.have = make(map[int64]int, len(f.inv.Groups))
	for i, r := range f.inv.Groups {
		f.have[r.ID] = i
	}
	there := func(key string) *intel.Remote {
		if i, ok := f.have[known[key].ID]; ok {
			return f.inv.Groups[i]
		}
		return nil
	}
	keys := slices.DeleteFunc(compare.Dropped(im, known), func(key string) bool {
		r := there(key)
		return r == nil || r.XID != intel.DerivedXID(im.Namespace, r.Owner, key) // such a group is never deleted
	})
	var groups []*Group
	for _, key := range keys {
		r := there(key)
		all := compare.Whole(r.Type)
		groups = append(groups, &Group{ID: r.ID, Lists: all.Lists, Fields: readWith(intel.KindGroup, r.Type, all.Fields)})
	}
	if err := f.whole(ctx, groups); err != nil {
		return err
	}
	for _, key := range keys {
		r := there(key)
		behind := inventory.Behind(r, known[key], nil, r.Lists)
		if err := full.read(ctx, r, behind&^intel.ListAssociations); err != nil {
			return err
		}
	}
	return nil
}

// whole reads groups by their ID, and puts what it reads in the place of what
// was read of them before.
func (f *finder) whole(ctx context.Context, groups []*Group) error {
	if err := f.byID(ctx, groups, detailOf(groups), f.put); err != nil {
		return fmt.Errorf("reading groups with all their lists: %w", err)
	}
	return nil
}
