package tcsim

import (
	"slices"
	"strconv"
)

// related returns the IDs of the objects of kind k that belong with o: linked
// to it, above it or below it. It is symmetric, so that an index on one side
// answers for the other.
func (st *state) related(o *object, k kind) idset {
	switch {
	case slices.Contains(childKinds(o.kind), k):
		return withLinks(st.tables[k].byParent[o.id], o.linked(k))
	case o.parent != nil && o.parent.kind == k:
		return withLinks(idset{o.parent.id}, o.linked(k))
	case o.kind == kGroup && k == kVictim:
		return st.across(o, kVictimAsset, kVictim)
	case o.kind == kVictim && k == kGroup:
		return st.across(o, kVictimAsset, kGroup)
	}
	return o.linked(k)
}

func withLinks(a, links idset) idset {
	if len(links) == 0 {
		return a
	}
	return mergeSets([]idset{a, links})
}

// across also goes over the victim assets: a group is associated with an asset,
// and thereby with its victim.
func (st *state) across(o *object, via, k kind) idset {
	sets := []idset{o.linked(k)}
	for _, id := range st.related(o, via) {
		sets = append(sets, st.related(st.get(via, id), k))
	}
	return mergeSets(sets)
}

// mergeSets is the union of ascending sets.
func mergeSets(sets []idset) idset {
	if len(sets) == 1 {
		return sets[0]
	}
	var all idset
	for _, s := range sets {
		all = append(all, s...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// indexed answers = and IN from an index: id, summary (and name), value1..3,
// ownerName, owner, associatedGroup and associatedIndicator, the parent's id.
func (c *call) indexed(k kind, kw *keyword, values []token) (idset, bool) {
	tab := c.st.tables[k]
	var lookup func(string) (idset, bool)
	switch kw.index {
	case indexID:
		lookup = func(s string) (idset, bool) {
			id, err := strconv.ParseInt(s, 10, 64)
			if err != nil || tab.byID[id] == nil {
				return nil, true
			}
			return idset{id}, true
		}
	case indexSummary:
		lookup = func(s string) (idset, bool) { return tab.bySummary[fold(s)], true }
	case indexValue1, indexValue2, indexValue3:
		m := tab.byValue[kw.index-indexValue1]
		lookup = func(s string) (idset, bool) { return m[fold(s)], true }
	case indexOwner:
		lookup = func(s string) (idset, bool) {
			o := c.st.byOwner[s]
			if o == nil || tab.byOwner[o.ID] == nil {
				return nil, true
			}
			return *tab.byOwner[o.ID], true
		}
	case indexRelated:
		lookup = func(s string) (idset, bool) {
			id, err := strconv.ParseInt(s, 10, 64)
			other := c.st.get(kw.related, id)
			if err != nil || other == nil {
				return nil, true
			}
			return c.st.related(other, k), true
		}
	default:
		return nil, false
	}
	sets := make([]idset, 0, len(values))
	for _, v := range values {
		ids, ok := lookup(v.text)
		if !ok {
			return nil, false
		}
		sets = append(sets, ids)
	}
	return mergeSets(sets), true
}
