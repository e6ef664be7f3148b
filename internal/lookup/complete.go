package lookup

import (
	"context"
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// Complete reads those lists of associations page by page of which the nested
// form cannot be trusted: an entry that the import wants is not in it, or a
// replace policy would remove from it. A list that is shorter than another one
// of its kind was not cut: a server that caps them caps all alike.
func Complete(ctx context.Context, c *tc.Client, im *intel.Import, inv *plan.Inventory, ids plan.IDMap, policy plan.Policy, opt Options) error {
	f := &finder{c: c, opt: opt.withDefaults(), inv: inv}
	matched := inv.Match(im, ids, policy.Adopt)
	wanted := wantedLinks(im, inv, matched)
	longest := map[intel.Kind]int{}
	lengths := func(r *intel.Remote) map[intel.Kind]int {
		n := map[intel.Kind]int{}
		for i := range r.Links {
			n[r.Links[i].Kind]++
		}
		return n
	}
	for _, r := range inv.Groups {
		for k, n := range lengths(r) {
			longest[k] = max(longest[k], n)
		}
	}
	attributes := 0
	for _, r := range inv.Groups {
		attributes = max(attributes, len(r.Attributes))
	}
	for i, g := range im.Groups {
		r := matched[i]
		if r == nil {
			continue
		}
		if n := len(r.Attributes); n > 0 && n == attributes && plan.LacksAttribute(g.Attributes, r.Attributes) {
			if err := f.completeAttributes(ctx, r); err != nil {
				return err
			}
		}
		n := lengths(r)
		for _, k := range intel.Kinds {
			l := plan.LinkList{Group: r.ID, Kind: k}
			replaces := policy.Associations == plan.Replace && g.Mentions.Has(k.List())
			answered := r.Lists.Has(k.List())
			switch {
			case len(wanted[l]) == 0 && !replaces:
				continue
			case answered && n[k] < longest[k]:
				continue
			case answered && n[k] == 0:
				continue
			case answered && !lacks(r, k, wanted[l]) && !(replaces && n[k] > len(wanted[l])):
				continue
			}
			if err := f.complete(ctx, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// wantedLinks are the links between objects that both exist.
func wantedLinks(im *intel.Import, inv *plan.Inventory, matched []*intel.Remote) map[plan.LinkList]map[int64]bool {
	out := map[plan.LinkList]map[int64]bool{}
	want := func(a *intel.Remote, k intel.Kind, id int64) {
		l := plan.LinkList{Group: a.ID, Kind: k}
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
		if a == nil || b == nil || !lacks(b, e.Kind, map[int64]bool{a.ID: true}) {
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

func (f *finder) complete(ctx context.Context, l plan.LinkList) error {
	if _, ok := f.inv.Links[l]; ok {
		return nil
	}
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

// completeAttributes reads all attributes of a group: to append one that is
// there already would double it.
func (f *finder) completeAttributes(ctx context.Context, r *intel.Remote) error {
	all, err := f.c.GroupAttributes(ctx, r.ID)
	if err != nil {
		return fmt.Errorf("reading the attributes of group %d: %w", r.ID, err)
	}
	f.opt.Log.Info("read the attributes of a group page by page", "group", r.ID, "entries", len(all))
	if len(all) <= len(r.Attributes) {
		return nil // it was complete
	}
	r.Attributes = all
	if f.inv.Attributes == nil {
		f.inv.Attributes = map[int64]bool{}
	}
	f.inv.Attributes[r.ID] = true
	return nil
}
