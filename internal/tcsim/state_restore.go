package tcsim

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// What makes objects from records, for Load and for seeding. Nothing is checked
// but what the state needs to hold together; what does not is refused like a
// request (see attempt).

func (s *Server) seedTx(st *state) *tx {
	sw := s.Switches()
	return &tx{st: st, c: &call{s: s, st: st, user: st.users[0], now: s.cfg.Now(), sw: &sw}}
}

// restoreAll builds the objects of a saved state, then their links.
func (s *Server) restoreAll(st *state, saved *savedState, records [kindCount]spool) {
	t := s.seedTx(st)
	for _, x := range saved.Tags {
		t.restoreTag(x)
	}
	type linked struct {
		o     *object
		links Associations
	}
	var later []linked // when all objects are there
	for _, k := range recordKinds {
		if err := records[k].eachRecord(func(x *Record) {
			if o := t.restore(k, x); x.any() {
				later = append(later, linked{o, x.Associations})
			}
		}); err != nil {
			panic(badRequest("%s: %v", s.byKind[k].path, err))
		}
	}
	for _, l := range later {
		t.relink(l.o, l.links)
	}
	for path, next := range saved.Next {
		r := s.resources[path]
		if r == nil {
			panic(badRequest("next: the kind %q does not exist", path))
		}
		st.tables[r.kind].next = max(st.tables[r.kind].next, next)
	}
}

func (t *tx) relink(o *object, a Associations) {
	for k, ids := range a.lists() {
		for _, id := range *ids {
			other := t.st.get(k, id)
			if other == nil {
				panic(badRequest("object %d is associated with %d, which is missing", o.id, id))
			}
			t.link(o, other)
		}
	}
	t.steps = t.steps[:0]
}

func (t *tx) restoreTag(x Tag) {
	if x.TechniqueID == "" {
		o := &object{kind: kTag, id: x.ID, owner: t.owner(x.Owner), name: x.Name, fields: texts("description", x.Description)}
		t.stamped(o, Stamp{LastModified: x.LastUsed})
		return
	}
	o := t.st.techniques[x.TechniqueID] // built in
	if o == nil {
		panic(badRequest("the technique %s is not known", x.TechniqueID))
	}
	o.edited = momentOf(x.LastUsed)
}

// restore makes an object of kind k.
func (t *tx) restore(k kind, x *Record) *object {
	o := &object{kind: k, id: x.ID, typ: x.Type, name: *x.text(k), xid: x.XID}
	if err := attempt(func() { t.fill(o, x) }); err != nil {
		panic(badRequest("%s %q: %s", strings.TrimSuffix(t.c.s.byKind[k].path, "s"), o.name, err))
	}
	t.steps = t.steps[:0]
	return o
}

func (t *tx) fill(o *object, x *Record) {
	if x.HasFile || len(x.File) > 0 {
		file := slices.Clone(x.File)
		o.file = &file
	}
	if kinds[o.kind].parentKey == "" {
		o.owner = t.owner(x.Owner)
	} else {
		id := max(x.CaseID, x.VictimID)
		if o.parent = t.st.get(kinds[o.kind].parent, id); o.parent == nil {
			panic(badRequest("its case or victim (%d) is missing", id))
		}
		o.owner = o.parent.owner
	}
	t.readFields(o, x.Fields)
	t.complete(o, x)
	t.stamped(o, x.Stamp)
	t.decorate(o, x)
}

// complete checks the type of a restored object and gives it what a record may
// leave out.
func (t *tx) complete(o *object, x *Record) {
	known := true
	switch o.kind {
	case kGroup:
		known = slices.Contains(groupTypes, o.typ)
	case kIndicator:
		var it *indicatorType
		if it, known = t.st.types.byIndicator[o.typ]; known {
			v := [3]string{o.name}
			if len(x.Values) > 0 {
				v = [3]string{}
				copy(v[:], x.Values)
			}
			o.setValues(it, v)
		}
	case kCase:
		preset(o, "severity", "Low")
		preset(o, "status", "Open")
		o.xid = cmp.Or(o.xid, caseXID(t.st.tables[kCase].next))
	case kVictimAsset:
		var key string
		key, known = assetKeys[o.typ]
		preset(o, key, o.name)
	}
	if !known {
		panic(badRequest("the type %q does not exist", o.typ))
	}
}

func preset(o *object, key, value string) {
	if !o.fields.has(key) {
		o.fields.set(key, value)
	}
}

// readFields turns plain values into stored ones.
func (t *tx) readFields(o *object, plain map[string]any) {
	if len(plain) == 0 {
		return
	}
	data, err := json.Marshal(plain)
	if err != nil {
		panic(badRequest("%v", err))
	}
	for _, m := range parseObject(string(data), false) {
		f := t.st.fields[o.kind].row(m.key, o.typ)
		if f == nil || f.list || f.own && m.key != "caseOpenTime" {
			panic(badRequest("the field %q does not exist", m.key))
		}
		row := *f
		row.min, row.values, row.max = 0, nil, 0
		if row.typ == "BigDecimal" {
			row.max = 5
		}
		d, _ := m.value.(string)
		if at, err := time.Parse(time.RFC3339Nano, d); err == nil && row.typ == "Date" {
			o.fields.set(m.key, at.UTC())
			continue
		}
		if v := t.c.checkValue(&row, m.value); m.key != "active" || v == false { // active is true unless it is set
			o.fields.set(m.key, v)
		}
	}
}

// owner finds an owner by name; one that does not exist is a Community.
func (t *tx) owner(name string) *Owner {
	if name == "" {
		return t.c.organization()
	}
	return t.st.addOwner(Owner{Name: name})
}

// stamped enters o and then sets what only seeding may set.
func (t *tx) stamped(o *object, s Stamp) {
	if t.st.get(o.kind, o.id) != nil && o.id != 0 {
		panic(badRequest("the ID %d is given twice", o.id))
	}
	o.added = momentOf(s.DateAdded)
	t.add(o)
	o.born = 0
	if !s.LastModified.IsZero() {
		o.edited = momentOf(s.LastModified)
	}
	for _, u := range t.st.users {
		if u.UserName == s.CreatedBy {
			o.by = u
		}
	}
}

func (t *tx) decorate(o *object, x *Record) {
	for _, name := range x.Tags {
		t.link(o, t.tag(o.owner, t.mainTag(name), ""))
	}
	for _, a := range x.Attributes {
		at := &object{kind: attributeKinds[o.kind], id: a.ID, parent: o, owner: o.owner, typ: a.Type, name: a.Value, fields: texts("source", a.Source)}
		if a.Default {
			at.fields.set("default", true)
		}
		if a.Pinned {
			at.fields.set("pinned", true)
		}
		t.stamped(at, a.Stamp)
		t.label(at, a.SecurityLabels)
	}
	t.label(o, x.SecurityLabels)
}

func (t *tx) label(o *object, labels []string) {
	for _, name := range labels {
		l := t.labelNamed(o, name)
		if l == nil {
			panic(badRequest("the security label %q does not exist", name))
		}
		t.link(o, l)
	}
}
