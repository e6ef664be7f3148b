package plan

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

// last is what the last run has left on the group of a key, nil if nobody knows.
func (m *maker) last(key string) entries {
	es, ok := m.lastRead[key]
	if !ok {
		es = m.IDMap[key].Applied.entries()
		m.lastRead[key] = es
	}
	return es
}

// carryApplied keeps what earlier runs have left on group i and this one says
// nothing of: what the manifest no longer names, and is still there, is not
// somebody else's for that. unlinked are the groups from which the plan parts it,
// elsewhere those under which an association with it is noted.
func (m *maker) carryApplied(i int, unlinked, elsewhere map[int64]bool) {
	g, a, r := m.Import.Groups[i], m.actions[i], m.matches[i].remote
	last := m.IDMap[g.Key].Applied
	if r == nil || len(last) == 0 {
		return
	}
	scalars := map[string]bool{"name": true}
	for _, f := range g.Fields {
		scalars[f.Name] = true
	}
	compared, noted := Lists(g), a.Applied.entries()
	var here entries
	for _, e := range last {
		plain := strings.TrimLeft(e, markThere+markGone)
		field, _, _ := strings.Cut(plain, "=")
		list := listOfEntry(field)
		switch {
		case noted[plain], leadsTo(plain, unlinked), leadsTo(plain, elsewhere):
			continue
		case list == 0 && !scalars[field], list != 0 && !compared.Has(list):
		case list == 0, strings.HasPrefix(e, markGone):
			continue
		default:
			if here == nil {
				here = m.staying(i)
			}
			if e = plain; !here[e] {
				continue
			}
		}
		a.Applied = append(a.Applied, e)
	}
	a.Applied = append(a.Applied, m.Coming[g.Key]...)
}

// leadsTo reports whether an entry is the association with one of groups.
func leadsTo(e string, groups map[int64]bool) bool {
	if len(groups) == 0 {
		return false
	}
	rest, ok := strings.CutPrefix(e, intel.KindGroup.AssociationField()+"=#")
	id, err := strconv.ParseInt(rest, 10, 64)
	return ok && err == nil && groups[id]
}

// forget takes associations that the plan removes from what it remembers of
// groups that the manifests no longer name: these are carried on as they are.
func (m *maker) forget(unlinked map[LinkList]map[int64]bool) {
	if len(unlinked) == 0 {
		return
	}
	named := make(map[string]bool, len(m.Import.Groups))
	for _, g := range m.Import.Groups {
		named[g.Key] = true
	}
	cloned := false
	for l, others := range unlinked {
		key, known := m.keyOf[l.Group]
		row := m.plan.Remembered[key]
		if !known || named[key] || !slices.ContainsFunc(row.Applied, func(e string) bool { return leadsTo(e, others) }) {
			continue
		}
		if !cloned {
			m.plan.Remembered, cloned = maps.Clone(m.plan.Remembered), true
		}
		row.Applied = slices.DeleteFunc(slices.Clone(row.Applied), func(e string) bool { return leadsTo(e, others) })
		m.plan.Remembered[key] = row
	}
}

// listOfEntry is the list that an entry of a field is about, 0 for scalars.
func listOfEntry(field string) intel.List {
	switch {
	case field == "tags":
		return intel.ListTags
	case field == "securityLabels":
		return intel.ListSecurityLabels
	case strings.HasPrefix(field, "attribute:"):
		return intel.ListAttributes
	}
	for _, k := range intel.Kinds {
		if field == k.AssociationField() {
			return k.List()
		}
	}
	return 0
}

// staying are the entries of what group i has in its lists and the plan does not
// take away.
func (m *maker) staying(i int) entries {
	a := m.actions[i]
	removed, changed := map[[2]string]bool{}, map[int64]bool{}
	for _, c := range a.Changes {
		switch {
		case c.Op == Remove && c.Attribute == nil:
			removed[[2]string{c.Field, c.Old}] = true
		case c.Op != Add && c.Attribute != nil:
			changed[c.Attribute.ID] = true
		}
	}
	rest := *m.matches[i].remote
	rest.Tags = keep(rest.Tags, func(t intel.RemoteTag) bool { return !removed[[2]string{"tags", t.Name}] })
	rest.SecurityLabels = keep(rest.SecurityLabels, func(l intel.RemoteLabel) bool { return !removed[[2]string{"securityLabels", l.Name}] })
	rest.Attributes = keep(rest.Attributes, func(at intel.RemoteAttribute) bool { return !changed[at.ID] })
	out := m.Found.shown(&rest, m.IDMap[m.Import.Groups[i].Key].Rewritten)
	for _, as := range a.Associations {
		if as.Op == Remove {
			delete(out, linkEntry(as.Kind, as.ID))
		}
	}
	return out
}
