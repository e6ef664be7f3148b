package state

import (
	"slices"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/plan"
)

// TestAnotherActionMayHaveArrived: where an earlier run did something else with a
// group than the plan does now, its journal does not say that nothing has arrived.
func TestAnotherActionMayHaveArrived(t *testing.T) {
	for earlier, want := range map[plan.Verb]bool{plan.Delete: false, plan.Create: true, plan.Update: true} {
		o := &Outcome{Write: Write{Key: "a", Action: earlier}, ending: ending{Status: apply.Failed}}
		if got := o.arrived(&plan.Action{Key: "a", Verb: plan.Delete}); got != want {
			t.Errorf("a failed %s, then a plan to delete: arrived %t, want %t", earlier, got, want)
		}
	}
	// A group that the plan lacks is none of its actions.
	g := &Group{Outcome: Outcome{Write: Write{Key: "a", Action: plan.Update}, ending: ending{Status: apply.Failed}, Plan: "p"}}
	r := &Resume{Plan: "p", groups: map[string]*Group{"a": g, "b": g}, keys: []string{"a", "b"}}
	if begun := r.Begun(planOf("p", "b")); len(begun) != 1 || !begun["b"] {
		t.Errorf("begun: %v, want b alone", begun)
	}
}

// TestBegun: a write of which nothing has arrived is not begun, though it was
// tried; one of which something may have arrived is.
func TestBegun(t *testing.T) {
	update := func(key string) *plan.Action {
		return &plan.Action{Verb: plan.Update, Key: key, ID: 7, Changes: plan.Changes([]plan.FullChange{{Field: "name"}, {Field: "tags"}}...),
			Associations: []plan.Association{plan.FullAssociation{Name: "other"}.Association(), plan.FullAssociation{Name: "another"}.Association()}}
	}
	missed := func(a *plan.Action, s apply.Status) []apply.Missed {
		return []apply.Missed{{Entry: a.Entries()[0], Status: apply.Failed}, {Entry: a.Entries()[1], Status: s}}
	}
	lose := func(a *plan.Action, s apply.Status) []apply.Missed {
		other, another := plan.Entry{Association: &a.Associations[0]}, plan.Entry{Association: &a.Associations[1]}
		return []apply.Missed{{Entry: another, Status: s}, {Entry: other, Status: apply.Failed}, {Entry: other, Status: apply.Failed}}
	}
	create := func(key string) *plan.Action { return planOf("", key).Actions[0] }
	for _, c := range []struct {
		name   string
		action *plan.Action
		result func(r *apply.Result)
		begun  bool
	}{
		{"ok", update("a"), func(r *apply.Result) {
			r.Status = apply.OK
			r.Missed = append(missed(r.Action, apply.Failed), lose(r.Action, apply.Failed)...)
		}, true},
		{"in doubt", update("a"), func(r *apply.Result) { r.Status = apply.InDoubt }, true},
		{"refused", update("a"), func(r *apply.Result) {
			r.Missed, r.Baseline = append(missed(r.Action, apply.Failed), lose(r.Action, apply.Failed)...), baseline.Parse("name=00000000000a")
		}, false},
		{"not sent", update("a"), func(r *apply.Result) {
			r.Status, r.Missed = apply.NotAttempted, append(missed(r.Action, apply.NotAttempted), lose(r.Action, apply.NotAttempted)...)
		}, false},
		{"refused, and an association left out by a flag", update("a"), func(r *apply.Result) { r.Missed = append(missed(r.Action, apply.Failed), lose(r.Action, apply.OK)...) }, false},
		{"a change has arrived", update("a"), func(r *apply.Result) {
			r.Missed = append(missed(r.Action, apply.Failed)[1:], lose(r.Action, apply.Failed)...)
		}, true},
		{"a change is in doubt", update("a"), func(r *apply.Result) {
			r.Missed = append(missed(r.Action, apply.InDoubt), lose(r.Action, apply.Failed)...)
		}, true},
		{"an association was made", update("a"), func(r *apply.Result) {
			r.Missed = append(missed(r.Action, apply.Failed), lose(r.Action, apply.Failed)[1:]...)
		}, true},
		{"an association is in doubt", update("a"), func(r *apply.Result) {
			r.Missed = append(missed(r.Action, apply.Failed), lose(r.Action, apply.InDoubt)...)
		}, true},
		{"a create was refused", create("a"), func(r *apply.Result) {
			r.Missed = []apply.Missed{{Entry: plan.Entry{Association: &r.Action.Associations[0]}, Status: apply.Failed}}
		}, false},
		{"a create was refused in part", create("a"), func(r *apply.Result) { r.ID = 7 }, true},
		{"a delete was refused", &plan.Action{Verb: plan.Delete, Key: "a", ID: 7}, func(*apply.Result) {}, false},
	} {
		r := &apply.Result{Action: c.action, Status: apply.Failed, ID: c.action.ID}
		c.result(r)
		t.Run(c.name, func(t *testing.T) { begunWith(t, r, c.begun) })
	}
}

// begunWith has a run die after r, and another one while it writes that anew.
func begunWith(t *testing.T, r *apply.Result, want bool) {
	t.Helper()
	dir, p := t.TempDir(), planOf("plan-1", "rest")
	p.Actions = append(p.Actions, r.Action)
	j, _ := open(t, dir, p)
	must(t, j.Intent(r.Action), j.Outcome(r), j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)
	begun, sent := left.Begun(p)["a"]
	done, unclear := left.Progress(p, time.Now())
	if begun != want || !sent || len(left.Begun(p)) != 1 || len(done)+len(unclear) != 1 {
		t.Errorf("begun %v, want %t; done %v, unclear %v", left.Begun(p), want, done, unclear)
	}
	other := planOf("plan-2", "a")
	if done, unclear := left.Progress(other, time.Now()); len(left.Begun(other)) > 0 || len(done) > 0 || len(unclear) > 0 && len(sentOf(left)) == 0 {
		t.Error("another plan has begun")
	}
	j, _ = open(t, dir, p)
	must(t, j.Intent(r.Action), j.Abandon())
	if left, err = Peek(dir, scope); err != nil || !left.Begun(p)["a"] {
		t.Errorf("killed while it was tried again: begun %v, %v", left.Begun(p), err)
	}
}

// What a run of another plan has done, which was killed as well, is nothing that
// this one has begun.
func TestBegunByAnotherPlan(t *testing.T) {
	dir := t.TempDir()
	first, second := planOf("plan-1", "a"), planOf("plan-2", "a", "b")
	j, _ := open(t, dir, first)
	must(t, j.Intent(first.Actions[0]), j.Outcome(ok(first.Actions[0], 1)), j.Abandon())
	j, _ = open(t, dir, second)
	must(t, j.Intent(second.Actions[1]), j.Outcome(ok(second.Actions[1], 2)), j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)
	if begun := left.Begun(second); len(begun) != 1 || !begun["b"] {
		t.Errorf("begun: %v", begun)
	}
	if done, unclear := left.Progress(second, time.Now()); len(done) != 1 || len(unclear) != 1 || done["b"].ID != 2 {
		t.Errorf("done %v, unclear %v", done, unclear)
	}
}

// TestLastSent: a run that ended has sent nothing since; one that was killed may
// have held a request back after its last record, but not for ever.
func TestLastSent(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, c := range []struct {
		name string
		left Resume
		want time.Time
	}{
		{"ended", Resume{Ended: true, ended: ago(time.Minute), touched: ago(time.Minute)}, ago(time.Minute)},
		{"killed just now", Resume{touched: ago(time.Second)}, now},
		{"killed a while ago", Resume{touched: ago(10 * time.Minute)}, now},
		{"killed last night", Resume{touched: ago(8 * time.Hour)}, ago(8*time.Hour - longestCall)},
		{"a clock that was ahead", Resume{Ended: true, ended: now.Add(time.Hour)}, now},
	} {
		if got := c.left.LastSent(now); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestComing: what a killed run has sent may still arrive, for plan as for apply,
// until it has settled; whatever was sent for one key counts.
func TestComing(t *testing.T) {
	dir, p := t.TempDir(), planOf("plan-1", "a")
	a := &plan.Action{Verb: plan.Update, Key: "a", ID: 7, Type: "Threat", Changes: plan.Changes([]plan.FullChange{{Field: "name", Op: plan.Set, Old: "A", New: "B"}}...)}
	again := &plan.Action{Verb: plan.Update, Key: "a", ID: 7, Type: "Threat", Changes: plan.Changes([]plan.FullChange{{Field: "name", Op: plan.Set, Old: "A", New: "C"}}...)}
	p.Actions = append(p.Actions, a, again)
	want := a.Intended().With(again.Intended()...)
	if len(want) < 2 {
		t.Fatalf("the writes intend %v", want)
	}
	j, _ := open(t, dir, p)
	must(t, j.Intent(a), j.Intent(again), j.Abandon())
	peeked, err := Peek(dir, scope)
	must(t, err)
	j, opened, err := Open(dir, scope)
	must(t, err, j.Abandon())
	const settle = time.Minute
	for name, left := range map[string]*Resume{"plan": peeked, "apply": opened} {
		if got := left.Coming(time.Now(), settle)["a"]; !slices.Equal(got, want) {
			t.Errorf("%s: %v may arrive, want %v", name, got, want)
		}
		if got := left.Coming(time.Now().Add(longestCall+settle+time.Second), settle); got != nil {
			t.Errorf("%s: %v may arrive once it has settled", name, got)
		}
	}
}
