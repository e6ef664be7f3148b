package lookup

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// mayBePruned are the groups of the id-map that the manifests no longer name,
// with all that somebody can have edited of them.
func mayBePruned(im *intel.Import, inv *plan.Inventory, ids plan.IDMap) []Group {
	rest := maps.Clone(ids)
	for _, g := range im.Groups {
		delete(rest, g.Key)
	}
	there := make(map[int64]*intel.Remote, len(inv.Groups))
	for _, r := range inv.Groups {
		there[r.ID] = r
	}
	var out []Group
	for _, key := range slices.Sorted(maps.Keys(rest)) {
		r := there[rest[key].ID]
		if r == nil || r.XID != intel.DerivedXID(im.Namespace, r.Owner, key) {
			continue // such a group is never deleted
		}
		all := plan.Whole(r.Type)
		out = append(out, Group{ID: r.ID, Lists: all.Lists, Fields: readWith(r.Type, all.Fields)})
	}
	return out
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
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = fmt.Sprint(g.ID)
	}
	d := detailOf(groups)
	q := tc.QueryIn{Query: tc.Query{Lists: d.lists, Fields: d.fields}, In: []tc.In{{Keyword: "id", Values: unique(ids), Number: true}}}
	for r, err := range f.searchIn(ctx, intel.KindGroup, q) {
		if err != nil {
			return fmt.Errorf("looking up groups that are to be deleted: %w", err)
		}
		if i, ok := at[r.ID]; ok {
			f.inv.Groups[i] = r
		} else {
			f.inv.Groups = append(f.inv.Groups, r)
		}
	}
	return nil
}
