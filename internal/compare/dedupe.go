package compare

import (
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
	seen := map[target]bool{}
	note := func(t target) {
		if seen[t] {
			m.duplicated[t] = true
		}
		seen[t] = true
	}
	for _, mt := range m.matches[m.defined:] {
		if mt.remote != nil {
			note(target{intel.KindGroup, mt.remote.ID})
		}
	}
	if len(seen) > 0 { // the groups of the import are distinct
		for _, mt := range m.matches[:m.defined] {
			if mt.remote != nil && seen[target{intel.KindGroup, mt.remote.ID}] {
				note(target{intel.KindGroup, mt.remote.ID})
			}
		}
	}
	for _, row := range m.plan.Objects[:len(m.Import.Objects)] {
		if row.ID() != 0 {
			note(target{row.Kind, row.ID()})
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
