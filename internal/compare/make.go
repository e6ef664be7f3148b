// Package compare says what a run has to do. Make compares what manifests say with
// what an instance has, and FindStale what a plan was made from with what the instance
// has now. Both are pure: they work on what they are given.
package compare

import (
	"slices"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// Input is everything that a plan is made from.
type Input struct {
	Import *intel.Import
	Found  *inventory.Inventory
	IDMap  baseline.IDMap
	Policy plan.Policy
	Target plan.Target
	Custom []intel.IndicatorType // the instance's own
	Owners []intel.Owner         // with what the API user may do there
	Now    time.Time             // when the plan is made; zero leaves that out

	// Last lets go of what is in Found as soon as it was compared: nobody else needs it.
	Last bool

	// Unsaved leaves out what only a saved plan needs: what its groups look like, and what of
	// them was compared, so that it can be known later whether they still look so.
	Unsaved bool

	// Begun reports whether an earlier run has begun to make an indicator, and may not have
	// completed it; nil for none.
	Begun func(*intel.Object) bool

	// Coming are, by key, facts in doubt: requests of an earlier run may still make
	// them true. That the instance does not show them yet proves nothing.
	Coming map[string]baseline.Baseline
}

// Match finds for each group of an import the group of the instance that it is; nil
// if there is none, or if several can be it.
func Match(im *intel.Import, found *inventory.Inventory, ids baseline.IDMap, adopt plan.Adopt) []*intel.Remote {
	out := make([]*intel.Remote, len(im.Groups))
	for i, mt := range matchGroups(im, found, ids, adopt).matches {
		if mt.dispute == nil {
			out[i] = mt.remote
		}
	}
	return out
}

// Make compares an import with what the instance has.
func Make(in Input) *plan.Plan {
	m := &maker{
		Input: in,
		plan: &plan.Plan{Version: plan.Version, Actions: []*plan.Action{}, Target: in.Target, Namespace: in.Import.Namespace,
			Policy: in.Policy, IDMap: in.IDMap},
		wanted: inventory.LinkSet{}, noted: inventory.LinkSet{}, doomed: map[int64]bool{},
		defined: len(in.Import.Defined()), keyOf: in.IDMap.Keys(), dropped: Dropped(in.Import, in.IDMap),
	}
	if !in.Now.IsZero() {
		m.plan.Made = in.Now.UTC().Format(time.RFC3339Nano)
	}
	identity := matchGroups(in.Import, in.Found, in.IDMap, in.Policy.Adopt)
	m.matches = identity.matches
	m.recall()
	m.leftovers(identity.ix)
	m.resolveObjects()
	if m.Last && m.Unsaved && m.Policy.Associations != plan.Replace { // else their names matter
		m.Found.LetGoOfEnds()
	}
	m.startActions()
	m.conflicts()
	m.compareGroups()
	m.findDuplicates()
	m.associate()
	m.removeLinks()
	m.finish()
	pn := m.plan
	pn.Count()
	return pn
}

type maker struct {
	Input
	plan    *plan.Plan
	matches []match
	lasts   []baseline.Baseline // by group of the import: the facts of the last run
	there   [][]bool            // of each of these facts: whether it was noted
	actions []*plan.Action      // by group of the import; references included
	defined int                 // the number of groups that the manifests define; references follow
	objects map[int]string      // why no group that names an object can be written

	dropped   []string // keys of the id-map that the manifests no longer name, sorted
	deletions []*plan.Action
	doomed    map[int64]bool // the groups of deletions

	wanted inventory.LinkSet // under a replace policy: links that exist and that the manifests name
	noted  inventory.LinkSet // of these, associations of groups that are noted under their other end
	keyOf  map[int64]string  // key that the id-map has for a group of the instance

	duplicated map[target]bool   // what the manifests name in several ways
	listed     inventory.LinkSet // associations with it that the plan has

	both    []int32  // edges of two groups that are both new: the one that is written later carries it
	sharers []sharer // of new objects, in the order of the edges
}

// sharer is a group that names a new object, both by their index in the import.
type sharer struct{ object, group int32 }

// startActions gives each group its action, as far as that depends on its identity.
func (m *maker) startActions() {
	m.actions = make([]*plan.Action, len(m.Import.Groups))
	for i, g := range m.Import.Groups {
		mt := m.matches[i]
		a := &plan.Action{Key: g.Key, Type: g.Type, Name: g.Name, Owner: g.Owner, Source: plan.Source(g.Pos), Reference: g.Reference}
		if !g.Reference {
			if a.OwnXID = g.XID != ""; mt.remote == nil {
				a.XID = g.ExpectedXID(m.Import.Namespace)
			}
			m.plan.Actions = append(m.plan.Actions, a)
		}
		m.actions[i] = a
		switch r := mt.remote; {
		case g.Invalid != "":
			a.Verb, a.Invalid, a.Rare().Reason = plan.Skip, true, g.Invalid
			if a.Name == "" {
				a.Name = g.Key
			}
			if r != nil {
				a.ID, a.XID, a.Found().WebLink = r.ID, r.XID, r.WebLink
			}
		case mt.dispute != nil:
			a.Verb, a.Rare().Reason, a.Rare().Candidates = plan.Conflict, mt.dispute.why, candidates(mt.candidates())
			if a.Name == "" {
				a.Name = g.Key // a reference that is not there has nothing else
			}
		case r != nil:
			a.Verb, a.ID, a.XID, a.Found().WebLink = plan.Unchanged, r.ID, r.XID, r.WebLink
			if g.Reference {
				a.Type, a.Name, a.Owner = r.Type, r.Name, r.Owner
			}
		case mt.deleted && m.Policy.OnDrift != plan.DriftOverwrite:
			m.keepDeleted(a)
		case m.Policy.UpdateOnly:
			a.Verb, a.Rare().Reason = plan.Skip, "it does not exist yet (--update-only)"
		default:
			a.Verb = plan.Create
			if mt.deleted {
				a.Deleted = true
				remark(a, deletedOnServer+": it is created again")
			}
		}
		if mt.adopted {
			a.Rare().Note(plan.AdoptedByName, "the API cannot change its xid, so later runs find it only by its name or an id-map")
		}
		if g.Reference {
			m.addReference(g, a)
		}
	}
}

func (m *maker) addReference(g *intel.Group, a *plan.Action) {
	o := plan.FullObject{Kind: intel.KindGroup, Written: g.Key, Type: a.Type, Name: a.Name, Owner: a.Owner, ID: a.ID,
		XID: a.XID, WebLink: a.WebLink(), State: plan.Existing, Source: a.Source}
	switch {
	case a.Verb == plan.Conflict:
		o.State, o.Reason, o.ID = plan.Missing, a.Reason(), g.ID
	case g.ID == 0:
		o.Definition = &intel.Object{Kind: intel.KindGroup, Type: g.Type, Summary: g.Name, Owner: g.Owner}
		if g.XID != "" {
			o.Definition.More().Fields = intel.Fields{{Name: "xid", Value: g.XID}}
		}
	}
	m.plan.Objects = append(m.plan.Objects, o.Object())
}

// compareGroups compares each group with itself on the instance.
func (m *maker) compareGroups() {
	var changes []plan.FullChange // of one group after the other
	var same []baseline.Fact      // likewise
	for i, g := range m.Import.Groups {
		a, r := m.actions[i], m.matches[i].remote
		if g.Reference || a.Verb != plan.Create && a.Verb != plan.Unchanged {
			continue
		}
		d := &differ{policy: m.Policy, g: g, r: &intel.Remote{}, rewritten: m.IDMap[g.Key].Rewritten, changes: changes[:0], same: same[:0]}
		if r != nil {
			d.r, d.last = r, m.lasts[i]
		}
		if r != nil && r.Same == g {
			m.noteSame(i)
		} else {
			d.compare()
		}
		changes, same = d.changes, d.same
		a.Changes = plan.Changes(changes...)
		d.remark(a)
		if r != nil {
			m.note(i, same...)
			if !m.Unsaved {
				f := a.Found()
				f.Compared = ComparedOf(g)
				f.Compared.Paged = m.Found.Paged[r.ID]
				f.State = inventory.Fingerprint(r, f.Compared, m.doomed)
			}
			if had := d.hadTags(); had != nil {
				a.Rare().HadTags = had
			}
			if m.Last && len(changes) == 0 && m.settled(i) {
				r.Fields, r.Tags, r.SecurityLabels, r.Attributes = nil, nil, nil, nil
			}
		}
	}
}

// ComparedOf is what the comparison of g looks at.
func ComparedOf(g *intel.Group) plan.Compared {
	c := plan.Compared{Lists: Lists(g)}
	if slices.ContainsFunc(g.Attributes, func(at intel.Attribute) bool { return len(at.SecurityLabels) > 0 }) {
		c.Fields = append(c.Fields, plan.AttributeLabels)
	}
	scalars := intel.KindGroup.Scalars(g.Type)
	for _, f := range g.Fields {
		if spec := scalars[f.Name]; spec != nil && !spec.CreateOnly {
			c.Fields = append(c.Fields, f.Name)
		}
	}
	return c
}

// Lists are the nested lists that the comparison of g looks at.
func Lists(g *intel.Group) intel.List {
	return g.Lists | intel.MetadataLists(g.Tags, g.SecurityLabels, g.Attributes)
}

// finish gives actions their last verb, adds those of references, orders and counts.
func (m *maker) finish() {
	m.applyDrift()
	for i, g := range m.Import.Groups {
		a := m.actions[i]
		if g.Reference && len(a.Associations) > 0 {
			m.plan.Actions = append(m.plan.Actions, a)
		}
		differs := len(a.Changes) > 0 || slices.ContainsFunc(a.Associations, func(as plan.Association) bool { return as.State != plan.Missing })
		if a.Verb != plan.Unchanged || !differs {
			continue
		}
		if m.Policy.CreateOnly {
			if name := a.NameBefore(); name != a.Name {
				a.Rare().Called = name
			}
			a.Verb, a.Rare().Reason, a.Changes = plan.Skip, "it exists already (--create-only)", nil
			continue
		}
		a.Verb = plan.Update
	}
	m.plan.Actions = append(m.plan.Actions, m.deletions...)
	m.order()
	m.carry()
	m.plan.Deny(m.Owners)
	m.keepWanted()
}

// keepWanted notes all that the manifests say of groups, where the plan shows only a
// part.
func (m *maker) keepWanted() {
	for i, g := range m.Import.Groups {
		a := m.actions[i]
		if g.Reference || a.Verb != plan.Update && a.Verb != plan.Conflict {
			continue
		}
		a.Rare().Wanted = &plan.Wanted{XID: g.XID, Mentions: g.Lists, Fields: g.Fields, SecurityLabels: g.SecurityLabels, Attributes: g.Attributes}
		for _, t := range g.Tags {
			a.Wanted().Tags = append(a.Wanted().Tags, t.String())
		}
	}
	for n, e := range m.Import.Edges {
		w := m.actions[e.Group].Wanted()
		if w == nil {
			continue
		}
		if e.Kind == intel.KindGroup {
			w.Associations = append(w.Associations, m.toGroup(int(e.Other), m.Import.Written(n)))
		} else {
			w.Associations = append(w.Associations, m.toObject(n, e, ""))
		}
	}
}

func remark(a *plan.Action, text string) { a.Rare().Note(plan.Remark, text) }
