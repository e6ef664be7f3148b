package main

import (
	"context"
	"fmt"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
)

// ownersOfReferences finds out in which owner those existing groups live that
// are named by ID and get associations in a list apart: new indicators go there.
func (pl *planning) ownersOfReferences(ctx context.Context, im *intel.Import, opt *intel.Options) error {
	var ids []string
	for _, e := range im.Edges {
		if g := im.Groups[e.Group]; g.Reference && g.ID != 0 && g.Owner == "" {
			ids = append(ids, fmt.Sprint(g.ID))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	owners := map[int64]string{}
	q := tc.QueryIn{In: []tc.In{{Keyword: "id", Values: slices.Compact(ids), Number: true}}}
	for r, err := range pl.connection.client.SearchIn(ctx, intel.KindGroup, q) {
		if err != nil {
			return err
		}
		owners[r.ID] = r.Owner
	}
	opt.OwnerOf = func(id int64) (string, bool) {
		owner, ok := owners[id]
		return owner, ok
	}
	return nil
}

// giveXIDs gives each new object that needs one the xid by which it is found again.
func (pl *planning) giveXIDs(im *intel.Import) {
	for _, o := range im.Objects {
		if !o.Kind.Spec().ByXID || o.ID != 0 {
			continue
		}
		if _, ok := o.Fields.Get("xid"); !ok {
			o.Fields = append(o.Fields, intel.Field{Name: "xid", Value: intel.DerivedXID(im.Namespace, pl.instance.Home, o.Summary)})
		}
	}
}
