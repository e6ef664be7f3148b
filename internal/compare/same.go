package compare

import (
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
)

// Same tells, of groups as they come, those that need not be looked at again: they are as
// the last run has left them, and as the manifest wants them. Most groups of a nightly run
// are. Their values take more memory than all that is kept of them.
type Same struct {
	policy plan.Policy
	ids    baseline.IDMap
	leftOn baseline.IDMap
	unsure bool            // it is never said
	same   []baseline.Fact // scratch
}

// NewSame compares with what ids say of the last run. leftOn are the same groups, with all
// facts that lists may not show yet.
func NewSame(ids, leftOn baseline.IDMap, policy plan.Policy) *Same {
	// What a list does not show may matter to a policy that removes entries.
	replaces := policy.Tags == plan.Replace || policy.Labels == plan.Replace || policy.Attributes == plan.Replace
	severalKeys := len(ids.Keys()) < len(ids) // of one group: it may be compared with another one in the end
	return &Same{policy: policy, ids: ids, leftOn: leftOn, unsure: replaces || severalKeys}
}

// Is reports whether r, which has the xid of g, is g and says the same, but for
// associations. It is not for several goroutines at once.
func (s *Same) Is(g *intel.Group, r *intel.Remote) bool {
	row := s.ids[g.Key]
	last := row.Baseline
	if s.unsure || len(last) == 0 || len(s.leftOn[g.Key].Baseline) != len(last) || g.Reference || g.Invalid != "" ||
		row.ID != r.ID || spelling.Fold(r.Type) != spelling.Fold(g.Type) {
		return false
	}
	d := &differ{policy: s.policy, g: g, r: r, rewritten: row.Rewritten, last: last, same: s.same[:0]}
	d.compare()
	s.same = d.same
	if len(d.changes)+len(d.notes)+len(d.kept) > 0 {
		return false
	}
	return !slices.ContainsFunc(d.same, func(f baseline.Fact) bool { return !last.Has(f) }) &&
		!slices.ContainsFunc(last, func(f baseline.Fact) bool { return f.List()&intel.ListAssociations == 0 && !slices.Contains(d.same, f) })
}
