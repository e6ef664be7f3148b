package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	journals "tcimport/internal/state"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// linking is an update of group a that changes an attribute, removes an
// association, and adds more of them than one request holds.
func linking(t *testing.T, b *bench) *plan.Plan {
	t.Helper()
	b.apply(`groups: [{key: a, type: Threat, name: A, associatedIndicators: [Host:old.example], attributes: [{type: Description, value: old}]}, {key: b, type: Threat, name: B}]`)
	var hosts []string
	for i := range plan.MostEntries + 10 {
		hosts = append(hosts, fmt.Sprintf("Host:h%d.example", i))
	}
	policy := plan.DefaultPolicy()
	policy.Associations = plan.Replace
	return b.plan(b.read(`groups: [{key: a, type: Threat, name: A, associatedGroups: [b], attributes: [{type: Description, value: new}, {type: Aliases, value: x}],
		associatedIndicators: [`+strings.Join(hosts, ", ")+`]}, {key: b, type: Threat, name: B}]`), nil, policy)
}

// allLost fails unless each association of group a is told as lost, with a
// status.
func allLost(t *testing.T, l *apply.Ledger, want apply.Status) {
	t.Helper()
	for _, r := range l.Results {
		if r.Action.Key != "a" {
			continue
		}
		if len(r.Lost()) != len(r.Action.Associations) {
			t.Errorf("%s (%s): %d of %d associations are told as lost", r.Status, r.Error, len(r.Lost()), len(r.Action.Associations))
		}
		for _, x := range r.Lost() {
			if x.Status != want {
				t.Errorf("%s %s: %s", x.Association.Op, x.Association.Written(), x.Status)
				break
			}
		}
	}
}

// unreadable makes every look at a group fail.
func unreadable(p tcsim.FaultPoint) tcsim.Fault {
	if p.Request.Method == http.MethodGet && strings.Contains(p.Request.URL.Path, "/groups/") {
		return tcsim.Fault{Status: 500}
	}
	return tcsim.Fault{}
}

// A group that an earlier run may have written, and that cannot be read, is in
// doubt with all its associations.
func TestUnreadGroupLeavesAssociationsInDoubt(t *testing.T) {
	for _, kind := range []string{"create", "update"} {
		b := newBench(t, tcsim.Config{})
		p := b.plan(b.read(`groups: [{key: a, type: Threat, name: A, associatedIndicators: [Host:x.example, Host:y.example]}]`), nil, plan.DefaultPolicy())
		if kind == "update" {
			p = linking(t, b)
		}
		b.sim.SetFault(unreadable)
		l, _ := b.run(p, func(o *apply.Options) { o.Doubtful = doubtful("a") })
		if r, _ := outcome(l, "a"); r.Status != apply.InDoubt {
			t.Errorf("%s: %s %s", kind, r.Status, r.Error)
		}
		allLost(t, l, apply.InDoubt)
	}
}

// An update whose answer is lost, and that cannot be read back, leaves in doubt
// what was in it, and no more.
func TestUnreadUpdateLeavesOnlyItsEntriesInDoubt(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := linking(t, b)
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		return tcsim.Fault{Drop: f.Request.Method == http.MethodPut && f.Phase == tcsim.AfterCommit, Status: unreadable(f).Status}
	})
	l, _ := b.run(p)
	r, _ := outcome(l, "a")
	if count := lostBy(r); r.Status != apply.InDoubt || count[apply.InDoubt] != plan.MostEntries+1 || count[apply.NotAttempted] != 11 {
		t.Errorf("%s %s, lost %v", r.Status, r.Error, count)
	}
}

// lostBy counts what a group has lost.
func lostBy(r *apply.Result) map[apply.Status]int {
	count := map[apply.Status]int{}
	for _, x := range r.Lost() {
		count[x.Status]++
	}
	return count
}

// TestAssociationsAreJudgedByWhatCanBeRead: where only some lists can be read, each
// association has the outcome that these show.
func TestAssociationsAreJudgedByWhatCanBeRead(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := linking(t, b)
	var reads atomic.Int64
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		if f.Phase == tcsim.BeforeHandling && strings.HasSuffix(f.Request.URL.Path, fmt.Sprint("/groups/", p.Actions[0].ID)) && reads.Add(1) > 1 {
			return unreadable(f)
		}
		return tcsim.Fault{}
	})
	longAgo := time.Now().Add(-time.Hour) // so that one look is enough
	l, _ := b.run(p, func(o *apply.Options) { o.Doubtful = map[string]time.Time{"a": longAgo} })
	r, _ := outcome(l, "a")
	if count := lostBy(r); r.Status != apply.InDoubt || count[apply.NotAttempted] != plan.MostEntries+1 || count[apply.InDoubt] != 11 {
		t.Errorf("%s %s, lost %v", r.Status, r.Error, count)
	}
}

// A group that cannot be made, or is gone, has lost all associations, however
// many requests they take.
func TestFailedGroupFailsAllItsAssociations(t *testing.T) {
	var hosts []string
	for i := range plan.MostEntries + 10 {
		hosts = append(hosts, fmt.Sprintf("Host:h%d.example", i))
	}
	b := newBench(t, tcsim.Config{Switches: tcsim.Switches{NameLimit: 3}})
	p := b.plan(b.read(`groups: [{key: a, type: Threat, name: Too long, associatedIndicators: [`+strings.Join(hosts, ", ")+`]}]`), nil, plan.DefaultPolicy())
	l, err := b.run(p)
	if r, _ := outcome(l, "a"); err != nil || r.Status != apply.Failed {
		t.Errorf("%v, %s %s", err, r.Status, r.Error)
	}
	allLost(t, l, apply.NotAttempted)

	for _, keys := range [][]string{nil, {"a"}} {
		b := newBench(t, tcsim.Config{})
		p := linking(t, b)
		if err := b.c.Delete(t.Context(), intel.KindGroup, p.Actions[0].ID); err != nil {
			t.Fatal(err)
		}
		l, err := b.run(p, func(o *apply.Options) { o.Doubtful = doubtful(keys...) })
		if r, _ := outcome(l, "a"); err != nil || r.Status != apply.Failed || !strings.Contains(r.Error, "plan again") {
			t.Errorf("%v, %s %s", err, r.Status, r.Error)
		}
		allLost(t, l, apply.NotAttempted)
	}
}

// A group that is not sent because the journal breaks has lost its associations.
func TestBrokenJournalSendsNoAssociations(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := linking(t, b)
	l, err := b.run(p, func(o *apply.Options) { o.Journal = &journal{failAt: 1} })
	if r, _ := outcome(l, "a"); err == nil || r.Status != apply.NotAttempted {
		t.Errorf("%v, %s", err, r.Status)
	}
	allLost(t, l, apply.NotAttempted)
}

// TestInterruptedBisectionKeepsWhatArrived: where bisecting a refused write ends early, the
// rest of its entries has failed, and nothing that was made before.
func TestInterruptedBisectionKeepsWhatArrived(t *testing.T) {
	for writes := int64(1); writes <= 6; writes++ {
		b := newBench(t, tcsim.Config{ExcludedSummary: []string{"h0.example"}})
		p := linking(t, b)
		var n atomic.Int64
		b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
			if f.Request.Method != http.MethodGet && f.Phase == tcsim.BeforeHandling {
				n.Add(1)
			}
			if n.Load() >= writes {
				return unreadable(f)
			}
			return tcsim.Fault{}
		})
		l, err := b.run(p)
		if err != nil {
			t.Fatal(err)
		}
		if r, _ := outcome(l, "a"); r.Status == apply.OK && writes == 1 {
			t.Errorf("blind from the first write on: %s", r.Status)
		}
		newTruth(b, p, l).check()
	}
}

// TestNextRunMakesMissingAssociations: the same plan, carried out again, makes the
// associations that a run has not made: the journal says that the group is there, but
// not as a whole.
func TestNextRunMakesMissingAssociations(t *testing.T) {
	const text = `
groups:
  - {key: a, type: Threat, name: A, tags: [x]}
  - {key: b, type: Threat, name: B, associatedGroups: [a], associatedIndicators: [Host:x.example, Host:y.example], attributes: [{type: Aliases, value: p}, {type: Aliases, value: q}]}
  - {key: c, type: Threat, name: C, associatedGroups: [b]}
`
	whole := newBench(t, tcsim.Config{})
	whole.apply(text)
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(text), nil, plan.DefaultPolicy())
	dir, scope := t.TempDir(), journals.Scope{Instance: "here"}
	run := func() *apply.Ledger {
		j, _, err := journals.Open(dir, scope)
		if err != nil {
			t.Fatal(err)
		}
		left, err := j.Begin(p.ID)
		if err != nil {
			t.Fatal(err)
		}
		done, unclear := left.Progress(p, time.Now())
		l, err := b.run(p, func(o *apply.Options) {
			o.Journal, o.Done, o.Doubtful, o.Workers = j, done, unclear, 1
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(tallyOf(l).complete()); err != nil {
			t.Fatal(err)
		}
		return l
	}
	refused := tcsim.Fault{Status: 400, Body: `{"status":"Error","message":"not now"}`}
	var posts atomic.Int64
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		if f.Request.Method == http.MethodPost && f.Phase == tcsim.BeforeHandling && posts.Add(1) <= 2 {
			return refused // whichever comes first, with all that goes along and bare
		}
		return tcsim.Fault{}
	})
	l := run()
	if tally := tallyOf(l); tally.Failed != 1 || tally.Created != 2 || tally.Lost == 0 {
		t.Fatalf("the first run: %+v\n%s", tally, troubles(l))
	}
	b.sim.SetFault(nil)
	b.sim.ResetStats()
	complete(t, run())
	if diff := cmp.Diff(state(whole.sim), state(b.sim)); diff != "" {
		t.Errorf("-at once +carried on:\n%s", diff)
	}
	if st := b.sim.Stats(); st.Writes > 3 {
		t.Errorf("%d writes to carry it on", st.Writes)
	}
}
