package lookup

import (
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
)

// matters reports of an entry that a nested list has not shown whether the
// comparison would come out otherwise with it.
type matters func(intel.RemoteTag) bool

// ofTags says which tags matter that the nested list of r may have left out; nil
// if it is complete, or if none would matter.
func (d *doubts) ofTags(g *intel.Group, r *intel.Remote) matters {
	return leftOut(d, intel.ListTags, d.policy.Tags, g, r, g.Tags, d.known[g.Key].Rewritten.IsTag)
}

// ofLabels is ofTags for security labels.
func (d *doubts) ofLabels(g *intel.Group, r *intel.Remote) matters {
	same := func(name string, h intel.RemoteTag) bool { return intel.SameLabel(name, h.Name) }
	return leftOut(d, intel.ListSecurityLabels, d.policy.Labels, g, r, g.SecurityLabels, same)
}

func leftOut[W any](d *doubts, list intel.List, policy plan.ListPolicy, g *intel.Group, r *intel.Remote, wanted []W, same func(W, intel.RemoteTag) bool) matters {
	if !d.maybeCut(list, g, r) {
		return nil
	}
	have, replaces := tc.Entries(r, list), policy == plan.Replace
	missing := slices.DeleteFunc(slices.Clone(wanted), func(w W) bool {
		return slices.ContainsFunc(have, func(h intel.RemoteTag) bool { return same(w, h) })
	})
	if len(missing) == 0 && !(replaces && hidesMore(len(have), len(have), len(wanted))) {
		return nil
	}
	return func(h intel.RemoteTag) bool {
		return replaces || slices.ContainsFunc(missing, func(w W) bool { return same(w, h) })
	}
}
