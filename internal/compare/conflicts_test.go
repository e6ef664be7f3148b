package compare_test

import (
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// A group that a look-up shows to be named as its own other end is a conflict,
// by whatever name: an instance refuses such an association each time.
func TestAssociatedWithItself(t *testing.T) {
	itself := []*intel.Remote{group(1, "Threat", "Was", ours("a"))}
	marked := []*intel.Remote{group(1, "Threat", "One", xid("theirs"))}
	for _, c := range []struct {
		name, manifest string
		groups         []*intel.Remote
		key            string // of the conflict
		adopt          plan.Adopt
	}{
		{"by ID", `groups: [{key: a, type: Threat, name: One, associatedGroups: [{id: 1}]}]`, itself, "a", ""},
		{"by type and name", `groups: [{key: a, type: Threat, name: One, associatedGroups: [{type: Threat, name: Was}]}]`, itself, "a", ""},
		{"by xid", `groups: [{key: a, type: Threat, name: One, associatedGroups: [{xid: theirs}]}]`, marked, "a", plan.AdoptAny},
		{"in a list apart", `{groups: [{key: a, type: Threat, name: One}], associations: [{group: a, associatedGroup: "#1"}]}`, itself, "a", ""},
		{"in a list apart, the other way", `{groups: [{key: a, type: Threat, name: One}], associations: [{group: "#1", associatedGroup: a}]}`, itself, "a", ""},
		{"two references", `associations: [{group: "#1", associatedGroup: {type: Threat, name: Was, owner: Demo Organization}}]`, itself, "#1", ""},
		{"both ends in one", `associations: [{group: {type: Threat, name: Was}, associatedGroup: "#1"}]`, itself, "Threat/Was", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scene{manifest: c.manifest, groups: c.groups}
			if c.adopt != "" {
				s.policy = adopt(c.adopt)
			}
			p := s.plan(t)
			if p.Summary.Conflict != 1 || p.Summary.Pending() {
				t.Fatalf("no conflict alone:\n%s", shown(p))
			}
			for _, a := range p.Actions {
				if a.Verb == plan.Conflict && (a.Key != c.key || !strings.HasSuffix(a.Reason(), ": the group is associated with itself (ID 1): remove this association")) {
					t.Errorf("conflict of %s: %s", a.Key, a.Reason())
				}
			}
		})
	}
}

// What keeps the list of a reference from being written is no reason not to
// write the groups that point at it.
func TestConflictOfReferenceStays(t *testing.T) {
	for _, order := range []string{
		`[{group: "#5", associatedGroup: "#6"}, {group: a, associatedGroup: "#5"}]`,
		`[{group: a, associatedGroup: "#5"}, {group: "#5", associatedGroup: "#6"}]`,
	} {
		p := scene{manifest: "groups: [{key: a, type: Threat, name: One}]\nassociations: " + order,
			groups: []*intel.Remote{group(1, "Threat", "One", ours("a")), group(5, "Adversary", "Far")}}.plan(t)
		if a := p.Actions[0]; a.Verb != plan.Update || len(a.Associations) != 1 || a.Associations[0].ID() != 5 || p.Summary.Conflict != 1 {
			t.Errorf("%s:\n%s", order, shown(p))
		}
	}
}

// A replace policy leaves associations with a group alone that may be one which
// the manifest names, were that not in conflict.
func TestReplaceSparesCandidates(t *testing.T) {
	p := scene{policy: replace,
		manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: [b]}, {key: b, type: Threat, name: Two}]`,
		groups:   []*intel.Remote{group(1, "Threat", "One", ours("a"), linked(intel.KindGroup, 2, 9)), group(2, "Incident", "Two", ours("b"), linked(intel.KindGroup, 1))},
	}.plan(t)
	if a := p.Actions[0]; len(a.Associations) != 1 || a.Associations[0].Op != plan.Remove || a.Associations[0].ID() != 9 {
		t.Errorf("only the association with 9 is nobody's:\n%s", shown(p))
	}
}
