package tcsim

import (
	"slices"
	"strings"
	"time"
)

// object is anything with an ID. One struct serves all kinds, so that TQL,
// links, undo and paging are written once; what differs is in tables. There may
// be millions of them: what few objects have is behind a pointer or in fields.
type object struct {
	kind   kind
	byJob  bool // a job has made it, not the request with the number born
	id     int64
	owner  *Owner  // nil: system-wide (ATT&CK tags, System labels)
	parent *object // an attribute's object, an artifact's case, an asset's victim
	typ    string  // "Incident", "Host", an artifact's or attribute's type
	name   string  // name, summary, or an attribute's value
	xid    string
	values *[3]string // the values of an indicator whose type has more than one
	added  moment
	edited moment
	by     *User
	born   int64   // number of the request that made it, or of the last one before a job did; 0: seeded
	fields dict    // the other scalars by API key: string, bool, int64, float64, time.Time, json.RawMessage
	file   *[]byte // content of a Document or Report
	links  set     // the linked objects of all kinds, and the children
}

// moment is a time in nanoseconds since 1970; 0 is none.
type moment int64

func momentOf(t time.Time) moment {
	if t.IsZero() {
		return 0
	}
	return moment(t.UnixNano())
}

func (m moment) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(m)).UTC()
}

func (o *object) str(key string) string {
	s, _ := o.fields.get(key).(string)
	return s
}

// linked are the objects of kind k that o is linked to, and its children.
func (o *object) linked(k kind) set {
	from, _ := o.links.find(k, minID)
	to, _ := o.links.find(k+1, minID)
	return o.links[from:to:to]
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

const minID = -1 << 63

// set is a list of objects in ascending order of kind and ID. IDs only grow, so
// adding is appending in nearly all cases.
type set []*object

// find returns the position of an object, or where it belongs.
func (s set) find(k kind, id int64) (int, bool) {
	low, high := 0, len(s)
	if high > 0 && before(s[high-1], k, id) {
		return high, false
	}
	for low < high {
		mid := int(uint(low+high) >> 1)
		if before(s[mid], k, id) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, low < len(s) && s[low].kind == k && s[low].id == id
}

func before(o *object, k kind, id int64) bool { return o.kind < k || o.kind == k && o.id < id }

func (s set) has(o *object) bool {
	_, ok := s.find(o.kind, o.id)
	return ok
}

func (s *set) add(o *object) bool {
	i, ok := s.find(o.kind, o.id)
	if !ok {
		*s = slices.Insert(*s, i, o)
	}
	return !ok
}

func (s *set) remove(o *object) bool {
	i, ok := s.find(o.kind, o.id)
	if ok {
		*s = slices.Delete(*s, i, i+1)
	}
	return ok
}

// union merges sets of objects of one kind.
func union(sets ...set) set {
	if len(sets) == 1 {
		return sets[0]
	}
	all := slices.Concat(sets...)
	slices.SortFunc(all, func(a, b *object) int { return int(a.id - b.id) })
	return slices.Compact(all)
}

// table holds all objects of one kind with their indexes.
type table struct {
	order   set
	byOwner map[*Owner]set
	byName  index    // by folded name
	byXID   index    // by folded xid
	byValue [3]index // by folded value, of indicators with several
	next    int64    // the next ID
}

func newTable() *table { return &table{byOwner: map[*Owner]set{}, next: 1} }

// get finds an object by its ID. Most tables have no gaps.
func (t *table) get(id int64) *object {
	if len(t.order) == 0 {
		return nil
	}
	if i := id - t.order[0].id; i >= 0 && i < int64(len(t.order)) && t.order[i].id == id {
		return t.order[i]
	}
	if i, ok := t.order.find(t.order[0].kind, id); ok {
		return t.order[i]
	}
	return nil
}

func (t *table) insert(o *object) { t.each(o, (*set).add, (*index).add) }
func (t *table) delete(o *object) { t.each(o, (*set).remove, (*index).remove) }

// each enters o in everything that lists it, or takes it out.
func (t *table) each(o *object, list func(*set, *object) bool, key func(*index, string, *object)) {
	list(&t.order, o)
	s := t.byOwner[o.owner]
	list(&s, o)
	t.byOwner[o.owner] = s
	if o.parent != nil {
		list(&o.parent.links, o)
	}
	t.eachKey(o, key)
}

// index enters what may change later: the name, the xid and the values.
func (t *table) index(o *object)   { t.eachKey(o, (*index).add) }
func (t *table) unindex(o *object) { t.eachKey(o, (*index).remove) }

func (t *table) eachKey(o *object, do func(*index, string, *object)) {
	if !isAttribute(o.kind) { // their "name" is a long text
		do(&t.byName, fold(o.name), o)
	}
	if o.xid != "" {
		do(&t.byXID, fold(o.xid), o)
	}
	if o.values == nil {
		return
	}
	for i, v := range o.values {
		if v != "" {
			do(&t.byValue[i], fold(v), o)
		}
	}
}

// fold is the case-insensitive key of the indexes.
func fold(s string) string { return strings.ToLower(s) }

// index finds objects by a text. Nearly every text has one object; where there
// are several, first holds one of them and more all.
type index struct {
	first map[string]*object
	more  map[string]set
}

func (x *index) find(key string) set {
	if s, ok := x.more[key]; ok {
		return s
	}
	if o := x.first[key]; o != nil {
		return set{o}
	}
	return nil
}

func (x *index) add(key string, o *object) {
	if x.first == nil {
		x.first, x.more = map[string]*object{}, map[string]set{}
	}
	old := x.first[key]
	if old == nil {
		x.first[key] = o
		return
	}
	s := x.more[key]
	if s == nil {
		s = set{old}
	}
	s.add(o)
	x.more[key] = s
}

func (x *index) remove(key string, o *object) {
	s := x.more[key]
	s.remove(o)
	switch len(s) {
	case 0:
		delete(x.first, key)
	case 1:
		delete(x.more, key)
		x.first[key] = s[0]
	default:
		x.more[key], x.first[key] = s, s[0]
	}
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
