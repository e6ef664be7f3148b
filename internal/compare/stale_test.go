package compare_test

import (
	"bytes"
	"strings"
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/inventory"
	"tcimport/internal/plan"
)

// inventory is what a look-up for a saved plan finds in s.
func inventoryOf(p *plan.Plan, s scene) *inventory.Inventory {
	inv := &inventory.Inventory{Groups: s.groups, Paged: map[int64]intel.List{}}
	for _, o := range p.Objects {
		if o.Kind == intel.KindGroup {
			continue
		}
		var found []*intel.Remote
		for _, r := range s.objects {
			if r.Kind == o.Kind && (r.ID == o.ID() || o.Definition != nil && r.Type == o.Definition.Type && r.Name == o.Definition.Summary) {
				found = append(found, r)
			}
		}
		inv.Objects = append(inv.Objects, found)
	}
	return inv
}

// change is something that happens after a plan was made.
type change struct {
	name string
	do   func(*scene)
	want string // what is stale and why, "" for nothing
}

// staleness plans base, saves the plan, and looks at it again after each change.
func staleness(t *testing.T, base func() scene, changes []change) {
	t.Helper()
	for _, c := range changes {
		p, err := plan.Read(bytes.NewReader(written(t, base().plan(t))))
		if err != nil {
			t.Fatal(err)
		}
		writers, conflicts := len(p.Writers()), p.Summary.Conflict
		s := base()
		c.do(&s)
		var got []string
		stale := compare.FindStale(p, inventoryOf(p, s), nil)
		for _, st := range stale {
			got = append(got, st.Action.Key+": "+st.Why)
			if st.Action.Verb.Writes() {
				writers--
			}
			if st.Action.Verb != plan.Conflict {
				conflicts++
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		compare.LeaveOut(p, stale)
		if p.Summary.Conflict != conflicts || len(p.Writers()) != writers {
			t.Errorf("%s: left out: %+v", c.name, p.Summary)
		}
	}
}

func appears(rs ...*intel.Remote) func(*scene) {
	return func(s *scene) {
		for _, r := range rs {
			if r.Kind == intel.KindGroup {
				s.groups = append(s.groups, r)
			} else {
				s.objects = append(s.objects, r)
			}
		}
	}
}

func nothing(*scene) {}

func TestStale(t *testing.T) {
	staleness(t, func() scene {
		return scene{
			manifest: `
groups:
  - {key: new, type: Threat, name: New, associatedGroups: ["#9"], associatedIndicators: [Host:new.example, Host:old.example]}
  - {key: old, type: Incident, name: Old, status: Open, tags: [x], attributes: [{type: Aliases, value: v}], securityLabels: [TLP:RED], associatedGroups: []}
`,
			groups: []*intel.Remote{group(1, "Incident", "Old", ours("old"), field("status", "New"), tags("x"), labels("TLP:RED"), attribute(11, "Aliases", "w"), linked(intel.KindGroup, 8)),
				group(9, "Adversary", "Far")},
			objects: []*intel.Remote{object(intel.KindIndicator, 7, "Host", "old.example")},
		}
	}, []change{
		{"nothing", nothing, ""},
		{"what is not compared", func(s *scene) {
			field("eventDate", "2020-01-01T00:00:00Z")(s.groups[0])
			linked(intel.KindIndicator, 77)(s.groups[0])
			s.groups[0].Attributes[0].SecurityLabels = []string{"TLP:RED"}
		}, ""},
		{"order of tags", func(s *scene) { s.groups[0].Tags = append([]intel.RemoteTag{}, s.groups[0].Tags...) }, ""},
		{"gone", func(s *scene) { s.groups = s.groups[1:] }, "old: group 1 is gone"},
		{"renamed", func(s *scene) { s.groups[0].Name = "Theirs" }, "old: group 1 was changed"},
		{"field", func(s *scene) { s.groups[0].Fields[0].Value = "Open" }, "old: group 1 was changed"},
		{"tag", func(s *scene) { tags("y")(s.groups[0]) }, "old: group 1 was changed"},
		{"label", func(s *scene) { labels("y")(s.groups[0]) }, "old: group 1 was changed"},
		{"attribute", func(s *scene) { s.groups[0].Attributes[0].Value = "v" }, "old: group 1 was changed"},
		{"attribute made anew", func(s *scene) { s.groups[0].Attributes[0].ID = 12 }, "old: group 1 was changed"},
		{"link", func(s *scene) { linked(intel.KindGroup, 9)(s.groups[0]) }, "old: group 1 was changed"},
		{"xid taken", appears(group(20, "Threat", "X", ours("new"))), "new: group 20 was created with this key since the plan was made"},
		{"xid of one that is there taken, too", appears(group(20, "Incident", "X", ours("old"))), "old: group 20 has the same xid now"},
		{"name taken", appears(group(20, "Threat", "New")), "new: group 20 has its type and name now"},
		{"name of one that is known by its xid", appears(group(20, "Incident", "Old")), ""},
		{"name taken in another owner", appears(group(20, "Threat", "New", owner("Demo Source"))), ""},
		{"indicator gone", func(s *scene) { s.objects = nil }, "new: indicator 7 (old.example) is gone"},
		{"indicator made anew", func(s *scene) { s.objects[0] = object(intel.KindIndicator, 70, "Host", "old.example") }, "new: indicator 7 (old.example) is gone"},
		{"indicator appeared", appears(object(intel.KindIndicator, 8, "Host", "new.example")), `new: indicator "new.example" exists now, as 8`},
		{"indicator is two", appears(object(intel.KindIndicator, 8, "Host", "old.example")), `new: 2 objects of kind indicator match "old.example" now`},
		{"referenced group gone", func(s *scene) { s.groups = s.groups[:1] }, "new: group 9 is gone, and the plan adds an association with it"},
		{"referenced by ID, renamed", func(s *scene) { s.groups[1].Name = "Farther" }, ""},
	})
}

func TestStaleAttributeLabels(t *testing.T) {
	staleness(t, func() scene {
		s := with("Threat", `tags: [new], attributes: [{type: Aliases, value: x, securityLabels: [TLP:RED]}]`, attribute(11, "Aliases", "x"))
		s.groups[0].Attributes[0].SecurityLabels = []string{"TLP:RED", "Internal"}
		return s
	}, []change{
		{"nothing", nothing, ""},
		{"another order and spelling", func(s *scene) { s.groups[0].Attributes[0].SecurityLabels = []string{"internal", "TLP: Red"} }, ""},
		{"one more", func(s *scene) {
			s.groups[0].Attributes[0].SecurityLabels = append(s.groups[0].Attributes[0].SecurityLabels, "TLP:GREEN")
		}, "a: group 1 was changed"},
		{"gone", func(s *scene) { s.groups[0].Attributes[0].SecurityLabels = []string{} }, "a: group 1 was changed"},
	})
}

// A plan that was carried out half way is not stale for what it has done
// itself, also where that shows at groups which it has not come to yet.
func TestStaleResumed(t *testing.T) {
	s := scene{
		manifest: `
groups:
  - {key: new, type: Threat, name: New, associatedGroups: [rest, same], associatedIndicators: [Host:new.example]}
  - {key: first, type: Threat, name: First, tags: [x], associatedGroups: [rest]}
  - {key: rest, type: Threat, name: Rest, tags: [y], associatedGroups: [], associatedIndicators: [Host:new.example]}
  - {key: same, type: Threat, name: Same, associatedGroups: []}
  - {key: drop, type: Threat, name: Drop, associatedGroups: []}
  - {key: dropped, type: Threat, name: Dropped, tags: [x], associatedGroups: []}
`,
		groups: []*intel.Remote{group(1, "Threat", "First", ours("first")), group(2, "Threat", "Rest", ours("rest")), group(3, "Threat", "Same", ours("same")),
			group(4, "Threat", "Drop", ours("drop"), linked(intel.KindGroup, 5)), group(5, "Threat", "Dropped", ours("dropped"), linked(intel.KindGroup, 4))},
		policy: replace,
	}
	p := s.plan(t)
	now := scene{
		groups: []*intel.Remote{group(1, "Threat", "First", ours("first"), tags("x"), linked(intel.KindGroup, 2)),
			group(2, "Threat", "Rest", ours("rest"), linked(intel.KindGroup, 1, 10)), group(3, "Threat", "Same", ours("same"), linked(intel.KindGroup, 10)),
			group(4, "Threat", "Drop", ours("drop")), group(5, "Threat", "Dropped", ours("dropped")),
			group(10, "Threat", "New", ours("new"), linked(intel.KindGroup, 2, 3), linked(intel.KindIndicator, 70))},
		objects: []*intel.Remote{object(intel.KindIndicator, 70, "Host", "new.example")},
	}
	done := map[string]bool{"new": true, "first": true, "drop": true}
	if stale := compare.FindStale(p, inventoryOf(p, now), done); len(stale) > 0 {
		t.Errorf("%s: %s\n%s", stale[0].Action.Key, stale[0].Why, shown(p))
	}
	linked(intel.KindGroup, 99)(now.groups[1])
	if stale := compare.FindStale(p, inventoryOf(p, now), done); len(stale) != 1 || stale[0].Action.Key != "rest" {
		t.Errorf("somebody else's association was not noticed: %v", stale)
	}
	if stale := compare.FindStale(p, inventoryOf(p, now), nil); len(stale) < 4 {
		t.Errorf("without a run of this plan everything has changed: %v", stale)
	}
}

// That the run which is carried on has deleted a group does not change those
// with which it was associated; that it has renamed one, not the reference.
func TestStaleResumedDeleteAndRename(t *testing.T) {
	s := scene{
		manifest: `
groups:
  - {key: same, type: Threat, name: Same, associatedGroups: ["#9"]}
  - {key: rest, type: Threat, name: Rest, tags: [x], associatedGroups: [{type: Threat, name: Was}]}
  - {key: renamed, type: Threat, name: Renamed}
`,
		groups: []*intel.Remote{group(1, "Threat", "Same", ours("same"), linked(intel.KindGroup, 3, 9)), group(2, "Threat", "Rest", ours("rest"), linked(intel.KindGroup, 3)),
			group(3, "Threat", "Drop", ours("drop"), linked(intel.KindGroup, 1, 2)), group(4, "Threat", "Was", ours("renamed")), group(9, "Threat", "Far")},
		ids:    baseline.IDMap{"drop": known(3, "Drop")},
		policy: func(p *plan.Policy) { p.Prune, p.PruneMax = true, plan.Limit{N: 1} },
	}
	p := s.plan(t)
	if p.Summary.Delete != 1 || p.Summary.Update != 2 {
		t.Fatalf("not what is to be tested:\n%s", shown(p))
	}
	now := scene{groups: []*intel.Remote{group(1, "Threat", "Same", ours("same"), linked(intel.KindGroup, 9)), group(2, "Threat", "Rest", ours("rest")),
		group(4, "Threat", "Renamed", ours("renamed")), group(9, "Threat", "Far")}}
	if stale := compare.FindStale(p, inventoryOf(p, now), map[string]bool{"drop": true, "renamed": true}); len(stale) > 0 {
		t.Errorf("%s: %s\n%s", stale[0].Action.Key, stale[0].Why, shown(p))
	}
	if stale := compare.FindStale(p, inventoryOf(p, now), nil); len(stale) != 3 {
		t.Errorf("without a run of this plan %d are stale", len(stale))
	}
	linked(intel.KindGroup, 99)(now.groups[0])
	if stale := compare.FindStale(p, inventoryOf(p, now), map[string]bool{"drop": true, "renamed": true}); len(stale) != 1 || stale[0].Action.Key != "same" {
		t.Errorf("somebody else's association was not noticed: %v", stale)
	}
}

// An object that appears while a plan is half done is the plan's own only if an
// action that was begun names it.
func TestStaleResumedObjects(t *testing.T) {
	s := scene{manifest: `
groups:
  - {key: first, type: Threat, name: First, associatedIndicators: [Host:x.example]}
  - {key: rest, type: Threat, name: Rest, associatedIndicators: [Host:x.example, Host:y.example]}
`}
	p := s.plan(t)
	now := scene{objects: []*intel.Remote{object(intel.KindIndicator, 7, "Host", "x.example")},
		groups: []*intel.Remote{group(1, "Threat", "First", ours("first"), linked(intel.KindIndicator, 7))}}
	done := map[string]bool{"first": true}
	if stale := compare.FindStale(p, inventoryOf(p, now), done); len(stale) > 0 {
		t.Errorf("%s: %s", stale[0].Action.Key, stale[0].Why)
	}
	appears(object(intel.KindIndicator, 8, "Host", "y.example"))(&now)
	if stale := compare.FindStale(p, inventoryOf(p, now), done); len(stale) != 1 || stale[0].Why != `indicator "y.example" exists now, as 8` {
		t.Errorf("somebody else's indicator was not noticed: %v", stale)
	}
}
