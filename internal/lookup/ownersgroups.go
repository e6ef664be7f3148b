package lookup

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/tc"
)

// ownersGroups is the look-up of the groups of one owner.
type ownersGroups struct {
	*finder
	owner  string
	groups []*Group
	detail detail
	wanted *wantedSet
}

func (f *finder) ofOwner(owner string, groups []*Group) *ownersGroups {
	return &ownersGroups{f, owner, groups, detailOf(groups), newWantedSet(groups)}
}

// byName asks for the groups by their names.
func (o *ownersGroups) byName() tc.QueryIn {
	return tc.QueryIn{Query: tc.Query{Owner: o.owner, Lists: o.detail.lists, Fields: o.detail.fields, Kept: true},
		In: []tc.In{{Keyword: "summary", Values: names(o.groups)}}}
}

// read reads the groups in the cheaper of two ways.
func (o *ownersGroups) read(ctx context.Context) error {
	asking := len(o.groups) // for the xids, and a few for the names
	total, err := o.count(ctx, intel.KindGroup, tc.Query{Owner: o.owner})
	if err != nil {
		return err
	}
	byNames := 0
	if total < 0 || pages(total) > asking {
		byNames = o.c.ChunkCount(intel.KindGroup, o.byName())
		asking += byNames
	}
	switch {
	case total == 0:
		o.opt.Log.Info("the owner has no groups", "owner", o.owner)
		return o.askXIDs(ctx, doubtful(o.groups), o.detail)
	case total < 0:
		// The first pages will show whether they are many.
		o.opt.Log.Info("paging through the groups of the owner: the instance does not give their number", "owner", o.owner, "groups", len(o.groups), "insteadOf", asking)
		return o.page(ctx, 0, asking*pageSize)
	case pages(total) <= asking:
		o.opt.Log.Info("paging through the groups of the owner", "owner", o.owner, "groups", total, "requests", pages(total), "insteadOf", asking)
		o.opt.Expect(pages(total) - 1)
		return o.page(ctx, total, math.MaxInt)
	}
	o.opt.Log.Info("asking for groups by name and xid", "owner", o.owner, "groups", len(o.groups), "requests", asking, "insteadOf", pages(total))
	if byNames > worthProving {
		o.c.LongQueries(ctx, intel.KindGroup)
	}
	return o.ask(ctx)
}

func names(groups []*Group) []string {
	var out []string
	for _, g := range groups {
		// A query cannot hold control characters; the xid finds such a group.
		if g.Name != "" && !strings.ContainsFunc(g.Name, unicode.IsControl) {
			out = append(out, g.Name)
		}
	}
	return unique(out)
}

// page reads all groups of the owner and keeps those that matter. Where they are few
// among many, their nested lists are read apart. total is the number of groups, 0 if
// it is not known; beyond most of them, asking by name is cheaper.
func (o *ownersGroups) page(ctx context.Context, total, most int) error {
	few := total > pageSize && total > 10*len(o.groups)
	q := tc.Query{Owner: o.owner, Lists: o.detail.lists, Fields: o.detail.fields, PageSize: pageSize, Counted: total, Kept: true}
	if few {
		q.Lists, q.Fields = 0, nil
	}
	var candidates []*Group
	seen := 0
	incomplete := ""
	for r, err := range o.search(ctx, intel.KindGroup, q) {
		if errors.Is(err, tc.ErrIncomplete) {
			incomplete = fmt.Sprintf("the list of groups of %s: %v", message.Quote(o.owner), err)
			break
		}
		if err != nil {
			return err
		}
		if seen++; seen > most {
			return o.ask(ctx)
		}
		switch g, ok := o.wanted.find(r); {
		case !ok:
		case few:
			candidates = append(candidates, &Group{ID: r.ID, Lists: o.detail.lists, Fields: o.detail.fields})
		default:
			o.take(g, r)
		}
	}
	if err := o.groupsByID(ctx, candidates); err != nil {
		return err
	}
	if incomplete == "" && seen < total {
		incomplete = fmt.Sprintf("%s has %d groups, but its list shows %d", message.Quote(o.owner), total, seen)
	}
	switch {
	case incomplete != "":
		// Somebody changes the owner meanwhile, or answers are cut: what was not
		// seen may be there all the same.
		o.inv.Incomplete = incomplete
		o.opt.Log.Warn("the list of groups is not complete: asking for each name, and for each xid that it does not show", "owner", o.owner, "groups", total, "seen", seen)
		return o.ask(ctx)
	case o.writtenJustNow():
		o.opt.Log.Info("the list may not show recent groups of this import yet: asking for each xid that it does not show", "owner", o.owner)
		return o.askXIDs(ctx, o.groups, o.detail)
	}
	return o.askXIDs(ctx, doubtful(o.groups), o.detail)
}

// lag is how long lists of an instance may take to show a new group, or what was
// written to one.
const lag = time.Minute

// writtenJustNow reports whether the list of an owner has shown a group of this
// import that is younger than lag, and of which no report or journal knows: a run
// from elsewhere was at work a moment ago, and the list may not show yet all that
// it has written.
func (o *ownersGroups) writtenJustNow() bool {
	now := o.now()
	unknown := map[string]bool{}
	for _, g := range o.groups {
		if g.XID != "" && g.ID == 0 && !g.Doubtful {
			unknown[g.XID] = true
		}
	}
	return slices.ContainsFunc(o.inv.Groups, func(r *intel.Remote) bool {
		return r.Owner == o.owner && unknown[r.XID] && now.Sub(r.Added) < lag
	})
}

// now is the time by the clock of the instance.
func (f *finder) now() time.Time {
	now := time.Now()
	if skew, known := f.c.ClockSkew(); known {
		now = now.Add(-skew)
	}
	return now
}

// doubtful are those that lists may not show yet, and that no ID finds.
func doubtful(groups []*Group) []*Group {
	return slices.DeleteFunc(slices.Clone(groups), func(g *Group) bool { return !g.Doubtful || g.ID != 0 })
}

// ask asks for the groups by name, then for the xid of each that this did not settle.
func (o *ownersGroups) ask(ctx context.Context) error {
	if q := o.byName(); len(q.In[0].Values) > 0 {
		for r, err := range o.searchIn(ctx, intel.KindGroup, q) {
			if err != nil {
				return err
			}
			if r.Owner != o.owner {
				continue
			}
			if g, ok := o.wanted.find(r); ok {
				o.take(g, r)
			}
		}
	}
	return o.askXIDs(ctx, o.groups, o.detail)
}

// take keeps a group; g is the wanted one that has its xid, nil for none. If the two say the
// same, its values are not kept.
func (o *ownersGroups) take(g *Group, r *intel.Remote) {
	o.keep(r, o.detail)
	if o.want.Same == nil || g == nil || g.of == nil || !o.want.Same(g.of, r) {
		return
	}
	for _, m := range intel.Metadata {
		o.inv.Longest[m.List] = max(o.inv.Longest[m.List], tc.ListLen(r, m.List))
	}
	r.LetGo(g.of)
}

// wantedSet holds the groups of an owner that can matter.
type wantedSet struct {
	seed  maphash.Seed
	xids  map[string]*Group
	names map[uint64]bool // hashes of types and names: a further group that is kept does no harm
	ids   map[int64]bool
}

type typedName struct{ typ, name string }

func newWantedSet(groups []*Group) *wantedSet {
	w := &wantedSet{maphash.MakeSeed(), make(map[string]*Group, len(groups)), make(map[uint64]bool, len(groups)), map[int64]bool{}}
	for _, g := range groups {
		w.xids[g.XID] = g
		w.names[maphash.Comparable(w.seed, typedName{g.Type, g.Name})] = true
		if g.ID != 0 {
			w.ids[g.ID] = true
		}
	}
	return w
}

// find reports whether r can matter, and gives the group that has its xid. Nearly all that
// do have the texts of this group: these are in memory once so.
func (w *wantedSet) find(r *intel.Remote) (*Group, bool) {
	if g := w.xids[r.XID]; g != nil && r.XID != "" {
		if r.XID = g.XID; r.Name == g.Name {
			r.Name = g.Name
		}
		return g, true
	}
	return nil, w.ids[r.ID] || w.names[maphash.Comparable(w.seed, typedName{r.Type, r.Name})]
}
