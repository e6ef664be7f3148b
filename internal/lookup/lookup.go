// Package lookup reads from an instance what an import has to be compared
// with, in as few requests as it can: groups by paging through their owner or
// by name and xid, whichever counts say is cheaper; then only those objects
// that no nested list of a group has shown already.
//
// It decides what to ask. Package compare decides what the answers mean, and package
// tc how requests are written.
package lookup

import (
	"cmp"
	"context"
	"log/slog"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// Wanted is what is to be looked up.
type Wanted struct {
	Groups  []Group
	Objects []*intel.Object

	// Whole are groups that are looked at apart from all others, by their ID: their
	// lists would be much to read of every group.
	Whole []*Group

	// Begun reports whether an earlier run may not have completed an indicator: then it is read
	// with its metadata, even if a group shows it. nil for none.
	Begun func(*intel.Object) bool

	// Unlisted tells which of some indicators that lists do not show may be there all the same, by
	// their places, with their IDs where these are known. They are asked for one by one. nil for none.
	Unlisted func([]*intel.Object) (map[int]int64, error)

	// Paged are the lists of groups, by ID, that have to be read page by page,
	// whatever the nested lists look like.
	Paged map[int64]intel.List

	// Same reports of a group of the import and the one that has its xid whether they say
	// the same, but for associations. nil says so of none.
	Same func(*intel.Group, *intel.Remote) bool
}

// Group is a group to be looked up by all that is known of it.
type Group struct {
	ID         int64
	Owner, XID string
	Type, Name string
	Lists      intel.List // nested lists that the comparison looks at
	Fields     []string   // values of the fields parameter that it needs
	Doubtful   bool       // lists may not show it yet: ask for the xid

	of *intel.Group // the group of the import
}

// Options are how to look things up.
type Options struct {
	Workers int
	Custom  []intel.IndicatorType // the instance's own
	Log     *slog.Logger          // gets at info level what was chosen and why; may be nil
	Expect  func(requests int)    // gets how many more requests will follow; may be nil
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Expect == nil {
		o.Expect = func(int) {}
	}
	return o
}

// finder is one look-up in progress.
type finder struct {
	c     *tc.Client
	opt   Options
	want  Wanted
	inv   *inventory.Inventory
	have  map[int64]int  // groups of inv: their places there
	asked map[xidOf]bool // xids that were asked for
}

// xidOf is an xid within an owner.
type xidOf struct{ owner, xid string }

// OfImport is what has to be looked up to plan an import. ids are the groups of
// an id-map, doubtful xids of groups that list answers may not show yet, with the
// IDs of those that are known.
func OfImport(im *intel.Import, ids baseline.IDMap, doubtful map[string]int64) Wanted {
	w := Wanted{Objects: im.Objects, Groups: make([]Group, 0, len(im.Groups))}
	linked := linkedLists(im)
	for i, g := range im.Groups {
		compared := compare.ComparedOf(g)
		lg := Group{of: g, ID: g.ID, Owner: g.Owner, XID: g.XID, Type: g.Type, Name: g.Name, Lists: compared.Lists | linked[i], Fields: readWith(intel.KindGroup, g.Type, compared.Fields)}
		if !g.Reference {
			lg.XID = g.ExpectedXID(im.Namespace)
			id, isDoubtful := doubtful[lg.XID]
			row := ids[g.Key]
			lg.ID, lg.Doubtful = cmp.Or(row.ID, id), isDoubtful
			if row.XID == lg.XID {
				lg.XID = row.XID // the same text, which is in memory once so
			}
		}
		if g.Invalid != "" { // it is only asked whether it exists
			lg.Type, lg.Name, lg.Lists, lg.Fields = "", "", 0, nil
		}
		w.Groups = append(w.Groups, lg)
	}
	for _, key := range compare.Dropped(im, ids) {
		w.Groups = append(w.Groups, Group{ID: ids[key].ID, Owner: ids[key].Owner})
	}
	return w
}

// LabelsOfAttributes makes the labels of attributes a part of the answers: a plan that
// removes an attribute says what it was, so that it can be taken back.
func (w *Wanted) LabelsOfAttributes() {
	for i := range w.Groups {
		if g := &w.Groups[i]; g.Lists.Has(intel.ListAttributes) && !slices.Contains(g.Fields, plan.AttributeLabels) {
			g.Fields = append(slices.Clip(g.Fields), plan.AttributeLabels)
		}
	}
}

// OfPlan is what has to be looked up to see whether a plan still holds. doubtful
// are xids as for OfImport.
func OfPlan(p *plan.Plan, doubtful map[string]int64) Wanted {
	w := Wanted{Paged: map[int64]intel.List{}}
	for _, a := range p.Actions {
		g := Group{ID: a.ID, Lists: a.Compared().Lists, Fields: readWith(intel.KindGroup, a.Type, a.Compared().Fields)}
		if a.Compared().Paged != 0 {
			w.Paged[a.ID] = a.Compared().Paged
		}
		if a.Leftover() {
			w.Whole = append(w.Whole, &g)
			continue
		}
		g.Owner, g.XID = a.Owner, p.ExpectedXID(a)
		if !a.Invalid {
			g.Type, g.Name = a.Type, a.NameBefore()
		}
		id, isDoubtful := doubtful[g.XID]
		g.ID, g.Doubtful = cmp.Or(g.ID, id), isDoubtful
		g.Lists |= a.AssociatedLists()
		if a.ID != 0 {
			for _, as := range a.Associations {
				g.Lists |= as.Kind.List()
			}
		}
		w.Groups = append(w.Groups, g)
	}
	for _, o := range p.Objects {
		switch {
		case o.Kind == intel.KindGroup:
			w.Groups = append(w.Groups, Group{ID: o.ID(), Owner: o.Owner(), XID: o.XID(), Type: o.Type(), Name: o.Name()})
		case o.Definition != nil:
			w.Objects = append(w.Objects, o.Definition)
		default:
			w.Objects = append(w.Objects, &intel.Object{Kind: o.Kind, ID: o.ID()})
		}
	}
	return w
}

// linkedLists are, for each group, the lists of associations that it is on the
// naming side of.
func linkedLists(im *intel.Import) []intel.List {
	linked := make([]intel.List, len(im.Groups))
	for _, e := range im.Edges {
		linked[e.Group] |= e.Kind.List()
	}
	return linked
}

// readWith lists the values of the fields parameter that make fields of a kind and
// type part of an answer, each once.
func readWith(kind intel.Kind, typ string, names []string) []string {
	scalars := kind.Scalars(kind.Spec().TypeNamed(typ, nil))
	var out []string
	for _, name := range names {
		with := ""
		if spec := scalars[name]; spec != nil {
			with = spec.ReadWith
		} else if name == plan.AttributeLabels {
			with = name
		}
		if with != "" && !slices.Contains(out, with) {
			out = append(out, with)
		}
	}
	return out
}

// Find looks everything up that w names.
func Find(ctx context.Context, c *tc.Client, w Wanted, opt Options) (*inventory.Inventory, error) {
	f := &finder{c: c, opt: opt.withDefaults(), want: w, have: map[int64]int{}, asked: map[xidOf]bool{},
		inv: &inventory.Inventory{Objects: make([][]*intel.Remote, len(w.Objects)), Elsewhere: map[int][]string{}, Paged: map[int64]intel.List{}, Longest: map[intel.List]int{}}}
	if err := f.groups(ctx); err != nil {
		return nil, err
	}
	w.Groups, f.want.Groups = nil, nil // they were found
	if err := f.objects(ctx); err != nil {
		return nil, err
	}
	if err := f.whole(ctx, w.Whole); err != nil {
		return nil, err
	}
	full := f.fullLists()
	for _, r := range f.inv.Groups {
		if err := full.read(ctx, r, w.Paged[r.ID]); err != nil {
			return nil, err
		}
	}
	return f.inv, full.readNoted(ctx)
}

// keep adds a group that was asked for with d.
func (f *finder) keep(r *intel.Remote, d detail) {
	if slices.Contains(d.fields, plan.AttributeLabels) {
		for i := range r.Attributes {
			if r.Attributes[i].SecurityLabels == nil {
				r.Attributes[i].SecurityLabels = []string{} // asked for and not in the answer: none
			}
		}
	}
	if !f.has(r.ID) {
		f.put(r)
	}
}

// put adds a group, or puts it in the place of what was read of it before.
func (f *finder) put(r *intel.Remote) {
	if i, ok := f.have[r.ID]; ok {
		f.inv.Groups[i] = r
		return
	}
	f.have[r.ID] = len(f.inv.Groups)
	f.inv.Groups = append(f.inv.Groups, r)
}
