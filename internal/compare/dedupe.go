package compare

import (
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// Manifests can name one thing of the instance in several ways: by key and by
// ID, or a File by two of its hashes. Only look-ups tell that it is one, and its
// associations are one each, too.

// thing is what an association leads to: an ID of the instance, or, below 0, an
// object of the plan that does not exist yet.
type thing struct {
	kind intel.Kind
	id   int64
}

// pair is an association. Two groups that exist are in the order of their IDs;
// a new group goes by its index in the import.
type pair struct {
	group   int64
	isNew   bool
	leadsTo thing
}

// findAliases notes what has several names.
func (m *maker) findAliases() {
	m.aliased, m.listed = map[thing]bool{}, map[pair]bool{}
	seen := map[thing]bool{}
	note := func(t thing) {
		if seen[t] {
			m.aliased[t] = true
		}
		seen[t] = true
	}
	defined := len(m.Import.Defined())
	for i := defined; i < len(m.matches); i++ {
		if r := m.matches[i].remote; r != nil {
			note(thing{intel.KindGroup, r.ID})
		}
	}
	if len(seen) > 0 { // the groups of the import are as many things as there are
		for i := range defined {
			if r := m.matches[i].remote; r != nil && seen[thing{intel.KindGroup, r.ID}] {
				note(thing{intel.KindGroup, r.ID})
			}
		}
	}
	for _, o := range m.objects {
		if row := m.plan.Objects[o.row-1]; row.ID != 0 {
			note(thing{row.Kind, row.ID})
		}
	}
}

func (m *maker) thingOf(row int, o *plan.Object) thing {
	if o.ID == 0 {
		return thing{o.Kind, -int64(row)}
	}
	return thing{o.Kind, o.ID}
}

// listedBefore reports whether the association of group i with t is in the plan
// already, under whatever names.
func (m *maker) listedBefore(i int, t thing) bool {
	p := pair{group: int64(i), isNew: true, leadsTo: t}
	alias := m.aliased[t]
	if r := m.matches[i].remote; r != nil {
		alias = alias || m.aliased[thing{intel.KindGroup, r.ID}]
		p = pair{group: r.ID, leadsTo: t}
		if t.kind == intel.KindGroup {
			p = pair{group: min(r.ID, t.id), leadsTo: thing{t.kind, max(r.ID, t.id)}}
		}
	}
	if !alias {
		return false
	}
	before := m.listed[p]
	m.listed[p] = true
	return before
}
