package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
	"tcimport/internal/tc"
)

// describe reads the parts of the instance's description that the checks of an
// import depend on, and completes opt with them.
func (pl *planning) describe(ctx context.Context, im *intel.Import, opt *intel.Options) error {
	in, exist := pl.connection.instance, namesIn(im)
	parts := tc.PartOwners | partsOf(im)
	if opt.DefaultOwner == "" {
		parts |= tc.PartHome
	}
	pl.progress.Expect(in.Requests(parts) + len(exist))
	// First what decides about the default owner: all else is of no use without it.
	var err error
	if opt.DefaultOwner, err = pl.connection.owner(ctx, opt.DefaultOwner); err != nil {
		return err
	}
	unread, err := pl.connection.describe(ctx, parts)
	if err != nil {
		return err
	}
	for _, u := range unread {
		pl.unchecked(u.What, u.Err)
	}
	in.Exists = map[string]map[string]bool{}
	for _, field := range slices.Sorted(maps.Keys(exist)) {
		found, err := pl.connection.client.Has(ctx, field, slices.Sorted(maps.Keys(exist[field])))
		switch {
		case err == nil:
			in.Exists[field] = found
		case ctx.Err() != nil || tc.IsAuth(err) || tc.IsUnreachable(err):
			return err
		default:
			pl.unchecked(tc.Named(field), err)
		}
	}
	opt.Instance = &in.Instance
	return pl.ownersOfReferences(ctx, im, opt)
}

// owner is the owner with a name as the instance spells it, or the API user's Organization
// if there is no name.
func (c *connection) owner(ctx context.Context, name string) (string, error) {
	part := tc.PartOwners
	if name == "" {
		part = tc.PartHome
	}
	if _, err := c.instance.Read(ctx, part); err != nil {
		return "", err
	}
	if name == "" {
		return c.instance.Organization, nil
	}
	if o, ok := c.instance.Owner(name); ok {
		return o.Name, nil
	}
	return "", unknownOwner(name, c.instance.Owners)
}

// describe reads parts of the instance's description. An import that needs the
// custom indicator types cannot do without them.
func (c *connection) describe(ctx context.Context, parts tc.Part) ([]tc.Unread, error) {
	unread, err := c.instance.Read(ctx, parts)
	for _, u := range unread {
		if u.Part == tc.PartIndicatorTypes {
			return nil, fmt.Errorf("some indicators have types that are not built in, and the instance does not list its custom types: %w", u.Err)
		}
	}
	return unread, err
}

// unchecked notes that a run goes on without checking something.
func (pl *planning) unchecked(what string, err error) {
	pl.notChecked = append(pl.notChecked, what)
	pl.logger().Warn("the instance does not list its "+what+"; they are not checked", "error", err)
}

func unknownOwner(name string, owners []intel.Owner) error {
	var names []string
	for _, o := range owners {
		names = append(names, o.Name)
	}
	return &exitError{code: codeDenied, err: fmt.Errorf("the API user cannot see an owner called %s%s (it can see %d)",
		message.Quote(name), message.DidYouMean(spelling.Nearest(name, names)), len(names))}
}

// partsOf are the parts of the instance's description by which an import is checked.
func partsOf(im *intel.Import) tc.Part {
	var parts tc.Part
	for _, g := range im.Groups {
		parts |= tc.PartsOfGroup(g)
	}
	for _, o := range im.Objects {
		parts |= tc.PartsOfObject(o)
	}
	return parts
}

// partsOfPlan are the parts of the instance's description by which a saved plan is
// applied.
func partsOfPlan(pn *plan.Plan) tc.Part {
	parts := tc.PartOwners
	for _, o := range pn.Objects {
		if o.Definition != nil {
			parts |= tc.PartsOfObject(o.Definition) & (tc.PartHome | tc.PartIndicatorTypes)
		}
	}
	return parts
}

// namesIn are the values in an import that name something that has to exist, by
// field.
func namesIn(im *intel.Import) map[string]map[string]bool {
	names := map[string]map[string]bool{}
	add := func(field, value string) {
		if names[field] == nil {
			names[field] = map[string]bool{}
		}
		names[field][value] = true
	}
	techniques := func(tags []intel.Tag) {
		for _, t := range tags {
			if t.TechniqueID != "" {
				add(intel.TechniqueField, t.TechniqueID)
			}
		}
	}
	for _, g := range im.Groups {
		techniques(g.Tags)
	}
	for _, o := range im.Objects {
		techniques(o.Tags())
		for _, f := range o.Fields() {
			if tc.Named(f.Name) != "" {
				add(f.Name, f.Value)
			}
		}
	}
	for _, o := range im.Objects { // a case of this import need not exist
		if xid, ok := o.Fields().Get("xid"); ok && o.Kind == intel.KindCase {
			delete(names["caseXid"], xid)
		}
	}
	return names
}

// ownersOfReferences finds the owners of those existing groups that the import names
// by ID and associates in a list of its own: new indicators are made there.
func (pl *planning) ownersOfReferences(ctx context.Context, im *intel.Import, opt *intel.Options) error {
	var ids []int64
	for _, e := range im.Edges {
		if g := im.Groups[e.Group]; g.Reference && g.ID != 0 && g.Owner == "" {
			ids = append(ids, g.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	owners := map[int64]string{}
	for r, err := range pl.connection.client.SearchIn(ctx, intel.KindGroup, tc.QueryIn{In: []tc.In{tc.InIDs(ids)}}) {
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

// giveXIDs gives each new object of a kind that is found by xid its xid.
func (pl *planning) giveXIDs(im *intel.Import) {
	for _, o := range im.Objects {
		if !o.Kind.Spec().ByXID || o.ID != 0 {
			continue
		}
		if _, ok := o.Fields().Get("xid"); !ok {
			o.More().Fields = append(o.Fields(), intel.Field{Name: "xid", Value: intel.DerivedXID(im.Namespace, pl.connection.instance.Organization, o.Summary)})
		}
	}
}
