package tcsim

import (
	"encoding/json"
	"fmt"
	"time"
)

// Seeding without HTTP, for tests and rehearsals. IDs that are zero are given;
// owners that are empty are the user's Organization. Nothing is validated but
// what the state needs to hold together; mistakes panic.

// Ref names an object for Associate.
type Ref struct {
	Kind string // KindGroup, ...
	ID   int64
}

// Kinds of objects that can be associated.
const (
	KindGroup       = "group"
	KindIndicator   = "indicator"
	KindArtifact    = "artifact"
	KindCase        = "case"
	KindVictim      = "victim"
	KindVictimAsset = "victimAsset"
)

var kindsByName = map[string]kind{
	KindGroup: kGroup, KindIndicator: kIndicator, KindArtifact: kArtifact, KindCase: kCase, KindVictim: kVictim, KindVictimAsset: kVictimAsset,
}

// AddGroup adds a group with its tags, attributes, labels and associations.
func (s *Server) AddGroup(g Group) int64 { return s.seed(kGroup, g) }

// AddIndicator adds an indicator. Values may be left out where Summary is the
// only value; a File or Registry Key needs Values.
func (s *Server) AddIndicator(i Indicator) int64 { return s.seed(kIndicator, i) }

// AddCase adds a case.
func (s *Server) AddCase(c Case) int64 { return s.seed(kCase, c) }

// AddArtifact adds an artifact to a case.
func (s *Server) AddArtifact(a Artifact) int64 { return s.seed(kArtifact, a) }

// AddVictim adds a victim.
func (s *Server) AddVictim(v Victim) int64 { return s.seed(kVictim, v) }

// AddVictimAsset adds an asset to a victim.
func (s *Server) AddVictimAsset(a VictimAsset) int64 { return s.seed(kVictimAsset, a) }

// AddOwner adds an owner.
func (s *Server) AddOwner(o Owner) int64 {
	defer s.change()()
	return s.st.addOwner(o).ID
}

// Associate links two objects.
func (s *Server) Associate(a, b Ref) {
	defer s.change()()
	t := s.seedTx(s.st)
	oa, ob := s.st.get(kindsByName[a.Kind], a.ID), s.st.get(kindsByName[b.Kind], b.ID)
	if oa == nil || ob == nil {
		panic(fmt.Sprintf("tcsim: Associate(%v, %v): no such object", a, b))
	}
	t.link(oa, ob)
}

func (s *Server) seed(k kind, x Record) int64 {
	defer s.change()()
	t := s.seedTx(s.st)
	o, err := t.restore(k, x)
	if err == nil {
		err = t.relink(o, x.Associations)
	}
	if err != nil {
		t.rollback()
		panic("tcsim: " + err.Error())
	}
	return o.id
}

func (s *Server) seedTx(st *state) *tx {
	sw := s.Switches()
	return &tx{st: st, c: &call{s: s, st: st, user: s.users[0], now: s.cfg.Now(), sw: &sw}}
}

// owner finds an owner by name; one that does not exist is a Community.
func (t *tx) owner(name string) *Owner {
	if name == "" {
		return t.c.organization()
	}
	if o := t.st.byOwner[name]; o != nil {
		return o
	}
	return t.st.addOwner(Owner{Name: name})
}

// stamped enters o and then sets what only seeding may set.
func (t *tx) stamped(o *object, s Stamp) error {
	if t.st.get(o.kind, o.id) != nil && o.id != 0 {
		return fmt.Errorf("the ID %d is given twice", o.id)
	}
	o.added = momentOf(s.DateAdded)
	t.add(o)
	o.born = 0
	if !s.LastModified.IsZero() {
		o.edited = momentOf(s.LastModified)
	}
	for _, u := range t.c.s.users {
		if u.UserName == s.CreatedBy {
			o.by = u
		}
	}
	return nil
}

// fieldsFrom turns plain values into stored ones: dates by their row.
func (t *tx) fieldsFrom(k kind, plain map[string]any) (dict, error) {
	if len(plain) == 0 {
		return nil, nil
	}
	data, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	body, refusal := parseObject(data, false)
	if refusal != nil {
		return nil, refusal
	}
	if body.get("active") == true {
		body = body.without("active") // as it is unless it is set
	}
	for i := range body {
		m := &body[i]
		row := t.c.spec(k, m.key)
		row.min, row.max, row.values = 0, 0, nil
		if row.typ == "BigDecimal" {
			row.max = 5
		}
		if d, ok := m.value.(string); ok && row.typ == "Date" {
			if at, err := time.Parse(time.RFC3339Nano, d); err == nil {
				m.value = at.UTC()
				continue
			}
		}
		if m.value, refusal = t.c.checkValue(&row, m.value); refusal != nil {
			return nil, refusal
		}
	}
	return body, nil
}

func (t *tx) decorate(o *object, x *Record) error {
	for _, name := range x.Tags {
		tag, err := t.tag(o.owner, t.mainTag(name), "")
		if err != nil {
			return err
		}
		t.link(o, tag)
	}
	for _, a := range x.Attributes {
		at := &object{kind: attributeKinds[o.kind], id: a.ID, parent: o, owner: o.owner, typ: a.Type, name: a.Value,
			fields: texts("source", a.Source)}
		for key, on := range map[string]bool{"default": a.Default, "pinned": a.Pinned} {
			if on {
				at.fields = append(at.fields, member{key, true})
			}
		}
		if err := t.stamped(at, a.Stamp); err != nil {
			return err
		}
		if err := t.label(at, a.SecurityLabels); err != nil {
			return err
		}
	}
	return t.label(o, x.SecurityLabels)
}

func (t *tx) label(o *object, labels []string) error {
	for _, name := range labels {
		l := t.labelNamed(o, name)
		if l == nil {
			return fmt.Errorf("the security label %q does not exist", name)
		}
		t.link(o, l)
	}
	return nil
}
