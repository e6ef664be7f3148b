package compare_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// nights plans manifest after manifest, each with the id-map that a run of the
// one before has left on the same server, and returns the last plan.
func nights(t *testing.T, s scene, manifests ...string) *plan.Plan {
	t.Helper()
	for _, m := range manifests[:len(manifests)-1] {
		s.manifest = m
		s.ids = lastRun(t, s)
	}
	s.manifest = manifests[len(manifests)-1]
	s.policy = func(p *plan.Policy) { replace(p); p.OnDrift = plan.DriftKeep }
	return s.plan(t)
}

// TestEntriesThatAManifestDropsStayOurs: entries that a manifest drops for a while
// still count as those of an earlier run.
func TestEntriesThatAManifestDropsStayOurs(t *testing.T) {
	server := []option{ours("a"), field("status", "New"), tags("x", "theirs"), labels("TLP:RED"), attribute(11, "Aliases", "v"),
		linked(intel.KindGroup, 2), linked(intel.KindIndicator, 7)}
	s := scene{groups: []*intel.Remote{group(1, "Incident", "One", server...), group(2, "Threat", "Two", ours("b"), linked(intel.KindGroup, 1))},
		objects: []*intel.Remote{object(intel.KindIndicator, 7, "Host", "x.example")}}
	const (
		all = `groups: [{key: a, type: Incident, name: One, status: New, tags: [x], securityLabels: [TLP:RED], attributes: [{type: Aliases, value: v}],
			associatedIndicators: ["#7"], associatedGroups: [b]}, {key: b, type: Threat, name: Two}]`
		bare = `groups: [{key: a, type: Incident, name: One}, {key: b, type: Threat, name: Two}]`
		none = `groups: [{key: a, type: Incident, name: One, status: Closed, tags: [], securityLabels: [], attributes: [], associatedIndicators: [], associatedGroups: []},
			{key: b, type: Threat, name: Two}]`
		gone = `groups: [{key: b, type: Threat, name: Two, associatedGroups: []}]`
	)
	for _, way := range [][]string{{all, none}, {all, bare, none}, {all, bare, bare, none}} {
		p := nights(t, s, way...)
		a := p.Actions[0]
		var got []string
		for _, c := range a.Changes {
			got = append(got, c.Op.String()+" "+c.Field()+" "+c.Old())
		}
		want := []string{"change status New", "remove tags x", "remove securityLabels TLP:RED", "remove attribute:Aliases v"}
		if diff := cmp.Diff(want, got); diff != "" || len(a.Associations) != 2 {
			t.Errorf("%d nights: -want +got:\n%s%s", len(way), diff, shown(p))
		}
	}
	// The association was noted under the group that the manifest no longer has.
	p := nights(t, s, all, gone)
	if p.Summary.Removals != 1 {
		t.Errorf("the association of a group that has left stays:\n%s", shown(p))
	}
	// If that is not removed, it stays ours, under the group that was to remove it.
	for arrival, stays := range map[plan.Arrival]bool{plan.Arrived: false, plan.Lacking: true} {
		ending := plan.Ending{Became: func(plan.Entry) plan.Arrival { return arrival }}
		after := p.Actions[0].BaselineAfter(p.IDMap["b"].Baseline, ending)
		if after.Has(baseline.Link(intel.KindGroup, 1)) != stays || p.IDMap["a"].Baseline.Has(baseline.Link(intel.KindGroup, 2)) {
			t.Errorf("arrival %d: facts of b are %v, those of a %v", arrival, after, p.IDMap["a"].Baseline)
		}
	}
}

// TestAttributeDrift: what somebody has changed about an attribute is kept,
// whatever it is; what the manifest changes is not taken for that.
func TestAttributeDrift(t *testing.T) {
	const base = `{type: Aliases, value: v, source: feed, pinned: true, securityLabels: [TLP:RED]}`
	at := func(value, source string, pinned bool, labels ...string) *intel.Remote {
		r := group(1, "Incident", "One", ours("a"), attribute(11, "Aliases", value))
		r.Attributes[0].Source, r.Attributes[0].Pinned, r.Attributes[0].SecurityLabels = source, intel.FlagOf(pinned), labels
		return r
	}
	two := func(a, b string) *intel.Remote {
		return group(1, "Incident", "One", ours("a"), attribute(11, "Aliases", a), attribute(12, "Aliases", b))
	}
	twins := func(a, b string) *intel.Remote {
		r := two("v", "v")
		r.Attributes[0].Source, r.Attributes[1].Source = a, b
		return r
	}
	const other = `{type: Aliases, value: z}`
	and := func(r *intel.Remote) *intel.Remote {
		attribute(12, "Aliases", "z")(r)
		return r
	}
	for _, c := range []struct {
		name          string
		before, after string // attributes of the manifest
		was, is       *intel.Remote
		changes       int
	}{
		{"nothing", base, base, at("v", "feed", true, "TLP:RED"), at("v", "feed", true, "TLP:RED"), 0},
		{"source", base, base, at("v", "feed", true, "TLP:RED"), at("v", "analyst", true, "TLP:RED"), 0},
		{"unpinned", base, base, at("v", "feed", true, "TLP:RED"), at("v", "feed", false, "TLP:RED"), 0},
		{"label", base, base, at("v", "feed", true, "TLP:RED"), at("v", "feed", true, "TLP:GREEN"), 0},
		{"value", base, base, at("v", "feed", true, "TLP:RED"), at("theirs", "feed", true, "TLP:RED"), 0},
		{"the manifest's pinned", base, strings.Replace(base, "true", "false", 1), at("v", "feed", true, "TLP:RED"), at("v", "feed", true, "TLP:RED"), 1},
		{"the manifest's label", base, strings.Replace(base, "RED", "AMBER", 1), at("v", "feed", true, "TLP:RED"), at("v", "feed", true, "TLP:RED"), 1},
		{"the manifest's value", base, strings.Replace(base, "value: v", "value: w", 1), at("v", "feed", true, "TLP:RED"), at("v", "feed", true, "TLP:RED"), 1},
		{"the manifest's value, their pin", base, strings.Replace(base, "value: v", "value: w", 1), at("v", "feed", true, "TLP:RED"), at("v", "feed", false, "TLP:RED"), 0},
		{"the manifest's source", "{type: Aliases, value: v, source: S1}", "{type: Aliases, value: v, source: S2}", at("v", "S1", false), at("v", "S1", false), 1},
		{"the manifest's source, and one more", "{type: Aliases, value: v, source: S1}", "{type: Aliases, value: v, source: S2}, {type: Aliases, value: w}",
			at("v", "S1", false), at("v", "S1", false), 3},
		{"newly pinned", "{type: Aliases, value: v}", "{type: Aliases, value: v, pinned: true}", at("v", "", false), at("v", "", false), 1},
		{"one turned into the other", "{type: Aliases, value: A1}, {type: Aliases, value: A2}", "{type: Aliases, value: A1}, {type: Aliases, value: A2}", two("A1", "A2"), two("A1", "A1"), 0},
		{"dropped", base + "," + other, other, and(at("v", "feed", true, "TLP:RED")), and(at("v", "feed", true, "TLP:RED")), 1},
		{"theirs with our value", "{type: Aliases, value: v, source: S1}", "{type: Aliases, value: v, source: S1}", at("v", "S1", false), twins("S1", "theirs"), 0},
		{"two of one value, one dropped", "{type: Aliases, value: v, source: S1}, {type: Aliases, value: v, source: S2}", "{type: Aliases, value: v, source: S2}",
			twins("S1", "S2"), twins("S1", "S2"), 1},
		{"twice the same", "{type: Aliases, value: v, source: S1}", "{type: Aliases, value: v, source: S1}", at("v", "S1", false), twins("S1", "S1"), 1},
		{"both, the manifest's", "{type: Aliases, value: A1}, {type: Aliases, value: A2}", "{type: Aliases, value: A1}, {type: Aliases, value: A3}", two("A1", "A2"), two("A1", "A2"), 1},
	} {
		text := func(attributes string) string {
			return "groups: [{key: a, type: Incident, name: One, attributes: [" + attributes + "]}]"
		}
		s := scene{manifest: text(c.before), groups: []*intel.Remote{c.was}}
		s.ids = lastRun(t, s)
		s.manifest, s.groups = text(c.after), []*intel.Remote{c.is}
		s.policy = func(p *plan.Policy) { p.Labels, p.Attributes, p.OnDrift = plan.Replace, plan.Replace, plan.DriftKeep }
		p := s.plan(t)
		if n := len(p.Actions[0].Changes); n != c.changes {
			t.Errorf("%s: %d changes, want %d:\n%s", c.name, n, c.changes, shown(p))
		} else if n == 0 {
			staysKept(t, c.name, s, p)
		}
	}
}

// TestAppliedOfPart: of what did not arrive the base stays what it was; what may
// have arrived in the place of something else is ours either way.
func TestAppliedOfPart(t *testing.T) {
	server := []option{ours("a"), field("status", "New"), tags("x"), attribute(11, "Aliases", "v")}
	s := scene{manifest: `groups: [{key: a, type: Incident, name: One, status: New, tags: [x], attributes: [{type: Aliases, value: v}]}]`,
		groups: []*intel.Remote{group(1, "Incident", "One", server...)}, policy: replace}
	s.ids = lastRun(t, s)
	base := s.ids["a"].Baseline
	s.manifest = `groups: [{key: a, type: Incident, name: One, status: Open, tags: [y], attributes: [{type: Aliases, value: w}]}]`
	a := s.plan(t).Actions[0]
	all := func(what plan.Arrival) func(plan.Entry) plan.Arrival {
		return func(plan.Entry) plan.Arrival { return what }
	}
	none := func(*plan.Association) int64 { return 0 }
	whole := a.BaselineAfter(base, plan.Ending{Became: all(plan.Arrived), IDOf: none})
	if got := a.BaselineAfter(base, plan.Ending{Became: all(plan.Lacking), IDOf: none}); !slices.Equal(got, base) {
		t.Errorf("nothing arrived: %v, want %v", got, base)
	}
	doubt, intended := a.BaselineAfter(base, plan.Ending{Became: all(plan.Doubtful), IDOf: none}), a.Intended()
	var there, gone int
	for _, f := range intended {
		plain := f.As(baseline.Sure)
		switch {
		case f.Doubt() == baseline.MaybeThere && whole.Has(plain):
			there++
		case f.Doubt() == baseline.MaybeGone && base.Has(plain) && !whole.Has(plain):
			gone++
		default:
			t.Errorf("%s is neither set nor taken away", f)
		}
	}
	if want := base.With(intended...); !slices.Equal(doubt, want) || there != 3 || gone != 2 {
		t.Errorf("in doubt: %v, want %v", doubt, want)
	}
}

// TestNights carries out plan after plan, each with what the one before has left:
// nobody edits the server, so that nothing is kept from the manifest.
func TestNights(t *testing.T) {
	one := func(options ...option) []*intel.Remote {
		return []*intel.Remote{group(1, "Incident", "One", append(options, ours("a"))...), group(2, "Threat", "Two", ours("b"))}
	}
	linkedBoth := func() []*intel.Remote {
		out := one(linked(intel.KindGroup, 2))
		linked(intel.KindGroup, 1)(out[1])
		return out
	}
	at := func(value, source string, pinned bool) []*intel.Remote {
		out := one(attribute(11, "Aliases", value))
		out[0].Attributes[0].Source, out[0].Attributes[0].Pinned = source, intel.FlagOf(pinned)
		return out
	}
	a := func(body string) string {
		return "groups: [{key: a, type: Incident, name: One" + body + "}, {key: b, type: Threat, name: Two}]"
	}
	type night struct {
		manifest string
		server   []*intel.Remote // as it is before the run
	}
	for _, c := range []struct {
		name   string
		nights []night
	}{
		{"parts that were not named for a night", []night{
			{a(", attributes: [{type: Aliases, value: v1, source: s1, pinned: true}]"), at("v1", "s1", true)},
			{a(", attributes: [{type: Aliases, value: v2}]"), at("v1", "s1", true)},
			{a(", attributes: [{type: Aliases, value: v3, source: s3, pinned: false}]"), at("v2", "s1", true)},
		}},
		{"a part that was not named while another one changed", []night{
			{a(", attributes: [{type: Aliases, value: v1, source: s1, pinned: true}]"), at("v1", "s1", true)},
			{a(", attributes: [{type: Aliases, value: v1, pinned: false}]"), at("v1", "s1", true)},
			{a(", attributes: [{type: Aliases, value: v1, source: s3, pinned: false}]"), at("v1", "s1", false)},
		}},
		{"a link that is dropped and named again", []night{
			{a(", associatedGroups: [b]"), linkedBoth()},
			{a(", associatedGroups: []"), linkedBoth()},
			{a(", associatedGroups: [b]"), one()},
		}},
		{"named again from the other end", []night{
			{a(", associatedGroups: [b]"), linkedBoth()},
			{a(", associatedGroups: []"), linkedBoth()},
			{"groups: [{key: a, type: Incident, name: One}, {key: b, type: Threat, name: Two, associatedGroups: [a]}]", one()},
		}},
		{"dropped while the other one was not in the manifest", []night{
			{a(", associatedGroups: [b]"), linkedBoth()},
			{"groups: [{key: a, type: Incident, name: One, associatedGroups: []}]", linkedBoth()},
			{a(", associatedGroups: [b]"), one()},
		}},
	} {
		s := scene{policy: func(p *plan.Policy) { replace(p); p.OnDrift = plan.DriftKeep }}
		var p *plan.Plan
		for i, n := range c.nights {
			s.manifest, s.groups = n.manifest, n.server
			p = s.plan(t)
			if i == len(c.nights)-1 {
				break
			}
			ids := idMap(p)
			for key, row := range p.IDMap {
				if _, ok := ids[key]; !ok {
					ids[key] = row
				}
			}
			s.ids = ids
		}
		if !p.Summary.Pending() {
			t.Errorf("%s: it is taken for somebody's edit:\n%s", c.name, shown(p))
		}
	}
}

// TestRefusedEditIsNotForgotten: an association that somebody has removed stays an edit
// as long as its conflict was not decided. It was noted under the other group, which is
// no conflict.
func TestRefusedEditIsNotForgotten(t *testing.T) {
	s := scene{manifest: `groups: [{key: a, type: Incident, name: One, associatedGroups: [b]}, {key: b, type: Threat, name: Two, associatedGroups: []}]`}
	link := func(on bool) []*intel.Remote {
		one, two := group(1, "Incident", "One", ours("a")), group(2, "Threat", "Two", ours("b"))
		if on {
			linked(intel.KindGroup, 2)(one)
			linked(intel.KindGroup, 1)(two)
		}
		return []*intel.Remote{one, two}
	}
	s.groups = link(true)
	s.ids = lastRun(t, s)
	// The report of the first run has the association under either group.
	for _, under := range []string{"a", "b"} {
		s.groups, s.policy = link(false), func(p *plan.Policy) { replace(p); p.OnDrift = plan.DriftFail }
		ids := baseline.IDMap{}
		for key, g := range s.ids {
			other := map[string]int64{"a": 2, "b": 1}[key]
			g.Baseline = baseline.New(baseline.Name(g.Name))
			if key == under {
				g.Baseline = g.Baseline.With(baseline.Link(intel.KindGroup, other))
			}
			ids[key] = g
		}
		for night := range 3 {
			now := s
			now.ids = ids
			p := now.plan(t)
			if p.Summary.Conflict != 1 {
				t.Fatalf("noted under %s, night %d: the edit is forgotten:\n%s", under, night, shown(p))
			}
			after := idMap(p)
			for _, a := range p.Actions {
				if a.Verb == plan.Conflict { // its row stays as it was
					after[a.Key] = ids[a.Key]
				}
			}
			ids = after
		}
	}
}
