package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// rich is a manifest with something of everything that a create can carry.
const rich = `
groups:
  - {key: a, type: Incident, name: One, status: New, firstSeen: 2020-01-01, tags: [x, {techniqueId: T1566}], securityLabels: [TLP:RED],
     attributes: [{type: Description, value: d}, {type: Aliases, value: p}, {type: Aliases, value: q}, {type: Source, value: s}], associatedGroups: [b, c],
     associatedIndicators: [{type: Host, summary: x.example, rating: 3, tags: [t]}, Host:y.example], associatedCases: [{name: Phishing, severity: Low, status: Open}]}
  - {key: b, type: Threat, name: Two, tags: [x], attributes: [{type: Description, value: d}], associatedIndicators: [Host:x.example]}
  - {key: c, type: Task, name: Three, status: Deferred, associatedGroups: [b], associatedCases: [{name: Phishing, severity: Low, status: Open}],
     associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}
`

func richBench(t testing.TB, nameEqualsValue ...string) *bench {
	b := withSwitches(t, nameEqualsValue...)
	b.sim.AddCase(tcsim.Case{ID: 1, Name: "There", Owner: tcsim.DemoOrganization})
	return b
}

// want is what the manifest leaves on an instance where nothing goes wrong.
func want(t testing.TB, text string, nameEqualsValue ...string) string {
	b := richBench(t, nameEqualsValue...)
	_, l := b.apply(text)
	complete(t, l)
	return state(b.sim)
}

// once makes a fault strike the first request of each kind of body and path.
func once(method string, phase tcsim.Phase, fault tcsim.Fault) func(tcsim.FaultPoint) tcsim.Fault {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(p tcsim.FaultPoint) tcsim.Fault {
		mu.Lock()
		defer mu.Unlock()
		if p.Phase != phase || p.Request.Method != method {
			return tcsim.Fault{}
		}
		// Bodies are read by then; their length tells the groups of a test apart.
		id := fmt.Sprint(p.Request.URL.Path, p.Request.ContentLength)
		if seen[id] {
			return tcsim.Fault{}
		}
		seen[id] = true
		return fault
	}
}

// TestLostAnswerToACreateDuplicatesNothing loses the answer of each first write, in every way, before and
// after it was carried out.
func TestLostAnswerToACreateDuplicatesNothing(t *testing.T) {
	faults := map[string]tcsim.Fault{
		"cut": {Drop: true}, "502": {Status: 502, Body: "<html>"}, "500": {Status: 500, Body: `{"status":"Error"}`},
		"truncated": {Truncate: 20, CleanEnd: true}, "not JSON": {NonJSON: true},
	}
	for name, fault := range faults {
		for _, xid := range []string{"conflict", "conflict400", "upsert", "upsert201", "duplicate"} {
			t.Run(name+", "+xid, func(t *testing.T) {
				b := richBench(t, "existing-xid="+xid)
				b.sim.SetFault(once(http.MethodPost, tcsim.AfterCommit, fault))
				p, l := b.apply(rich)
				complete(t, l)
				if diff := cmp.Diff(want(t, rich), state(b.sim)); diff != "" {
					t.Errorf("-fault-free +got:\n%s", diff)
				}
				if st := b.sim.Stats(); st.Writes != len(p.Actions) {
					t.Errorf("%d writes for %d groups that were all made at once", st.Writes, len(p.Actions))
				}
				b.settled(b.read(rich), nil)
			})
		}
	}
	for _, name := range []string{"cut", "502", "500"} {
		t.Run(name+", before", func(t *testing.T) {
			b := richBench(t, "existing-xid=duplicate")
			b.sim.SetFault(once(http.MethodPost, tcsim.BeforeHandling, faults[name]))
			_, l := b.apply(rich)
			complete(t, l)
			if diff := cmp.Diff(want(t, rich), state(b.sim)); diff != "" {
				t.Errorf("-fault-free +got:\n%s", diff)
			}
		})
	}
}

// A group whose every answer is lost, and that cannot be looked up either, is
// in doubt; the next run settles it.
func TestGroupThatCannotBeReadStaysInDoubt(t *testing.T) {
	b := richBench(t)
	b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		post := p.Request.Method == http.MethodPost && p.Phase == tcsim.AfterCommit
		return tcsim.Fault{Drop: post || p.Request.Method == http.MethodGet && strings.Contains(p.Request.URL.Path, "/groups/")}
	})
	p := b.plan(b.read(rich), nil, plan.DefaultPolicy())
	l, err := b.run(p)
	if err == nil && tallyOf(l).InDoubt == 0 {
		t.Fatalf("%v, %+v", err, tallyOf(l))
	}
	if tally := tallyOf(l); tally.Created > 0 || tally.Failed > 0 {
		t.Errorf("%+v\n%s", tally, troubles(l))
	}
	b.sim.SetFault(nil)
	b.completes(b.plan(b.read(rich), nil, plan.DefaultPolicy()))
	if diff := cmp.Diff(want(t, rich), state(b.sim)); diff != "" {
		t.Errorf("-fault-free +after the second run:\n%s", diff)
	}
}

// TestLostAnswerToAnUpdateAppendsNothingTwice: an update that appends attributes is not repeated where
// it was carried out.
func TestLostAnswerToAnUpdateAppendsNothingTwice(t *testing.T) {
	const bare = `groups: [{key: a, type: Incident, name: One}, {key: b, type: Threat, name: Two}, {key: c, type: Task, name: Three, status: Deferred}]`
	for _, c := range []struct {
		name  string
		phase tcsim.Phase
		fault tcsim.Fault
		sw    string
	}{
		{"cut after", tcsim.AfterCommit, tcsim.Fault{Drop: true}, "attribute-append=duplicates"},
		{"500 after", tcsim.AfterCommit, tcsim.Fault{Status: 500}, "attribute-append=duplicates"},
		{"truncated", tcsim.AfterCommit, tcsim.Fault{Truncate: 20}, "attribute-append=duplicates"},
		{"cut before", tcsim.BeforeHandling, tcsim.Fault{Drop: true}, "attribute-append=duplicates"},
		{"500 before", tcsim.BeforeHandling, tcsim.Fault{Status: 500}, "attribute-append=duplicates"},
		{"rewritten tags", tcsim.AfterCommit, tcsim.Fault{Drop: true}, "tag-rule=x>Main"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := richBench(t, c.sw)
			b.apply(bare)
			b.sim.SetFault(once(http.MethodPut, c.phase, c.fault))
			_, l := b.apply(rich)
			complete(t, l)
			if diff := cmp.Diff(want(t, rich, c.sw), state(b.sim)); diff != "" {
				t.Errorf("-fault-free +got:\n%s", diff)
			}
		})
	}
}

// An artifact or a case that may have been made together with a group in doubt
// is not made again by the next group that names it.
func TestObjectInDoubtIsNotCreatedAgain(t *testing.T) {
	b := richBench(t)
	p := b.plan(b.read(`
groups:
  - {key: a, type: Threat, name: A, associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}], associatedIndicators: [Host:x.example]}
  - {key: b, type: Threat, name: B, associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}], associatedIndicators: [Host:x.example]}
`), nil, plan.DefaultPolicy())
	posts := 0
	b.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Request.Method == http.MethodPost && p.Phase == tcsim.AfterCommit {
			posts++
		}
		read := p.Request.Method == http.MethodGet && strings.Contains(p.Request.URL.Path, "/groups/")
		return tcsim.Fault{Drop: posts == 1 && p.Phase == tcsim.AfterCommit && !read, Status: map[bool]int{true: 500}[read]}
	})
	l, err := b.run(p, func(o *apply.Options) { o.Workers = 1 })
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := outcome(l, "a"); r.Status != apply.InDoubt {
		t.Errorf("a: %s %s", r.Status, r.Error)
	}
	if r, lost := outcome(l, "b"); r.Status != apply.OK || lost != "Email Address:a@b.example (doubt)" {
		t.Errorf("b: %s %s, lost %s", r.Status, r.Error, lost)
	}
	for _, o := range l.Objects {
		if want := map[string]apply.Status{"x.example": apply.OK, "a@b.example": apply.InDoubt}[o.Object.Name()]; o.Status != want {
			t.Errorf("%s: %s %s", o.Object.Name(), o.Status, o.Error)
		}
	}
}

// TestLostAnswerWithShortListsSendsNothingAgain: where nested lists are cut, too, nothing that was
// carried out is taken for missing and sent again.
func TestLostAnswerWithShortListsSendsNothingAgain(t *testing.T) {
	b := richBench(t, "nested-cap=2")
	b.sim.SetFault(once(http.MethodPost, tcsim.AfterCommit, tcsim.Fault{Drop: true}))
	_, l := b.apply(rich)
	complete(t, l)
	if diff := cmp.Diff(want(t, rich), state(b.sim)); diff != "" {
		t.Errorf("-fault-free +got:\n%s", diff)
	}
}
