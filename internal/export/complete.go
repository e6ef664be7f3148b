package export

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// cut is what is known of how an instance cuts the nested lists of a kind. No
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

// complete reads those lists of associations page by page that may be cut.
func (x *exporter) complete(ctx context.Context, batch []*intel.Remote) error {
	for _, k := range intel.Kinds {
		if x.cuts[k] == nil {
			x.cuts[k] = &cut{}
		}
		if err := x.completeKind(ctx, batch, k, x.cuts[k]); err != nil {
			return err
		}
	}
	return nil
}

func (x *exporter) completeKind(ctx context.Context, batch []*intel.Remote, k intel.Kind, c *cut) error {
	lengths := make([]int, len(batch))
	for i, r := range batch {
		lengths[i] = count(r, k)
		if lengths[i] > c.longest {
			c.longest, c.proven = lengths[i], 0
		}
	}
	var doubtful []*intel.Remote
	for i, r := range batch {
		if lengths[i] > 0 && lengths[i] == c.longest {
			doubtful = append(doubtful, r)
		}
	}
	if c.at != c.longest {
		n := min(len(doubtful), probes-c.proven)
		longer, err := x.page(ctx, doubtful[:n], k)
		if err != nil {
			return err
		}
		c.proven += n - longer
		doubtful = doubtful[n:]
		if longer == 0 {
			return nil
		}
		c.at = c.longest
		x.opt.Log.Info("the instance cuts nested lists: those that it may have cut are read page by page",
			"list", k.AssociationField(), "entries", c.at, "groups", len(doubtful))
	}
	_, err := x.page(ctx, doubtful, k)
	return err
}

// page reads the lists of groups completely, and counts those that were longer
// than they looked.
func (x *exporter) page(ctx context.Context, groups []*intel.Remote, k intel.Kind) (longer int, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(x.opt.Workers, 1))
	before := make([]int, len(groups))
	for i, r := range groups {
		before[i] = count(r, k)
		g.Go(func() error {
			var links []intel.Remote
			for l, err := range x.c.Linked(ctx, r.ID, k, tc.Query{}) {
				if err != nil {
					return fmt.Errorf("reading the %s of group %d: %w", k.AssociationField(), r.ID, err)
				}
				links = append(links, *l)
			}
			if len(links) > before[i] {
				replace(r, k, links)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	for i, r := range groups {
		if count(r, k) > before[i] {
			longer++
		}
	}
	return longer, nil
}

// replace puts a complete list in the place of the nested one.
func replace(r *intel.Remote, k intel.Kind, links []intel.Remote) {
	all := links
	for _, l := range r.Links {
		if l.Kind != k {
			all = append(all, l)
		}
	}
	r.Links = all
}

func count(r *intel.Remote, k intel.Kind) int {
	n := 0
	for i := range r.Links {
		if r.Links[i].Kind == k {
			n++
		}
	}
	return n
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
