package compare

import (
	"cmp"
	"slices"

	"tcimport/internal/intel"
	"tcimport/internal/inventory"
)

// Manifests can name one object of the instance in several ways: by key and by ID, or
// a File by two of its hashes. Only look-ups show that it is one. Then an association
// with it is one, too.

// target is what an association leads to: an ID of the instance, or, below 0, an
// object of the plan that does not exist yet.
type target struct {
	kind intel.Kind
	id   int64
}

// findDuplicates notes what the manifests name in several ways.
func (m *maker) findDuplicates() {
	m.duplicated, m.listed = map[target]bool{}, inventory.LinkSet{}
	targets := make([]target, 0, len(m.Import.Objects))
	for _, mt := range m.matches[m.defined:] {
		if mt.remote != nil {
			targets = append(targets, target{intel.KindGroup, mt.remote.ID})
		}
	}
	if len(targets) > 0 { // the groups of the import are distinct
		for _, mt := range m.matches[:m.defined] {
			if mt.remote != nil {
				targets = append(targets, target{intel.KindGroup, mt.remote.ID})
			}
		}
	}
	for _, row := range m.plan.Objects[:len(m.Import.Objects)] {
		if row.ID() != 0 {
			targets = append(targets, target{row.Kind, row.ID()})
		}
	}
	slices.SortFunc(targets, func(a, b target) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id)) })
	for i, t := range targets {
		if i > 0 && t == targets[i-1] {
			m.duplicated[t] = true
		}
	}
}

// listedBefore reports whether the association of group i with t is in the plan
// already, under whatever names.
func (m *maker) listedBefore(i int, t target) bool {
	group, duplicate := -1-int64(i), m.duplicated[t] // a new group goes by its index in the import
	if r := m.matches[i].remote; r != nil {
		group, duplicate = r.ID, duplicate || m.duplicated[target{intel.KindGroup, r.ID}]
		if t.kind == intel.KindGroup {
			group, t.id = min(r.ID, t.id), max(r.ID, t.id)
		}
	}
	if !duplicate {
		return false
	}
	before := m.listed[inventory.LinkList{Group: group, Kind: t.kind}][t.id]
	m.listed.Add(group, t.kind, t.id)
	return before
}
