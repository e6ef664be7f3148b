package lookup

import (
	"context"
	"fmt"
	"slices"

	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// matters reports of an entry that a nested list has not shown whether the
// comparison would come out otherwise with it.
type matters func(intel.RemoteTag) bool

// ofTags says which tags matter that the nested list of r may have left out; nil
// if it is complete, or if none would matter.
func (d *doubts) ofTags(g *intel.Group, r *intel.Remote) matters {
	n, replaces := len(r.Tags), d.policy.Tags == plan.Replace
	if n == 0 || n < d.longest[intel.ListTags] || compare.Lists(g)&intel.ListTags == 0 {
		return nil
	}
	rewritten := d.known[g.Key].Rewritten
	missing := slices.DeleteFunc(slices.Clone(g.Tags), func(t intel.Tag) bool {
		return slices.ContainsFunc(r.Tags, func(h intel.RemoteTag) bool { return rewritten.IsTag(t, h) })
	})
	if len(missing) == 0 && !(replaces && hidesMore(n, len(g.Tags))) {
		return nil
	}
	return func(h intel.RemoteTag) bool {
		return replaces || slices.ContainsFunc(missing, func(t intel.Tag) bool { return rewritten.IsTag(t, h) })
	}
}

// ofLabels is ofTags for security labels.
func (d *doubts) ofLabels(g *intel.Group, r *intel.Remote) matters {
	n, replaces := len(r.SecurityLabels), d.policy.Labels == plan.Replace
	if n == 0 || n < d.longest[intel.ListSecurityLabels] || compare.Lists(g)&intel.ListSecurityLabels == 0 {
		return nil
	}
	missing := slices.DeleteFunc(slices.Clone(g.SecurityLabels), func(name string) bool {
		return slices.ContainsFunc(r.SecurityLabels, func(h intel.RemoteLabel) bool { return intel.SameLabel(name, h.Name) })
	})
	if len(missing) == 0 && !(replaces && hidesMore(n, len(g.SecurityLabels))) {
		return nil
	}
	return func(h intel.RemoteTag) bool {
		return replaces || slices.ContainsFunc(missing, func(name string) bool { return intel.SameLabel(name, h.Name) })
	}
}

// hidesMore reports whether a nested list of n entries, of which all that is
// wanted is shown, may hide entries that a replace policy would remove.
func hidesMore(n, wanted int) bool { return n > wanted || n >= tc.SmallestCap }

// shortened are groups whose nested lists of one sort may have been cut.
type shortened struct {
	groups  []*intel.Remote
	matters map[int64]matters
}

// everything is what matters of a list that lags behind.
func everything(intel.RemoteTag) bool { return true }

// addIf adds a group whose list lags behind, or has left out what matters.
func (s *shortened) addIf(r *intel.Remote, behind bool, m matters) {
	switch {
	case behind:
		s.add(r, everything)
	case m != nil:
		s.add(r, m)
	}
}

func (s *shortened) add(r *intel.Remote, m matters) {
	if s.matters == nil {
		s.matters = map[int64]matters{}
	}
	s.groups, s.matters[r.ID] = append(s.groups, r), m
}

// completeShared reads the tags, or the labels, of groups completely where
// something that matters is missing from the nested list.
func (f *finder) completeShared(ctx context.Context, list intel.List, s shortened) error {
	if len(s.groups) == 0 {
		return nil
	}
	f.opt.Expect(1) // at least: which entries there are decides about the rest
	cut, err := f.c.Complete(ctx, list, s.groups, func(r *intel.Remote, entry intel.RemoteTag) bool { return s.matters[r.ID](entry) })
	if err != nil {
		return err
	}
	for _, r := range cut {
		f.inv.Whole[r.ID] |= list
	}
	f.opt.Log.Info("asked for tags and labels that may be missing in nested lists", "groups", len(s.groups), "cut", len(cut))
	return nil
}

// metadataAgain reads lists completely that a plan was made from in that form.
func (f *finder) metadataAgain(ctx context.Context, lists map[int64]intel.List) error {
	tags, labels := shortened{}, shortened{}
	for _, r := range f.inv.Groups {
		l := lists[r.ID]
		if l.Has(intel.ListAttributes) {
			if err := f.completeAttributes(ctx, r); err != nil {
				return err
			}
		}
		if l.Has(intel.ListTags) {
			tags.add(r, everything)
		}
		if l.Has(intel.ListSecurityLabels) {
			labels.add(r, everything)
		}
	}
	if err := f.completeShared(ctx, intel.ListTags, tags); err != nil {
		return err
	}
	return f.completeShared(ctx, intel.ListSecurityLabels, labels)
}

// completeAttributes reads all attributes of a group: to append one that is
// there already would duplicate it.
func (f *finder) completeAttributes(ctx context.Context, r *intel.Remote) error {
	f.opt.Expect(1)
	lacked, err := f.c.CompleteAttributes(ctx, r)
	if err != nil {
		return fmt.Errorf("reading the attributes of group %d: %w", r.ID, err)
	}
	f.opt.Log.Info("read the attributes of a group page by page", "group", r.ID, "entries", len(r.Attributes))
	if lacked {
		f.inv.Whole[r.ID] |= intel.ListAttributes
	}
	return nil
}
