package compare

import (
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// tags compares the tags. What the instance made of a tag by its rules, as the
// id-map remembers it, is that tag.
func (d *differ) tags() {
	if d.g.Lists&intel.ListTags == 0 && len(d.g.Tags) == 0 {
		return
	}
	var have []intel.RemoteTag
	if d.r != nil {
		have = d.r.Tags
	}
	wanted := make([]bool, len(have))
	for _, t := range d.g.Tags {
		found := false
		for i, h := range have {
			if d.rewritten.IsTag(t, h) {
				wanted[i], found = true, true
			}
		}
		if found {
			d.note(baseline.Tag(t))
		} else {
			d.add(plan.Change{Field: "tags", Op: plan.Add, New: t.String(), Drift: d.missing(baseline.Tag(t))})
		}
	}
	if d.policy.Tags != plan.Replace {
		return
	}
	for i, h := range have {
		if !wanted[i] {
			d.add(plan.Change{Field: "tags", Op: plan.Remove, Old: h.Name, Drift: d.present(d.rewritten.Tag(h)...)})
		}
	}
}

// hadTags are the tags that the group has, if it gets further ones.
func (d *differ) hadTags() []string {
	if !slices.ContainsFunc(d.changes, func(c plan.Change) bool { return c.Field == "tags" && c.Op == plan.Add }) {
		return nil
	}
	var names []string
	for _, h := range d.r.Tags {
		names = append(names, h.Name)
	}
	return names
}
