package compare

import (
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// associate lists each association that is not there yet, once: under the new
// group if one end is new, else under the group that names it.
func (m *maker) associate() {
	for i, e := range m.Import.Edges {
		if e.Kind == intel.KindGroup {
			m.associateGroups(i, e)
		} else {
			m.associateObject(i, e)
		}
	}
}

// want keeps a replace policy away from an association of r.
func (m *maker) want(r *intel.Remote, kind intel.Kind, id int64) {
	if r != nil && m.Policy.Associations == plan.Replace {
		m.wanted.Add(r.ID, kind, id)
	}
}

// wantCandidates keeps a replace policy away from the associations of r with
// what group j may be: the manifests do not say that these are to go.
func (m *maker) wantCandidates(r *intel.Remote, j int) {
	for _, c := range m.matches[j].candidates() {
		m.want(r, intel.KindGroup, c.ID)
	}
}

func (m *maker) associateGroups(edge int, e intel.Edge) {
	i, j := int(e.Group), int(e.Other)
	ri, rj := m.matches[i].remote, m.matches[j].remote
	m.wantCandidates(ri, j)
	m.wantCandidates(rj, i)
	if ri != nil && rj != nil {
		m.want(ri, intel.KindGroup, rj.ID)
		m.want(rj, intel.KindGroup, ri.ID)
		if m.Found.LinkedTo(ri, intel.KindGroup, rj.ID) || m.Found.LinkedTo(rj, intel.KindGroup, ri.ID) {
			m.noteLink(i, j)
			return
		}
	}
	vi, vj := m.actions[i].Verb, m.actions[j].Verb
	switch {
	case vi == plan.Create && vj == plan.Create:
		m.both = append(m.both, int32(edge))
		return
	case m.stuck(i):
	case m.stuck(j), vj == plan.Create, m.Import.Groups[i].Reference && !m.Import.Groups[j].Reference && vi != plan.Create:
		// Under the new end, or the one that cannot be written; between two that
		// exist, under the one that the manifests define.
		i, j = j, i
	}
	written := m.Import.Written(edge)
	if i != int(e.Group) {
		written = m.Import.Groups[e.Group].Key
	}
	m.list(i, m.toGroup(j, written))
}

// list lists an association under group i, unless it is listed already under other
// names, and reports whether it does.
func (m *maker) list(i int, as plan.Association) bool {
	t := target{as.Kind, as.ID()}
	if t.id == 0 {
		t.id = -int64(as.Object())
	}
	if t.id != 0 && m.listedBefore(i, t) {
		return false
	}
	a := m.actions[i]
	if a.ID != 0 && as.ID() != 0 {
		as.Drift = m.linkOrigin(i, as.Kind, as.ID(), plan.Add)
	}
	a.Associations = append(a.Associations, as)
	return true
}

// noteLink notes an association of two groups that exists. Once the last run has
// noted it under group i, which names it, it is noted there alone: so a later
// removal is listed there, too. A group that is only pointed at keeps no notes.
func (m *maker) noteLink(i, j int) {
	if m.Import.Groups[i].Reference {
		i, j = j, i
	}
	ri, rj := m.matches[i].remote, m.matches[j].remote
	link := baseline.Link(intel.KindGroup, rj.ID)
	m.note(i, link)
	if !m.lasts[i].Has(link) {
		m.note(j, baseline.Link(intel.KindGroup, ri.ID))
		return
	}
	if m.lasts[j].Mentions(baseline.Link(intel.KindGroup, ri.ID)) {
		m.noted.Add(rj.ID, intel.KindGroup, ri.ID)
	}
}

// linkOrigin says where it comes from that group i lacks the association with
// id, or has it.
func (m *maker) linkOrigin(i int, k intel.Kind, id int64, op plan.Op) plan.Drift {
	noted := baseline.Baseline.Maybe
	if op == plan.Add {
		noted = baseline.Baseline.Surely
	}
	switch {
	case len(m.lasts[i]) == 0:
		return 0
	case m.linkedByRun(m.lasts[i], m.matches[i].remote.ID, k, id, noted) == (op == plan.Add):
		return plan.FromServer
	}
	return plan.FromManifest
}

// linkedByRun reports whether the last run has noted the association of group with
// other at the end under which it was listed, which can be either one. last are the facts
// of group, and noted says whether a baseline has a fact.
func (m *maker) linkedByRun(last baseline.Baseline, group int64, k intel.Kind, other int64, noted func(baseline.Baseline, baseline.Fact) bool) bool {
	if noted(last, baseline.Link(k, other)) {
		return true
	}
	otherKey, ok := m.keyOf[other]
	return ok && k == intel.KindGroup && noted(m.last(otherKey), baseline.Link(k, group))
}

// toGroup is an association with group j of the import.
func (m *maker) toGroup(j int, written string) plan.Association {
	a, state, reason := m.actions[j], plan.Existing, ""
	switch {
	case a.Verb == plan.Create:
		state = plan.New
	case a.Verb == plan.Conflict && a.ID == 0 && !a.Reference:
		state, reason = plan.Missing, "it is in conflict"
	case a.Verb == plan.Conflict && a.ID == 0, a.Verb == plan.Skip && a.ID == 0:
		state, reason = plan.Missing, a.Reason()
	}
	if !a.Reference {
		return plan.WithGroup(a, state, written, reason)
	}
	place := 1 + len(m.Import.Objects) + j - m.defined // references come behind the objects
	if o := m.plan.Objects[place-1]; o.ID() == a.ID {
		return plan.WithObject(o, place, state, written, reason)
	}
	return plan.FullAssociation{Kind: intel.KindGroup, Type: a.Type, Name: a.Name, Owner: a.Owner, State: state, Op: plan.Add,
		Object: place, Written: written, Reason: reason}.Association()
}

func (m *maker) associateObject(edge int, e intel.Edge) {
	group, object := int(e.Group), int(e.Other)
	a, row := m.actions[group], m.plan.Objects[object]
	if r := m.matches[group].remote; r != nil && row.ID() != 0 {
		m.want(r, e.Kind, row.ID())
		if m.Found.LinkedTo(r, e.Kind, row.ID()) {
			m.note(group, baseline.Link(e.Kind, row.ID()))
			return
		}
	}
	if m.list(group, m.toObject(edge, e, row.Reason())) && row.State == plan.New && !row.Exists() && (a.Verb == plan.Create || a.Verb == plan.Unchanged && !m.Policy.CreateOnly) {
		m.sharers = append(m.sharers, sharer{e.Other, e.Group})
	}
}

// toObject is an association with an object of the import.
func (m *maker) toObject(edge int, e intel.Edge, reason string) plan.Association {
	row := m.plan.Objects[e.Other]
	state := row.State
	if row.Exists() {
		state = plan.Existing
	}
	return plan.WithObject(row, int(e.Other)+1, state, m.Import.Written(edge), reason)
}

// removeLinks lists, under a replace policy, the associations that are there and that
// no manifest names, for the kinds that a group names.
func (m *maker) removeLinks() {
	if m.Policy.Associations != plan.Replace {
		return
	}
	type ends struct{ a, b int64 }
	removed := map[ends]bool{}
	groups := map[int64]int{}
	for i := range m.defined {
		if m.replaces(i, intel.KindGroup) {
			groups[m.matches[i].remote.ID] = i
		}
	}
	for i := range m.Import.Groups {
		for _, k := range intel.Kinds {
			if !m.replaces(i, k) {
				continue
			}
			a, r := m.actions[i], m.matches[i].remote
			for _, l := range r.Linked(k) {
				p := ends{min(r.ID, l.ID), max(r.ID, l.ID)}
				if m.wanted[inventory.LinkList{Group: r.ID, Kind: k}][l.ID] || k == intel.KindGroup && (l.ID == r.ID || m.doomed[l.ID] || removed[p]) {
					continue
				}
				if k == intel.KindGroup {
					if j, ok := groups[l.ID]; ok && m.namedAt(j, i) {
						continue
					}
					removed[p] = true
				}
				a.Associations = append(a.Associations, plan.FullAssociation{Kind: k, Type: l.Type, Name: l.Name, Owner: l.Owner,
					ID: l.ID, State: plan.Existing, Op: plan.Remove, Drift: m.linkOrigin(i, k, l.ID, plan.Remove)}.Association())
			}
		}
	}
}

// replaces reports whether the list of group i for kind k is held to what the
// manifests name.
func (m *maker) replaces(i int, k intel.Kind) bool {
	g := m.Import.Groups[i]
	return !g.Reference && m.matches[i].remote != nil && m.actions[i].Verb == plan.Unchanged && g.Lists.Has(k.List())
}

// namedAt reports whether the association of two groups was named at group j, and
// not at i, when the last run saw it, so that j lists its removal.
func (m *maker) namedAt(j, i int) bool {
	ri, rj := m.matches[i].remote, m.matches[j].remote
	return m.lasts[j].Has(baseline.Link(intel.KindGroup, ri.ID)) && !m.lasts[i].Has(baseline.Link(intel.KindGroup, rj.ID)) &&
		m.Found.LinkedTo(rj, intel.KindGroup, ri.ID)
}
