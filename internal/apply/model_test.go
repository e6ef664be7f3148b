package apply_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
	"tcimport/internal/testkit"
)

// model is the simplest instance there can be, with answers by chance. Entries with
// "bad" in their value, and the indicators with odd IDs, are refused always.
type model struct {
	mu      sync.Mutex
	rng     *rand.Rand
	groups  map[int64]*intel.Remote
	next    int64
	hosts   map[string]int64
	trouble bool        // an answer after which something may stay in doubt, or undone
	calm    bool        // nothing but refusals and lost answers that can be looked at
	lost    map[any]int // writes in a row without an answer, by what is written
}

func (m *model) chance(percent int) bool { return m.rng.IntN(100) < percent }

func modelError(cause tc.Cause) error {
	return &tc.Error{Op: "write", Cause: cause, Message: "by chance"}
}

// answer says by chance how a write is answered, and whether it has an effect.
func (m *model) answer(of any) (err error, effect bool) {
	m.lost[of]++
	switch n := m.rng.IntN(100); {
	case n < 12 && m.lost[of] < 3:
		return &tc.InDoubtError{Err: modelError(tc.ErrTimeout)}, true
	case n < 24 && m.lost[of] < 3:
		return &tc.InDoubtError{Err: modelError(tc.ErrTimeout)}, false
	case m.calm || n < 96:
		m.lost[of] = 0
		return nil, true
	case n < 97:
		m.trouble = true
		return modelError(tc.ErrNetwork), false
	case n < 98:
		m.trouble = true
		return modelError(tc.ErrUnauthorized), false
	}
	m.trouble = true
	return &tc.InDoubtError{Err: modelError(tc.ErrTimeout)}, m.chance(50)
}

func (m *model) unreadable() error {
	if m.calm || !m.chance(3) {
		return nil
	}
	m.trouble = true
	return modelError(tc.ErrServer)
}

func isBad(link intel.LinkWrite) bool {
	return link.ID%2 == 1 || link.New != nil && strings.Contains(link.New.Summary, "bad")
}

// refuses reports whether a write holds what is never accepted.
func refuses(w intel.GroupWrite) bool {
	text := w.Name + " "
	for _, f := range w.Fields {
		text += f.Value + " "
	}
	for _, t := range w.Tags {
		text += t.Name + " "
	}
	for _, a := range w.Attributes {
		text += a.Value + " "
	}
	return strings.Contains(text+strings.Join(w.SecurityLabels, " "), "bad") || slices.ContainsFunc(w.Links, isBad)
}

// part is what a refused write has an effect of all the same.
func (m *model) part(w intel.GroupWrite) intel.GroupWrite {
	good := func(string) bool { return m.chance(30) }
	w.Tags = slices.DeleteFunc(slices.Clone(w.Tags), func(t intel.Tag) bool { return strings.Contains(t.Name, "bad") || !good(t.Name) })
	w.Attributes = slices.DeleteFunc(slices.Clone(w.Attributes), func(a intel.RemoteAttribute) bool { return strings.Contains(a.Value, "bad") || !good(a.Value) })
	w.Links = slices.DeleteFunc(slices.Clone(w.Links), func(l intel.LinkWrite) bool { return isBad(l) || !good("") })
	w.SecurityLabels, w.Fields, w.Name = nil, nil, ""
	return w
}

func (m *model) write(g *intel.Remote, w intel.GroupWrite) {
	if w.Name != "" {
		g.Name = w.Name
	}
	for _, f := range w.Fields {
		g.Fields = append(slices.DeleteFunc(g.Fields, func(h intel.Field) bool { return h.Name == f.Name }), f)
	}
	for _, t := range w.Tags {
		g.Tags = slices.DeleteFunc(g.Tags, func(h intel.RemoteTag) bool { return h.Name == t.Name })
		if w.TagMode != intel.ModeDelete {
			g.Tags = append(g.Tags, intel.RemoteTag{Name: t.Name})
		}
	}
	for _, l := range w.SecurityLabels {
		g.SecurityLabels = slices.DeleteFunc(g.SecurityLabels, func(h intel.RemoteLabel) bool { return h.Name == l })
		if w.LabelMode != intel.ModeDelete {
			g.SecurityLabels = append(g.SecurityLabels, intel.RemoteLabel{Name: l})
		}
	}
	for _, a := range w.Attributes {
		if w.AttributeMode == intel.ModeDelete {
			g.Attributes = slices.DeleteFunc(g.Attributes, func(h intel.RemoteAttribute) bool { return h.ID == a.ID })
			continue
		}
		m.next++
		a.ID = m.next
		g.Attributes = append(g.Attributes, a)
	}
	for _, l := range w.Links {
		id := l.ID
		if l.New != nil {
			if id = m.hosts[l.New.Summary]; id == 0 {
				m.next++
				id = 2 * m.next
				m.hosts[l.New.Summary] = id
			}
		}
		g.Links = slices.DeleteFunc(g.Links, func(h *intel.Remote) bool { return h.ID == id })
		if w.LinkModes[l.Kind] != intel.ModeDelete {
			h := &intel.Remote{Kind: l.Kind, ID: id, Type: "Host"}
			if l.New != nil {
				h.Name, h.Owner = l.New.Summary, l.New.Owner
			}
			g.Links = append(g.Links, h)
		}
	}
}

// shown is a copy of a group, as an answer.
func shown(g *intel.Remote) *intel.Remote {
	c := *g
	c.Tags, c.SecurityLabels, c.Attributes = slices.Clone(g.Tags), slices.Clone(g.SecurityLabels), slices.Clone(g.Attributes)
	c.Fields, c.Links = slices.Clone(g.Fields), slices.Clone(g.Links)
	c.Lists = intel.ListAssociations | intel.ListTags | intel.ListSecurityLabels | intel.ListAttributes
	return &c
}

func (m *model) CreateGroup(_ context.Context, w intel.GroupWrite, _ intel.List, _ ...string) (*intel.Remote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.byXID(w.XID); err == nil {
		return nil, modelError(tc.ErrExists)
	}
	bare := intel.GroupWrite{Name: w.Name}
	make := func(w intel.GroupWrite) *intel.Remote {
		m.next++
		g := &intel.Remote{Kind: intel.KindGroup, ID: m.next, Type: w.Type, XID: w.XID, Owner: w.Owner}
		m.groups[g.ID] = g
		m.write(g, w)
		return g
	}
	if refuses(w) {
		if len(w.Fields) == 0 && m.chance(20) { // it was made all the same, with a part
			part := m.part(w)
			part.Name, part.XID, part.Owner = bare.Name, w.XID, w.Owner
			make(part)
		}
		return nil, modelError(tc.ErrRefused)
	}
	err, effect := m.answer(w.XID)
	if !effect {
		return nil, err
	}
	return shown(make(w)), err
}

func (m *model) UpdateGroup(_ context.Context, w intel.GroupWrite, _ intel.List, _ ...string) (*intel.Remote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g := m.groups[w.ID]
	switch {
	case g == nil:
		return nil, modelError(tc.ErrNotFound)
	case refuses(w):
		if m.chance(40) {
			m.write(g, m.part(w))
		}
		return nil, modelError([]tc.Cause{tc.ErrRefused, tc.ErrExists}[m.rng.IntN(2)])
	}
	err, effect := m.answer(w.ID)
	if effect {
		m.write(g, w)
	}
	return shown(g), err
}

func (m *model) UpdateGroupAttribute(_ context.Context, id int64, a intel.Attribute) (shown intel.RemoteAttribute, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if strings.Contains(a.Value, "bad") {
		return shown, modelError(tc.ErrRefused)
	}
	err, effect := m.answer(fmt.Sprint("attribute ", id))
	for _, g := range m.groups {
		for i := range g.Attributes {
			if effect && g.Attributes[i].ID == id {
				g.Attributes[i].Attribute = a
				shown = g.Attributes[i]
			}
		}
	}
	return shown, err
}

func (m *model) Delete(_ context.Context, _ intel.Kind, id int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.groups[id] == nil {
		return modelError(tc.ErrNotFound)
	}
	err, effect := m.answer(id)
	if effect {
		delete(m.groups, id)
	}
	return err
}

func (m *model) UpdateIndicator(context.Context, int64, *intel.Object) error { return nil }

func (m *model) Indicator(context.Context, *intel.Object, int64) (*intel.Remote, error) {
	return nil, nil
}

func (m *model) CreateIndicator(context.Context, *intel.Object) (*intel.Remote, error) {
	panic("the model has no indicators of their own")
}

func (m *model) Group(_ context.Context, id int64, _ intel.List, _ ...string) (*intel.Remote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.group(id)
}

func (m *model) group(id int64) (*intel.Remote, error) {
	if err := m.unreadable(); err != nil {
		return nil, err
	}
	if m.groups[id] == nil {
		return nil, modelError(tc.ErrNotFound)
	}
	return shown(m.groups[id]), nil
}

func (m *model) byXID(xid string) (*intel.Remote, error) {
	for _, g := range m.groups {
		if g.XID == xid {
			return shown(g), nil
		}
	}
	return nil, modelError(tc.ErrNotFound)
}

func (m *model) GroupByXID(_ context.Context, _, xid string, _ intel.List, _ ...string) (*intel.Remote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.unreadable(); err != nil {
		return nil, err
	}
	return m.byXID(xid)
}

func (m *model) IndicatorAttributes(context.Context, int64) ([]intel.RemoteAttribute, error) {
	return nil, nil
}

func (m *model) GroupAttributes(_ context.Context, id int64) ([]intel.RemoteAttribute, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g, err := m.group(id)
	if err != nil {
		return nil, err
	}
	return g.Attributes, nil
}

// randomPlan is a plan of creates, updates and deletes with entries of every kind,
// some of which are refused.
func (m *model) randomPlan(n int) *plan.Plan {
	p := &plan.Plan{}
	for i := range 4 {
		name := fmt.Sprintf("h%d.example", i)
		if i == 3 {
			name = "bad.example"
		}
		p.Objects = append(p.Objects, plan.FullObject{Kind: intel.KindIndicator, Type: "Host", Name: name, Owner: "o", State: plan.New,
			Definition: &intel.Object{Kind: intel.KindIndicator, Type: "Host", Summary: name, Owner: "o", Details: &intel.Details{Values: []string{name}}}}.Object())
	}
	value := func(i int) string {
		if m.chance(12) {
			return fmt.Sprint("bad", i)
		}
		return fmt.Sprint("v", i)
	}
	for i := range n {
		a := &plan.Action{Verb: plan.Create, Key: fmt.Sprint("k", i), Type: "Incident", Name: fmt.Sprint("Group ", i), Owner: "o", XID: fmt.Sprint("x", i), Order: i + 1}
		change := func(c plan.FullChange) { a.Changes = append(a.Changes, c.Change()) }
		link := func(as plan.FullAssociation) {
			as.Kind, as.Owner = intel.KindIndicator, "o"
			a.Associations = append(a.Associations, as.Association())
		}
		if kind := m.rng.IntN(7); kind > 2 {
			m.next++
			g := &intel.Remote{Kind: intel.KindGroup, ID: m.next, Type: a.Type, Name: a.Name, XID: a.XID, Owner: "o"}
			m.groups[g.ID] = g
			a.ID, a.Verb = g.ID, plan.Update
			if kind == 3 {
				a.Verb = plan.Delete
				p.Actions = append(p.Actions, a)
				continue
			}
			for j := range 4 {
				m.next++
				g.Tags = append(g.Tags, intel.RemoteTag{Name: fmt.Sprint("old", j)})
				g.SecurityLabels = append(g.SecurityLabels, intel.RemoteLabel{Name: fmt.Sprint("old", j)})
				g.Links = append(g.Links, &intel.Remote{Kind: intel.KindIndicator, ID: int64(1000 + 2*j)})
				g.Attributes = append(g.Attributes, intel.RemoteAttribute{ID: m.next, Attribute: intel.Attribute{Type: "Topic", Value: fmt.Sprint("old", j)}})
			}
			if m.chance(30) {
				change(plan.FullChange{Field: "name", Op: plan.Set, Old: a.Name, New: "Renamed " + value(i)})
			}
			for j := range m.rng.IntN(3) {
				change(plan.FullChange{Field: "tags", Op: plan.Remove, Old: fmt.Sprint("old", j)})
				change(plan.FullChange{Field: "securityLabels", Op: plan.Remove, Old: fmt.Sprint("old", j)})
				change(plan.FullChange{Field: "attribute:Topic", Op: plan.Remove, Old: fmt.Sprint("old", j), Attribute: &plan.AttributeDetail{ID: g.Attributes[j].ID}})
				link(plan.FullAssociation{Op: plan.Remove, State: plan.Existing, ID: int64(1000 + 2*j)})
			}
			if m.chance(50) {
				change(plan.FullChange{Field: "attribute:Topic", Op: plan.Set, Old: "old3", New: value(9), Attribute: &plan.AttributeDetail{ID: g.Attributes[3].ID}})
			}
			change(plan.FullChange{Field: "status", Op: plan.Set, New: value(8)})
		}
		for j := range m.rng.IntN(5) {
			change(plan.FullChange{Field: "tags", Op: plan.Add, New: value(j)})
			change(plan.FullChange{Field: "attribute:Aliases", Op: plan.Add, New: value(j)})
			link(plan.FullAssociation{Op: plan.Add, State: plan.Existing, ID: int64(100 + 2*j + m.rng.IntN(8)/7)})
		}
		if m.chance(60) {
			change(plan.FullChange{Field: "securityLabels", Op: plan.Add, New: value(1)})
			link(plan.FullAssociation{Op: plan.Add, State: plan.New, Object: 1 + m.rng.IntN(4)})
		}
		p.Actions = append(p.Actions, a)
	}
	return p
}

// made reports whether an entry is as the plan wants it, and whether it is one that
// is refused always.
func (m *model) made(g *intel.Remote, p *plan.Plan, e plan.Entry) (done, bad bool) {
	if as := e.Association; as != nil {
		id, bad := as.ID(), as.ID()%2 == 1
		if as.Object() > 0 {
			name := p.Objects[as.Object()-1].Name()
			id, bad = m.hosts[name], strings.Contains(name, "bad")
		}
		return g != nil && slices.ContainsFunc(g.Links, func(l *intel.Remote) bool { return l.ID == id && id != 0 }) == (as.Op == plan.Add), bad
	}
	c := e.Change
	if g == nil {
		return false, strings.Contains(c.New(), "bad")
	}
	value, removes, there := c.New(), c.Op == plan.Remove, false
	if removes {
		value = c.Old()
	}
	switch {
	case c.Field() == "tags":
		there = slices.ContainsFunc(g.Tags, func(t intel.RemoteTag) bool { return t.Name == value })
	case c.Field() == "securityLabels":
		there = slices.ContainsFunc(g.SecurityLabels, func(l intel.RemoteLabel) bool { return l.Name == value })
	case strings.HasPrefix(c.Field(), "attribute:"):
		there = slices.ContainsFunc(g.Attributes, func(a intel.RemoteAttribute) bool { return "attribute:"+a.Type == c.Field() && a.Value == value })
	case c.Field() == "name":
		there = g.Name == value
	default:
		have, _ := g.Fields.Get(c.Field())
		there = have == value
	}
	return there != removes, strings.Contains(c.New(), "bad")
}

// TestLargeRandomModel carries random plans out on an instance with random answers: every entry
// is what its status says, nothing is there twice, and where nothing but refusals
// and lost answers came, all has arrived that is not refused.
func TestLargeRandomModel(t *testing.T) {
	for seed := range uint64(testkit.Rounds(1000)) {
		synctest.Test(t, func(t *testing.T) {
			m := &model{rng: rand.New(rand.NewPCG(seed, 9)), groups: map[int64]*intel.Remote{}, hosts: map[string]int64{}, lost: map[any]int{}, calm: seed%2 == 0}
			p := m.randomPlan(8)
			opt := apply.Options{Workers: 1, Settle: time.Minute}
			if m.chance(30) {
				opt.Doubtful = map[string]time.Time{"k0": time.Now(), "k1": {}, "k2": time.Now().Add(-time.Hour)}
			}
			l, err := apply.Run(t.Context(), p, m, opt)
			addsUp(t, p, l)
			if m.calm && err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			for _, r := range l.Results {
				m.check(t, fmt.Sprintf("seed %d, %s %s", seed, r.Action.Verb, r.Action.Key), p, r)
			}
			if t.Failed() {
				t.FailNow()
			}
		})
	}
}

func (m *model) check(t *testing.T, name string, p *plan.Plan, r *apply.Result) {
	g, _ := m.byXID(r.Action.XID)
	if r.Action.Verb == plan.Delete {
		if r.Status != apply.InDoubt && (g == nil) != (r.Status == apply.OK) {
			t.Errorf("%s: %s, and there: %t", name, r.Status, g != nil)
		}
		return
	}
	statusOf := map[plan.Entry]apply.Status{}
	for _, missed := range r.Missed {
		statusOf[missed.Entry] = missed.Status
	}
	for _, e := range r.Action.Entries() {
		done, bad := m.made(g, p, e)
		status, open := statusOf[e]
		what := ""
		switch {
		case !open && !done:
			what = "told as made"
		case done && (status == apply.Failed || status == apply.NotAttempted):
			what = "is there"
		case m.calm && !bad && (open || !done):
			what = "should be there"
		case m.calm && bad && status != apply.Failed:
			what = "should have failed"
		case status == apply.Failed && !bad && r.Status == apply.OK:
			what = "was not refused"
		}
		if what != "" {
			t.Errorf("%s (%s: %s): %v is %q: %s", name, r.Status, r.Error, describe(e), status, what)
		}
	}
	if g == nil {
		return
	}
	seen := map[string]bool{}
	for _, a := range g.Attributes {
		if key := a.Type + "=" + a.Value; seen[key] {
			t.Errorf("%s: %s is there twice", name, key)
		} else {
			seen[key] = true
		}
	}
}

func describe(e plan.Entry) string {
	if e.Association != nil {
		return fmt.Sprintf("%+v", *e.Association)
	}
	return fmt.Sprintf("%+v", *e.Change)
}
