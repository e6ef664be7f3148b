// Package lookup reads from an instance what an import has to be compared
// with, in as few requests as it can: groups by paging through their owner or
// by name and xid, whichever counts say is cheaper; then only those objects
// that no nested list of a group has shown already.
//
// It decides what to ask; what the answers mean is up to package plan, and how
// requests are put is up to package tc.
package lookup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// Wanted is what is to be looked up.
type Wanted struct {
	Groups  []Group
	Objects []*intel.Object

	// Keep are lists of associations that have to be read completely, whatever
	// the nested lists look like.
	Keep []plan.LinkList
}

// Group is a group to be looked up by all that is known of it.
type Group struct {
	ID              int64
	Owner, XID      string
	Type, Name      string
	Lists           intel.List // nested lists that the comparison looks at
	Fields          []string   // values of the fields parameter that it needs
	AttributeLabels bool       // the labels of attributes, too
	Doubtful        bool       // lists may not show it yet: ask for the xid
}

// Options are how to look things up.
type Options struct {
	Workers int
	Custom  []intel.IndicatorType // the instance's own
	Log     *slog.Logger          // told at info level what was chosen and why
}

// finder is one look-up in progress.
type finder struct {
	c    *tc.Client
	opt  Options
	want Wanted
	inv  *plan.Inventory
	have map[int64]bool // groups of inv
}

// OfImport is what has to be looked up to plan an import. ids are the groups of
// an id-map, doubtful xids of groups that list answers may not show yet.
func OfImport(im *intel.Import, ids plan.IDMap, doubtful map[string]bool) Wanted {
	w := Wanted{Objects: im.Objects}
	linked := make([]intel.List, len(im.Groups))
	rest := maps.Clone(ids) // groups that the manifests no longer name
	for _, e := range im.Edges {
		linked[e.Group] |= e.Kind.List()
	}
	for i, g := range im.Groups {
		lg := Group{ID: g.ID, Owner: g.Owner, XID: g.XID, Type: g.Type, Name: g.Name, Lists: plan.Lists(g) | linked[i], Fields: readWith(g.Type, fieldNames(g))}
		if !g.Reference {
			lg.XID = g.ExpectedXID(im.Namespace)
			lg.ID = ids[g.Key].ID
			lg.Doubtful = doubtful[lg.XID]
		}
		for _, at := range g.Attributes {
			lg.AttributeLabels = lg.AttributeLabels || len(at.SecurityLabels) > 0
		}
		w.Groups = append(w.Groups, lg)
		delete(rest, g.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(rest)) {
		w.Groups = append(w.Groups, Group{ID: rest[key].ID, Owner: rest[key].Owner})
	}
	return w
}

// OfPlan is what has to be looked up to see whether a plan still holds.
func OfPlan(p *plan.Plan) Wanted {
	var w Wanted
	for _, a := range p.Actions {
		name := a.Name
		for _, c := range a.Changes {
			if c.Field == "name" {
				name = c.Old
			}
		}
		w.Groups = append(w.Groups, Group{ID: a.ID, Owner: a.Owner, XID: a.XID, Type: a.Type, Name: name,
			Lists: a.Compared.Lists, Fields: readWith(a.Type, a.Compared.Fields)})
		for _, k := range intel.Kinds {
			if a.ID != 0 && a.Compared.Paged.Has(k.List()) {
				w.Keep = append(w.Keep, plan.LinkList{Group: a.ID, Kind: k})
			}
		}
	}
	for _, o := range p.Objects {
		switch {
		case o.Kind == intel.KindGroup:
			w.Groups = append(w.Groups, Group{ID: o.ID, Owner: o.Owner, XID: o.XID, Type: o.Type, Name: o.Name})
		case o.Definition != nil:
			w.Objects = append(w.Objects, o.Definition)
		default:
			w.Objects = append(w.Objects, &intel.Object{Kind: o.Kind, ID: o.ID})
		}
	}
	return w
}

func fieldNames(g *intel.Group) []string {
	out := make([]string, len(g.Fields))
	for i, f := range g.Fields {
		out[i] = f.Name
	}
	return out
}

// readWith lists the values of the fields parameter that make names part of an
// answer.
func readWith(typ string, names []string) []string {
	t, ok := intel.GroupTypeNamed(typ)
	if !ok {
		return nil
	}
	var out []string
	for _, name := range names {
		if spec, ok := t.Field(name); ok && spec.ReadWith != "" && !slices.Contains(out, spec.ReadWith) {
			out = append(out, spec.ReadWith)
		}
	}
	return out
}

// Find looks everything up that w names.
func Find(ctx context.Context, c *tc.Client, w Wanted, opt Options) (*plan.Inventory, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	f := &finder{c: c, opt: opt, want: w, have: map[int64]bool{},
		inv: &plan.Inventory{Objects: make([][]*intel.Remote, len(w.Objects)), Elsewhere: map[int][]string{}, Links: map[plan.LinkList][]intel.Remote{}}}
	if err := f.groups(ctx); err != nil {
		return nil, err
	}
	if err := f.objects(ctx); err != nil {
		return nil, err
	}
	for _, l := range w.Keep {
		if err := f.complete(ctx, l); err != nil {
			return nil, err
		}
	}
	return f.inv, nil
}

func (f *finder) keep(r *intel.Remote) {
	if !f.have[r.ID] {
		f.have[r.ID] = true
		f.inv.Groups = append(f.inv.Groups, r)
	}
}

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
		d.fields = append(d.fields, "attributes.securityLabels")
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
			return fmt.Errorf("looking up groups in %s: %w", intel.Quote(owner), err)
		}
	}
	return f.groupsByID(ctx, ids)
}

// groupsByID reads the groups that were not met by their owner.
func (f *finder) groupsByID(ctx context.Context, groups []Group) error {
	missing := slices.DeleteFunc(slices.Clone(groups), func(g Group) bool { return f.have[g.ID] })
	if len(missing) == 0 {
		return nil
	}
	var ids []string
	for _, g := range missing {
		ids = append(ids, fmt.Sprint(g.ID))
	}
	slices.Sort(ids)
	d := detailOf(missing)
	q := tc.QueryIn{Query: tc.Query{Lists: d.lists, Fields: d.fields}, In: []tc.In{{Keyword: "id", Values: slices.Compact(ids), Number: true}}}
	for r, err := range f.c.SearchIn(ctx, intel.KindGroup, q) {
		if err != nil {
			return fmt.Errorf("looking up groups by ID: %w", err)
		}
		f.keep(r)
	}
	return nil
}

// pageSize is the largest page of a list answer.
const pageSize = 10000

func pages(n int) int { return (n + pageSize - 1) / pageSize }

// ownersGroups reads the groups of one owner in the cheaper of two ways.
func (f *finder) ownersGroups(ctx context.Context, owner string, groups []Group) error {
	d := detailOf(groups)
	byName := tc.QueryIn{Query: tc.Query{Owner: owner, Lists: d.lists, Fields: d.fields},
		In: []tc.In{{Keyword: "summary", Values: names(groups)}}}
	asking := f.c.ChunkCount(intel.KindGroup, byName) + len(groups)
	total, err := f.c.Count(ctx, intel.KindGroup, tc.Query{Owner: owner})
	if err != nil {
		return err
	}
	wanted := newWantedSet(groups)
	switch {
	case total == 0:
		f.opt.Log.Info("the owner has no groups", "owner", owner)
		return nil
	case total < 0:
		f.opt.Log.Info("asking for groups by name and xid: the instance does not count", "owner", owner, "groups", len(groups), "requests", asking)
	case pages(total) <= asking:
		few := total > pageSize && total > 10*len(groups)
		f.opt.Log.Info("paging through the groups of the owner", "owner", owner, "groups", total, "requests", pages(total), "insteadOf", asking)
		return f.pageGroups(ctx, owner, groups, d, wanted, few)
	default:
		f.opt.Log.Info("asking for groups by name and xid", "owner", owner, "groups", len(groups), "requests", asking, "insteadOf", pages(total))
	}
	return f.askGroups(ctx, owner, groups, byName, d, wanted)
}

func names(groups []Group) []string {
	var out []string
	for _, g := range groups {
		if g.Name != "" {
			out = append(out, g.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pageGroups reads all groups of an owner and keeps those that matter. Where
// they are few among many, their nested lists are read apart.
func (f *finder) pageGroups(ctx context.Context, owner string, groups []Group, d detail, wanted *wantedSet, few bool) error {
	q := tc.Query{Owner: owner, Lists: d.lists, Fields: d.fields, PageSize: pageSize}
	if few {
		q.Lists, q.Fields = 0, nil
	}
	var candidates []Group
	for r, err := range f.c.Search(ctx, intel.KindGroup, q) {
		if err != nil {
			return err
		}
		switch {
		case !wanted.has(r):
		case few:
			candidates = append(candidates, Group{ID: r.ID, Lists: d.lists, Fields: d.fields})
		default:
			f.keep(r)
		}
	}
	if err := f.groupsByID(ctx, candidates); err != nil {
		return err
	}
	return f.askXIDs(ctx, owner, slices.DeleteFunc(slices.Clone(groups), func(g Group) bool { return !g.Doubtful }), d)
}

// askGroups asks for the groups by name, then for the xid of each that this did
// not settle.
func (f *finder) askGroups(ctx context.Context, owner string, groups []Group, q tc.QueryIn, d detail, wanted *wantedSet) error {
	if len(q.In[0].Values) > 0 {
		for r, err := range f.c.SearchIn(ctx, intel.KindGroup, q) {
			if err != nil {
				return err
			}
			if r.Owner == owner && wanted.has(r) {
				f.keep(r)
			}
		}
	}
	return f.askXIDs(ctx, owner, groups, d)
}

// askXIDs asks for each group whose xid was not met yet.
func (f *finder) askXIDs(ctx context.Context, owner string, groups []Group, d detail) error {
	met := map[string]bool{}
	for _, r := range f.inv.Groups {
		if r.Owner == owner && r.XID != "" {
			met[r.XID] = true
		}
	}
	found := make([]*intel.Remote, len(groups))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(f.opt.Workers, 1))
	for i, w := range groups {
		if w.XID == "" || met[w.XID] {
			continue
		}
		g.Go(func() error {
			r, err := f.c.GroupByXID(ctx, owner, w.XID, d.lists, d.fields...)
			if errors.Is(err, tc.ErrNotFound) {
				return nil
			}
			found[i] = r
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, r := range found {
		if r == nil {
			continue
		}
		if r.XID == "" {
			r.XID = groups[i].XID // it was found by it
		}
		f.keep(r)
	}
	return nil
}

// wantedSet tells which groups of an owner can matter.
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
