package lookup

import (
	"context"
	"fmt"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
	"tcimport/internal/undo"
)

// Made reads the objects that a run was to make, each with all that it has and that is
// associated with it.
func Made(ctx context.Context, c *tc.Client, objects []*plan.Object, opt Options) ([]undo.Made, error) {
	want := make([]*intel.Object, len(objects))
	for i, o := range objects {
		want[i] = o.Definition
	}
	found, err := Find(ctx, c, Wanted{Objects: want}, opt)
	if err != nil {
		return nil, err
	}
	out := make([]undo.Made, len(objects))
	ids := map[intel.Kind][]int64{}
	for i, answers := range found.Objects {
		if out[i].Found = len(answers); len(answers) == 1 {
			ids[answers[0].Kind] = append(ids[answers[0].Kind], answers[0].ID)
		}
	}
	for kind, of := range ids {
		whole, err := Whole(ctx, c, kind, of, opt)
		if err != nil {
			return nil, err
		}
		for i, answers := range found.Objects {
			if len(answers) != 1 || answers[0].Kind != kind {
				continue
			}
			if out[i] = whole[answers[0].ID]; out[i].Remote == nil {
				out[i].Found = 0 // it was deleted in the meantime
			}
		}
	}
	return out, nil
}

// Whole reads objects of a kind with all that they have and that is associated with them.
// Nested lists of associations can be cut: a long one is read page by page. The result has
// those that are there, by ID.
func Whole(ctx context.Context, c *tc.Client, kind intel.Kind, ids []int64, opt Options) (map[int64]undo.Made, error) {
	f := &finder{c: c, opt: opt.withDefaults(), inv: &inventory.Inventory{Paged: map[int64]intel.List{}}}
	spec := kind.Spec()
	q := tc.Query{Lists: spec.Nested}
	for _, field := range spec.Fields {
		if with := field.ReadWith; with != "" && !slices.Contains(q.Fields, with) {
			q.Fields = append(q.Fields, with)
		}
	}
	out := map[int64]undo.Made{}
	for r, err := range f.searchIn(ctx, kind, tc.QueryIn{Query: q, In: []tc.In{tc.InIDs(ids)}}) {
		if err != nil {
			return nil, fmt.Errorf("looking up %ss by ID: %w", spec.Name, err)
		}
		out[r.ID] = undo.Made{Remote: r, Found: 1}
	}
	full := f.fullLists()
	for id, m := range out {
		for _, k := range intel.Kinds {
			// The artifacts of a case are in no nested list.
			inIt := kind == intel.KindCase && k == intel.KindArtifact
			if inIt || spec.Nested.Has(k.List()) && tc.ListLen(m.Remote, k.List()) >= tc.SmallestCap {
				if err := full.links(ctx, m.Remote, k); err != nil {
					return nil, err
				}
			}
		}
		if len(spec.Contents) == 0 {
			continue
		}
		f.opt.Expect(1)
		var err error
		if m.Contents, err = c.Contents(ctx, kind, id); err != nil {
			return nil, fmt.Errorf("reading what is in %s %d: %w", spec.Name, id, err)
		}
		out[id] = m
	}
	return out, nil
}
