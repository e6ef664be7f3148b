package plan_test

import (
	"bytes"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// inventory is what a look-up for a saved plan finds in s.
func inventory(p *plan.Plan, s scene) *plan.Inventory {
	inv := &plan.Inventory{Groups: s.groups, Links: map[plan.LinkList][]intel.Remote{}}
	for _, o := range p.Objects {
		if o.Kind == intel.KindGroup {
			continue
		}
		var found []*intel.Remote
		for _, r := range s.objects {
			if r.Kind == o.Kind && (r.ID == o.ID || o.Definition != nil && r.Type == o.Definition.Type && r.Name == o.Definition.Summary) {
				found = append(found, r)
			}
		}
		inv.Objects = append(inv.Objects, found)
	}
	return inv
}

func TestStale(t *testing.T) {
	base := func() scene {
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
	}
	for _, c := range []struct {
		name   string
		change func(*scene)
		want   string // "" for nothing
	}{
		{"nothing", func(*scene) {}, ""},
		{"what is not compared", func(s *scene) {
			field("eventDate", "2020-01-01T00:00:00Z")(s.groups[0])
			linked(intel.KindIndicator, 77)(s.groups[0])
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
		{"xid taken", func(s *scene) { s.groups = append(s.groups, group(20, "Threat", "X", ours("new"))) }, "new: group 20 has its xid now"},
		{"name taken", func(s *scene) { s.groups = append(s.groups, group(20, "Threat", "New")) }, "new: group 20 has its type and name now"},
		{"name taken in another owner", func(s *scene) { s.groups = append(s.groups, group(20, "Threat", "New", owner("Demo Source"))) }, ""},
		{"indicator gone", func(s *scene) { s.objects = nil }, "new: indicator 7 (old.example) is gone"},
		{"indicator made anew", func(s *scene) { s.objects[0] = object(intel.KindIndicator, 70, "Host", "old.example") }, "new: indicator 7 (old.example) is gone"},
		{"indicator appeared", func(s *scene) { s.objects = append(s.objects, object(intel.KindIndicator, 8, "Host", "new.example")) }, `new: indicator "new.example" exists now, as 8`},
		{"referenced group gone", func(s *scene) { s.groups = s.groups[:1] }, "new: group 9, with which it is to be associated, is gone"},
	} {
		p, err := plan.Read(bytes.NewReader(written(t, base().plan(t))))
		if err != nil {
			t.Fatal(err)
		}
		s := base()
		c.change(&s)
		var got []string
		stale := p.Stale(inventory(p, s), nil)
		for _, st := range stale {
			got = append(got, st.Action.Key+": "+st.Why)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		p.LeaveOut(stale)
		if p.Summary.Conflict != len(stale) || len(p.Writers()) != 2-len(stale) {
			t.Errorf("%s: left out: %+v", c.name, p.Summary)
		}
	}
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
	if stale := p.Stale(inventory(p, now), done); len(stale) > 0 {
		t.Errorf("%s: %s\n%s", stale[0].Action.Key, stale[0].Why, shown(p))
	}
	linked(intel.KindGroup, 99)(now.groups[1])
	if stale := p.Stale(inventory(p, now), done); len(stale) != 1 || stale[0].Action.Key != "rest" {
		t.Errorf("somebody else's association was not noticed: %v", stale)
	}
	if stale := p.Stale(inventory(p, now), nil); len(stale) < 4 {
		t.Errorf("without a run of this plan everything has changed: %v", stale)
	}
}
