package tc

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"

	"tcimport/internal/intel"
	"tcimport/internal/workers"
)

// Part is a part of the description of an instance, or several: they are bits.
type Part uint

// The parts.
const (
	PartOwners Part = 1 << iota
	PartHome
	PartSecurityLabels
	PartAttributeTypes
	PartArtifactTypes
	PartEventTypes
	PartIndicatorTypes // custom ones
	PartLimits
)

// Has reports whether p contains all of q.
func (p Part) Has(q Part) bool { return p&q == q }

// oldNameMax is the longest name of a group that instances of any version accept.
const oldNameMax = 100

// PartsOfGroup returns the parts by which a group is checked.
func PartsOfGroup(g *intel.Group) Part {
	p := partsOfMetadata(g.SecurityLabels, g.Attributes)
	_, signature := g.Fields.Get("fileType")
	if signature || utf8.RuneCountInString(g.Name) > oldNameMax {
		p |= PartLimits
	}
	if _, event := g.Fields.Get("eventType"); event {
		p |= PartEventTypes
	}
	return p
}

// PartsOfObject returns the parts by which an object is checked.
func PartsOfObject(o *intel.Object) Part {
	p := partsOfMetadata(o.SecurityLabels(), o.Attributes())
	if o.ID != 0 {
		return p
	}
	if o.Kind.Spec().InOrganization {
		p |= PartHome
	}
	switch o.Kind {
	case intel.KindArtifact:
		p |= PartArtifactTypes
	case intel.KindIndicator:
		if _, builtin := intel.IndicatorTypeNamed(o.Type, nil); !builtin {
			p |= PartIndicatorTypes
		}
	}
	return p
}

func partsOfMetadata(labels []string, attributes []intel.Attribute) Part {
	var p Part
	if len(attributes) > 0 {
		p |= PartAttributeTypes
	}
	if len(labels) > 0 {
		p |= PartSecurityLabels
	}
	for i := range attributes {
		if len(attributes[i].SecurityLabels) > 0 {
			p |= PartSecurityLabels
		}
	}
	return p
}

// partSpec says how a part is read.
type partSpec struct {
	part            Part
	what            string
	optional, trial bool
}

// partSpecs are the parts in the order of what is said of them. If an optional part
// cannot be read, what depends on it is not checked. A trial is given up after two tries.
var partSpecs = []partSpec{
	{PartOwners, "owners", false, false},
	{PartHome, "the API user's Organization", false, false},
	{PartSecurityLabels, "security labels", false, false},
	{PartAttributeTypes, "attribute types", false, false},
	{PartArtifactTypes, "artifact types", false, false},
	{PartEventTypes, "event types", true, true},
	{PartIndicatorTypes, "custom indicator types", true, false},
	{PartLimits, "limits", true, true},
}

// read reads one part.
func (d *Description) read(ctx context.Context, part Part) (err error) {
	c, in := d.client, &d.Instance
	switch part {
	case PartOwners:
		in.Owners, err = c.Owners(ctx)
	case PartHome:
		in.Organization, err = c.homeOwner(ctx, in.Owners)
	case PartSecurityLabels:
		in.SecurityLabels, err = c.names(ctx, "list security labels", "/v3/securityLabels")
	case PartAttributeTypes:
		in.AttributeTypes, err = c.attributeTypes(ctx)
	case PartArtifactTypes:
		in.ArtifactTypes, err = c.names(ctx, "list artifact types", "/v3/artifactTypes")
	case PartEventTypes:
		in.EventTypes, err = c.eventTypes(ctx)
	case PartIndicatorTypes:
		in.IndicatorTypes, err = c.indicatorTypes(ctx)
	case PartLimits:
		in.NameMax, in.SignatureTypes, err = c.groupLimits(ctx)
	}
	return err
}

// Description is what an instance says about itself, as far as somebody has asked
// for it. No part is read twice, except after an error. It is not safe for
// concurrent use.
type Description struct {
	intel.Instance
	known  Part
	client *Client
}

// Describe makes a Description without any part.
func (c *Client) Describe() *Description { return &Description{client: c} }

// Knows reports whether all of parts were read, or found to be unreadable.
func (d *Description) Knows(parts Part) bool { return d.known.Has(parts) }

// Requests is the number of requests that Read takes.
func (d *Description) Requests(parts Part) int { return bits.OnesCount(uint(d.missing(parts))) }

func (d *Description) missing(parts Part) Part {
	if parts.Has(PartHome) {
		parts |= PartOwners
	}
	return parts &^ d.known
}

// Unread is an optional part that an instance has not answered.
type Unread struct {
	Part Part
	What string
	Err  error
}

// Read reads those of parts that d does not know yet. It returns the optional ones
// that could not be read. The owners come first, because an instance that refuses the
// user refuses them. The others are asked for side by side.
func (d *Description) Read(ctx context.Context, parts Part) ([]Unread, error) {
	missing := d.missing(parts)
	for _, part := range []Part{PartOwners, PartHome} {
		if missing.Has(part) {
			if err := d.read(ctx, part); err != nil {
				return nil, err
			}
			d.known |= part
		}
	}
	var rest []partSpec
	for _, s := range partSpecs {
		if missing.Has(s.part) && !d.known.Has(s.part) {
			rest = append(rest, s)
		}
	}
	errs, err := workers.InParallel(ctx, d.client.cfg.Workers, rest, func(ctx context.Context, s partSpec) (error, error) {
		err := d.read(ctx, s.part)
		// Any part but a trial was tried for minutes if nothing answers at all.
		if err != nil && (!s.optional || ctx.Err() != nil || IsAuth(err) || !s.trial && IsUnreachable(err)) {
			return nil, err
		}
		return err, nil
	})
	if err != nil {
		return nil, err
	}
	var unread []Unread
	for i, s := range rest {
		if d.known |= s.part; errs[i] != nil {
			unread = append(unread, Unread{s.part, s.what, errs[i]})
		}
	}
	return unread, nil
}

// homeOwner is the name of the API user's Organization. An API user sees at least
// its own: only if it sees several, the instance has to say which one it is, which
// v3 cannot.
func (c *Client) homeOwner(ctx context.Context, owners []intel.Owner) (string, error) {
	var organizations []string
	for _, o := range owners {
		if o.Type == "Organization" {
			organizations = append(organizations, o.Name)
		}
	}
	if len(organizations) == 1 {
		return organizations[0], nil
	}
	name := ""
	err := c.one(ctx, call{op: "read the user's Organization", path: "/v2/owners/mine"}, func(v value) error {
		owner := v
		if inner := v.get("owner"); !inner.null() {
			owner = inner
		}
		name = owner.get("name").text()
		return nil
	})
	switch {
	case err == nil && name != "":
		return name, nil
	case err != nil && (ctx.Err() != nil || IsAuth(err)):
		return "", err
	case len(organizations) == 0:
		return "", fmt.Errorf("the API user can see no Organization: set --owner")
	case err == nil:
		err = errors.New("the answer has no name")
	}
	return "", fmt.Errorf("the API user can see %d Organizations, and the instance does not say which one is its own: set --owner: %w", len(organizations), err)
}
