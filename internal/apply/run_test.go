package apply_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// groups is a manifest of n groups; links gives the associations of each, in
// YAML.
func groups(n int, links func(i int) string) string {
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {key: k%d, type: Threat, name: Threat %d, %s}\n", i, i, links(i))
	}
	return b.String()
}

func keys(is ...int) string {
	var out []string
	for _, i := range is {
		out = append(out, fmt.Sprint("k", i))
	}
	return "associatedGroups: [" + strings.Join(out, ", ") + "]"
}

// TestUpdates carries a plan out that adds, changes and removes something of
// everything, and counts.
func TestUpdates(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	const before = `
groups:
  - {key: a, type: Incident, name: One, status: New, tags: [x, theirs], securityLabels: [TLP:RED], associatedGroups: [b], associatedIndicators: [Host:old.example],
     attributes: [{type: Description, value: old}, {type: Aliases, value: p}, {type: Aliases, value: q}]}
  - {key: b, type: Threat, name: Two}
  - {key: c, type: Threat, name: Three}
`
	const after = `
groups:
  - {key: a, type: Incident, name: Renamed, status: Open, eventDate: 2021-11-03, tags: [x, y], securityLabels: [TLP:GREEN], associatedGroups: [c], associatedIndicators: [Host:new.example],
     attributes: [{type: Description, value: new}, {type: Aliases, value: r}, {type: Source, value: s}]}
  - {key: b, type: Threat, name: Two}
  - {key: c, type: Threat, name: Three}
`
	_, l := b.apply(before)
	complete(t, l)
	policy := plan.DefaultPolicy()
	policy.Tags, policy.Labels, policy.Attributes, policy.Associations = plan.Replace, plan.Replace, plan.Replace, plan.Replace
	p := b.plan(b.read(after), nil, policy)
	b.sim.ResetStats()
	b.completes(p)
	if st := b.sim.Stats(); st.Writes != 3 || p.Summary.Requests != 3 {
		t.Errorf("%d writes, %d planned, want one that adds, one that removes, one for the attribute in place", st.Writes, p.Summary.Requests)
	}
	if p := b.plan(b.read(after), nil, policy); p.Summary.Pending() {
		t.Errorf("a second run would change something:\n%s", pending(p))
	}
	fresh := newBench(t, tcsim.Config{})
	fresh.apply(after)
	indicators := func(s string) string { // those that are no longer named stay where they are
		return strings.Replace(s, "Demo Organization Host old.example rating <nil> confidence <nil> [] []\n", "", 1)
	}
	if diff := cmp.Diff(state(fresh.sim), indicators(state(b.sim))); diff != "" {
		t.Errorf("-made at once +changed into:\n%s", diff)
	}
}

func TestDelete(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p, l := b.apply(groups(3, func(int) string { return "" }))
	ids := baseline.IDMap{}
	for i, a := range p.Actions {
		ids[a.Key] = baseline.Group{ID: l.Results[i].ID, Type: a.Type, Name: a.Name, Owner: a.Owner, Row: "map.csv:2"}
	}
	policy := plan.DefaultPolicy()
	policy.Prune, policy.PruneMax = true, plan.Limit{N: 2}
	p = b.plan(b.read(groups(1, func(int) string { return "" })), ids, policy)
	if p.Summary.Delete != 2 {
		t.Fatalf("%+v", p.Summary)
	}
	if err := b.c.Delete(t.Context(), intel.KindGroup, ids["k1"].ID); err != nil { // somebody else is faster
		t.Fatal(err)
	}
	l, err := b.run(p)
	if err != nil || tallyOf(l).Deleted != 2 || !tallyOf(l).complete() {
		t.Errorf("%v, %+v\n%s", err, tallyOf(l), troubles(l))
	}
	if s := b.sim.Snapshot(); len(s.Groups) != 1 || s.Groups[0].Name != "Threat 0" {
		t.Errorf("%d groups are left", len(s.Groups))
	}
}

// Lists above 500 entries take further requests, and all entries arrive.
func TestLongLists(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	var names []string
	for i := range 1100 {
		names = append(names, fmt.Sprintf("Host:h%d.example", i))
	}
	text := groups(1, func(int) string { return "associatedIndicators: [" + strings.Join(names, ", ") + "]" })
	p := b.plan(b.read(text), nil, plan.DefaultPolicy())
	b.sim.ResetStats()
	b.completes(p)
	if st, s := b.sim.Stats(), b.sim.Snapshot(); st.Writes != 3 || len(s.Groups[0].AssociatedIndicators) != 1100 {
		t.Errorf("%d writes, %d associations", st.Writes, len(s.Groups[0].AssociatedIndicators))
	}
	b.settled(b.read(text), nil)
}

// New objects of several owners, and of kinds without an owner, are found again
// under the names that they were made with.
func TestObjects(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	b.sim.AddCase(tcsim.Case{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
	const text = `
groups:
  - {key: a, type: Threat, name: One, owner: Demo Community, associatedIndicators: [
      {type: Host, summary: X.example, rating: 4, confidence: 80, tags: [t], attributes: [{type: Description, value: d}]},
      {type: Host, summary: x.example, owner: Demo Source}, {type: Address, ip: "2001:db8::1"},
      {type: File, md5: 905ad8176a569a36421bf54c04ba7f95, sha1: a52b6986d68cdfac53aa740566cbeade4452124e},
      {type: Registry Key, "Key Name": "HKLM\\Software\\x", "Value Name": v, "Value Type": REG_SZ}, "URL:http://Bad.example/A"],
     associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}], associatedCases: [{name: Phishing, severity: Low, status: Open}]}
  - {key: b, type: Threat, name: Two, associatedIndicators: [Host:x.example], associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}
`
	p, l := b.apply(text)
	complete(t, l)
	if p.Summary.New[intel.KindIndicator] != 7 {
		t.Errorf("%d new indicators planned", p.Summary.New[intel.KindIndicator])
	}
	for _, o := range l.Objects {
		if !o.Made || o.WebLink == (intel.WebLink{}) && o.Object.Kind == intel.KindIndicator {
			t.Errorf("%s: made %t, link %q", o.Object.Written(), o.Made, o.WebLink)
		}
	}
	b.settled(b.read(text), nil)
}

// TestPreparedWritesKeepTheirOrder: no write that is ready waits while many others
// begin, because other groups may wait for this one.
func TestPreparedWritesKeepTheirOrder(t *testing.T) {
	const n, workers = 200, 4
	p := newGroups(t, n, func(int) []int { return nil }, func(int) string { return "" })
	synctest.Test(t, func(t *testing.T) {
		s := &slow{latency: 20 * time.Millisecond, made: map[int64]bool{}, hosts: map[string]int{}}
		done := 0
		_, err := apply.Run(t.Context(), p, s, apply.Options{Workers: workers, Sink: func(ev apply.Event) error {
			if ev.Done != nil {
				if order := ev.Done.Action.Order - 1; order < done-2*workers {
					t.Errorf("group %d was written after %d others", order, done)
				}
				done++
			}
			return nil
		}})
		if err != nil || done != n {
			t.Errorf("%v, %d groups", err, done)
		}
	})
}
