package tcsim

import (
	"slices"
	"time"
)

// state is everything the instance remembers. Server's lock guards it.
type state struct {
	tables     [kindCount]*table
	users      []*User // the first one is the default
	owners     []*Owner
	byOwner    map[string]*Owner // by exact name
	techniques map[string]*object
	linkedAt   map[[2]*object]time.Time // of links, where a switch delays them in nested lists
	cfg        Config                   // what the state was made with: of the Server, or of a loaded file
	types      *catalog
	fields     [kindCount]fieldTable

	jobs     []*job    // of the Batch API; the first one has the ID 1
	queue    []*job    // those with a file that are not done, oldest first
	jobsFree time.Time // when the last one was done
	jobSteps int64     // the number of the last step, counted downwards: no request has it
}

func (s *Server) newState(cfg Config) *state {
	st := &state{cfg: cfg, users: cfg.users(), byOwner: map[string]*Owner{}}
	for k := range st.tables {
		st.tables[k] = newTable()
	}
	for _, o := range cfg.Owners {
		st.addOwner(o)
	}
	st.types = newCatalog(cfg)
	for _, r := range s.resources {
		st.fields[r.kind] = newFieldTable(r.fields(st.types))
	}
	st.seedSystem(cfg)
	return st
}

func (st *state) addOwner(o Owner) *Owner {
	if old := st.byOwner[o.Name]; old != nil {
		return old
	}
	tab := st.tables[kOwner]
	if o.ID == 0 || tab.get(o.ID) != nil {
		o.ID = tab.next
	}
	tab.next = max(tab.next, o.ID+1)
	if o.Type == "" {
		o.Type = "Community"
	}
	p := &o
	st.owners = append(st.owners, p)
	st.byOwner[o.Name] = p
	tab.insert(&object{kind: kOwner, id: o.ID, owner: p, typ: o.Type, name: o.Name})
	return p
}

func (st *state) get(k kind, id int64) *object { return st.tables[k].get(id) }

// withXID returns the oldest object of kind k with the xid in the owner; a nil
// owner stands for all.
func (st *state) withXID(k kind, owner *Owner, xid string, anyCase bool) *object {
	for _, o := range st.tables[k].byXID.find(fold(xid)) {
		if (owner == nil || o.owner == owner) && (anyCase || o.xid == xid) {
			return o
		}
	}
	return nil
}

// tx is one write. Everything it does to the state is recorded with its
// reverse, so that a write that fails half way leaves nothing behind.
type tx struct {
	st     *state
	c      *call
	steps  []step
	status int // of the answer to a POST: 201, or 200 for an update
}

// step is one change of the state: of a, or of the link between a and b.
type step struct {
	did  stepKind
	a, b *object // b: a as it was before stepChange
	n    int64   // the sequence before stepAdd, the time before stepTouch
}

type stepKind uint8

const (
	stepAdd stepKind = iota
	stepRemove
	stepChange
	stepTouch
	stepLink
	stepUnlink
)

func (t *tx) did(s step) { t.steps = append(t.steps, s) }

func (t *tx) rollback() {
	for _, s := range slices.Backward(t.steps) {
		tab := t.st.tables[s.a.kind]
		switch s.did {
		case stepAdd:
			tab.delete(s.a)
			tab.next = s.n
		case stepRemove:
			tab.insert(s.a)
		case stepChange:
			tab.unindex(s.a)
			s.b.links = s.a.links
			*s.a = *s.b
			tab.index(s.a)
		case stepTouch:
			s.a.edited = moment(s.n)
		case stepLink:
			disconnect(s.a, s.b)
		case stepUnlink:
			connect(s.a, s.b)
		}
	}
	t.steps = nil
}

// add gives o an ID and enters it.
func (t *tx) add(o *object) {
	tab := t.st.tables[o.kind]
	t.did(step{did: stepAdd, a: o, n: tab.next})
	tab.next = max(tab.next, t.c.sw.FirstID)
	if o.id == 0 {
		o.id = tab.next
	}
	tab.next = max(tab.next, o.id+1)
	o.by = t.c.user
	if o.added == 0 {
		o.added = momentOf(t.c.now)
	}
	o.edited = o.added
	o.born = t.c.ordinal
	tab.insert(o)
}

// made says whether this write has made o.
func (t *tx) made(o *object) bool { return o.born != 0 && o.born == t.c.ordinal && !o.byJob }

// remove deletes o with its links and children.
func (t *tx) remove(o *object) {
	for _, other := range slices.Clone(o.links) {
		if other.parent == o {
			t.remove(other)
		} else {
			t.unlink(o, other)
		}
	}
	t.st.tables[o.kind].delete(o)
	t.did(step{did: stepRemove, a: o})
}

// change lets f edit o's own data, not its links. What the indexes hold is for
// rekey to change.
func (t *tx) change(o *object, f func()) {
	if !t.made(o) {
		old := *o
		old.fields = slices.Clone(o.fields)
		t.did(step{did: stepChange, a: o, b: &old})
	}
	f()
}

// rekey is change for the name, the xid and the values.
func (t *tx) rekey(o *object, f func()) {
	tab := t.st.tables[o.kind]
	tab.unindex(o)
	t.change(o, f)
	tab.index(o)
}

func (t *tx) touch(o *object, now time.Time) {
	t.did(step{did: stepTouch, a: o, n: int64(o.edited)})
	o.edited = momentOf(now)
}

func connect(a, b *object) bool {
	if !a.links.add(b) {
		return false
	}
	b.links.add(a)
	return true
}

func disconnect(a, b *object) bool {
	if !a.links.remove(b) {
		return false
	}
	b.links.remove(a)
	return true
}

// link connects a and b in both directions; one link per pair.
func (t *tx) link(a, b *object) bool {
	if !connect(a, b) {
		return false
	}
	if t.c.sw.NestedDelayMS > 0 && t.c.ordinal != 0 {
		if t.st.linkedAt == nil {
			t.st.linkedAt = map[[2]*object]time.Time{}
		}
		t.st.linkedAt[[2]*object{a, b}], t.st.linkedAt[[2]*object{b, a}] = t.c.now, t.c.now
	}
	t.did(step{did: stepLink, a: a, b: b})
	return true
}

func (t *tx) unlink(a, b *object) bool {
	if !disconnect(a, b) {
		return false
	}
	t.did(step{did: stepUnlink, a: a, b: b})
	return true
}
