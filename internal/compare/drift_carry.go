package compare

import (
	"slices"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
)

// last are the facts of the last run about the group of a key.
func (m *maker) last(key string) baseline.Baseline { return m.IDMap[key].Baseline }

// recall takes from the id-map the facts of the last run about the groups of the import.
// They are asked for often.
func (m *maker) recall() {
	m.lasts, m.there = make([]baseline.Baseline, len(m.Import.Groups)), make([][]bool, len(m.Import.Groups))
	all := 0
	for i, g := range m.Import.Groups {
		m.lasts[i] = m.last(g.Key)
		all += len(m.lasts[i])
	}
	there := make([]bool, all)
	for i, last := range m.lasts {
		m.there[i], there = there[:len(last)], there[len(last):]
	}
}

// note notes what is on group i already as the manifests want it. Most is what the last
// run has left: of that, a mark is enough.
func (m *maker) note(i int, facts ...baseline.Fact) {
	for _, f := range facts {
		if k, ok := m.lasts[i].Find(f); ok {
			m.there[i][k] = true
		} else {
			m.actions[i].Found().Note(f)
		}
	}
}

// noteSame notes all that the last run has left on group i, but for associations.
func (m *maker) noteSame(i int) {
	for k, f := range m.lasts[i] {
		if f.List()&intel.ListAssociations == 0 {
			m.there[i][k] = true
		}
	}
}

// settled reports whether all is noted that the last run has left on group i, but for
// associations: then nobody asks again what is on it.
func (m *maker) settled(i int) bool {
	for k, f := range m.lasts[i] {
		if !m.there[i][k] && f.List()&intel.ListAssociations == 0 {
			return false
		}
	}
	return true
}

// notedOn are all facts that were noted of group i.
func (m *maker) notedOn(i int) baseline.Baseline {
	last, more := m.lasts[i], m.actions[i].Baseline()
	if len(more) == 0 && !slices.Contains(m.there[i], false) {
		return slices.Clip(last)
	}
	facts := slices.Clone(more)
	for k, is := range m.there[i] {
		if is {
			facts = append(facts, last[k])
		}
	}
	return baseline.New(facts...)
}

// carryBaseline keeps the facts of earlier runs about group i that the manifest does
// not name any more: if the value is still there, it is not an edit. unlinked are the
// groups with which the plan removes its association, elsewhere those under which an
// association with it is noted, and edited those with which somebody else has removed
// it: their actions may be conflicts, which note nothing.
func (m *maker) carryBaseline(i int, unlinked, elsewhere, edited map[int64]bool) {
	g, a, r := m.Import.Groups[i], m.actions[i], m.matches[i].remote
	last := m.lasts[i]
	if r == nil || len(last) == 0 {
		return
	}
	compared, kept := Lists(g), a.Baseline()
	var carried, staying baseline.Baseline
	for _, f := range last {
		list, other, sure := f.List(), f.LinkID(intel.KindGroup), f.As(baseline.Sure)
		switch {
		case unlinked[other], elsewhere[other], kept.Has(sure), list == 0 && names(g, f.Field()):
			continue
		case f.IsStoredAs() && f.Doubt() != baseline.Sure: // only the next run can see whether it was in vain
			continue
		case list == 0, !compared.Has(list), edited[other], f.IsStoredAs():
			carried = append(carried, f)
			continue
		case staying == nil:
			staying = m.staying(i)
		}
		if f.Doubt() != baseline.MaybeGone && staying.Has(sure) {
			carried = append(carried, sure)
		}
	}
	a.Found().Baseline = kept.With(carried...).With(m.Coming[g.Key]...).WithoutOrphans()
}

// names reports whether the manifest says what a scalar of g is.
func names(g *intel.Group, scalar string) bool {
	_, ok := g.Fields.Get(scalar)
	return ok || scalar == "name"
}

// forget moves the facts of associations that the plan removes. They may stand under the
// other end only, and stay if the removal fails: so they belong to the group that removes
// them. removes are the associations that groups remove.
func (m *maker) forget(removes inventory.LinkSet) {
	changed := baseline.IDMap{}
	row := func(id int64) (string, baseline.Group) {
		key := m.keyOf[id]
		if g, ok := changed[key]; ok {
			return key, g
		}
		return key, m.plan.IDMap[key]
	}
	for l, others := range removes {
		key, acting := row(l.Group)
		for id := range others {
			otherKey, other := row(id)
			fact := baseline.Link(intel.KindGroup, l.Group)
			if !other.Baseline.Has(fact) {
				continue
			}
			if key != "" {
				acting.Baseline = acting.Baseline.With(baseline.Link(intel.KindGroup, id))
				changed[key] = acting
			}
			if _, dropped := slices.BinarySearch(m.dropped, otherKey); dropped {
				other.Baseline = other.Baseline.Where(func(f baseline.Fact) bool { return f.As(baseline.Sure) != fact })
				changed[otherKey] = other
			}
		}
	}
	m.plan.IDMap = m.plan.IDMap.With(changed)
}

// staying are the facts of what group i has in its lists and the plan does not remove.
func (m *maker) staying(i int) baseline.Baseline {
	a := m.actions[i]
	removed, changed := map[[2]string]bool{}, map[int64]bool{}
	links := map[baseline.Fact]bool{}
	for _, e := range a.Entries() {
		switch {
		case e.Association != nil:
			links[baseline.Link(e.Association.Kind, e.Association.ID())] = e.Removes()
		case e.InPlace(), e.Removes() && e.Change.Attribute() != nil:
			changed[e.Change.Attribute().ID] = true
		case e.Removes():
			removed[[2]string{e.Change.Field(), e.Change.Old()}] = true
		}
	}
	r := m.matches[i].remote
	rest := *r
	rest.Links = nil
	rest.Tags = keep(rest.Tags, func(t intel.RemoteTag) bool { return !removed[[2]string{"tags", t.Name}] })
	rest.SecurityLabels = keep(rest.SecurityLabels, func(l intel.RemoteLabel) bool { return !removed[[2]string{"securityLabels", l.Name}] })
	rest.Attributes = keep(rest.Attributes, func(at intel.RemoteAttribute) bool { return !changed[at.ID] })
	return inventory.Facts(&rest, m.IDMap[a.Key].Rewritten).With(m.Found.LinkFacts(r)...).Where(func(f baseline.Fact) bool { return !links[f] })
}

func keep[T any](list []T, f func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !f(x) })
}
