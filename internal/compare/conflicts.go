package compare

import (
	"fmt"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// conflicts makes a conflict of each group that names something which is one,
// or that is itself: only look-ups show that two names are one group.
func (m *maker) conflicts() {
	for n, e := range m.Import.Edges {
		i, reason := int(e.Group), ""
		var candidates []plan.Candidate
		switch {
		case e.Kind != intel.KindGroup:
			reason = m.objects[int(e.Other)]
		case m.Import.Groups[e.Other].Reference && m.matches[e.Other].dispute != nil:
			reason, candidates = m.matches[e.Other].dispute.why, m.actions[e.Other].Candidates()
		case m.sameRemote(int(e.Group), int(e.Other)):
			reason = fmt.Sprintf("the group is associated with itself (ID %d): remove this association", m.matches[i].remote.ID)
			if m.Import.Groups[i].Reference && !m.Import.Groups[e.Other].Reference {
				i = int(e.Other)
			}
		}
		a := m.actions[i]
		if reason == "" || a.Verb == plan.Conflict {
			continue
		}
		if candidates != nil {
			a.Rare().Candidates = candidates
		}
		a.Verb, a.Rare().Reason = plan.Conflict, fmt.Sprintf("%s %s (%s): %s", e.Kind.AssociationField(), m.Import.Written(n), e.Pos, reason)
	}
}

// sameRemote reports whether two groups of the import are one of the instance.
func (m *maker) sameRemote(i, j int) bool {
	a, b := m.matches[i].remote, m.matches[j].remote
	return a != nil && b != nil && a.ID == b.ID
}

// stuck reports whether nothing can be written under group i. A reference that
// is there can be associated with others, whatever keeps its own list from
// being written.
func (m *maker) stuck(i int) bool {
	return m.actions[i].Verb == plan.Conflict && !(m.Import.Groups[i].Reference && m.matches[i].remote != nil)
}
