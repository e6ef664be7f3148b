package tcsim

import "fmt"

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
	s.work()
	defer s.change()()
	t := s.seedTx(s.st)
	oa, ob := s.st.get(kindsByName[a.Kind], a.ID), s.st.get(kindsByName[b.Kind], b.ID)
	if oa == nil || ob == nil {
		panic(fmt.Sprintf("tcsim: Associate(%v, %v): no such object", a, b))
	}
	t.link(oa, ob)
}

func (s *Server) seed(k kind, x Record) int64 {
	s.work()
	defer s.change()()
	t := s.seedTx(s.st)
	var o *object
	if err := attempt(func() {
		o = t.restore(k, &x)
		t.relink(o, x.Associations)
	}); err != nil {
		panic("tcsim: " + err.message)
	}
	return o.id
}
