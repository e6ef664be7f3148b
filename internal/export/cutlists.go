package export

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
	"tcimport/internal/workers"
)

// cut is what is known of how an instance cuts one sort of nested lists. No
// source says that it does. One that does cuts all lists at the same length, so
// that a list which is shorter than another one is complete, and only those as
// long as the longest are in doubt.
//
// In many owners very many lists are in doubt that hold an entry or two. So some
// of them are read page by page first: if none turns out to be longer, the
// instance does not cut at that length.
type cut struct {
	longest int // list that was answered
	proven  int // lists of that length that turned out to be complete
	at      int // the length at which the instance cuts; 0 as long as that is not known
}

// probes is how many lists have to be complete before the others of their length
// are believed to be.
const probes = 20

// list is a kind of nested lists that can be read completely.
type list struct {
	name string
	list intel.List
	read func(context.Context, []*intel.Remote) error // replaces the nested ones that are shorter
}

// lists are all kinds of nested lists.
func (x *exporter) lists() []list {
	var out []list
	for _, k := range intel.Kinds {
		name := k.AssociationField()
		out = append(out, list{name, k.List(), x.each(name, func(ctx context.Context, r *intel.Remote) error { return x.readLinks(ctx, r, k) })})
	}
	return append(out,
		list{"tags", intel.ListTags, x.shared(intel.ListTags)},
		list{"securityLabels", intel.ListSecurityLabels, x.shared(intel.ListSecurityLabels)},
		list{"attributes", intel.ListAttributes, x.each("attributes", x.readAttributes)})
}

// complete reads those lists completely that may be cut.
func (x *exporter) complete(ctx context.Context, batch []*intel.Remote) error {
	for _, l := range x.lists() {
		c := x.cuts[l.list]
		if c == nil {
			c = &cut{}
			x.cuts[l.list] = c
		}
		if l.list == intel.ListAttributes {
			at := x.capped()
			if at == 0 && longest(batch, l) < tc.SmallestCap {
				continue
			}
			c.at, c.longest = at, max(at, c.longest)
		}
		if err := x.completeLists(ctx, batch, l, c); err != nil {
			return err
		}
	}
	return nil
}

func longest(batch []*intel.Remote, l list) int {
	n := 0
	for _, r := range batch {
		n = max(n, tc.ListLen(r, l.list))
	}
	return n
}

func (x *exporter) completeLists(ctx context.Context, batch []*intel.Remote, l list, c *cut) error {
	if n := longest(batch, l); n > c.longest {
		c.longest, c.proven = n, 0
	}
	var doubtful []*intel.Remote
	for _, r := range batch {
		if n := tc.ListLen(r, l.list); n > 0 && n == c.longest {
			doubtful = append(doubtful, r)
		}
	}
	if c.at != c.longest {
		n := min(len(doubtful), probes-c.proven)
		longer, err := x.readAll(ctx, doubtful[:n], l)
		if err != nil {
			return err
		}
		c.proven += n - longer
		doubtful = doubtful[n:]
		if longer == 0 {
			return nil
		}
		c.at = c.longest
		x.opt.Log.Info("the instance shortens nested lists: the lists that may be shortened are read page by page",
			"list", l.name, "entries", c.at, "groups", len(doubtful))
	}
	_, err := x.readAll(ctx, doubtful, l)
	return err
}

// readAll reads the lists of groups completely, and counts those that were
// longer than they looked.
func (x *exporter) readAll(ctx context.Context, groups []*intel.Remote, l list) (longer int, err error) {
	before := make([]int, len(groups))
	for i, r := range groups {
		before[i] = tc.ListLen(r, l.list)
	}
	if err := l.read(ctx, groups); err != nil {
		return 0, err
	}
	for i, r := range groups {
		if tc.ListLen(r, l.list) > before[i] {
			longer++
		}
	}
	return longer, nil
}

// each reads the lists of groups one by one, several at a time.
func (x *exporter) each(name string, read func(context.Context, *intel.Remote) error) func(context.Context, []*intel.Remote) error {
	return func(ctx context.Context, groups []*intel.Remote) error {
		cut := make([]error, len(groups))
		g, ctx := workers.WithContext(ctx)
		g.SetLimit(max(x.opt.Workers, 1))
		for i, r := range groups {
			g.Go(func() error {
				switch err := read(ctx, r); {
				case errors.Is(err, tc.ErrIncomplete):
					cut[i] = err
				case err != nil:
					return fmt.Errorf("reading the %s of group %d: %w", name, r.ID, err)
				}
				return nil
			})
		}
		err := g.Wait()
		for i, r := range groups {
			x.short(fmt.Sprintf("the %s of group %d", name, r.ID), cut[i])
		}
		return err
	}
}

// shared reads the tags, or the labels, of groups, many at a time.
func (x *exporter) shared(list intel.List) func(context.Context, []*intel.Remote) error {
	return func(ctx context.Context, groups []*intel.Remote) error {
		_, err := x.c.Complete(ctx, list, groups, nil)
		if x.short("tags and security labels of groups", err) {
			return nil
		}
		return err
	}
}

func (x *exporter) readLinks(ctx context.Context, r *intel.Remote, k intel.Kind) error {
	var all []*intel.Remote
	var cut error
	for l, err := range x.c.Linked(ctx, r, k) {
		switch {
		case errors.Is(err, tc.ErrIncomplete):
			cut = err
		case err != nil:
			return err
		default:
			all = append(all, l)
		}
	}
	if len(all) > tc.ListLen(r, k.List()) {
		r.Links = append(all, slices.DeleteFunc(r.Links, func(l *intel.Remote) bool { return l.Kind == k })...)
	}
	return cut
}

func (x *exporter) readAttributes(ctx context.Context, r *intel.Remote) error {
	_, err := x.c.CompleteAttributes(ctx, r)
	return err
}

// capped is the length at which the instance cuts nested lists, 0 if it is not
// known to.
func (x *exporter) capped() int {
	longest := 0
	for _, c := range x.cuts {
		longest = max(longest, c.at)
	}
	return longest
}
