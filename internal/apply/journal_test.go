package apply_test

import (
	stdcmp "cmp"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
)

// journal remembers what it is told, and fails when it is to.
type journal struct {
	mu     sync.Mutex
	told   []string
	failAt int
}

func (j *journal) tell(what string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.told = append(j.told, what)
	if j.failAt > 0 && len(j.told) >= j.failAt {
		return errors.New("disk full")
	}
	return nil
}

func (j *journal) Intent(as ...*plan.Action) (err error) {
	for _, a := range as {
		err = stdcmp.Or(err, j.tell("intent "+a.Key))
	}
	return err
}

func (j *journal) Outcome(r *apply.Result) error { return j.tell("outcome " + r.Action.Key) }

func (j *journal) Made(o *plan.Object, _ int64) error { return j.tell("made " + o.Name()) }

func (j *journal) Making(os ...*plan.Object) (err error) {
	for _, o := range os {
		err = stdcmp.Or(err, j.tell("making "+o.Name()))
	}
	return err
}

func (j *journal) Became(r *apply.ObjectResult) error {
	return j.tell(fmt.Sprint("object ", r.Object.Name(), " ", r.Status))
}

// TestJournal: each write is told before it is sent and after it was answered;
// a journal that cannot be written ends the run.
func TestJournal(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	j := &journal{}
	b.apply(chained(5), func(o *apply.Options) { o.Journal = j })
	open := map[string]bool{}
	for _, what := range j.told {
		kind, key, _ := strings.Cut(what, " ")
		if open[key] != (kind == "outcome") {
			t.Errorf("%s out of turn", what)
		}
		open[key] = kind == "intent"
	}
	if len(j.told) != 10 {
		t.Errorf("told %d times", len(j.told))
	}
	for failAt := 1; failAt <= 6; failAt++ {
		b := newBench(t, tcsim.Config{})
		p := b.plan(b.read(chained(5)), nil, plan.DefaultPolicy())
		l, err := b.run(p, func(o *apply.Options) { o.Journal = &journal{failAt: failAt}; o.Workers = 1 })
		if err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("failing at %d: the run ended with %v", failAt, err)
		}
		if n, created := len(b.sim.Snapshot().Groups), tallyOf(l).Created; n != failAt/2 || created != n {
			t.Errorf("failing at %d: %d groups on the server, %d told", failAt, n, created)
		}
	}
}

// A sink that fails ends the run; what it is told are the first, each and the
// last thing.
func TestEvents(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(chained(5)), nil, plan.DefaultPolicy())
	var kinds strings.Builder
	var seen int
	sink := func(ev apply.Event) error {
		switch {
		case ev.Begin != nil:
			kinds.WriteString("b")
		case ev.Done != nil:
			kinds.WriteString("d")
		case ev.Object != nil:
			kinds.WriteString("o")
		case ev.End != nil:
			kinds.WriteString("e")
			seen = tallyOf(ev.End).Created
		}
		return nil
	}
	if _, err := b.run(p, func(o *apply.Options) { o.Sink = sink }); err != nil || kinds.String() != "bdddddoe" || seen != 5 {
		t.Errorf("%v, events %s, %d created at the end", err, kinds.String(), seen)
	}
	b = newBench(t, tcsim.Config{})
	n := 0
	l, err := b.run(p, func(o *apply.Options) {
		o.Workers = 1
		o.Sink = func(apply.Event) error {
			if n++; n == 3 {
				return errors.New("broken pipe")
			}
			return nil
		}
	})
	if err == nil || tallyOf(l).Created != 2 || tallyOf(l).NotAttempted != 3 {
		t.Errorf("%v, %+v", err, tallyOf(l))
	}
}

// TestDone takes over what an earlier run of the same plan has done: nothing of
// it is sent again, and the rest is associated with it.
func TestDone(t *testing.T) {
	const text = `
groups:
  - {key: a, type: Threat, name: A, associatedIndicators: [Host:x.example], associatedCases: [{name: Phishing, severity: Low, status: Open}],
     associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}
  - {key: b, type: Threat, name: B, associatedGroups: [a], associatedIndicators: [Host:x.example], associatedCases: [{name: Phishing, severity: Low, status: Open}],
     associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}
  - {key: c, type: Threat, name: C, associatedGroups: [a, b], associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}
`
	whole := richBench(t)
	whole.apply(text)
	for upTo := 1; upTo <= 3; upTo++ {
		t.Run(fmt.Sprint(upTo), func(t *testing.T) {
			b := richBench(t)
			p := b.plan(b.read(text), nil, plan.DefaultPolicy())
			stop, n := make(chan struct{}), 0
			first, err := b.run(p, func(o *apply.Options) {
				o.Workers, o.Stop = 1, stop
				o.Journal = stopAfter(func() {
					if n++; n == upTo {
						close(stop)
					}
				})
			})
			if err != nil && !errors.Is(err, apply.ErrStopped) {
				t.Fatal(err)
			}
			done := map[string]apply.Result{}
			for _, r := range first.Results {
				if r.Status == apply.OK {
					done[r.Action.Key] = *r
				}
			}
			b.sim.ResetStats()
			second, err := b.run(p, func(o *apply.Options) { o.Done = done })
			if err != nil {
				t.Fatal(err)
			}
			complete(t, second)
			if st := b.sim.Stats(); st.Writes != 3-len(done) {
				t.Errorf("%d writes after %d were done", st.Writes, len(done))
			}
			if diff := cmp.Diff(state(whole.sim), state(b.sim)); diff != "" {
				t.Errorf("-at once +resumed:\n%s", diff)
			}
		})
	}
}

// stopAfter is a journal that calls back at each outcome.
type stopAfter func()

func (stopAfter) Intent(...*plan.Action) error     { return nil }
func (f stopAfter) Outcome(*apply.Result) error    { f(); return nil }
func (stopAfter) Made(*plan.Object, int64) error   { return nil }
func (stopAfter) Making(...*plan.Object) error     { return nil }
func (stopAfter) Became(*apply.ObjectResult) error { return nil }
