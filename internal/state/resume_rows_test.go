package state

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// updates are a plan that sets the status of these groups and gives them a tag.
func updates(id, status string, keys ...string) *plan.Plan {
	p := &plan.Plan{ID: id}
	for i, k := range keys {
		p.Actions = append(p.Actions, &plan.Action{Verb: plan.Update, Key: k, ID: int64(i + 1), Type: "Incident", Name: "New name of " + k, Owner: "O",
			Changes: plan.Changes([]plan.FullChange{{Field: "name", Op: plan.Set, Old: k, New: "New name of " + k}, {Field: "status", Op: plan.Set, Old: "New", New: status},
				{Field: "tags", Op: plan.Add, New: "t"}}...)})
	}
	return p
}

// TestRows: what a killed run has left on groups is known as far as it was
// told; of a write without an outcome both what was there and what was to be set
// may be ours.
func TestRows(t *testing.T) {
	dir := t.TempDir()
	p := updates("plan-1", "Open", "told", "sent", "unsent", "unknown")
	told, sent, unsent, unknown := p.Actions[0], p.Actions[1], p.Actions[2], p.Actions[3]
	j, _ := open(t, dir, p)
	must(t, j.Intent(told), j.Intent(sent), j.Intent(unsent), j.Intent(unknown))
	must(t, j.Outcome(&apply.Result{Action: told, Status: apply.Failed, ID: 1, Name: "New name of told", Error: "without the tag",
		Missed: []apply.Missed{{Entry: told.Entries()[2], Status: apply.Failed}}, Baseline: baseline.Parse("status=0000000000aa"), Rewritten: map[string]string{"a": "B"}}))
	must(t, j.Outcome(&apply.Result{Action: unsent, Status: apply.NotAttempted, ID: 3, Error: "no network"}))
	must(t, j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)

	row := func(key string, id int64, ap ...string) baseline.Group {
		return baseline.Group{ID: id, Type: "Incident", Name: key, Owner: "O", Row: "ids.csv:2", Source: "in.yaml:1", Baseline: baseline.Parse(strings.Join(ap, " "))}
	}
	ids := baseline.IDMap{"told": row("told", 1, "status=00000000001d"), "sent": row("sent", 2, "status=00000000001d"), "unsent": row("unsent", 3, "status=00000000001d"),
		"unknown": row("unknown", 4), "other": row("other", 5, "status=00000000001d")}
	got := left.Rows(ids, Keys{})
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
	if diff := cmp.Diff(got, left.Rows(got, Keys{})); diff != "" {
		t.Errorf("once more (-once +twice):\n%s", diff)
	}
	if again := left.Rows(nil, Keys{})["sent"]; again.ID != 0 {
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
	got := left.Rows(ids, Keys{})
	if diff := cmp.Diff(baseline.Parse("status=0000000000cc"), got["sent"].Baseline); diff != "" {
		t.Errorf("sent again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(baseline.Parse("status=0000000000aa").With(told.Intended()...), got["told"].Baseline); diff != "" {
		t.Errorf("told and sent again (-want +got):\n%s", diff)
	}
}

// TestResultIsTakenOverUnchanged: a result that is taken over is the one that was told.
func TestResultIsTakenOverUnchanged(t *testing.T) {
	dir := t.TempDir()
	p := updates("plan-1", "Open", "a")
	j, _ := open(t, dir, p)
	want := apply.Result{Action: p.Actions[0], Status: apply.OK, ID: 1, Baseline: baseline.Parse("status=0000000000aa"),
		Missed: []apply.Missed{{Entry: p.Actions[0].Entries()[1], Status: apply.InDoubt}}}
	must(t, j.Intent(p.Actions[0]), j.Outcome(&want), j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)
	if diff := cmp.Diff(map[string]apply.Result{"a": want}, doneOf(left, p), sameAction); diff != "" {
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
	if left == nil || left.Rows(nil, Keys{})["a"].ID != 1 {
		t.Errorf("got %+v", left)
	}
}

// TestRowsOfThisImport: of what a killed run has written, that counts which is of this
// import: not what it wrote under the same keys to another owner, and not what its
// manifests only pointed at.
func TestRowsOfThisImport(t *testing.T) {
	dir, p := t.TempDir(), &plan.Plan{ID: "plan-1"}
	j, _ := open(t, dir, p)
	add := func(key, owner string, id int64) {
		a := &plan.Action{Verb: plan.Create, Key: key, Type: "Tool", Name: "N", Owner: owner}
		must(t, j.Intent(a), j.Outcome(ok(a, id)))
	}
	add("same", "O", 1)
	add("elsewhere", "Other", 2)
	add("dropped", "O", 3)
	add("dropped, and another in the id-map", "Third", 4)
	add("#12", "O", 12)
	add("Tool/N", "O", 13)
	add("known reference", "O", 14)
	must(t, j.Abandon())
	left, err := Peek(dir, scope)
	must(t, err)
	ids := baseline.IDMap{"elsewhere": {ID: 9, Owner: "O"}, "dropped, and another in the id-map": {ID: 10, Owner: "O"}, "known reference": {ID: 14, Owner: "O"}}
	of := Keys{Owners: map[string]string{"same": "O", "elsewhere": "O"}}
	if got, want := strings.Join(slices.Sorted(maps.Keys(left.Rows(ids, of))), ", "), "dropped, known reference, same"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	joined := left.Join(ids, nil, of)
	if joined.IDMap["same"].ID != 1 || joined.IDMap["elsewhere"].ID != 9 || len(joined.IDMap) != 5 || len(ids) != 3 {
		t.Errorf("joined: %v", joined.IDMap)
	}
	if got := slices.Sorted(maps.Keys(left.Owners())); !slices.Equal(got, []string{"O", "Other", "Third"}) {
		t.Errorf("owners to lock: %v", got)
	}
}

// TestListsAreComparedWithAllEarlierRuns: a list is compared with all that any run may have left: what the id-map
// says, the report that the run replaces, and the journal.
func TestListsAreComparedWithAllEarlierRuns(t *testing.T) {
	fact := func(id int64) baseline.Fact { return baseline.Link(intel.KindGroup, id) }
	dir, p := t.TempDir(), updates("plan-1", "Open", "a")
	j, _ := open(t, dir, p)
	must(t, j.Intent(p.Actions[0]), j.Outcome(&apply.Result{Action: p.Actions[0], Status: apply.OK, ID: 1, Baseline: baseline.New(fact(3))}), j.Close(false))
	left, err := Peek(dir, scope)
	must(t, err)
	ids := baseline.IDMap{"a": {ID: 1, Baseline: baseline.New(fact(1))}}
	replaced := maps.All(baseline.IDMap{"a": {ID: 1, XID: "x", Baseline: baseline.New(fact(2))}, "b": {ID: 2, Baseline: baseline.New(fact(4))}})
	joined := left.Join(ids, replaced, Keys{})
	all := joined.LeftOn()
	if !all["a"].Baseline.Equal(baseline.New(fact(1), fact(2), fact(3))) || !all["b"].Baseline.Equal(baseline.New(fact(4))) || len(ids["a"].Baseline) != 1 {
		t.Errorf("got %v, and the id-map is %v", all, ids)
	}
	if diff := cmp.Diff(map[string]int64{"x": 1}, joined.Unlisted()); diff != "" {
		t.Errorf("groups that lists may not show (-want +got):\n%s", diff)
	}
	var none *Resume
	if joined := none.Join(ids, nil, Keys{}); len(joined.IDMap) != 1 || len(joined.Unlisted()) > 0 || joined.Coming(time.Now(), time.Hour) != nil || len(joined.LeftOn()) != 1 {
		t.Errorf("without a journal: %+v", joined)
	}
}

// TestFactsOfEarlierVersionsAreFound: earlier versions have sorted facts as text.
func TestFactsOfEarlierVersionsAreFound(t *testing.T) {
	dir, p := t.TempDir(), updates("plan-1", "Open", "a")
	j, _ := open(t, dir, p)
	must(t, j.Intent(p.Actions[0]), j.Outcome(&apply.Result{Action: p.Actions[0], Status: apply.OK, ID: 1,
		Baseline: baseline.New(baseline.Link(intel.KindGroup, 9), baseline.Link(intel.KindGroup, 10))}), j.Abandon())
	const sorted, asText = `"associatedGroups=#9","associatedGroups=#10"`, `"associatedGroups=#10","associatedGroups=#9"`
	text := read(t, j.Path())
	if !strings.Contains(text, sorted) {
		t.Fatalf("the journal is %s", text)
	}
	must(t, os.WriteFile(j.Path(), []byte(strings.Replace(text, sorted, asText, 1)), 0o600))
	left, err := Peek(dir, scope)
	must(t, err)
	if b := left.Of("a").Baseline; !b.Has(baseline.Link(intel.KindGroup, 9)) || !b.Has(baseline.Link(intel.KindGroup, 10)) {
		t.Errorf("not found in %s", b)
	}
}
