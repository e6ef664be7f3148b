package undo

import (
	"slices"

	"tcimport/internal/intel"
)

// count counts the objects that the run has made, and that are still associated with a
// group of the run.
func (m *maker) count() {
	seen := map[end]bool{}
	isNew := m.newObjects()
	for _, r := range m.remotes {
		for _, l := range r.Links {
			e := end{l.Kind, l.ID}
			if l.Kind != intel.KindGroup && !seen[e] && isNew(l) {
				seen[e] = true
				m.plan.MadeObjects[l.Kind]++
			}
		}
	}
}

// newObjects tells which objects the plan of the run was to make.
func (m *maker) newObjects() func(*intel.Remote) bool {
	if m.isNew != nil {
		return m.isNew
	}
	type named struct {
		kind       intel.Kind
		key, owner string
	}
	names := map[named]bool{}
	for _, o := range m.Run.New {
		exact, _ := (&intel.Remote{Kind: o.Kind, Type: o.Type(), Name: o.Name()}).Keys(m.Custom)
		for _, key := range exact {
			if o.Kind != intel.KindIndicator {
				names[named{o.Kind, key, ""}] = true // answers need not show its owner
			}
			names[named{o.Kind, key, o.Owner()}] = true
		}
	}
	m.isNew = func(r *intel.Remote) bool {
		exact, _ := r.Keys(m.Custom)
		return slices.ContainsFunc(exact, func(key string) bool {
			return names[named{r.Kind, key, r.Owner}] || names[named{r.Kind, key, ""}]
		})
	}
	return m.isNew
}
