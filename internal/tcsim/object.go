package tcsim

import (
	"slices"
	"strings"
	"time"
)

// kind says which table an object lives in. IDs are per kind, as the samples of
// the developer docs suggest (group 3, indicator 4, tag 10 side by side).
type kind uint8

const (
	kGroup kind = iota
	kIndicator
	kArtifact
	kCase
	kVictimAsset
	kVictim
	kTag
	kLabel
	kGroupAttribute
	kIndicatorAttribute
	kCaseAttribute
	kAttributeType
	kArtifactType
	kOwner
	kindCount
)

// object is anything with an ID. One struct serves all kinds, so that TQL,
// links, undo and paging are written once; what differs is in tables.
type object struct {
	kind   kind
	id     int64
	owner  *Owner  // nil: system-wide (ATT&CK tags, System labels)
	parent *object // an attribute's object, an artifact's case, an asset's victim
	typ    string  // "Incident", "Host", an artifact's or attribute's type
	name   string  // name, summary, or an attribute's value
	xid    string
	values *[3]string // the values of an indicator that has more than one
	added  time.Time
	edited time.Time
	by     *User
	born   int64 // ordinal of the request that made it, for delayed lists
	bornAt time.Time
	fields map[string]any // the remaining scalars by API key: string, bool, int64, float64, time.Time
	file   []byte         // content of a Document or Report
	hasDoc bool
	links  []linkSet
}

// linkSet holds the IDs of the linked objects of one kind, in ascending order.
type linkSet struct {
	kind kind
	ids  idset
}

// linked returns the IDs of o's links to objects of kind k.
func (o *object) linked(k kind) idset {
	for i := range o.links {
		if o.links[i].kind == k {
			return o.links[i].ids
		}
	}
	return nil
}

func (o *object) linkSet(k kind) *idset {
	for i := range o.links {
		if o.links[i].kind == k {
			return &o.links[i].ids
		}
	}
	o.links = append(o.links, linkSet{kind: k})
	return &o.links[len(o.links)-1].ids
}

func (o *object) str(key string) string {
	s, _ := o.fields[key].(string)
	return s
}

// value returns value1..value3 of an indicator.
func (o *object) value(i int) string {
	if o.values != nil {
		return o.values[i]
	}
	if i == 0 {
		return o.name
	}
	return ""
}

// idset is an ascending list of IDs. IDs only grow, so adding is appending in
// nearly all cases.
type idset []int64

func (s idset) has(id int64) bool {
	_, ok := slices.BinarySearch(s, id)
	return ok
}

func (s *idset) add(id int64) bool {
	if n := len(*s); n == 0 || (*s)[n-1] < id {
		*s = append(*s, id)
		return true
	}
	i, ok := slices.BinarySearch(*s, id)
	if ok {
		return false
	}
	*s = slices.Insert(*s, i, id)
	return true
}

func (s *idset) remove(id int64) bool {
	i, ok := slices.BinarySearch(*s, id)
	if !ok {
		return false
	}
	*s = slices.Delete(*s, i, i+1)
	return true
}

// table holds all objects of one kind with their indexes.
type table struct {
	byID      map[int64]*object
	order     idset
	byOwner   map[int64]*idset
	bySummary map[string]idset // folded name
	byValue   [3]map[string]idset
	byParent  map[int64]idset
	next      int64
}

func newTable() *table {
	t := &table{
		byID: map[int64]*object{}, byOwner: map[int64]*idset{}, bySummary: map[string]idset{},
		byParent: map[int64]idset{}, next: 1,
	}
	for i := range t.byValue {
		t.byValue[i] = map[string]idset{}
	}
	return t
}

// fold is the case-insensitive key of the indexes.
func fold(s string) string { return strings.ToLower(s) }

func (t *table) insert(o *object) {
	t.byID[o.id] = o
	t.order.add(o.id)
	set := t.byOwner[ownerID(o.owner)]
	if set == nil {
		set = new(idset)
		t.byOwner[ownerID(o.owner)] = set
	}
	set.add(o.id)
	t.index(o)
}

func (t *table) delete(o *object) {
	delete(t.byID, o.id)
	t.order.remove(o.id)
	t.byOwner[ownerID(o.owner)].remove(o.id)
	t.unindex(o)
}

// index enters what may change later: the name and the values.
func (t *table) index(o *object) {
	if o.indexedByName() {
		addTo(t.bySummary, fold(o.name), o.id)
	}
	if o.kind == kIndicator {
		for i := range t.byValue {
			if v := o.value(i); v != "" {
				addTo(t.byValue[i], fold(v), o.id)
			}
		}
	}
	if o.parent != nil {
		set := t.byParent[o.parent.id]
		set.add(o.id)
		t.byParent[o.parent.id] = set
	}
}

func (t *table) unindex(o *object) {
	if o.indexedByName() {
		removeFrom(t.bySummary, fold(o.name), o.id)
	}
	if o.kind == kIndicator {
		for i := range t.byValue {
			if v := o.value(i); v != "" {
				removeFrom(t.byValue[i], fold(v), o.id)
			}
		}
	}
	if o.parent != nil {
		set := t.byParent[o.parent.id]
		set.remove(o.id)
		if len(set) == 0 {
			delete(t.byParent, o.parent.id)
		} else {
			t.byParent[o.parent.id] = set
		}
	}
}

// indexedByName is false for attributes: their "name" is a long text.
func (o *object) indexedByName() bool {
	return o.kind != kGroupAttribute && o.kind != kIndicatorAttribute && o.kind != kCaseAttribute
}

func addTo(m map[string]idset, key string, id int64) {
	set := m[key]
	set.add(id)
	m[key] = set
}

func removeFrom(m map[string]idset, key string, id int64) {
	set := m[key]
	set.remove(id)
	if len(set) == 0 {
		delete(m, key)
		return
	}
	m[key] = set
}

func ownerID(o *Owner) int64 {
	if o == nil {
		return 0
	}
	return o.ID
}

func ownerName(o *Owner) string {
	if o == nil {
		return ""
	}
	return o.Name
}
