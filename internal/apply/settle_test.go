package apply_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
)

// times lets f strike the first n writes of a method.
func times(n int64, method string, phase tcsim.Phase, f tcsim.Fault) func(tcsim.FaultPoint) tcsim.Fault {
	var struck atomic.Int64
	return func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Request.Method == method && p.Phase == phase && struck.Add(1) <= n {
			return f
		}
		return tcsim.Fault{}
	}
}

// What is to be deleted is deleted at the second try, too.
func TestRemovalsAreRepeated(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"labels", "securityLabels: [TLP:RED]", "securityLabels: []"},
		{"attributes", "attributes: [{type: Aliases, value: p}, {type: Aliases, value: q}, {type: Aliases, value: r}]", "attributes: [{type: Aliases, value: p}]"},
		{"tags", "tags: [x]", "tags: []"},
	} {
		const group = `groups: [{key: a, type: Threat, name: A, %s}]`
		b := newBench(t, tcsim.Config{})
		b.apply(fmt.Sprintf(group, c.before))
		policy := plan.DefaultPolicy()
		policy.Tags, policy.Labels, policy.Attributes = plan.Replace, plan.Replace, plan.Replace
		p := b.plan(b.read(fmt.Sprintf(group, c.after)), nil, policy)
		b.sim.SetFault(times(2, http.MethodPut, tcsim.BeforeHandling, tcsim.Fault{Drop: true}))
		b.completes(p)
		fresh := newBench(t, tcsim.Config{})
		fresh.apply(fmt.Sprintf(group, c.after))
		if diff := cmp.Diff(state(fresh.sim), state(b.sim)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
	}
}

// A group that was made before the run was ended has failed: it is there, with
// an ID, but not with all that it should have.
func TestGroupCutShortHasFailed(t *testing.T) {
	var tags []string
	for i := range plan.MostEntries + 10 {
		tags = append(tags, fmt.Sprint("t", i))
	}
	const bare = "groups: [{key: a, type: Threat, name: A}]"
	const there = "groups: [{key: a, type: Threat, name: A, attributes: [{type: Description, value: old}, {type: Source, value: old}]}]"
	for _, c := range []struct {
		first string
		lost  error
	}{{"", nil}, {bare, nil}, {there, nil}, {bare, &tc.InDoubtError{Err: errors.New("no answer")}}} {
		b := newBench(t, tcsim.Config{})
		if c.first != "" {
			b.apply(c.first)
		}
		text := `groups: [{key: a, type: Threat, name: A, associatedIndicators: [Host:x.example], tags: [` + strings.Join(tags, ", ") + `]}]`
		if c.first == there {
			text = strings.ReplaceAll(there, "old", "new")
		}
		p := b.plan(b.read(text), nil, plan.DefaultPolicy())
		stop := make(chan struct{})
		l, err := apply.Run(t.Context(), p, &oneWrite{Store: b.c, lost: c.lost, then: func(ctx context.Context) { close(stop); <-ctx.Done() }},
			apply.Options{Find: b.find, Settle: time.Millisecond, Stop: stop})
		addsUp(t, p, l)
		r, lost := outcome(l, "a")
		if !errors.Is(err, apply.ErrStopped) || r.Status != apply.Failed || r.ID == 0 || lost != "" || !strings.Contains(r.Error, "partly ") {
			t.Errorf("%v; %s, ID %d, %s, lost %s", err, r.Status, r.ID, r.Error, lost)
		}
		newTruth(b, p, l).check()
	}
}

// oneWrite is a store that calls back when the first write is through: once it
// is answered or, if that answer is lost, once it was read back.
type oneWrite struct {
	apply.Store
	lost error
	then func(context.Context)
}

func (s *oneWrite) CreateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	r, err := s.Store.CreateGroup(ctx, w, lists, fields...)
	s.then(ctx)
	return r, err
}

func (s *oneWrite) UpdateGroup(ctx context.Context, w intel.GroupWrite, lists intel.List, fields ...string) (*intel.Remote, error) {
	r, err := s.Store.UpdateGroup(ctx, w, lists, fields...)
	switch {
	case ctx.Err() != nil:
	case s.lost != nil:
		return nil, s.lost
	default:
		s.then(ctx)
	}
	return r, err
}

func (s *oneWrite) UpdateGroupAttribute(ctx context.Context, id int64, a intel.Attribute) (intel.RemoteAttribute, error) {
	r, err := s.Store.UpdateGroupAttribute(ctx, id, a)
	if ctx.Err() == nil {
		s.then(ctx)
	}
	return r, err
}

func (s *oneWrite) Group(ctx context.Context, id int64, lists intel.List, fields ...string) (*intel.Remote, error) {
	r, err := s.Store.Group(ctx, id, lists, fields...)
	s.then(ctx)
	return r, err
}

// A long group of which an earlier run has made all is left as it is: what goes
// into further requests is looked at as well.
func TestWholeLongGroupIsNotWrittenAgain(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	var attributes []string
	for i := range plan.MostEntries + 10 {
		attributes = append(attributes, fmt.Sprintf("{type: Aliases, value: v%d}", i))
	}
	p, _ := b.apply(`groups: [{key: a, type: Threat, name: A, attributes: [` + strings.Join(attributes, ", ") + `]}]`)
	before := state(b.sim)
	b.sim.ResetStats()
	b.completes(p, func(o *apply.Options) { o.Doubtful = doubtful("a") })
	if diff := cmp.Diff(before, state(b.sim)); diff != "" || b.sim.Stats().Writes > 0 {
		t.Errorf("%d writes, -before +after:\n%s", b.sim.Stats().Writes, diff)
	}
}

// A group that the instance takes for one of another owner is not sent twice.
func TestGroupOfAnotherOwnerIsNotSentAgain(t *testing.T) {
	b := withSwitches(t, "existing-xid=upsert", "xid-scope=instance")
	b.apply(`groups: [{key: a, xid: one, type: Threat, name: A, owner: Demo Community}]`)
	p := b.plan(b.read(`groups: [{key: a, xid: one, type: Threat, name: A, tags: [x]}]`), nil, plan.DefaultPolicy())
	b.sim.ResetStats()
	l, err := b.run(p)
	if r, _ := outcome(l, "a"); err != nil || r.Status != apply.Failed || !strings.Contains(r.Error, "Demo Community") || b.sim.Stats().Writes != 1 {
		t.Errorf("%v, %s %s, %d writes", err, r.Status, r.Error, b.sim.Stats().Writes)
	}
}

// One group that may not be read, with credentials that work, does not end the
// run.
func TestOneUnreadableGroupEndsNoRun(t *testing.T) {
	b := newBench(t, tcsim.Config{})
	p := b.plan(b.read(groups(5, func(int) string { return "" })), nil, plan.DefaultPolicy())
	b.sim.SetFault(func(f tcsim.FaultPoint) tcsim.Fault {
		if f.Request.Method == http.MethodGet && strings.HasSuffix(f.Request.URL.Path, p.Actions[1].XID) {
			return tcsim.Fault{Status: 401, Body: `{"status":"Error","message":"Unauthorized"}`}
		}
		return tcsim.Fault{}
	})
	l, err := b.run(p, func(o *apply.Options) {
		o.Workers, o.Doubtful = 1, doubtful("k1")
		o.Probe = func(context.Context) error { return nil }
	})
	if tally := tallyOf(l); err != nil || tally.Created != 4 || tally.InDoubt != 1 {
		t.Errorf("%v, %+v\n%s", err, tally, troubles(l))
	}
}

// What an earlier run has made and cannot be looked up now is told as made, and
// not made again.
func TestUnreadableGroupOfAnEarlierRunIsNotMadeAgain(t *testing.T) {
	b := richBench(t)
	p, first := b.apply(`
groups:
  - {key: a, type: Threat, name: A, associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}
  - {key: b, type: Threat, name: B, associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]}
`)
	done := map[string]apply.Result{"a": *first.Results[0]}
	for name, find := range map[string]func(context.Context, []*intel.Object) ([][]*intel.Remote, error){
		"fails": func(context.Context, []*intel.Object) ([][]*intel.Remote, error) { return nil, errors.New("no answer") },
		"finds nothing": func(_ context.Context, os []*intel.Object) ([][]*intel.Remote, error) {
			return make([][]*intel.Remote, len(os)), nil
		},
	} {
		l, err := b.run(p, func(o *apply.Options) { o.Done, o.Find = done, find })
		if (err != nil) != (name == "fails") {
			t.Errorf("%s: %v", name, err)
		}
		if o := l.Objects[0]; o.Status != apply.Failed || !strings.Contains(o.Error, "created, but its ID") {
			t.Errorf("%s: %s %s", name, o.Status, o.Error)
		}
		if n := len(b.sim.Snapshot().Artifacts); n != 1 {
			t.Errorf("%s: %d artifacts", name, n)
		}
	}
}

// TestEarlierWriteStaysInDoubt: if a run ends before it has looked at a group that an
// earlier run may still write, that group stays in doubt, and the journal has it as one that was
// sent. Otherwise the next run would not wait before it writes the group again.
func TestEarlierWriteStaysInDoubt(t *testing.T) {
	for _, c := range []struct {
		name string
		stop time.Duration // after the begin of the run
		open bool          // a request of the earlier run had no answer
		want apply.Status
	}{
		{"before its turn", 0, true, apply.InDoubt},
		{"during the wait for an object", 10 * time.Second, true, apply.InDoubt},
		{"before its turn, and every request was answered", 0, false, apply.NotAttempted},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := lateBench(t)
				p := b.plan(b.read(groups(2, func(int) string {
					return "tags: [x], associatedArtifacts: [{caseId: 1, type: Email Address, summary: a@b.example}]"
				})), nil, plan.DefaultPolicy())
				sent, open := time.Time{}, 0
				if c.open {
					sent, open = time.Now(), 1
				}
				stop := make(chan struct{})
				time.AfterFunc(c.stop, func() { close(stop) })
				synctest.Wait()
				j := &openWrites{}
				l, err := b.run(p, func(o *apply.Options) {
					o.Workers, o.Settle, o.Stop, o.Journal, o.Doubtful = 1, time.Minute, stop, j, map[string]time.Time{"k0": sent}
				})
				r, lost := outcome(l, "k0")
				if !errors.Is(err, apply.ErrStopped) || r.Status != c.want || !strings.HasPrefix(r.Error, "not attempted: interrupted") ||
					lost != fmt.Sprintf("Email Address:a@b.example (%s)", c.want) || j.now != open || b.sim.Stats().Writes != 0 {
					t.Errorf("%v; %s %s, lost %s, %d without an outcome, %d writes", err, r.Status, r.Error, lost, j.now, b.sim.Stats().Writes)
				}
				if r, _ := outcome(l, "k1"); r.Status != apply.NotAttempted {
					t.Errorf("the other group: %s %s", r.Status, r.Error)
				}
			})
		})
	}
}
