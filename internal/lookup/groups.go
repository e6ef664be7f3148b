package lookup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
	"tcimport/internal/workers"
)

// detail is what a request for groups asks for beside the default fields.
type detail struct {
	lists  intel.List
	fields []string
}

func detailOf(groups []Group) detail {
	var d detail
	labels := false
	for _, g := range groups {
		d.lists |= g.Lists
		labels = labels || g.AttributeLabels
		for _, name := range g.Fields {
			if !slices.Contains(d.fields, name) {
				d.fields = append(d.fields, name)
			}
		}
	}
	if labels {
		d.fields = append(d.fields, plan.AttributeLabels)
	}
	return d
}

// groups reads the groups, owner by owner, then those that only an ID names.
func (f *finder) groups(ctx context.Context) error {
	byOwner := map[string][]Group{}
	var owners []string
	var ids []Group
	for _, g := range f.want.Groups {
		if g.ID != 0 {
			ids = append(ids, g)
		}
		if g.Owner == "" || g.XID == "" && g.Name == "" {
			continue
		}
		if byOwner[g.Owner] == nil {
			owners = append(owners, g.Owner)
		}
		byOwner[g.Owner] = append(byOwner[g.Owner], g)
	}
	for _, owner := range owners {
		if err := f.ownersGroups(ctx, owner, byOwner[owner]); err != nil {
			return fmt.Errorf("looking up groups in %s: %w", message.Quote(owner), err)
		}
	}
	if err := f.groupsByID(ctx, ids); err != nil {
		return err
	}
	// Under an ID that is no more, somebody else may have made it again.
	return f.askXIDs(ctx, slices.DeleteFunc(ids, func(g Group) bool { return f.have[g.ID] || g.Owner == "" }), detailOf(ids))
}

// groupsByID reads the groups that were not met by their owner.
func (f *finder) groupsByID(ctx context.Context, groups []Group) error {
	missing := slices.DeleteFunc(slices.Clone(groups), func(g Group) bool { return f.have[g.ID] })
	d := detailOf(missing)
	if err := f.byID(ctx, missing, d, func(r *intel.Remote) { f.keep(r, d) }); err != nil {
		return fmt.Errorf("looking up groups by ID: %w", err)
	}
	return nil
}

// byID reads groups by their IDs: all by a query, and those that it does not show
// by themselves, since a list may show a new group late.
func (f *finder) byID(ctx context.Context, groups []Group, d detail, take func(*intel.Remote)) error {
	if len(groups) == 0 {
		return nil
	}
	var ids []string
	for _, g := range groups {
		ids = append(ids, fmt.Sprint(g.ID))
	}
	shown := map[int64]bool{}
	q := tc.QueryIn{Query: tc.Query{Lists: d.lists, Fields: d.fields}, In: []tc.In{{Keyword: "id", Values: unique(ids), Number: true}}}
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
	found, err := f.each(ctx, len(missing), func(ctx context.Context, i int) (*intel.Remote, error) {
		r, err := f.c.Group(ctx, missing[i], d.lists, d.fields...)
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

// each makes n requests for a group each, as many at a time as there are workers.
// It is nil where there is none.
func (f *finder) each(ctx context.Context, n int, ask func(context.Context, int) (*intel.Remote, error)) ([]*intel.Remote, error) {
	f.opt.Expect(n)
	found := make([]*intel.Remote, n)
	g, ctx := workers.WithContext(ctx)
	g.SetLimit(max(f.opt.Workers, 1))
	for i := range n {
		g.Go(func() error {
			r, err := ask(ctx, i)
			if tc.IsNotFound(err) {
				return nil
			}
			found[i] = r
			return err
		})
	}
	return found, g.Wait()
}

// pageSize is the largest page of a list answer.
const pageSize = 10000

func pages(n int) int { return (n + pageSize - 1) / pageSize }

// ownersGroups reads the groups of one owner in the cheaper of two ways.
func (f *finder) ownersGroups(ctx context.Context, owner string, groups []Group) error {
	d := detailOf(groups)
	byName := tc.QueryIn{Query: tc.Query{Owner: owner, Lists: d.lists, Fields: d.fields},
		In: []tc.In{{Keyword: "summary", Values: names(groups)}}}
	byNames := f.c.ChunkCount(intel.KindGroup, byName)
	asking := byNames + len(groups)
	total, err := f.count(ctx, intel.KindGroup, tc.Query{Owner: owner})
	if err != nil {
		return err
	}
	wanted := newWantedSet(groups)
	switch {
	case total == 0:
		f.opt.Log.Info("the owner has no groups", "owner", owner)
		return f.askXIDs(ctx, doubtful(groups), d)
	case total < 0:
		// The first pages will show whether they are many.
		f.opt.Log.Info("paging through the groups of the owner: the instance does not give their number", "owner", owner, "groups", len(groups), "insteadOf", asking)
		return f.pageGroups(ctx, owner, groups, d, wanted, paging{most: asking * pageSize, names: byName})
	case pages(total) <= asking:
		few := total > pageSize && total > 10*len(groups)
		f.opt.Log.Info("paging through the groups of the owner", "owner", owner, "groups", total, "requests", pages(total), "insteadOf", asking)
		f.opt.Expect(pages(total) - 1)
		return f.pageGroups(ctx, owner, groups, d, wanted, paging{total: total, few: few, names: byName})
	default:
		f.opt.Log.Info("asking for groups by name and xid", "owner", owner, "groups", len(groups), "requests", asking, "insteadOf", pages(total))
	}
	if byNames > worthProving {
		f.c.LongQueries(ctx, intel.KindGroup)
	}
	return f.askGroups(ctx, owner, groups, byName, d, wanted)
}

func names(groups []Group) []string {
	var out []string
	for _, g := range groups {
		// A query cannot hold control characters; the xid finds such a group.
		if g.Name != "" && !strings.ContainsFunc(g.Name, unicode.IsControl) {
			out = append(out, g.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// paging is what is known before the groups of an owner are paged through.
type paging struct {
	total int        // of groups; 0 if it is not known
	few   bool       // only few of them matter
	most  int        // groups beyond which asking by name is cheaper; 0 for no limit
	names tc.QueryIn // how to ask by name if the pages do not show all
}

// pageGroups reads all groups of an owner and keeps those that matter. Where
// they are few among many, their nested lists are read apart.
func (f *finder) pageGroups(ctx context.Context, owner string, groups []Group, d detail, wanted *wantedSet, how paging) error {
	q := tc.Query{Owner: owner, Lists: d.lists, Fields: d.fields, PageSize: pageSize}
	if how.few {
		q.Lists, q.Fields = 0, nil
	}
	var candidates []Group
	seen := 0
	incomplete := ""
	for r, err := range f.search(ctx, intel.KindGroup, q) {
		if errors.Is(err, tc.ErrIncomplete) {
			incomplete = fmt.Sprintf("the list of groups of %s: %v", message.Quote(owner), err)
			break
		}
		if err != nil {
			return err
		}
		if seen++; how.most > 0 && seen > how.most {
			return f.askGroups(ctx, owner, groups, how.names, d, wanted)
		}
		switch {
		case !wanted.has(r):
		case how.few:
			candidates = append(candidates, Group{ID: r.ID, Lists: d.lists, Fields: d.fields})
		default:
			f.keep(r, d)
		}
	}
	if err := f.groupsByID(ctx, candidates); err != nil {
		return err
	}
	if incomplete == "" && seen < how.total {
		incomplete = fmt.Sprintf("%s has %d groups, but its list shows %d", message.Quote(owner), how.total, seen)
	}
	if incomplete != "" {
		// Somebody changes the owner meanwhile, or answers are cut: what was not
		// seen may be there all the same.
		f.inv.Incomplete = incomplete
		f.opt.Log.Warn("the list of groups is not complete: asking for each name, and for each xid that it does not show", "owner", owner, "groups", how.total, "seen", seen)
		return f.askGroups(ctx, owner, groups, how.names, d, wanted)
	}
	if f.writtenJustNow(owner, groups) {
		f.opt.Log.Info("the list may not show recent groups of this import yet: asking for each xid that it does not show", "owner", owner)
		return f.askXIDs(ctx, groups, d)
	}
	return f.askXIDs(ctx, doubtful(groups), d)
}

// lag is how long lists of an instance may take to show a new group.
const lag = time.Minute

// writtenJustNow reports whether the list of an owner has shown a group of this
// import that is younger than lag, and of which no report or journal knows: a run
// from elsewhere was at work a moment ago, and the list may not show yet all that
// it has written.
func (f *finder) writtenJustNow(owner string, groups []Group) bool {
	now := time.Now()
	if skew, known := f.c.ClockSkew(); known {
		now = now.Add(-skew)
	}
	unknown := map[string]bool{}
	for _, g := range groups {
		unknown[g.XID] = g.XID != "" && g.ID == 0 && !g.Doubtful
	}
	return slices.ContainsFunc(f.inv.Groups, func(r *intel.Remote) bool {
		return r.Owner == owner && unknown[r.XID] && now.Sub(r.Added) < lag
	})
}

// doubtful are those that lists may not show yet, and that no ID finds.
func doubtful(groups []Group) []Group {
	return slices.DeleteFunc(slices.Clone(groups), func(g Group) bool { return !g.Doubtful || g.ID != 0 })
}

// askGroups asks for the groups by name, then for the xid of each that this did
// not settle.
func (f *finder) askGroups(ctx context.Context, owner string, groups []Group, q tc.QueryIn, d detail, wanted *wantedSet) error {
	if len(q.In[0].Values) > 0 {
		for r, err := range f.searchIn(ctx, intel.KindGroup, q) {
			if err != nil {
				return err
			}
			if r.Owner == owner && wanted.has(r) {
				f.keep(r, d)
			}
		}
	}
	return f.askXIDs(ctx, groups, d)
}

// askXIDs asks for each group whose xid was neither met nor asked for yet.
func (f *finder) askXIDs(ctx context.Context, groups []Group, d detail) error {
	met := map[xidOf]bool{}
	for _, r := range f.inv.Groups {
		met[xidOf{r.Owner, r.XID}] = true
	}
	groups = slices.DeleteFunc(slices.Clone(groups), func(g Group) bool {
		xid := xidOf{g.Owner, g.XID}
		known := g.XID == "" || met[xid] || f.asked[xid]
		f.asked[xid] = true
		return known
	})
	found, err := f.each(ctx, len(groups), func(ctx context.Context, i int) (*intel.Remote, error) {
		return f.c.GroupByXID(ctx, groups[i].Owner, groups[i].XID, d.lists, d.fields...)
	})
	if err != nil {
		return err
	}
	for i, r := range found {
		if r == nil {
			continue
		}
		if r.XID == "" {
			r.XID = groups[i].XID // it was found by it
		}
		f.keep(r, d)
	}
	return nil
}

// wantedSet holds the groups of an owner that can matter.
type wantedSet struct {
	xids, names map[string]bool
	ids         map[int64]bool
}

func newWantedSet(groups []Group) *wantedSet {
	w := &wantedSet{map[string]bool{}, map[string]bool{}, map[int64]bool{}}
	for _, g := range groups {
		w.xids[g.XID] = true
		w.names[g.Type+"\x00"+g.Name] = true
		w.ids[g.ID] = true
	}
	return w
}

func (w *wantedSet) has(r *intel.Remote) bool {
	return r.XID != "" && w.xids[r.XID] || w.names[r.Type+"\x00"+r.Name] || w.ids[r.ID]
}
