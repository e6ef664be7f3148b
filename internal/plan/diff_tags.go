package plan

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// tags compares the tags. What the instance made of a tag by its rules, as the
// id-map remembers it, is that tag.
func (d *differ) tags() {
	if d.g.Mentions&intel.ListTags == 0 && len(d.g.Tags) == 0 {
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
			if IsTag(t, h, d.rewritten) {
				wanted[i], found = true, true
			}
		}
		if found {
			d.same(tagEntry(t))
		} else {
			d.add(Change{Field: "tags", Op: Add, New: t.String(), Drift: d.last.origin(tagEntry(t), "")})
		}
	}
	if d.policy.Tags != Replace {
		return
	}
	for i, h := range have {
		if !wanted[i] {
			es := append(remoteTagEntries(h), d.rewrittenEntries(h)...)
			d.add(Change{Field: "tags", Op: Remove, Old: h.Name, Drift: d.last.origin("", es[0], es[1:]...)})
		}
	}
}

// hadTags are the tags that the group has, if it gets further ones.
func (d *differ) hadTags() []string {
	if !slices.ContainsFunc(d.changes, func(c Change) bool { return c.Field == "tags" && c.Op == Add }) {
		return nil
	}
	var names []string
	for _, h := range d.r.Tags {
		names = append(names, h.Name)
	}
	return names
}

// rewrittenEntries are the entries of the tags that the instance made h of: the
// last run applied it under their names.
func (d *differ) rewrittenEntries(h intel.RemoteTag) []string {
	var out []string
	for sent, names := range d.rewritten {
		if sameRewritten(names, h) {
			out = append(out, tagEntry(intel.ParseTag(sent)))
		}
	}
	return out
}

func sameRewritten(names string, h intel.RemoteTag) bool {
	if names == "" {
		return false
	}
	for name := range strings.SplitSeq(names, "\n") {
		if spelling.Fold(name) == spelling.Fold(h.Name) {
			return true
		}
	}
	return false
}

// IsTag reports whether the instance's tag h is t, or what the instance made of
// it, as rewritten tells.
func IsTag(t intel.Tag, h intel.RemoteTag, rewritten map[string]string) bool {
	return intel.SameTag(t, h) || sameRewritten(rewritten[t.String()], h)
}
