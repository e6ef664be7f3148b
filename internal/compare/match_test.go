package compare_test

import (
	"strings"
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

const one = `groups: [{key: a, type: Threat, name: One}]`

func known(id int64, name string) baseline.Group {
	return baseline.Group{ID: id, Type: "Threat", Name: name, Owner: org, Row: "map.csv:2"}
}

func adopt(a plan.Adopt) func(*plan.Policy) { return func(p *plan.Policy) { p.Adopt = a } }

type cases = []struct {
	name  string
	scene scene
}

// TestIdentity is what makes a group of the manifest and one of the instance
// the same: id-map, xid, name.
func TestIdentity(t *testing.T) {
	scenes(t, "identity.txtar", cases{
		{"nothing there", scene{manifest: one}},
		{"by derived xid", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "One", ours("a"))}}},
		{"by derived xid, renamed", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "Old", ours("a"))}}},
		{"an xid counts in its owner only", scene{manifest: one, groups: []*intel.Remote{
			group(1, "Threat", "One", owner("Demo Source"), xid(intel.DerivedXID("ns", org, "a")))}}},
		{"a namespace of its own", scene{manifest: one, groups: []*intel.Remote{
			group(1, "Threat", "Other", xid(intel.DerivedXID("another", org, "a")))}}},
		{"by own xid", scene{manifest: `groups: [{key: a, type: Threat, name: One, xid: mine}]`,
			groups: []*intel.Remote{group(1, "Threat", "Old", xid("mine"))}}},
		{"own xid hides the derived one", scene{manifest: `groups: [{key: a, type: Threat, name: One, xid: mine}]`,
			groups: []*intel.Remote{group(1, "Threat", "Old", ours("a"))}}},
		{"one xid, two groups", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "One", ours("a")), group(2, "Threat", "Two", ours("a"))}}},
		{"type differs by xid", scene{manifest: one, groups: []*intel.Remote{group(1, "Incident", "One", ours("a"))}}},

		{"by id-map and name", scene{manifest: one, ids: baseline.IDMap{"a": known(1, "Was")}, groups: []*intel.Remote{group(1, "Threat", "Was", xid("foreign"))}}},
		{"by id-map and xid", scene{manifest: one, ids: baseline.IDMap{"a": known(1, "Was")}, groups: []*intel.Remote{group(1, "Threat", "Now", ours("a"))}}},
		{"id-map: neither name nor xid", scene{manifest: one, ids: baseline.IDMap{"a": known(1, "Was")}, groups: []*intel.Remote{group(1, "Threat", "Now")}}},
		{"id-map: another type on the server", scene{manifest: one, ids: baseline.IDMap{"a": known(1, "Was")}, groups: []*intel.Remote{group(1, "Incident", "Was")}}},
		{"id-map: another owner on the server", scene{manifest: one, ids: baseline.IDMap{"a": known(1, "Was")},
			groups: []*intel.Remote{group(1, "Threat", "Was", owner("Demo Source"))}}},
		{"id-map: another owner in its row", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "One", owner("Demo Source"))},
			ids: baseline.IDMap{"a": {ID: 1, Type: "Threat", Name: "One", Owner: "Demo Source", Row: "map.csv:2"}}}},
		{"id-map: another type in its row", scene{manifest: one, groups: []*intel.Remote{group(1, "Incident", "One")},
			ids: baseline.IDMap{"a": {ID: 1, Type: "Incident", Name: "One", Owner: org, Row: "map.csv:2"}}}},
		{"id-map: gone, made again", scene{manifest: one, ids: baseline.IDMap{"a": known(1, "One")}}},
		{"id-map: gone, found by xid", scene{manifest: one, ids: baseline.IDMap{"a": known(1, "One")}, groups: []*intel.Remote{group(2, "Threat", "One", ours("a"))}}},
		{"id-map and xid name two", scene{manifest: one, ids: baseline.IDMap{"a": known(1, "One")},
			groups: []*intel.Remote{group(1, "Threat", "One"), group(2, "Threat", "Else", ours("a"))}}},
		{"id-map: two keys, one group", scene{manifest: `groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: Two}]`,
			ids: baseline.IDMap{"a": known(1, "One"), "b": known(1, "One")}, groups: []*intel.Remote{group(1, "Threat", "One")}}},

		{"adopted", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "One")}}},
		{"names are exact", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "ONE"), group(2, "Incident", "One"), group(3, "Threat", "One", owner("Demo Source"))}}},
		{"foreign xid", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "One", xid("theirs"))}}},
		{"foreign xid, adopt any", scene{manifest: one, policy: adopt(plan.AdoptAny), groups: []*intel.Remote{group(1, "Threat", "One", xid("theirs"))}}},
		{"no xid, adopt any", scene{manifest: one, policy: adopt(plan.AdoptAny), groups: []*intel.Remote{group(1, "Threat", "One")}}},
		{"no xid, adopt none", scene{manifest: one, policy: adopt(plan.AdoptNone), groups: []*intel.Remote{group(1, "Threat", "One")}}},
		{"xid is no adoption", scene{manifest: one, policy: adopt(plan.AdoptNone), groups: []*intel.Remote{group(1, "Threat", "One", ours("a"))}}},
		{"several candidates", scene{manifest: one, policy: adopt(plan.AdoptAny), groups: []*intel.Remote{group(1, "Threat", "One"), group(2, "Threat", "One", xid("theirs"))}}},
		{"claimed by its xid", scene{manifest: `groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: One}]`,
			groups: []*intel.Remote{group(1, "Threat", "One", ours("b"))}}},
		{"claimed by the id-map", scene{manifest: `groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: Two}]`,
			ids: baseline.IDMap{"b": known(1, "One")}, groups: []*intel.Remote{group(1, "Threat", "One")}}},
		{"two keys, one name", scene{manifest: `groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: One}]`,
			groups: []*intel.Remote{group(1, "Threat", "One")}}},
		{"not one that another key may be", scene{policy: adopt(plan.AdoptAny), manifest: `groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: Two}]`,
			groups: []*intel.Remote{group(1, "Threat", "Two", ours("a")), group(2, "Threat", "Else", ours("a"))}}},
		{"not one that another key has in the id-map", scene{manifest: `groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: One}]`,
			ids: baseline.IDMap{"a": known(1, "One")}, groups: []*intel.Remote{group(1, "Threat", "One"), group(2, "Threat", "Else", ours("a"))}}},
		{"another key's xid", scene{manifest: one, groups: []*intel.Remote{group(1, "Threat", "One", ours("old-key"))}}},
	})
}

// TestReferences is how groups are found that are only pointed at.
func TestReferences(t *testing.T) {
	const head = `groups: [{key: a, type: Threat, name: One, associatedGroups: `
	scenes(t, "references.txtar", cases{
		{"by ID", scene{manifest: head + `["#5"]}]`, groups: []*intel.Remote{group(5, "Adversary", "Far", owner("Demo Source"))}}},
		{"by ID, gone", scene{manifest: head + `["#5"]}]`}},
		{"by xid", scene{manifest: head + `[{xid: theirs}]}]`, groups: []*intel.Remote{group(5, "Adversary", "Far", xid("theirs"))}}},
		{"by xid of another owner", scene{manifest: head + `[{xid: theirs}]}]`, groups: []*intel.Remote{group(5, "Adversary", "Far", xid("theirs"), owner("Demo Source"))}}},
		{"by type and name", scene{manifest: head + `[{type: Adversary, name: Far}]}]`, groups: []*intel.Remote{group(5, "Adversary", "Far", xid("theirs"))}}},
		{"by type and name, none", scene{manifest: head + `[{type: Adversary, name: Far}]}]`, groups: []*intel.Remote{group(5, "Threat", "Far")}}},
		{"by type and name, several", scene{manifest: head + `[{type: Adversary, name: Far}]}]`, groups: []*intel.Remote{group(5, "Adversary", "Far"), group(6, "Adversary", "Far")}}},
		{"two ways to one group", scene{manifest: head + `["#5", {type: Adversary, name: Far}, {xid: theirs}]}]`, groups: []*intel.Remote{group(5, "Adversary", "Far", xid("theirs"))}}},
		{"two ways to one group, from both sides", scene{
			manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: [b]}, {key: b, type: Threat, name: Two, associatedGroups: ["#1"]}]`,
			groups:   []*intel.Remote{group(1, "Threat", "One", ours("a")), group(2, "Threat", "Two", ours("b"))}}},
		{"an existing group in a list apart", scene{manifest: `
groups: [{key: a, type: Threat, name: One}, {key: b, type: Threat, name: Two}]
associations: [{group: "#5", associatedGroup: a}, {group: "#5", associatedGroup: b}, {group: "#5", associatedGroup: "#6"}, {group: "#5", associatedIndicator: Host:x.example}]`,
			groups: []*intel.Remote{group(5, "Adversary", "Far"), group(6, "Adversary", "Farther"), group(2, "Threat", "Two", ours("b"))}}},
		{"a missing group in a list apart", scene{manifest: `
groups: [{key: a, type: Threat, name: One}]
associations: [{group: "#5", associatedGroup: a}]`}},
	})
}

// A key that only the id-map has is a group that still is what its row says.
func TestReferenceByIDMap(t *testing.T) {
	for _, c := range []struct {
		name string
		far  *intel.Remote
		want plan.Verb
	}{
		{"the same", group(5, "Threat", "Far"), plan.Create},
		{"renamed, with the expected xid", group(5, "Threat", "Renamed", ours("far")), plan.Create},
		{"another name", group(5, "Threat", "Else"), plan.Conflict},
		{"another type", group(5, "Incident", "Far"), plan.Conflict},
		{"another owner", group(5, "Threat", "Far", owner("Demo Source")), plan.Conflict},
	} {
		s := scene{manifest: one, groups: []*intel.Remote{c.far}, ids: baseline.IDMap{"far": known(5, "Far")}}
		s.then = func(in *compare.Input) {
			im := in.Import
			im.Groups = append(im.Groups, &intel.Group{Key: "far", Reference: true, ID: 5, Type: "Threat", Name: "Far", Owner: org})
			im.Edges = append(im.Edges, intel.Edge{Group: 0, Kind: intel.KindGroup, Other: 1})
		}
		p := s.plan(t)
		if a := p.Actions[0]; a.Verb != c.want || a.Verb == plan.Conflict && !strings.Contains(a.Reason(), `the id-map says that "far" is group 5 (map.csv:2), but`) {
			t.Errorf("%s:\n%s", c.name, shown(p))
		}
	}
}
