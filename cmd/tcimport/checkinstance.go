package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/report"
	"tcimport/internal/tc"
)

// owners checks each owner that the import is about, and what may be done there.
func (c *checking) owners(ctx context.Context, name string, im *intel.Import) {
	in := c.connection.instance
	if name == "" {
		if err := c.read(ctx, tc.PartHome); err != nil {
			c.problem("owner", codeOf(err), "set the owner with --owner or TC_OWNER", "the API user's Organization could not be found: %v", err)
			return
		}
		name = in.Organization
	}
	wanted := map[string][]string{name: {"permGroup"}} // permissions by owner
	need := func(owner, perm string) {
		owner = cmp.Or(owner, name)
		wanted[owner] = append(wanted[owner], perm)
	}
	for _, g := range im.Defined() {
		need(g.Owner, "permGroup")
		if len(g.Attributes) > 0 {
			need(g.Owner, "permAttribute")
		}
		if len(g.Tags) > 0 {
			need(g.Owner, "permTag")
		}
	}
	for _, ob := range im.Objects {
		if ob.Kind == intel.KindIndicator && ob.ID == 0 {
			need(ob.Owner, "permIndicator")
		}
	}
	for _, owner := range slices.Sorted(maps.Keys(wanted)) {
		found, ok := in.Owner(owner)
		if !ok {
			c.problem("owner", codeDenied, "check the spelling, or ask an administrator to give the API user access", "%v", unknownOwner(owner, in.Owners))
			continue
		}
		c.wanted = append(c.wanted, found)
		c.permissions(found, distinct(wanted[owner]))
	}
}

// jobs says to which owners --engine batch can write. An import does not depend on it.
func (c *checking) jobs(ctx context.Context) {
	err := c.connection.client.TakesJobs(ctx)
	switch {
	case errors.Is(err, tc.ErrNoJobs):
		c.ok("batch jobs", "none (--engine v3 needs none): %v", err)
		return
	case err != nil:
		c.unknown("batch jobs", err)
		return
	}
	var takes []string
	for _, o := range c.wanted {
		if why := o.NoJobs(); why != "" {
			c.ok("batch jobs", "none for %s: %s", nameOf(o), why)
		} else {
			takes = append(takes, nameOf(o))
		}
	}
	if takes != nil {
		c.ok("batch jobs", "taken for %s: see --engine", message.Join(takes, "and"))
	}
}

// permissionLevels is the order of what permissions allow. One that is not
// known is not enough.
var permissionLevels = []string{"NONE", "READ", "CREATE", "FULL"}

func (c *checking) permissions(o intel.Owner, wanted []string) {
	var lacking, have []string
	for _, perm := range wanted {
		level, told := o.Permissions[perm]
		if !told {
			continue
		}
		needed := "CREATE"
		if perm == "permTag" {
			needed = "READ"
		}
		have = append(have, perm+" "+level)
		if slices.Index(permissionLevels, strings.ToUpper(level)) < slices.Index(permissionLevels, needed) {
			lacking = append(lacking, fmt.Sprintf("%s is %s, %s is needed", perm, level, needed))
		}
	}
	what := nameOf(o)
	if len(lacking) > 0 {
		c.problem("owner", codeDenied, "ask an administrator of the owner for a role that may write: Contributor, Editor or Director in a community or source",
			"%s: %s", what, strings.Join(lacking, "; "))
		return
	}
	c.ok("owner", "%s: %s", what, strings.Join(have, ", "))
}

// instance checks what the instance knows of labels, attribute types and limits
// and, given manifests, these against it.
func (c *checking) instance(ctx context.Context, o *checkOptions, m *manifestsRead) {
	in := c.connection.instance
	if err := c.read(ctx, tc.PartSecurityLabels); err != nil {
		c.unknown("security labels", err)
	} else {
		c.ok("security labels", "%d: %s", len(in.SecurityLabels), shorten(in.SecurityLabels, 8))
	}
	if err := c.read(ctx, tc.PartAttributeTypes); err != nil {
		c.unknown("attribute types", err)
	} else {
		c.ok("attribute types", "%d", len(in.AttributeTypes))
	}
	if err := c.read(ctx, tc.PartLimits); err != nil {
		c.unknown("limits", err)
	} else if in.NameMax > 0 {
		c.ok("limits", "a group's name may have %d characters", in.NameMax)
	} else {
		c.unknown("limits", errors.New("the instance does not state how long the name of a group may be"))
	}
	if m.manifest == nil {
		return
	}
	pl := &planning{program: c.program, connection: c.connection}
	opt := o.read.assembleOptions(c.program, nil)
	if err := pl.describe(ctx, m.offline, &opt); err != nil {
		c.problem("manifests", codeOf(err), tc.Hint(err), "%v", err)
		return
	}
	if len(pl.notChecked) > 0 {
		c.unknown("manifests", fmt.Errorf("not checked, because the instance does not list them: %s", strings.Join(pl.notChecked, ", ")))
	}
	_, problems := intel.Assemble(m.manifest, opt)
	problems = slices.Concat(m.form, problems).Sorted()
	c.warn(problems.Warnings())
	for _, l := range report.ProblemLines(problems) {
		if !l.Warning {
			c.problem("manifests", codeError, "", "%s", l)
		}
	}
	if problems.Errors() == 0 {
		c.ok("manifests", "%s, %s: no errors found; plan shows conflicts, and only apply shows exclusions and finer permissions",
			message.Plural(len(m.offline.Defined()), "group"), message.Plural(len(m.offline.Edges), "association"))
	}
}
