package tcsim

import (
	"maps"
	"time"
)

// xidKey finds groups and cases by xid within an owner.
type xidKey struct {
	kind  kind
	owner int64
	xid   string
}

// linkEnds are the two ends of a link, as seen from the first.
type linkEnds struct {
	kind, otherKind kind
	id, other       int64
}

// state is everything the instance remembers. Server's lock guards it.
type state struct {
	tables     [kindCount]*table
	owners     []*Owner
	byOwner    map[string]*Owner // by exact name
	byXID      map[xidKey]idset
	xidOwners  map[string]int // how many groups carry the xid, whatever their owner
	techniques map[string]*object
	linkedAt   map[linkEnds]time.Time // of links, where a switch delays them in nested lists
	cfg        Config                 // what the state was made with: of the Server, or of a loaded file
	types      *catalog
	specs      [kindCount][]fieldSpec
}

func (s *Server) newState(cfg Config) *state {
	st := &state{cfg: cfg, byOwner: map[string]*Owner{}, byXID: map[xidKey]idset{}, xidOwners: map[string]int{}}
	for k := range st.tables {
		st.tables[k] = newTable()
	}
	for _, o := range cfg.Owners {
		st.addOwner(o)
	}
	st.types = newCatalog(cfg)
	for _, r := range s.resources {
		st.specs[r.kind] = r.specs(st.types)
	}
	st.seedSystem(cfg)
	return st
}

func (st *state) addOwner(o Owner) *Owner {
	if old := st.byOwner[o.Name]; old != nil {
		return old
	}
	if o.ID == 0 || st.get(kOwner, o.ID) != nil {
		o.ID = st.tables[kOwner].next
	}
	st.tables[kOwner].next = max(st.tables[kOwner].next, o.ID+1)
	if o.Type == "" {
		o.Type = "Community"
	}
	p := &o
	st.owners = append(st.owners, p)
	st.byOwner[o.Name] = p
	st.tables[kOwner].insert(&object{kind: kOwner, id: o.ID, owner: p, typ: o.Type, name: o.Name})
	return p
}

func (st *state) get(k kind, id int64) *object { return st.tables[k].byID[id] }

// tx is one write. Everything it does to the state is recorded with its
// reverse, so that a write that fails half way leaves nothing behind.
type tx struct {
	st      *state
	c       *call
	undo    []func()
	created map[*object]bool
}

func (t *tx) rollback() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
	t.undo = nil
}

// add gives o an ID and enters it.
func (t *tx) add(o *object) {
	tab := t.st.tables[o.kind]
	before := tab.next
	tab.next = max(tab.next, t.c.sw.FirstID)
	if o.id == 0 {
		o.id = tab.next
	}
	tab.next = max(tab.next, o.id+1)
	o.by = t.c.user
	if o.added.IsZero() {
		o.added = t.c.now
	}
	o.edited = o.added
	o.born, o.bornAt = t.c.ordinal, t.c.now
	tab.insert(o)
	t.st.indexXID(o)
	if t.created == nil {
		t.created = map[*object]bool{}
	}
	t.created[o] = true
	t.undo = append(t.undo, func() {
		t.st.unindexXID(o)
		tab.delete(o)
		tab.next = before
	})
}

// remove deletes o with its links and children.
func (t *tx) remove(o *object) {
	for _, l := range append([]linkSet(nil), o.links...) {
		for _, id := range append(idset(nil), l.ids...) {
			if other := t.st.get(l.kind, id); other != nil {
				t.unlink(o, other)
			}
		}
	}
	for _, k := range childKinds(o.kind) {
		for _, id := range append(idset(nil), t.st.tables[k].byParent[o.id]...) {
			t.remove(t.st.get(k, id))
		}
	}
	tab := t.st.tables[o.kind]
	t.st.unindexXID(o)
	tab.delete(o)
	t.undo = append(t.undo, func() {
		tab.insert(o)
		t.st.indexXID(o)
	})
}

// childKinds lists the kinds whose parent is of kind k, and which go with it.
func childKinds(k kind) []kind {
	switch k {
	case kGroup:
		return []kind{kGroupAttribute}
	case kIndicator:
		return []kind{kIndicatorAttribute}
	case kCase:
		return []kind{kCaseAttribute, kArtifact}
	case kVictim:
		return []kind{kVictimAsset}
	}
	return nil
}

// change lets f edit o's own data (not its links) and keeps the indexes right.
func (t *tx) change(o *object, f func()) {
	old := *o
	old.fields = maps.Clone(o.fields)
	if o.values != nil {
		v := *o.values
		old.values = &v
	}
	tab := t.st.tables[o.kind]
	reindex := func(edit func()) {
		tab.unindex(o)
		t.st.unindexXID(o)
		edit()
		t.st.indexXID(o)
		tab.index(o)
	}
	reindex(f)
	t.undo = append(t.undo, func() {
		reindex(func() {
			links := o.links
			*o = old
			o.links = links
		})
	})
}

func (t *tx) touch(o *object, now time.Time) {
	before := o.edited
	o.edited = now
	t.undo = append(t.undo, func() { o.edited = before })
}

// link connects a and b in both directions; one link per pair.
func (t *tx) link(a, b *object) bool {
	if !a.linkSet(b.kind).add(b.id) {
		return false
	}
	b.linkSet(a.kind).add(a.id)
	if t.c.sw.NestedDelayMS > 0 && t.c.ordinal > 0 {
		if t.st.linkedAt == nil {
			t.st.linkedAt = map[linkEnds]time.Time{}
		}
		t.st.linkedAt[linkEnds{a.kind, b.kind, a.id, b.id}] = t.c.now
		t.st.linkedAt[linkEnds{b.kind, a.kind, b.id, a.id}] = t.c.now
	}
	t.undo = append(t.undo, func() {
		a.linkSet(b.kind).remove(b.id)
		b.linkSet(a.kind).remove(a.id)
	})
	return true
}

func (t *tx) unlink(a, b *object) bool {
	if !a.linkSet(b.kind).remove(b.id) {
		return false
	}
	b.linkSet(a.kind).remove(a.id)
	t.undo = append(t.undo, func() {
		a.linkSet(b.kind).add(b.id)
		b.linkSet(a.kind).add(a.id)
	})
	return true
}

func (st *state) indexXID(o *object) {
	if o.xid == "" {
		return
	}
	key := xidKey{o.kind, ownerID(o.owner), o.xid}
	set := st.byXID[key]
	set.add(o.id)
	st.byXID[key] = set
	if o.kind == kGroup {
		st.xidOwners[o.xid]++
	}
}

func (st *state) unindexXID(o *object) {
	if o.xid == "" {
		return
	}
	key := xidKey{o.kind, ownerID(o.owner), o.xid}
	set := st.byXID[key]
	set.remove(o.id)
	if len(set) == 0 {
		delete(st.byXID, key)
	} else {
		st.byXID[key] = set
	}
	if o.kind == kGroup {
		if st.xidOwners[o.xid]--; st.xidOwners[o.xid] <= 0 {
			delete(st.xidOwners, o.xid)
		}
	}
}

// byXIDIn returns the oldest object with the xid in the owner.
func (st *state) byXIDIn(k kind, owner *Owner, xid string) *object {
	set := st.byXID[xidKey{k, ownerID(owner), xid}]
	if len(set) == 0 {
		return nil
	}
	return st.get(k, set[0])
}
