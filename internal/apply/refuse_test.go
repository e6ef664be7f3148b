package apply_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// outcome is what became of a group: status, error and what it lost.
func outcome(l *apply.Ledger, key string) (*apply.Result, string) {
	for _, r := range l.Results {
		if r.Action.Key == key {
			var lost []string
			for _, x := range r.Lost() {
				lost = append(lost, fmt.Sprintf("%s (%s)", x.Association.Written(), x.Status))
			}
			slices.Sort(lost)
			return r, strings.Join(lost, ", ")
		}
	}
	return nil, ""
}

// TestRefusals: what the instance refuses fails alone, is named, and all else
// is made.
func TestRefusals(t *testing.T) {
	var hosts []string
	for i := range 50 {
		hosts = append(hosts, fmt.Sprintf("Host:h%d.example", i))
	}
	good := `tags: [x], attributes: [{type: Description, value: d}, {type: Aliases, value: p}], associatedGroups: [b], `
	for _, c := range []struct {
		name     string
		group    string // YAML of the refused group without the bad entry, and
		bad      string // that entry
		switches []string
		status   apply.Status
		error    string
		lost     string
		writes   int // at most
	}{
		{"an excluded indicator among 50", "type: Threat, " + good + "associatedIndicators: [" + strings.Join(hosts, ", ") + "%s]", ", Host:excluded.example", nil,
			apply.OK, "", "Host:excluded.example (failed)", 25},
		{"two excluded indicators", "type: Threat, " + good + "associatedIndicators: [" + strings.Join(hosts, ", ") + "%s]", ", Host:excluded.example, Address:192.0.2.66", nil,
			apply.OK, "", "Address:192.0.2.66 (failed), Host:excluded.example (failed)", 40},
		{"an unknown label", "type: Threat, " + good + "securityLabels: [TLP:RED%s]", ", Nowhere", nil, apply.Failed, `security label "Nowhere"`, "", 20},
		{"an unknown technique", "type: Threat, securityLabels: [TLP:RED], attributes: [{type: Aliases, value: p}], tags: [x%s]", ", {techniqueId: T9999}", nil, apply.Failed, `tag "techniqueId:T9999"`, "", 20},
		{"an unknown attribute", "type: Threat, tags: [x], attributes: [{type: Description, value: d}, {type: Aliases, value: p}%s]", ", {type: Nowhere, value: v}", nil,
			apply.Failed, `attribute Nowhere "v"`, "", 20},
		{"an unknown attribute, parts of refused writes stay", "type: Threat, tags: [x], attributes: [{type: Description, value: d}, {type: Aliases, value: p}%s]", ", {type: Nowhere, value: v}",
			[]string{"partial-writes=true"}, apply.Failed, `attribute Nowhere "v"`, "", 20},
		{"all sorts at once", "type: Threat, tags: [x%s]", ", {techniqueId: T9999}], securityLabels: [Nowhere], attributes: [{type: Nowhere, value: v}], associatedIndicators: [Host:excluded.example", nil,
			apply.Failed, `security label "Nowhere"`, "Host:excluded.example (failed)", 20},
		{"a Task's status", "type: Task, tags: [x], attributes: [{type: Description, value: d}]%s", ", status: Deferred", []string{"task-status=refused"}, apply.Failed, "status", "", 10},
		{"a Task's status alone", "type: Task%s", ", status: Deferred", []string{"task-status=refused"}, apply.Failed, "status", "", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			const others = "\n  - {key: b, type: Threat, name: Other, tags: [y]}\n  - {key: c, type: Threat, name: Third, associatedGroups: [a]}\n"
			text := "groups:\n  - {key: a, name: Bad, " + c.group + "}" + others
			b := refusing(t, c.switches...)
			_, l := b.apply(fmt.Sprintf(text, c.bad))
			r, lost := outcome(l, "a")
			if r.Status != c.status || !strings.Contains(r.Error, c.error) || lost != c.lost || r.ID == 0 {
				t.Errorf("%s, ID %d, error %q, lost %s", r.Status, r.ID, r.Error, lost)
			}
			for _, key := range []string{"b", "c"} {
				if r, lost := outcome(l, key); r.Status != apply.OK || lost != "" {
					t.Errorf("%s: %s %s %s", key, r.Status, r.Error, lost)
				}
			}
			if st := b.sim.Stats(); st.Writes > c.writes {
				t.Errorf("%d writes", st.Writes)
			}
			for _, phase := range []tcsim.Phase{tcsim.BeforeHandling, tcsim.AfterCommit} { // and if answers are lost on top
				faulty := refusing(t, append(c.switches, "existing-xid=duplicate")...)
				faulty.sim.SetFault(once(http.MethodPost, phase, tcsim.Fault{Drop: true}))
				_, l := faulty.apply(fmt.Sprintf(text, c.bad))
				if r, lost := outcome(l, "a"); r.Status != c.status || lost != c.lost || r.ID == 0 {
					t.Errorf("with answers lost: %s, ID %d, error %q, lost %s", r.Status, r.ID, r.Error, lost)
				}
				if diff := cmp.Diff(state(b.sim), state(faulty.sim)); diff != "" {
					t.Errorf("-no answers lost +lost:\n%s", diff)
				}
			}
			without := refusing(t, c.switches...)
			without.apply(fmt.Sprintf(text, ""))
			if diff := cmp.Diff(state(without.sim), state(b.sim)); diff != "" {
				t.Errorf("-without it +got:\n%s", diff)
			}
		})
	}
}

func refusing(t testing.TB, nameEqualsValue ...string) *bench {
	cfg := tcsim.Config{ExcludedSummary: []string{"excluded.example", "192.0.2.66"}}
	for _, s := range nameEqualsValue {
		if err := tcsim.ParseSwitch(&cfg.Switches, s); err != nil {
			t.Fatal(err)
		}
	}
	return newBench(t, cfg)
}

// An update is taken apart in the same way.
func TestRefusedUpdate(t *testing.T) {
	b := refusing(t)
	b.apply(`groups: [{key: a, type: Threat, name: One, attributes: [{type: Description, value: old}, {type: Aliases, value: old}]}]`)
	p, l := b.apply(`groups: [{key: a, type: Threat, name: One, tags: [x, {techniqueId: T9999}], attributes: [{type: Description, value: new}, {type: Source, value: v}, {type: Nowhere, value: v}],
		associatedIndicators: [Host:h.example, Host:excluded.example]}]`)
	r, lost := outcome(l, "a")
	if r.Status != apply.Failed || lost != "Host:excluded.example (failed)" || !strings.Contains(r.Error, "T9999") || !strings.Contains(r.Error, "Nowhere") {
		t.Errorf("%s %q lost %s of\n%s", r.Status, r.Error, lost, pending(p))
	}
	g := b.sim.Snapshot().Groups[0]
	if diff := cmp.Diff([]string{"Aliases=old//false", "Description=new//true", "Source=v//true"}, attributes(g.Attributes)); diff != "" {
		t.Errorf("attributes -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"x"}, g.Tags); diff != "" || len(g.AssociatedIndicators) != 1 {
		t.Errorf("tags -want +got:\n%s, %d indicators", diff, len(g.AssociatedIndicators))
	}
}

// A group that cannot be made takes its own associations with it, and nothing
// else.
func TestFailedGroup(t *testing.T) {
	b := newBench(t, tcsim.Config{Switches: tcsim.Switches{NameLimit: 20}})
	long := strings.Repeat("x", 21)
	_, l := b.apply(`
groups:
  - {key: bad, type: Threat, name: ` + long + `, associatedGroups: [a], associatedIndicators: [Host:x.example, Host:only.example]}
  - {key: a, type: Threat, name: A, associatedGroups: [b], associatedIndicators: [Host:x.example]}
  - {key: b, type: Threat, name: B, associatedGroups: [bad]}
  - {key: c, type: Threat, name: C, associatedGroups: [b]}
`)
	tally := tallyOf(l)
	if tally.Failed != 1 || tally.Created != 3 || tally.Lost != 4 {
		t.Errorf("%+v\n%s", tally, troubles(l))
	}
	var lost int
	for _, r := range l.Results {
		for _, x := range r.Lost() {
			if r.Action.Key != "bad" && x.Association.Key() != "bad" {
				t.Errorf("%s lost %s", r.Action.Key, x.Association.Written())
			}
			lost++
		}
	}
	for _, o := range l.Objects {
		if made := o.Object.Name() == "x.example"; made != (o.Status == apply.OK) {
			t.Errorf("%s: %s %s", o.Object.Name(), o.Status, o.Error)
		}
	}
	ends := 0
	for _, g := range b.sim.Snapshot().Groups {
		ends += len(g.AssociatedGroups)
	}
	if ends != 4 || lost != 4 {
		t.Errorf("%d ends of associations, %d lost", ends, lost)
	}
}

// Metadata that the instance ignores in a nested indicator are written
// afterwards, once.
func TestNestedMetadata(t *testing.T) {
	const text = `
groups:
  - {key: a, type: Threat, name: A, associatedIndicators: [{type: Host, summary: x.example, rating: 4, confidence: 80, tags: [t], attributes: [{type: Description, value: d}]}, Host:plain.example]}
  - {key: b, type: Threat, name: B, associatedIndicators: [Host:x.example]}
`
	b := withSwitches(t, "nested-metadata=ignored")
	p := b.plan(b.read(text), nil, plan.DefaultPolicy())
	b.completes(p)
	if diff := cmp.Diff(want(t, text), stateWithCase(b)); diff != "" {
		t.Errorf("-honoured +ignored:\n%s", diff)
	}
	if st := b.sim.Stats(); st.Writes != 3 {
		t.Errorf("%d writes, want 2 and one for the metadata", st.Writes)
	}
	fails := withSwitches(t, "nested-metadata=ignored")
	fails.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Request.Method == http.MethodPut {
			return tcsim.Fault{Status: 400, Body: `{"status":"Error","message":"no"}`}
		}
		return tcsim.Fault{}
	})
	l, err := fails.run(fails.plan(fails.read(text), nil, plan.DefaultPolicy()))
	if err != nil || l.Objects[0].Status != apply.Failed || !strings.Contains(l.Objects[0].Error, "rating") || l.Objects[1].Status != apply.OK {
		t.Errorf("%v, %+v, %+v", err, l.Objects[0], l.Objects[1])
	}
}

// stateWithCase is the state with the case that want has.
func stateWithCase(b *bench) string {
	b.sim.AddCase(tcsim.Case{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
	return state(b.sim)
}
