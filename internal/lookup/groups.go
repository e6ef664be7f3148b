package lookup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/tc"
	"tcimport/internal/workers"
)

// detail is what a request for groups asks for beside the default fields.
type detail struct {
	lists  intel.List
	fields []string
}

func detailOf(groups []*Group) detail {
	var d detail
	for _, g := range groups {
		d.lists |= g.Lists
		for _, name := range g.Fields {
			if !slices.Contains(d.fields, name) {
				d.fields = append(d.fields, name)
			}
		}
	}
	return d
}

// groups reads the groups, owner by owner, then those that only an ID names.
func (f *finder) groups(ctx context.Context) error {
	byOwner := map[string][]*Group{}
	var ids []*Group
	for i := range f.want.Groups {
		g := &f.want.Groups[i]
		if g.ID != 0 {
			ids = append(ids, g)
		}
		if g.Owner == "" || g.XID == "" && g.Name == "" {
			continue
		}
		byOwner[g.Owner] = append(byOwner[g.Owner], g)
	}
	for _, owner := range slices.Sorted(maps.Keys(byOwner)) {
		if err := f.ofOwner(owner, byOwner[owner]).read(ctx); err != nil {
			return fmt.Errorf("looking up groups in %s: %w", message.Quote(owner), err)
		}
	}
	if err := f.groupsByID(ctx, ids); err != nil {
		return err
	}
	// Under an ID that is no more, somebody else may have made it again.
	gone := slices.DeleteFunc(ids, func(g *Group) bool { return f.has(g.ID) || g.Owner == "" })
	return f.askXIDs(ctx, gone, detailOf(gone))
}

func (f *finder) has(id int64) bool { _, ok := f.have[id]; return ok }

// groupsByID reads the groups that were not met by their owner.
func (f *finder) groupsByID(ctx context.Context, groups []*Group) error {
	missing := slices.DeleteFunc(slices.Clone(groups), func(g *Group) bool { return f.has(g.ID) })
	d := detailOf(missing)
	if err := f.byID(ctx, missing, d, func(r *intel.Remote) { f.keep(r, d) }); err != nil {
		return fmt.Errorf("looking up groups by ID: %w", err)
	}
	return nil
}

// byID reads groups by their IDs: all by a query, and those that it does not show
// by themselves, since a list may show a new group late.
func (f *finder) byID(ctx context.Context, groups []*Group, d detail, take func(*intel.Remote)) error {
	if len(groups) == 0 {
		return nil
	}
	var ids []string
	for _, g := range groups {
		ids = append(ids, fmt.Sprint(g.ID))
	}
	shown := map[int64]bool{}
	q := tc.QueryIn{Query: tc.Query{Lists: d.lists, Fields: d.fields, Kept: true}, In: []tc.In{{Keyword: "id", Values: unique(ids), Number: true}}}
	for r, err := range f.searchIn(ctx, intel.KindGroup, q) {
		if err != nil {
			return err
		}
		shown[r.ID] = true
		take(r)
	}
	var missing []int64
	for _, g := range groups {
		if !shown[g.ID] {
			shown[g.ID] = true
			missing = append(missing, g.ID)
		}
	}
	found, err := each(ctx, f, missing, func(ctx context.Context, id int64) (*intel.Remote, error) {
		r, err := f.c.Group(ctx, id, d.lists, d.fields...)
		if errors.Is(err, tc.ErrPermission) || errors.Is(err, tc.ErrOwner) {
			return nil, nil // a list leaves out what the API user may not read
		}
		return r, err
	})
	for _, r := range found {
		if r != nil {
			take(r)
		}
	}
	return err
}

// each asks for a group for each of a list, as many at a time as there are workers. It
// is nil where there is none.
func each[T any](ctx context.Context, f *finder, list []T, ask func(context.Context, T) (*intel.Remote, error)) ([]*intel.Remote, error) {
	f.opt.Expect(len(list))
	return workers.InParallel(ctx, f.opt.Workers, list, func(ctx context.Context, one T) (*intel.Remote, error) {
		r, err := ask(ctx, one)
		if tc.IsNotFound(err) {
			return nil, nil
		}
		return r, err
	})
}

// pageSize is the largest page of a list answer.
const pageSize = 10000

func pages(n int) int { return (n + pageSize - 1) / pageSize }

// askXIDs asks for each group whose xid was neither met nor asked for yet.
func (f *finder) askXIDs(ctx context.Context, groups []*Group, d detail) error {
	if len(groups) == 0 {
		return nil
	}
	met := map[xidOf]bool{}
	for _, r := range f.inv.Groups {
		met[xidOf{r.Owner, r.XID}] = true
	}
	groups = slices.DeleteFunc(slices.Clone(groups), func(g *Group) bool {
		xid := xidOf{g.Owner, g.XID}
		known := g.XID == "" || met[xid] || f.asked[xid]
		f.asked[xid] = true
		return known
	})
	found, err := each(ctx, f, groups, func(ctx context.Context, g *Group) (*intel.Remote, error) {
		r, err := f.c.GroupByXID(ctx, g.Owner, g.XID, d.lists, d.fields...)
		if r != nil && r.XID == "" {
			r.XID = g.XID // it was found by it
		}
		return r, err
	})
	for _, r := range found {
		if r != nil {
			f.keep(r, d)
		}
	}
	return err
}
