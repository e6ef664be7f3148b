package state

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/plan"
)

// updates are a plan that sets the status of these groups and gives them a tag.
func updates(id, status string, keys ...string) *plan.Plan {
	p := &plan.Plan{ID: id}
	for i, k := range keys {
		p.Actions = append(p.Actions, &plan.Action{Verb: plan.Update, Key: k, ID: int64(i + 1), Type: "Incident", Name: "New name of " + k, Owner: "O",
			Changes: []plan.Change{{Field: "name", Op: plan.Set, Old: k, New: "New name of " + k}, {Field: "status", Op: plan.Set, Old: "New", New: status},
				{Field: "tags", Op: plan.Add, New: "t"}}})
	}
	return p
}

// TestCarryOn: what a killed run has left on groups is known as far as it was
// told; of a write without an outcome both what was there and what was to be set
// may be ours.
func TestCarryOn(t *testing.T) {
	dir := t.TempDir()
	p := updates("plan-1", "Open", "told", "sent", "unsent", "unknown")
	told, sent, unsent, unknown := p.Actions[0], p.Actions[1], p.Actions[2], p.Actions[3]
	j, _ := open(t, dir, p)
	must(t, j.Intent(told), j.Intent(sent), j.Intent(unsent), j.Intent(unknown))
	must(t, j.Outcome(&apply.Result{Action: told, Status: apply.Failed, ID: 1, Name: "New name of told", Error: "without the tag",
		Unmade: []apply.Unmade{{Change: 2, Status: apply.Failed}}, Baseline: baseline.Parse("status=0000000000aa"), Rewritten: map[string]string{"a": "B"}}))
	must(t, j.Outcome(&apply.Result{Action: unsent, Status: apply.NotAttempted, ID: 3, Error: "no network"}))
	must(t, j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)

	row := func(key string, id int64, ap ...string) baseline.Group {
		return baseline.Group{ID: id, Type: "Incident", Name: key, Owner: "O", Row: "ids.csv:2", Source: "in.yaml:1", Baseline: baseline.Parse(strings.Join(ap, " "))}
	}
	ids := baseline.IDMap{"told": row("told", 1, "status=00000000001d"), "sent": row("sent", 2, "status=00000000001d"), "unsent": row("unsent", 3, "status=00000000001d"),
		"unknown": row("unknown", 4), "other": row("other", 5, "status=00000000001d")}
	got := left.CarryOn(ids)
	want := baseline.IDMap{"told": row("New name of told", 1, "status=0000000000aa"), "sent": row("sent", 2), "unsent": row("unsent", 3), "unknown": row("unknown", 4)}
	set := func(key string, f func(*baseline.Group)) { k := want[key]; f(&k); want[key] = k }
	set("told", func(k *baseline.Group) { k.Row, k.Rewritten = left.Path+":6", map[string]string{"a": "B"} })
	set("unsent", func(k *baseline.Group) { k.Row = left.Path + ":7" })
	for _, a := range []*plan.Action{sent, unsent} {
		set(a.Key, func(k *baseline.Group) { k.Baseline = baseline.Parse("status=00000000001d").With(a.Intended()...) })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(sent.Intended()) != 3 {
		t.Errorf("it is to change %v", sent.Intended())
	}
	if diff := cmp.Diff(got, left.CarryOn(got)); diff != "" {
		t.Errorf("once more (-once +twice):\n%s", diff)
	}
	if again := left.CarryOn(nil)["sent"]; again.ID != 0 {
		t.Errorf("made from nothing: %+v", again)
	}
	newer(t, dir, ids)
}

// newer has another run be killed, whose writes take the place of what the one
// before may have left, or join it.
func newer(t *testing.T, dir string, ids baseline.IDMap) {
	p := updates("plan-2", "Closed", "told", "sent")
	told, sent := p.Actions[0], p.Actions[1]
	j, _ := open(t, dir, p)
	must(t, j.Intent(told), j.Intent(sent), j.Outcome(&apply.Result{Action: sent, Status: apply.OK, ID: 2, Baseline: baseline.Parse("status=0000000000cc")}), j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)
	got := left.CarryOn(ids)
	if diff := cmp.Diff(baseline.Parse("status=0000000000cc"), got["sent"].Baseline); diff != "" {
		t.Errorf("sent again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(baseline.Parse("status=0000000000aa").With(told.Intended()...), got["told"].Baseline); diff != "" {
		t.Errorf("told and sent again (-want +got):\n%s", diff)
	}
}

// TestDoneWhole: a result that is taken over is the one that was told.
func TestDoneWhole(t *testing.T) {
	dir := t.TempDir()
	p := updates("plan-1", "Open", "a")
	j, _ := open(t, dir, p)
	want := apply.Result{Action: p.Actions[0], Status: apply.OK, ID: 1, Baseline: baseline.Parse("status=0000000000aa"),
		Unmade: []apply.Unmade{{Change: 1, Status: apply.InDoubt}}}
	must(t, j.Intent(p.Actions[0]), j.Outcome(&want), j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)
	if diff := cmp.Diff(map[string]apply.Result{"a": want}, left.Done(p)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestEarlierVersion reads a journal that does not know yet what writes leave.
func TestEarlierVersion(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir, planOf("plan-1", "a"))
	a := planOf("plan-1", "a").Actions[0]
	must(t, j.Intent(a), j.Outcome(ok(a, 1)), j.Abandon())
	must(t, os.WriteFile(j.Path(), []byte(strings.Replace(read(t, j.Path()), `"version":2`, `"version":1`, 1)), 0o600))
	j, left := open(t, dir, planOf("plan-1", "a"))
	must(t, j.Abandon())
	if left == nil || left.Known()["a"].ID != 1 {
		t.Errorf("got %+v", left)
	}
}
