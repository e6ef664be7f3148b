package lookup

import (
	"context"
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
	"tcimport/internal/undo"
)

// OfRun reads the groups that a run has written, each with all its lists, and the other
// ends of associations that may be added again. Lists that may have been cut, or that
// lack what the run has left, are read page by page: whether a group is deleted depends
// on what is in them.
func OfRun(ctx context.Context, c *tc.Client, run *undo.Run, opt Options) (*inventory.Inventory, error) {
	groups, objects := run.Ends()
	want := Wanted{Objects: objects}
	var doubtful []*Group
	for _, g := range run.Groups {
		if g.ID == 0 && g.XID != "" && !g.Answered {
			doubtful = append(doubtful, &Group{Owner: g.Owner, XID: g.XID})
		}
	}
	f := &finder{c: c, opt: opt.withDefaults(), want: want, have: map[int64]int{}, asked: map[xidOf]bool{},
		inv: &inventory.Inventory{Objects: make([][]*intel.Remote, len(objects)), Elsewhere: map[int][]string{}, Paged: map[int64]intel.List{}}}
	if err := f.askXIDs(ctx, doubtful, detail{}); err != nil {
		return nil, fmt.Errorf("looking up groups in doubt: %w", err)
	}
	if err := f.objects(ctx); err != nil {
		return nil, err
	}
	whole := map[int64]bool{}
	var of []*Group
	read := func(id int64, typ string) {
		if id == 0 || whole[id] {
			return
		}
		whole[id] = true
		all := undo.Compared(typ)
		of = append(of, &Group{ID: id, Lists: all.Lists, Fields: readWith(intel.KindGroup, typ, all.Fields)})
	}
	left := map[int64]undo.Group{}
	for _, r := range f.inv.Groups {
		read(r.ID, r.Type)
	}
	for _, g := range run.Groups {
		read(g.ID, g.Type)
		left[g.ID] = *g
	}
	for _, id := range groups {
		read(id, "")
	}
	if err := f.whole(ctx, of); err != nil {
		return nil, err
	}
	return f.inv, f.completeWhole(ctx, left)
}

// completeWhole reads those lists of groups page by page that may have been cut, or that
// lack what a run has left.
func (f *finder) completeWhole(ctx context.Context, left map[int64]undo.Group) error {
	longest, full := longestLists(f.inv), f.fullLists()
	for _, r := range f.inv.Groups {
		g, ok := left[r.ID]
		if !ok || g.Verb == plan.Delete {
			continue
		}
		lists := inventory.Behind(r, g.Known(), nil, r.Lists) &^ intel.ListAssociations
		for _, l := range nestedLists {
			if n := tc.ListLen(r, l); n >= tc.SmallestCap && n >= longest[l] {
				lists |= l
			}
		}
		if err := full.read(ctx, r, lists); err != nil {
			return err
		}
	}
	return full.readNoted(ctx)
}
