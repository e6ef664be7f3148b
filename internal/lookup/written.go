package lookup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// Written finds groups of one owner that were to be created since a time of the instance's clock,
// by key; those with an ID by that. Only the path of a request can name an xid. So the groups that the owner has got since are
// read page by page, then what these do not show is asked for by name, and last by xid, if it is
// little.
func Written(ctx context.Context, c *tc.Client, since time.Time, as []*plan.Action, lists intel.List, fields []string, opt Options) (map[string]*intel.Remote, error) {
	f := &finder{c: c, opt: opt.withDefaults()}
	owner := as[0].Owner
	found := make(map[string]*intel.Remote, len(as))
	missing := make(map[string]*plan.Action, len(as)) // by xid
	var known []*Group
	keys := map[int64]string{}
	for _, a := range as {
		if a.ID == 0 {
			missing[a.XID] = a
			continue
		}
		known, keys[a.ID] = append(known, &Group{ID: a.ID}), a.Key
	}
	if err := f.byID(ctx, known, detail{lists, fields}, func(r *intel.Remote) { found[keys[r.ID]] = r }); err != nil {
		return nil, err
	}
	if len(missing) == 0 {
		return found, nil
	}
	take := func(r *intel.Remote) {
		if a := missing[r.XID]; a != nil && r.Owner == owner {
			found[a.Key] = r
			delete(missing, r.XID)
		}
	}
	q := tc.Query{Owner: owner, Lists: lists, Fields: fields, Kept: true}
	recent := q
	recent.TQL = "dateAdded >= " + since.UTC().Format(`"2006-01-02T15:04:05Z"`)
	for r, err := range f.search(ctx, intel.KindGroup, recent) {
		if errors.Is(err, tc.ErrTQL) || errors.Is(err, tc.ErrIncomplete) {
			break // what it does not show is asked for below
		}
		if err != nil {
			return nil, fmt.Errorf("looking up groups in %s: %w", message.Quote(owner), err)
		}
		take(r)
	}
	if len(missing) == 0 {
		return found, nil
	}
	byName := tc.In{Keyword: "summary"}
	for _, g := range groupsOf(as, missing) {
		byName.Values = append(byName.Values, names([]*Group{g})...)
	}
	if len(byName.Values) > 0 {
		for r, err := range f.searchIn(ctx, intel.KindGroup, tc.QueryIn{Query: q, In: []tc.In{byName}}) {
			if err != nil {
				return nil, fmt.Errorf("looking up groups in %s: %w", message.Quote(owner), err)
			}
			take(r)
		}
	}
	left := groupsOf(as, missing)
	if len(left) > fewXIDs {
		return found, nil
	}
	remotes, err := each(ctx, f, left, func(ctx context.Context, g *Group) (*intel.Remote, error) {
		return c.GroupByXID(ctx, g.Owner, g.XID, lists, fields...)
	})
	for _, r := range remotes {
		if r != nil {
			r.Owner = owner
			take(r)
		}
	}
	return found, err
}

// fewXIDs is up to how many groups are asked for one by one.
const fewXIDs = 20

// groupsOf are the groups of actions that are missing, in order.
func groupsOf(as []*plan.Action, missing map[string]*plan.Action) (out []*Group) {
	for _, a := range as {
		if missing[a.XID] == a {
			out = append(out, &Group{Owner: a.Owner, XID: a.XID, Type: a.Type, Name: a.Name})
		}
	}
	return out
}
