package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/golden"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// lastRun is the id-map of a run that left s.groups as its manifest wants them.
func lastRun(t *testing.T, s scene) baseline.IDMap {
	t.Helper()
	p := s.plan(t)
	if p.Summary.Pending() {
		t.Fatalf("the last run has left something to do:\n%s", shown(p))
	}
	return idMap(p)
}

// idMap is what the report of a run that carried p out says.
func idMap(p *plan.Plan) baseline.IDMap {
	ids := baseline.IDMap{}
	for _, a := range p.Actions {
		if a.ID != 0 {
			applied := a.BaselineAfter(nil, plan.Ending{Became: func(plan.Entry) plan.Arrival { return plan.Arrived }, IDOf: (*plan.Association).ID})
			ids[a.Key] = baseline.Group{ID: a.ID, Type: a.Type, Name: a.Name, Owner: a.Owner, Row: "map.csv:2",
				Baseline: baseline.Parse(applied.String())}
		}
	}
	return ids
}

// TestDrift edits the server, the manifest or both after a run, and plans under
// each policy.
func TestDrift(t *testing.T) {
	const before = `type: Incident, name: One, status: New, eventDate: 2021-11-03, tags: [x, {techniqueId: T1566}], securityLabels: [TLP:RED],
		attributes: [{type: Description, value: d}], associatedIndicators: ["#7"], associatedGroups: []`
	base := []option{ours("a"), field("status", "New"), field("eventDate", "2021-11-03T00:00:00Z"), tags("x", "T1566 - Phishing"), labels("TLP:RED"),
		attribute(11, "Description", "d", "default"), linked(intel.KindIndicator, 7)}
	without := func(i int, more ...option) []option {
		return append(slices.Delete(slices.Clone(base), i, i+1), more...)
	}
	known := []*intel.Remote{object(intel.KindIndicator, 7, "Host", "x.example")}
	scn := func(body string, server []option) scene {
		return scene{manifest: "groups: [{key: a, " + body + "}]", groups: []*intel.Remote{group(1, "Incident", "One", server...)}, objects: known, policy: replace}
	}
	ids := lastRun(t, scn(before, base))
	change := func(old, new string) string { return strings.Replace(before, old, new, 1) }
	renamed := scn(before, base)
	renamed.groups[0].Name = "Theirs"
	cases := []struct {
		name string
		scene
	}{
		{"nothing", scn(before, base)},
		{"manifest: status", scn(change("status: New", "status: Open"), base)},
		{"server: status", scn(before, without(1, field("status", "Open")))},
		{"both: status", scn(change("status: New", "status: Closed"), without(1, field("status", "Open")))},
		{"both, to the same: status", scn(change("status: New", "status: Open"), without(1, field("status", "Open")))},
		{"server: date cleared", scn(before, without(2))},
		{"manifest: one more date", scn(change("status: New", "status: New, firstSeen: 2020-01-01"), base)},
		{"manifest: name", scn(change("name: One", "name: Mine"), base)},
		{"server: name", renamed},
		{"manifest: tag added", scn(change("tags: [x", "tags: [x, y"), base)},
		{"manifest: tag dropped", scn(change("tags: [x, ", "tags: ["), base)},
		{"manifest: technique dropped", scn(change(", {techniqueId: T1566}", ""), base)},
		{"server: tag added", scn(before, append(slices.Clone(base), tags("theirs")))},
		{"server: tag dropped", scn(before, without(3, tags("x")))},
		{"server: label added and dropped", scn(before, without(4, labels("TLP:GREEN")))},
		{"manifest: label", scn(change("TLP:RED", "TLP:GREEN"), base)},
		{"server: attribute changed", scn(before, without(5, attribute(11, "Description", "theirs", "default")))},
		{"manifest: attribute changed", scn(change("value: d", "value: mine"), base)},
		{"server: attribute dropped", scn(before, without(5))},
		{"server: attribute added", scn(before, append(slices.Clone(base), attribute(12, "Description", "theirs")))},
		{"server: link dropped", scn(before, without(6))},
		{"server: link added", scn(before, append(slices.Clone(base), linked(intel.KindGroup, 9)))},
		{"manifest: link dropped", scn(change(`["#7"]`, "[]"), base)},
		{"server and manifest, apart", scn(change("status: New", "status: Open"), append(slices.Clone(base), tags("theirs")))},
	}
	var b strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&b, "# %s\n", c.name)
		c.ids = ids
		for _, policy := range []plan.OnDrift{plan.DriftOverwrite, plan.DriftKeep, plan.DriftFail} {
			c.policy = func(p *plan.Policy) { replace(p); p.OnDrift = policy }
			p := c.plan(t)
			fmt.Fprintf(&b, "%s: %s", policy, shown(p))
			if policy == plan.DriftKeep && !p.Summary.Pending() {
				staysKept(t, c.name, c.scene, p)
			}
		}
		b.WriteString("\n")
	}
	golden.File(t, "drift.golden", b.String())
}

// staysKept plans again with the id-map that a run of p leaves: what was kept
// is still known to be somebody else's edit.
func staysKept(t *testing.T, name string, s scene, p *plan.Plan) {
	t.Helper()
	want := shown(p)
	for run := range 3 {
		s.ids = idMap(p)
		p = s.plan(t)
		if diff := cmp.Diff(want, shown(p)); diff != "" {
			t.Errorf("%s: run %d after it was kept, -want +got:\n%s", name, run+1, diff)
		}
	}
}

// Without an id-map nobody knows who has changed what.
func TestDriftUnknown(t *testing.T) {
	for _, policy := range []plan.OnDrift{plan.DriftOverwrite, plan.DriftKeep, plan.DriftFail} {
		s := with("Incident", "status: Open, tags: [x]", field("status", "New"), tags("theirs"))
		s.policy = func(p *plan.Policy) { replace(p); p.OnDrift = policy }
		if p := s.plan(t); p.Summary.Update != 1 || len(p.Actions[0].Changes) != 3 {
			t.Errorf("%s: %s", policy, shown(p))
		}
	}
}

func TestPrune(t *testing.T) {
	row := func(id int64, key string) baseline.Group {
		return baseline.Group{ID: id, Type: "Threat", Name: key, Owner: org, Row: fmt.Sprintf("map.csv:%d", id)}
	}
	ids := baseline.IDMap{"a": row(1, "One"), "gone": row(2, "gone"), "c": row(3, "c"), "d": row(4, "d")}
	there := func(more ...*intel.Remote) []*intel.Remote {
		return append([]*intel.Remote{group(1, "Threat", "One", ours("a")), group(3, "Threat", "c", ours("c")), group(4, "Threat", "d", ours("d"))}, more...)
	}
	prune := func(limit plan.Limit) func(*plan.Policy) {
		return func(p *plan.Policy) { p.Prune, p.PruneMax = true, limit }
	}
	all := prune(plan.Limit{N: 100, Percent: true})
	scenes(t, "prune.txtar", cases{
		{"not asked for", scene{manifest: one, ids: ids, groups: there()}},
		{"pruned", scene{manifest: one, ids: ids, groups: there(), policy: all}},
		{"within a number", scene{manifest: one, ids: ids, groups: there(), policy: prune(plan.Limit{N: 2})}},
		{"above a number", scene{manifest: one, ids: ids, groups: there(), policy: prune(plan.Limit{N: 1})}},
		{"within a share", scene{manifest: one, ids: ids, groups: there(), policy: prune(plan.Limit{N: 50, Percent: true})}},
		{"above a share", scene{manifest: one, ids: ids, groups: there(), policy: prune(plan.Limit{N: 49, Percent: true})}},
		{"empty manifest", scene{manifest: `groups: []`, ids: ids, groups: there(), policy: all}},
		{"empty manifest, nothing to prune", scene{manifest: `groups: []`, ids: ids, policy: all}},
		{"not everything read", scene{manifest: one, ids: ids, groups: there(), policy: all, then: func(in *compare.Input) { in.Found.Incomplete = "the owner Demo Source" }}},
		{"of somebody else, adopted, of its own xid, of another namespace", scene{manifest: one, policy: all,
			ids: baseline.IDMap{"foreign": row(5, "foreign"), "bare": row(6, "bare"), "other": row(7, "other"), "key2": row(8, "renamed key")},
			groups: there(group(5, "Threat", "foreign", xid("theirs")), group(6, "Threat", "bare"), group(7, "Threat", "other", xid(intel.DerivedXID("another", org, "other"))),
				group(8, "Threat", "renamed key", ours("key1")))}},
		{"pointed at", scene{manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: [{type: Threat, name: c}, "#4"]}]`, ids: ids, groups: there(), policy: all}},
		{"under a new key, in conflict", scene{manifest: `groups: [{key: new, type: Threat, name: c}]`, ids: ids, groups: there(), policy: all}},
		{"under a new key", scene{manifest: `groups: [{key: new, type: Threat, name: c}]`, ids: ids, groups: there(), policy: func(p *plan.Policy) { all(p); p.Adopt = plan.AdoptAny }}},
		{"associated", scene{manifest: `groups: [{key: a, type: Threat, name: One, associatedGroups: []}]`, ids: ids, policy: func(p *plan.Policy) { replace(p); all(p) },
			groups: []*intel.Remote{group(1, "Threat", "One", ours("a"), linked(intel.KindGroup, 3, 9)), group(3, "Threat", "c", ours("c"), linked(intel.KindGroup, 1))}}},
		{"renamed on the server", scene{manifest: one, ids: ids, groups: []*intel.Remote{group(1, "Threat", "One", ours("a")), group(3, "Threat", "theirs now", ours("c"))}, policy: all}},
	})
}

// TestRemovalStandsWhereItWasNamed: of two groups whose lists are both held to the
// manifest, the one that named an association lists its removal, also after runs
// that had nothing to do; whose group a list apart names, that one's list it is in.
func TestRemovalStandsWhereItWasNamed(t *testing.T) {
	const others = `{key: c, type: Threat, name: Three}`
	for name, before := range map[string]string{
		"in its list": `groups: [{key: a, type: Threat, name: One, associatedGroups: [c]}, {key: b, type: Threat, name: Two, associatedGroups: [a, c]}, ` + others + `]`,
		"in a list apart": `
groups: [{key: a, type: Threat, name: One, associatedGroups: [c]}, {key: b, type: Threat, name: Two}, ` + others + `]
associations: [{group: b, associatedGroup: a}, {group: b, associatedGroup: c}]`,
	} {
		after := strings.NewReplacer("[a, c]", "[c]", "{group: b, associatedGroup: a}, ", "").Replace(before)
		server := func(a, b, c []int64) []*intel.Remote {
			return []*intel.Remote{group(1, "Threat", "One", ours("a"), linked(intel.KindGroup, a...)), group(2, "Threat", "Two", ours("b"), linked(intel.KindGroup, b...)),
				group(3, "Threat", "Three", ours("c"), linked(intel.KindGroup, c...))}
		}
		there := server([]int64{2, 3}, []int64{1, 3}, []int64{1, 2})
		ids := idMap(scene{manifest: before, groups: server(nil, nil, nil), policy: replace}.plan(t))
		for runs := range 3 {
			p := scene{manifest: after, groups: there, ids: ids, policy: replace}.plan(t)
			for _, a := range p.Actions {
				if n := len(a.Associations); n != map[string]int{"b": 1}[a.Key] {
					t.Errorf("%s, after %d runs: %s lists %d removals:\n%s", name, runs, a.Key, n, shown(p))
				}
			}
			if drift := p.Actions[1].Associations; len(drift) == 1 && drift[0].Drift != plan.FromManifest {
				t.Errorf("%s: the removal is taken for an edit on the %s", name, drift[0].Drift)
			}
			ids = idMap(scene{manifest: before, groups: there, ids: ids, policy: replace}.plan(t))
		}
	}
}

// An association of two groups is noted in the report at one of its ends only;
// that the manifest lets go of it is no edit on the server, whichever end the
// removal is listed under.
func TestDriftOfGroupLinks(t *testing.T) {
	const apart = `groups: [{key: b, type: Threat, name: Two, associatedGroups: []}, {key: a, type: Threat, name: One, associatedGroups: []}]`
	const together = `groups: [{key: b, type: Threat, name: Two}, {key: a, type: Threat, name: One, associatedGroups: [b]}]`
	server := func(linkA, linkB []int64) []*intel.Remote {
		return []*intel.Remote{group(1, "Threat", "One", ours("a"), linked(intel.KindGroup, linkA...)), group(2, "Threat", "Two", ours("b"), linked(intel.KindGroup, linkB...))}
	}
	first := scene{manifest: together, groups: server(nil, nil)}.plan(t)
	ids := idMap(first)
	for _, c := range []struct {
		name string
		scene
		want string
	}{
		{"the manifest lets go", scene{manifest: apart, groups: server([]int64{2}, []int64{1})}, "manifest"},
		{"the server let go", scene{manifest: together, groups: server(nil, nil)}, "server"},
		{"the server let go, named from the other side", scene{groups: server(nil, nil),
			manifest: `groups: [{key: b, type: Threat, name: Two, associatedGroups: [a]}, {key: a, type: Threat, name: One}]`}, "server"},
		{"the server has one more", scene{manifest: apart, groups: server([]int64{9}, nil)}, "server"},
	} {
		c.ids, c.policy = ids, replace
		p := c.plan(t)
		var got []string
		for _, a := range p.Actions {
			for _, as := range a.Associations {
				got = append(got, as.Drift.String())
			}
		}
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("%s: drift of its associations -want +got:\n%s%s", c.name, diff, shown(p))
		}
	}
}

// An edit that was kept is kept on, though the report has the association at
// its other end.
func TestKeptGroupLink(t *testing.T) {
	const text = `groups: [{key: a, type: Threat, name: One, associatedGroups: [b]}, {key: b, type: Threat, name: Two}]`
	s := scene{manifest: text, policy: func(p *plan.Policy) { p.OnDrift = plan.DriftKeep },
		groups: []*intel.Remote{group(1, "Threat", "One", ours("a")), group(2, "Threat", "Two", ours("b"))}}
	s.ids = baseline.IDMap{
		"a": {ID: 1, Type: "Threat", Name: "One", Owner: org, Row: "map.csv:2", Baseline: baseline.Parse("name=00000000000a")},
		"b": {ID: 2, Type: "Threat", Name: "Two", Owner: org, Row: "map.csv:3", Baseline: baseline.Parse("name=00000000000a associatedGroups=#1")},
	}
	p := s.plan(t)
	if p.Summary.Pending() {
		t.Fatalf("not kept:\n%s", shown(p))
	}
	staysKept(t, "a link that was made with its other end", s, p)
}

// What the manifest did not name until now is somebody else's, unless there is
// nothing.
func TestNewlyNamed(t *testing.T) {
	s := scene{manifest: `groups: [{key: a, type: Incident, name: One}]`,
		groups: []*intel.Remote{group(1, "Incident", "One", ours("a"), field("status", "New"), attribute(11, "Aliases", "theirs"))}}
	s.ids = lastRun(t, s)
	s.manifest = `groups: [{key: a, type: Incident, name: One, status: Open, eventDate: 2021-11-03, attributes: [{type: Aliases, value: mine, pinned: true}, {type: Source, value: new}]}]`
	s.policy = func(p *plan.Policy) { p.OnDrift = plan.DriftKeep }
	p := s.plan(t)
	var fields []string
	for _, c := range p.Actions[0].Changes {
		fields = append(fields, c.Field())
	}
	if got := strings.Join(fields, " "); got != "eventDate attribute:Source" {
		t.Errorf("%s\n%s", got, shown(p))
	}
}

// A tag that the instance has rewritten is the last run's own.
func TestRewrittenTagIsNoDrift(t *testing.T) {
	s := scene{manifest: `groups: [{key: a, type: Threat, name: One, tags: [Old]}]`, policy: replace,
		groups: []*intel.Remote{group(1, "Threat", "One", ours("a"), tags("Main"))}}
	s.ids = baseline.IDMap{"a": {ID: 1, Type: "Threat", Name: "One", Owner: org, Row: "map.csv:2", Rewritten: map[string]string{"Old": "Main"}}}
	applied := lastRun(t, s)["a"].Baseline
	row := s.ids["a"]
	row.Baseline = applied
	s.ids["a"] = row
	s.manifest = `groups: [{key: a, type: Threat, name: One, tags: []}]`
	p := s.plan(t)
	if a := p.Actions[0]; len(a.Changes) != 1 || a.Changes[0].Drift != plan.FromManifest {
		t.Errorf("the manifest has dropped it, not the server added it:\n%s", shown(p))
	}
}
