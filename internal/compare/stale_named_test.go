package compare_test

import (
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// What a group is associated with already has to be what the manifests call it,
// too: else they want another association, or nobody knows which.
func TestStaleNamedBefore(t *testing.T) {
	rename := func(i int) func(*scene) { return func(s *scene) { s.groups[i].Name = "Farther" } }
	const renamed, ambiguous = `group 5 is no longer called Adversary "Far"`, `2 groups in "Demo Organization" are called Adversary "Far" now`
	base := func() scene {
		return scene{
			manifest: `
groups:
  - {key: same, type: Threat, name: Same, associatedGroups: [{type: Adversary, name: Far}]}
  - {key: edit, type: Threat, name: Edit, tags: [x], associatedGroups: [{type: Adversary, name: Far}]}
  - {key: else, type: Threat, name: Else, tags: [x], associatedGroups: [{type: Adversary, name: Near}]}
`,
			groups: []*intel.Remote{group(1, "Threat", "Same", ours("same"), linked(intel.KindGroup, 5)), group(2, "Threat", "Edit", ours("edit"), linked(intel.KindGroup, 5)),
				group(3, "Threat", "Else", ours("else")), group(5, "Adversary", "Far"), group(6, "Adversary", "Near")},
		}
	}
	if p := base().plan(t); p.Summary.Unchanged != 1 || p.Summary.Update != 2 {
		t.Fatalf("not what is to be tested:\n%s", shown(p))
	}
	staleness(t, base, []change{
		{"nothing", nothing, ""},
		{"renamed", rename(3), "same: " + renamed + "; edit: " + renamed},
		{"ambiguous", appears(group(20, "Adversary", "Far")), "same: " + ambiguous + "; edit: " + ambiguous},
		{"another one renamed", rename(4), `else: group 6 is no longer called Adversary "Near"`},
	})
}

// A second object that matches is one that nobody has named, whether or not the
// association with the first one is there.
func TestStaleSecondObject(t *testing.T) {
	for _, c := range []struct {
		kind           intel.Kind
		typ, name, ref string
	}{
		{intel.KindIndicator, "Host", "x.example", "associatedIndicators: [Host:x.example]"},
		{intel.KindCase, "", "Phishing", "associatedCases: [{name: Phishing, severity: Low, status: Open}]"},
		{intel.KindArtifact, "Email Body", "x", "associatedArtifacts: [{caseId: 4, type: Email Body, summary: x}]"},
		{intel.KindVictimAsset, "Phone", "123", "associatedVictimAssets: [{victimId: 4, type: Phone, phone: 123}]"},
	} {
		one := object(c.kind, 7, c.typ, c.name)
		second := appears(object(c.kind, 8, c.typ, c.name))
		for _, there := range []bool{false, true} {
			base := func() scene {
				g := group(1, "Threat", "One", ours("a"))
				if there {
					linked(c.kind, 7)(g)
				}
				return scene{manifest: "groups: [{key: a, type: Threat, name: One, tags: [x], " + c.ref + "}]", groups: []*intel.Remote{g}, objects: []*intel.Remote{one}}
			}
			a := base().plan(t).Actions[0]
			if a.Verb != plan.Update || len(a.Associations) == 0 != there {
				t.Fatalf("%s: not what is to be tested: %+v", c.kind, a)
			}
			staleness(t, base, []change{
				{"nothing", nothing, ""},
				{"second one", second, "a: 2 objects of kind " + c.kind.String() + " match " + message.Quote(c.name) + " now"},
			})
		}
	}
}

// A group that is to be deleted, and that somebody has edited, stays.
func TestStaleDelete(t *testing.T) {
	base := func() scene {
		return scene{
			manifest: `groups: [{key: a, type: Threat, name: One}]`,
			groups: []*intel.Remote{group(1, "Threat", "One", ours("a")),
				group(2, "Incident", "Two", ours("b"), field("status", "New"), tags("x"), attribute(11, "Description", "d"), linked(intel.KindGroup, 1, 3)),
				group(3, "Threat", "Three", ours("c"), linked(intel.KindGroup, 2))},
			ids:    baseline.IDMap{"b": known(2, "Two"), "c": known(3, "Three")},
			policy: func(p *plan.Policy) { p.Prune, p.PruneMax = true, plan.Limit{N: 2} },
		}
	}
	if p := base().plan(t); p.Summary.Delete != 2 || p.PruneRefused != "" {
		t.Fatalf("not what is to be tested:\n%s", shown(p))
	}
	const want = "b: group 2 was changed"
	staleness(t, base, []change{
		{"nothing", nothing, ""},
		{"tag", func(s *scene) { tags("y")(s.groups[1]) }, want},
		{"label", func(s *scene) { labels("TLP:RED")(s.groups[1]) }, want},
		{"status", func(s *scene) { s.groups[1].Fields[0].Value = "Open" }, want},
		{"a field that was not set", func(s *scene) { field("eventDate", "2021-11-03T00:00:00Z")(s.groups[1]) }, want},
		{"description", func(s *scene) { s.groups[1].Attributes[0].Value = "e" }, want},
		{"indicator", func(s *scene) { linked(intel.KindIndicator, 7)(s.groups[1]) }, want},
		{"association", func(s *scene) { linked(intel.KindGroup, 9)(s.groups[1]) }, want},
		{"association removed", func(s *scene) { s.groups[1].Links = s.groups[1].Links[1:] }, want},
		{"gone", func(s *scene) { s.groups = append(s.groups[:1], s.groups[2]) }, "b: group 2 is gone"},
	})
	// That one of two that were associated is deleted already is no edit of the other.
	s := base()
	p := s.plan(t)
	now := scene{groups: []*intel.Remote{s.groups[0], group(3, "Threat", "Three", ours("c"))}}
	if stale := compare.FindStale(p, inventoryOf(p, now), map[string]bool{"b": true}); len(stale) > 0 {
		t.Errorf("%s: %s", stale[0].Action.Key, stale[0].Why)
	}
}
