package lookup

import (
	"context"
	"fmt"
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
	"tcimport/internal/tc"
)

// Complete reads those lists completely of which the nested form cannot be
// trusted. It may have been cut: an entry that the import wants is not in it, or a
// replace policy would remove from it what it shows or does not show. A list that
// is shorter than another one of its kind was not cut: a server that caps them caps
// all alike. Or it may lag behind: it lacks what an earlier run has left, as known
// says.
func Complete(ctx context.Context, c *tc.Client, im *intel.Import, inv *inventory.Inventory, known baseline.IDMap, policy plan.Policy, opt Options) error {
	f := &finder{c: c, opt: opt.withDefaults(), inv: inv}
	matched := compare.Match(im, inv, known, policy.Adopt)
	d := doubts{policy: policy, known: known, wanted: wantedLinks(im, inv, matched), longest: map[intel.List]int{}}
	for _, r := range inv.Groups {
		for _, l := range nestedLists {
			d.longest[l] = max(d.longest[l], tc.ListLen(r, l))
		}
	}
	tags, labels := shortened{}, shortened{}
	linked := linkedLists(im)
	for _, e := range im.Edges { // an association of two groups may be noted under either
		if e.Kind == intel.KindGroup {
			linked[e.Other] |= e.Kind.List()
		}
	}
	for i, g := range im.Groups {
		r := matched[i]
		if r == nil {
			continue
		}
		behind := inv.Behind(r, known[g.Key], g.Attributes, compare.Lists(g)|linked[i])
		if behind.Has(intel.ListAttributes) || d.ofAttributes(g, r) {
			if err := f.completeAttributes(ctx, r); err != nil {
				return err
			}
		}
		tags.addIf(r, behind.Has(intel.ListTags), d.ofTags(g, r))
		labels.addIf(r, behind.Has(intel.ListSecurityLabels), d.ofLabels(g, r))
		for _, k := range intel.Kinds {
			if !behind.Has(k.List()) && !d.ofLinks(g, r, k) {
				continue
			}
			if err := f.complete(ctx, inventory.LinkList{Group: r.ID, Kind: k}); err != nil {
				return err
			}
		}
	}
	if policy.Prune {
		if err := f.pruned(ctx, im, known, &tags, &labels); err != nil {
			return err
		}
	}
	if err := f.completeShared(ctx, intel.ListTags, tags); err != nil {
		return err
	}
	return f.completeShared(ctx, intel.ListSecurityLabels, labels)
}

// nestedLists are the nested lists of groups.
var nestedLists = func() []intel.List {
	lists := []intel.List{intel.ListTags, intel.ListSecurityLabels, intel.ListAttributes}
	for _, k := range intel.Kinds {
		lists = append(lists, k.List())
	}
	return lists
}()

// doubts says which nested lists may have been cut where that matters.
type doubts struct {
	policy  plan.Policy
	known   baseline.IDMap
	wanted  map[inventory.LinkList]map[int64]bool
	longest map[intel.List]int
}

// ofLinks is about the nested associations of kind k of group r.
func (d *doubts) ofLinks(g *intel.Group, r *intel.Remote, k intel.Kind) bool {
	n := tc.ListLen(r, k.List())
	wanted := d.wanted[inventory.LinkList{Group: r.ID, Kind: k}]
	replaces := d.policy.Associations == plan.Replace && g.Lists.Has(k.List())
	switch {
	case len(wanted) == 0 && !replaces:
		return false
	case !r.Lists.Has(k.List()):
		return true
	case n == 0, n < d.longest[k.List()]:
		return false
	}
	return lacks(r, k, wanted) || replaces && (n > len(wanted) || n >= tc.SmallestCap)
}

func (d *doubts) ofAttributes(g *intel.Group, r *intel.Remote) bool {
	n := len(r.Attributes)
	if n == 0 || n < d.longest[intel.ListAttributes] || compare.Lists(g)&intel.ListAttributes == 0 {
		return false
	}
	if intel.LacksAttribute(r.Attributes, g.Attributes) {
		return true
	}
	if d.policy.Attributes != plan.Replace {
		return false
	}
	concerned := 0 // those that would be removed if nothing wanted them
	for _, h := range r.Attributes {
		if len(g.Attributes) == 0 || slices.ContainsFunc(g.Attributes, func(at intel.Attribute) bool { return spelling.Fold(at.Type) == spelling.Fold(h.Type) }) {
			concerned++
		}
	}
	return concerned > len(g.Attributes) || n >= tc.SmallestCap
}

// wantedLinks are the links between objects that both exist.
func wantedLinks(im *intel.Import, inv *inventory.Inventory, matched []*intel.Remote) map[inventory.LinkList]map[int64]bool {
	out := map[inventory.LinkList]map[int64]bool{}
	want := func(a *intel.Remote, k intel.Kind, id int64) {
		l := inventory.LinkList{Group: a.ID, Kind: k}
		if out[l] == nil {
			out[l] = map[int64]bool{}
		}
		out[l][id] = true
	}
	for _, e := range im.Edges {
		a := matched[e.Group]
		if e.Kind != intel.KindGroup {
			if found := inv.Objects[e.Other]; a != nil && len(found) == 1 {
				want(a, e.Kind, found[0].ID)
			}
			continue
		}
		b := matched[e.Other]
		if a == nil || b == nil || a.ID == b.ID || inv.LinkedTo(b, e.Kind, a.ID) {
			continue
		}
		want(a, e.Kind, b.ID)
	}
	return out
}

// lacks reports whether the nested list of r lacks one of ids.
func lacks(r *intel.Remote, k intel.Kind, ids map[int64]bool) bool {
	n := 0
	for i := range r.Links {
		if r.Links[i].Kind == k && ids[r.Links[i].ID] {
			n++
		}
	}
	return n < len(ids)
}

func (f *finder) complete(ctx context.Context, l inventory.LinkList) error {
	if _, ok := f.inv.Links[l]; ok {
		return nil
	}
	f.opt.Expect(1)
	links := []intel.Remote{}
	for r, err := range f.c.Linked(ctx, l.Group, l.Kind, tc.Query{}) {
		if err != nil {
			return fmt.Errorf("reading the %s of group %d: %w", l.Kind.AssociationField(), l.Group, err)
		}
		links = append(links, *r)
	}
	f.opt.Log.Info("read a list of associations page by page", "group", l.Group, "list", l.Kind.AssociationField(), "entries", len(links))
	f.inv.Links[l] = links
	return nil
}
