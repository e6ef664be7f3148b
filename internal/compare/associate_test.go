package compare_test

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

func TestAssociations(t *testing.T) {
	const both = `groups: [{key: a, type: Threat, name: One, associatedGroups: [b]}, {key: b, type: Threat, name: Two}]`
	const threats = `groups: [{key: a, type: Threat, name: One, associatedIndicators: [Host:x.example, "#7"]}]`
	host := object(intel.KindIndicator, 6, "Host", "x.example")
	inactive := object(intel.KindIndicator, 6, "Host", "x.example")
	inactive.Active = false
	byID := object(intel.KindIndicator, 7, "Host", "y.example")
	ga := func(o ...option) *intel.Remote { return group(1, "Threat", "One", append(o, ours("a"))...) }
	gb := func(o ...option) *intel.Remote { return group(2, "Threat", "Two", append(o, ours("b"))...) }
	set := func(f func(*plan.Policy)) func(*plan.Policy) { return f }
	scenes(t, "associations.txtar", cases{
		{"both there, linked", scene{manifest: both, groups: []*intel.Remote{ga(linked(intel.KindGroup, 2)), gb(linked(intel.KindGroup, 1))}}},
		{"linked, seen from the other side only", scene{manifest: both, groups: []*intel.Remote{ga(), gb(linked(intel.KindGroup, 1))}}},
		{"an ID of another kind is no link", scene{manifest: both, groups: []*intel.Remote{ga(linked(intel.KindIndicator, 2)), gb()}}},
		{"linked by the complete list", scene{manifest: both, groups: []*intel.Remote{ga(), gb()}, then: func(in *compare.Input) {
			in.Found.SetLinked(in.Found.Groups[0], intel.KindGroup, []*intel.Remote{{Kind: intel.KindGroup, ID: 2}})
		}}},
		{"not linked by the complete list", scene{manifest: both, groups: []*intel.Remote{ga(linked(intel.KindGroup, 9)), gb()}, then: func(in *compare.Input) {
			in.Found.SetLinked(in.Found.Groups[0], intel.KindGroup, nil)
		}}},
		{"append keeps what nobody names", scene{manifest: both, groups: []*intel.Remote{ga(linked(intel.KindGroup, 2, 9)), gb(linked(intel.KindGroup, 1))}}},
		{"replace removes what nobody names", scene{manifest: both, policy: replace, groups: []*intel.Remote{
			ga(linked(intel.KindGroup, 2, 9), linked(intel.KindIndicator, 9)), gb(linked(intel.KindGroup, 1, 9))}}},
		{"replace keeps what the other end names", scene{policy: replace, groups: []*intel.Remote{ga(linked(intel.KindGroup, 2)), gb(linked(intel.KindGroup, 1))},
			manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: []}, {key: b, type: Threat, name: Two, associatedGroups: [a]}]`}},
		{"replace, both ends let go", scene{policy: replace, groups: []*intel.Remote{ga(linked(intel.KindGroup, 2)), gb(linked(intel.KindGroup, 1))},
			manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: []}, {key: b, type: Threat, name: Two, associatedGroups: []}]`}},
		{"empty, append", scene{groups: []*intel.Remote{ga(linked(intel.KindGroup, 2))}, manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: []}]`}},
		{"a list apart counts for replace", scene{policy: replace, groups: []*intel.Remote{ga(linked(intel.KindGroup, 2, 9)), gb(linked(intel.KindGroup, 1))},
			manifest: `{groups: [{key: a, type: Threat, name: One, associatedGroups: []}, {key: b, type: Threat, name: Two}], associations: [{group: b, associatedGroup: a}]}`}},
		{"indicators, there", scene{manifest: threats, groups: []*intel.Remote{ga()}, objects: []*intel.Remote{host, byID}}},
		{"indicators, linked", scene{manifest: threats, groups: []*intel.Remote{ga(linked(intel.KindIndicator, 6, 7))}, objects: []*intel.Remote{inactive, byID}}},
		{"indicators, one new", scene{manifest: threats, groups: []*intel.Remote{ga()}, objects: []*intel.Remote{byID}}},
		{"indicators, an ID that is not there", scene{manifest: threats, groups: []*intel.Remote{ga()}, objects: []*intel.Remote{host}}},
		{"missing indicators fail", scene{manifest: threats, objects: []*intel.Remote{byID}, policy: set(func(p *plan.Policy) { p.MissingIndicators = plan.MissingFail })}},
		{"missing indicators skipped", scene{manifest: threats, objects: []*intel.Remote{byID}, policy: set(func(p *plan.Policy) { p.MissingIndicators = plan.MissingSkip })}},
		{"two indicators match", scene{manifest: threats, objects: []*intel.Remote{host, object(intel.KindIndicator, 8, "Host", "x.example"), byID}}},
		{"one indicator, two names", scene{manifest: threats, objects: []*intel.Remote{object(intel.KindIndicator, 7, "Host", "x.example"), byID}}},
		{"create only", scene{manifest: both, groups: []*intel.Remote{gb()}, policy: set(func(p *plan.Policy) { p.CreateOnly = true })}},
		{"create only, differs", scene{manifest: `groups: [{key: a, type: Threat, name: One, tags: [x]}, {key: b, type: Threat, name: Two}]`,
			groups: []*intel.Remote{ga(), gb()}, policy: set(func(p *plan.Policy) { p.CreateOnly = true })}},
		{"update only", scene{manifest: both, groups: []*intel.Remote{gb()}, policy: set(func(p *plan.Policy) { p.UpdateOnly = true })}},
		{"update only, the other way", scene{manifest: both, groups: []*intel.Remote{ga()}, policy: set(func(p *plan.Policy) { p.UpdateOnly = true })}},
	})
}

// end is one state that an end of an association can be in.
type end struct {
	name  string
	group func(id int64, key string) *intel.Remote
	verb  plan.Verb
}

// TestAssociationOnce holds every combination of ends against the rule: an
// association is listed once, under the new end if there is one (under a
// conflict that cannot be written before all), and counted if it is written.
func TestAssociationOnce(t *testing.T) {
	ends := []end{
		{"new", func(int64, string) *intel.Remote { return nil }, plan.Create},
		{"existing", func(id int64, key string) *intel.Remote { return group(id, "Threat", key, ours(key)) }, plan.Unchanged},
		{"conflict", func(id int64, key string) *intel.Remote { return group(id, "Threat", key, xid("theirs")) }, plan.Conflict},
		{"conflict that exists", func(id int64, key string) *intel.Remote { return group(id, "Incident", key, ours(key)) }, plan.Conflict},
		{"reference", func(id int64, key string) *intel.Remote { return group(id, "Threat", key) }, plan.Unchanged},
	}
	for _, x := range ends {
		for _, y := range ends {
			for _, form := range []string{"near", "far", "both", "apart"} {
				t.Run(fmt.Sprintf("%s to %s, %s", x.name, y.name, form), func(t *testing.T) { oneAssociation(t, x, y, form) })
			}
		}
	}
}

func oneAssociation(t *testing.T, x, y end, form string) {
	name := func(e end, key, id string) string {
		if e.name == "reference" {
			return id
		}
		return key
	}
	nameX, nameY := name(x, "x", "#1"), name(y, "y", "#2")
	listX, listY := "", ""
	if form == "near" || form == "both" {
		listX = fmt.Sprintf(`, associatedGroups: [%q]`, nameY)
	}
	if form == "far" || form == "both" {
		listY = fmt.Sprintf(`, associatedGroups: [%q]`, nameX)
	}
	var groups []string
	if x.name != "reference" {
		groups = append(groups, "{key: x, type: Threat, name: x"+listX+"}")
	}
	if y.name != "reference" {
		groups = append(groups, "{key: y, type: Threat, name: y"+listY+"}")
	}
	text := "groups: [" + strings.Join(groups, ", ") + "]\n"
	if form == "apart" {
		text += fmt.Sprintf("associations: [{group: %q, associatedGroup: %q}]\n", nameX, nameY)
	}
	if form == "near" && x.name == "reference" || form == "far" && y.name == "reference" || form == "both" && len(groups) == 0 {
		t.Skip("a reference has no list")
	}
	s := scene{manifest: text}
	for i, e := range []end{x, y} {
		if r := e.group(int64(i+1), []string{"x", "y"}[i]); r != nil {
			s.groups = append(s.groups, r)
		}
	}
	p := s.plan(t)
	var under *plan.Action
	n := 0
	for _, a := range p.Actions {
		for range a.Associations {
			under, n = a, n+1
		}
	}
	if n != 1 {
		t.Fatalf("%d associations listed, want 1:\n%s", n, shown(p))
	}
	switch conflict, created := x.verb == plan.Conflict || y.verb == plan.Conflict, x.verb == plan.Create || y.verb == plan.Create; {
	case conflict && under.Verb != plan.Conflict:
		t.Errorf("listed under a group that does not know it will not be made:\n%s", shown(p))
	case !conflict && created && under.Verb != plan.Create:
		t.Errorf("not listed under the new end:\n%s", shown(p))
	case !conflict && !created && under.Verb != plan.Update:
		t.Errorf("listed under a group that is not written:\n%s", shown(p))
	case !conflict && p.Summary.Associations != 1, conflict && p.Summary.Associations != 0:
		t.Errorf("%d associations counted:\n%s", p.Summary.Associations, shown(p))
	}
	if as := under.Associations[0]; x.verb == plan.Create && y.verb == plan.Create {
		other := p.Actions[0]
		if other == under {
			other = p.Actions[1]
		}
		if other.Order >= under.Order || as.Key() != other.Key || as.State != plan.New {
			t.Errorf("the one written later does not carry it:\n%s", shown(p))
		}
	}
}
