package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
	"tcimport/internal/tc"
)

// askInstance reads what the checks of this import depend on, and no more, and
// completes opt with it.
func (pl *planning) askInstance(ctx context.Context, im *intel.Import, opt *intel.Options) (*intel.Instance, error) {
	c := pl.connection.client
	in := &intel.Instance{}
	var err error
	needs := needsOf(im)
	needs.home = needs.home || opt.DefaultOwner == ""
	pl.progress.Expect(needs.requests())
	if in.Owners, err = c.Owners(ctx); err != nil {
		return nil, err
	}
	if needs.home {
		if in.Home, err = c.HomeOwner(ctx); err != nil {
			return nil, err
		}
	}
	if opt.DefaultOwner == "" {
		opt.DefaultOwner = in.Home
	} else if o, ok := in.Owner(opt.DefaultOwner); ok {
		opt.DefaultOwner = o.Name
	} else {
		return nil, &exitError{code: codeDenied, err: unknownOwner(opt.DefaultOwner, in.Owners)}
	}
	for _, q := range questions {
		if !q.raised(needs) {
			continue
		}
		if err := q.ask(ctx, c, in); err != nil && (!q.optional || !pl.goesOn(ctx, err, q.what)) {
			return nil, err
		}
	}
	in.Exists = map[string]map[string]bool{}
	for _, field := range slices.Sorted(maps.Keys(needs.named)) {
		has, err := c.Has(ctx, field, slices.Sorted(maps.Keys(needs.named[field])))
		// Unlike the questions above, which are given up after two tries, this one
		// was tried for minutes where nothing answers.
		if err != nil && (tc.IsUnreachable(err) || !pl.goesOn(ctx, err, namedBy(field))) {
			return nil, err
		}
		if err == nil {
			in.Exists[field] = has
		}
	}
	opt.Instance = in
	return in, pl.ownersOfReferences(ctx, im, opt)
}

// goesOn reports whether a run goes on without what an instance does not tell.
// That is then not checked.
func (pl *planning) goesOn(ctx context.Context, err error, what string) bool {
	if ctx.Err() != nil || tc.IsAuth(err) {
		return false
	}
	pl.untold = append(pl.untold, what)
	pl.logger().Warn("the instance does not list its "+what+"; they are not checked", "error", err)
	return true
}

func unknownOwner(name string, owners []intel.Owner) error {
	var names []string
	for _, o := range owners {
		names = append(names, o.Name)
	}
	return fmt.Errorf("the API user cannot see an owner called %s%s (it can see %d)", message.Quote(name), message.DidYouMean(spelling.Nearest(name, names)), len(names))
}

// needs are the questions to the instance that an import raises.
type needs struct {
	labels, attributes, home, artifacts, events, ownTypes, limits bool

	named map[string]map[string]bool // values that name what has to be there, by field
}

func (n *needs) name(field, value string) {
	if n.named[field] == nil {
		n.named[field] = map[string]bool{}
	}
	n.named[field][value] = true
}

func (n *needs) techniques(tags []intel.Tag) {
	for _, t := range tags {
		if t.TechniqueID != "" {
			n.name(intel.TechniqueField, t.TechniqueID)
		}
	}
}

// questions are what an instance is asked before an import is checked against
// it. An optional one that gets no answer leaves that much unchecked.
var questions = []struct {
	what     string
	optional bool
	raised   func(needs) bool
	ask      func(context.Context, *tc.Client, *intel.Instance) error
}{
	{"security labels", false, func(n needs) bool { return n.labels }, func(ctx context.Context, c *tc.Client, in *intel.Instance) (err error) {
		in.SecurityLabels, err = c.SecurityLabels(ctx)
		return err
	}},
	{"attribute types", false, func(n needs) bool { return n.attributes }, func(ctx context.Context, c *tc.Client, in *intel.Instance) (err error) {
		in.AttributeTypes, err = c.AttributeTypes(ctx)
		return err
	}},
	{"artifact types", false, func(n needs) bool { return n.artifacts }, func(ctx context.Context, c *tc.Client, in *intel.Instance) (err error) {
		in.ArtifactTypes, err = c.ArtifactTypes(ctx)
		return err
	}},
	{"event types", true, func(n needs) bool { return n.events }, func(ctx context.Context, c *tc.Client, in *intel.Instance) (err error) {
		in.EventTypes, err = c.EventTypes(ctx)
		return err
	}},
	{"custom indicator types", false, func(n needs) bool { return n.ownTypes }, func(ctx context.Context, c *tc.Client, in *intel.Instance) (err error) {
		in.IndicatorTypes, err = ownTypes(ctx, c)
		return err
	}},
	{"limits", true, func(n needs) bool { return n.limits }, func(ctx context.Context, c *tc.Client, in *intel.Instance) error {
		limits, err := c.GroupLimits(ctx)
		in.NameMax, in.SignatureTypes = limits.NameMax, limits.SignatureTypes
		return err
	}},
}

// requests is the number of requests that the questions take.
func (n needs) requests() int {
	count := 1 + len(n.named) // the owners, and what has to be there
	if n.home {
		count++
	}
	for _, q := range questions {
		if q.raised(n) {
			count++
		}
	}
	return count
}

// namedBy is what the values of a field name.
func namedBy(field string) string {
	for _, k := range intel.Kinds {
		for _, p := range k.Spec().Parents {
			if p.Field == field {
				return p.What
			}
		}
	}
	return "ATT&CK techniques"
}

func needsOf(im *intel.Import) needs {
	n := needs{named: map[string]map[string]bool{}}
	for _, g := range im.Groups {
		n.labels = n.labels || len(g.SecurityLabels) > 0
		n.attributes = n.attributes || len(g.Attributes) > 0
		// Instances of an older version take names of 100 characters at most.
		n.limits = n.limits || utf8.RuneCountInString(g.Name) > 100 || g.Type == "Signature"
		_, event := g.Fields.Get("eventType")
		n.events = n.events || event
		for _, at := range g.Attributes {
			n.labels = n.labels || len(at.SecurityLabels) > 0
		}
		n.techniques(g.Tags)
	}
	for _, o := range im.Objects {
		n.labels = n.labels || len(o.SecurityLabels) > 0
		n.attributes = n.attributes || len(o.Attributes) > 0
		n.home = n.home || inHome(o)
		n.artifacts = n.artifacts || o.Kind == intel.KindArtifact && o.ID == 0
		n.ownTypes = n.ownTypes || ofOwnType(o)
		n.techniques(o.Tags)
		for _, f := range o.Fields {
			if slices.ContainsFunc(o.Kind.Spec().Parents, func(p intel.Parent) bool { return p.Field == f.Name }) {
				n.name(f.Name, f.Value)
			}
		}
	}
	for _, o := range im.Objects { // a case of this import need not be there
		if xid, ok := o.Fields.Get("xid"); ok && o.Kind == intel.KindCase {
			delete(n.named["caseXid"], xid)
		}
	}
	return n
}

// ofOwnType reports whether an object is an indicator of a type that only the
// instance can know.
func ofOwnType(o *intel.Object) bool {
	if o.Kind != intel.KindIndicator || o.ID != 0 {
		return false
	}
	_, builtin := intel.IndicatorTypeNamed(o.Type, nil)
	return !builtin
}

// ownTypes asks for the instance's own types of indicators, where some are not
// built in.
func ownTypes(ctx context.Context, c *tc.Client) ([]intel.IndicatorType, error) {
	types, err := c.IndicatorTypes(ctx)
	if err != nil {
		return nil, fmt.Errorf("some indicators have types that are not built in, and the instance does not list its custom types: %w", err)
	}
	return types, nil
}
