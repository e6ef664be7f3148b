package lookup

import (
	"context"
	"maps"
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
// says, or an attribute that is wanted, and somebody has just written to the group.
func Complete(ctx context.Context, c *tc.Client, im *intel.Import, inv *inventory.Inventory, known baseline.IDMap, policy plan.Policy, opt Options) error {
	f := &finder{c: c, opt: opt.withDefaults(), inv: inv}
	matched := compare.Match(im, inv, known, policy.Adopt)
	d := doubts{policy: policy, known: known, longest: longestLists(inv)}
	d.wanted = d.wantedLinks(im, inv, matched)
	linked := linkedLists(im)
	for _, e := range im.Edges { // an association of two groups may be noted under either
		if e.Kind == intel.KindGroup {
			linked[e.Other] |= e.Kind.List()
		}
	}
	full, justNow := f.fullLists(), f.now().Add(-lag).Unix()
	for i, g := range im.Groups {
		r := matched[i]
		if r == nil {
			continue
		}
		shown := compare.Lists(g) | linked[i]
		if r.Same != nil { // all else is shown
			shown &= intel.ListAssociations
		}
		lists := inventory.Behind(r, known[g.Key], g.Attributes, shown)
		if r.Same == nil && r.Changed > justNow && intel.LacksAttribute(r.Attributes, g.Attributes) {
			lists |= intel.ListAttributes // another entry that is there already does no harm if it is sent
		}
		if err := full.read(ctx, r, lists|d.of(g, r)); err != nil {
			return err
		}
		full.note(intel.ListTags, r, d.ofTags(g, r))
		full.note(intel.ListSecurityLabels, r, d.ofLabels(g, r))
	}
	if policy.Prune {
		if err := f.pruned(ctx, im, known, full); err != nil {
			return err
		}
	}
	return full.readNoted(ctx)
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
	wanted  inventory.LinkSet
	longest map[intel.List]int
}

// of are the lists of attributes and associations of r that may have been cut.
func (d *doubts) of(g *intel.Group, r *intel.Remote) (lists intel.List) {
	if d.ofAttributes(g, r) {
		lists |= intel.ListAttributes
	}
	for _, k := range intel.Kinds {
		if d.ofLinks(g, r, k) {
			lists |= k.List()
		}
	}
	return lists
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
	case !d.asLongAsAny(k.List(), n):
		return false
	}
	return lacks(r, k, wanted) || replaces && hidesMore(n, n, len(wanted))
}

func (d *doubts) ofAttributes(g *intel.Group, r *intel.Remote) bool {
	if !d.maybeCut(intel.ListAttributes, g, r) {
		return false
	}
	concerned := 0 // those that would be removed if nothing wanted them
	for _, h := range r.Attributes {
		if len(g.Attributes) == 0 || slices.ContainsFunc(g.Attributes, func(at intel.Attribute) bool { return spelling.Fold(at.Type) == spelling.Fold(h.Type) }) {
			concerned++
		}
	}
	return intel.LacksAttribute(r.Attributes, g.Attributes) ||
		d.policy.Attributes == plan.Replace && hidesMore(len(r.Attributes), concerned, len(g.Attributes))
}

// maybeCut reports whether a list of metadata of r may have been cut, and is compared.
func (d *doubts) maybeCut(list intel.List, g *intel.Group, r *intel.Remote) bool {
	n := tc.ListLen(r, list)
	return d.asLongAsAny(list, n) && compare.Lists(g).Has(list)
}

// asLongAsAny reports whether a nested list of n entries may have been cut: none of its
// kind is longer.
func (d *doubts) asLongAsAny(list intel.List, n int) bool { return n > 0 && n >= d.longest[list] }

// longestLists are the lengths of the longest nested lists.
func longestLists(inv *inventory.Inventory) map[intel.List]int {
	longest := map[intel.List]int{}
	maps.Copy(longest, inv.Longest)
	for _, r := range inv.Groups {
		for _, l := range nestedLists {
			longest[l] = max(longest[l], tc.ListLen(r, l))
		}
	}
	return longest
}

// hidesMore reports whether a nested list of n entries, which shows all wanted ones,
// may hide entries that a replace policy would remove. concerned are those that it
// would remove if nothing wanted them.
func hidesMore(n, concerned, wanted int) bool { return concerned > wanted || n >= tc.SmallestCap }

// wantedLinks are the links between objects that both exist, of lists that cannot be
// trusted as they are: these are few. They are those that the lists do not show, and under a
// replace policy all.
func (d *doubts) wantedLinks(im *intel.Import, inv *inventory.Inventory, matched []*intel.Remote) inventory.LinkSet {
	untrusted := make([]intel.List, len(matched))
	for i, r := range matched {
		for _, k := range intel.Kinds {
			if l := k.List(); r != nil && (!r.Lists.Has(l) || d.asLongAsAny(l, tc.ListLen(r, l))) {
				untrusted[i] |= l
			}
		}
	}
	out := inventory.LinkSet{}
	add := func(a *intel.Remote, k intel.Kind, id int64) {
		if d.policy.Associations == plan.Replace || !inv.LinkedTo(a, k, id) {
			out.Add(a.ID, k, id)
		}
	}
	for _, e := range im.Edges {
		a := matched[e.Group]
		if !untrusted[e.Group].Has(e.Kind.List()) {
			continue
		}
		if e.Kind != intel.KindGroup {
			if found := inv.Objects[e.Other]; len(found) == 1 {
				add(a, e.Kind, found[0].ID)
			}
			continue
		}
		b := matched[e.Other]
		if b == nil || a.ID == b.ID || inv.LinkedTo(b, e.Kind, a.ID) {
			continue
		}
		add(a, e.Kind, b.ID)
	}
	return out
}

// lacks reports whether the nested list of r lacks one of ids.
func lacks(r *intel.Remote, k intel.Kind, ids map[int64]bool) bool {
	n := 0
	for _, l := range r.Links {
		if l.Kind == k && ids[l.ID] {
			n++
		}
	}
	return n < len(ids)
}
