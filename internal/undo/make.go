package undo

import (
	"cmp"
	"strings"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// Input is everything that a plan is made from.
type Input struct {
	Run    *Run
	Found  *inventory.Inventory // its groups with all lists, and what Ends names
	Made   []Made               // Run.New as they are now; nil if they are to stay
	IDMap  baseline.IDMap       // of the report, and of what a run that was killed has left
	Target plan.Target
	Custom []intel.IndicatorType
	Owners []intel.Owner
	Now    time.Time
}

// Make says what takes back a run.
func Make(in Input) *plan.Plan {
	m := &maker{Input: in, ix: inventory.NewIndex(in.Found.Groups), doomed: map[int64]bool{}, made: map[int64]bool{}, doubtful: map[int64]bool{},
		links: inventory.LinkSet{}, actions: map[int64]*plan.Action{}, places: map[end]int{}, there: map[end]bool{},
		plan: &plan.Plan{Version: plan.Version, Actions: []*plan.Action{}, Target: in.Target, Namespace: in.Run.Namespace,
			Policy: plan.DefaultPolicy(), Undoes: cmp.Or(in.Run.ID, "unknown"), IDMap: baseline.IDMap{}, MadeObjects: map[intel.Kind]int{}}}
	m.plan.Made = in.Now.UTC().Format(time.RFC3339Nano)
	m.index()
	for _, g := range in.Run.Groups {
		switch g.Verb {
		case plan.Create:
			m.created(g)
		case plan.Update:
			m.updated(g)
		case plan.Delete:
			m.deleted(g)
		}
	}
	m.associate()
	m.finish()
	return m.plan
}

type maker struct {
	Input
	plan *plan.Plan
	ix   *inventory.Index

	remotes  map[*Group]*intel.Remote // the groups of the run, as far as they are there
	made     map[int64]bool           // groups that the run has created
	doubtful map[int64]bool           // those of them of which no outcome is known
	links    inventory.LinkSet        // associations of groups that the run has left, from both ends
	shown    map[end]bool             // other ends that an answer to the run has shown
	doomed   map[int64]bool           // groups that are deleted

	works   []*work
	actions map[int64]*plan.Action // by group
	places  map[end]int            // of objects in the plan, from 1
	there   map[end]bool           // ends of associations that exist
	isNew   func(*intel.Remote) bool
}

// end is the other end of an association.
type end struct {
	kind intel.Kind
	id   int64
}

// work is what is done about one group.
type work struct {
	*Group
	action *plan.Action
	remote *intel.Remote
	ends   []restored
	kept   []string // what is not taken back, and why
}

// restored is an association that is added or removed again.
type restored struct {
	to *intel.Remote
	op plan.Op
}

// index finds the groups of the run, and what the run has associated.
func (m *maker) index() {
	m.remotes, m.shown = map[*Group]*intel.Remote{}, map[end]bool{}
	for _, g := range m.Run.Groups {
		if r := m.find(g); r != nil {
			m.remotes[g] = r
			if g.Verb == plan.Create && m.notMade(g, r) == "" {
				m.made[r.ID], m.doubtful[r.ID] = true, !g.Answered
			}
		}
	}
	for g, r := range m.remotes {
		for _, f := range g.Left {
			for _, k := range intel.Kinds {
				if id := f.LinkID(k); id != 0 && g.Left.Maybe(f) {
					m.links.Add(r.ID, k, id)
					m.shown[end{k, id}] = true
					if k == intel.KindGroup {
						m.links.Add(id, k, r.ID)
					}
				}
			}
		}
	}
	for _, r := range m.Found.Groups {
		m.there[end{intel.KindGroup, r.ID}] = true
	}
	for _, found := range m.Found.Objects {
		for _, r := range found {
			m.there[end{r.Kind, r.ID}] = true
		}
	}
}

// find is the group of the instance that g is, nil if it is not there.
func (m *maker) find(g *Group) *intel.Remote {
	if g.ID != 0 {
		return m.ix.ByID[g.ID]
	}
	if g.XID != "" && g.Verb == plan.Create && !g.Answered {
		if found := m.ix.ByXID(g.Owner, g.XID); len(found) == 1 {
			return found[0]
		}
	}
	return nil
}

// skew is by how much a date of the instance can be before the beginning of a run that
// has made the object: clocks are compared by the second.
const skew = 2 * time.Second

// notMade says why r is no group that the run has created, "" if it is.
func (m *maker) notMade(g *Group, r *intel.Remote) string {
	switch {
	case r.XID != g.XID || r.Type != g.Type:
		return "it is another group now"
	case m.Run.Began.IsZero(): // only the report says that it was created
		return ""
	case r.Added.IsZero():
		return "the instance does not say when it was added: it may be older than the run"
	case r.Added.Before(m.Run.Began.Add(-skew)):
		return "it is older than the run"
	}
	return ""
}

// created deletes a group that the run has created, if it is as the run has left it.
func (m *maker) created(g *Group) {
	r := m.remotes[g]
	if r == nil {
		// It was not created, or it is deleted already. The plan has no action of it, and
		// carries nothing on: its row goes.
		if known, ok := m.IDMap[g.Key]; ok && known.ID == g.ID {
			m.plan.IDMap[g.Key] = known
		}
		return
	}
	w := m.begin(g, r)
	if why := m.notMade(g, r); why != "" {
		w.kept = []string{why}
		return
	}
	if edited := m.edited(g, r); edited != "" {
		w.kept = []string{edited}
		m.takeBackLinks(w)
		return
	}
	w.action.Verb = plan.Delete
	m.doomed[r.ID] = true
}

// deleted lists a group that the run has deleted.
func (m *maker) deleted(g *Group) {
	if m.ix.ByID[g.ID] == nil {
		m.begin(g, nil).kept = []string{"the run has deleted it, and a deleted group cannot be brought back"}
	}
}

// begin begins an action about a group. r is nil if it is not there.
func (m *maker) begin(g *Group, r *intel.Remote) *work {
	a := &plan.Action{Verb: plan.Unchanged, Key: g.Key, Type: g.Type, Name: g.Name, Owner: g.Owner, XID: g.XID,
		Source: plan.SourceAt(cmp.Or(g.Source, m.IDMap[g.Key].Source)), Reference: g.Planned != nil && g.Planned.Reference}
	if r != nil {
		a.ID, a.Type, a.Name, a.Owner, a.XID, a.Found().WebLink = r.ID, r.Type, r.Name, r.Owner, r.XID, r.WebLink
		m.actions[r.ID] = a
	}
	a.OwnXID = a.XID != "" && a.XID != intel.DerivedXID(m.Run.Namespace, a.Owner, a.Key)
	w := &work{Group: g, action: a, remote: r}
	m.works = append(m.works, w)
	return w
}

// finish gives actions their verbs and their baselines.
func (m *maker) finish() {
	order := 0
	for _, w := range m.works {
		a := w.action
		if a.Verb != plan.Delete {
			w.settle()
		}
		if a.Verb == plan.Update {
			order++
			a.Order = order
		}
		if w.remote != nil {
			found := a.Found()
			found.Compared = Compared(a.Type)
			found.Compared.Lists &= w.remote.Lists
			found.Compared.Paged = m.Found.Paged[a.ID]
			found.State = inventory.Fingerprint(w.remote, found.Compared, m.doomed)
			m.remember(w)
		}
		if a.Reference {
			m.plan.Objects = append(m.plan.Objects, plan.FullObject{Kind: intel.KindGroup, Written: a.Key, Type: a.Type, Name: a.Name, Owner: a.Owner,
				ID: a.ID, XID: a.XID, WebLink: a.WebLink(), State: plan.Existing, Source: a.Source}.Object())
		}
		m.plan.Actions = append(m.plan.Actions, a)
	}
	m.objects()
	m.plan.Deny(m.Owners)
	m.plan.Count()
}

// Compared is all that a plan looks at of a group of a type.
func Compared(typ string) plan.Compared {
	c := compare.Whole(typ)
	c.Fields = append(c.Fields, plan.AttributeLabels)
	return c
}

// settle gives the action its verb.
func (w *work) settle() {
	a, why := w.action, strings.Join(w.kept, "; ")
	switch {
	case len(a.Changes)+len(a.Associations) > 0:
		a.Verb = plan.Update
		if why != "" {
			a.Rare().Note(plan.NotTakenBack, why)
		}
	case why != "":
		a.Verb, a.Rare().Reason = plan.Skip, why
	}
}

// remember notes what runs have left on a group, and what of that stays true.
func (m *maker) remember(w *work) {
	a := w.action
	known, ok := m.IDMap[a.Key]
	if !ok || known.ID != a.ID {
		known = w.Known()
		known.ID, known.Name = a.ID, w.remote.Name
	}
	m.plan.IDMap[a.Key] = known
	if a.Verb == plan.Delete {
		return
	}
	typ, _ := intel.GroupTypeNamed(a.Type)
	untrue, fields := baseline.Baseline{}, map[string]bool{}
	for _, e := range a.Entries() {
		id := int64(0)
		if e.Association != nil {
			id = e.Association.ID()
		}
		_, takes := e.Facts(typ, id)
		untrue = untrue.With(takes...)
		if e.List() == 0 {
			fields[e.Name()] = true
		}
	}
	a.Found().Baseline = known.Baseline.Where(func(f baseline.Fact) bool {
		return !untrue.Has(f.As(baseline.Sure)) && !(f.List() == 0 && fields[f.Field()])
	})
}
