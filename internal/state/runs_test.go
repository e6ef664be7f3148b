package state

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/undo"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// mixed is a plan of a create, an update, and an unchanged group.
func mixed(id string) *plan.Plan {
	p := planOf(id, "new")
	p.Actions[0].Associations = nil
	p.Actions = append(p.Actions,
		&plan.Action{Verb: plan.Update, Key: "old", Type: "Incident", Name: "Old", Owner: "O", ID: 7},
		&plan.Action{Verb: plan.Unchanged, Key: "same", Type: "Incident", Name: "Same", Owner: "O", ID: 8})
	p.Objects = []*plan.Object{plan.PlainObject(intel.KindIndicator, "Host", "a.example", "O"),
		plan.FullObject{Kind: intel.KindIndicator, Type: "Host", Name: "b.example", Owner: "O", ID: 3, State: plan.Existing}.Object()}
	p.Count()
	return p
}

// begin begins a run of p with a record.
func begin(t *testing.T, dir string, p *plan.Plan, began time.Time, keep int) *Journal {
	t.Helper()
	j, _ := open(t, dir, p)
	must(t, j.Record(p, filepath.Join(dir, "ids.csv"), began, keep))
	return j
}

// beginUnkept begins a run of p while nothing can be added to the record of p.
func beginUnkept(t *testing.T, dir string, p *plan.Plan) *Journal {
	t.Helper()
	path := runPath(dir, scope, p.ID)
	must(t, os.Rename(path, path+".aside"), os.Mkdir(path, 0o700))
	j := begin(t, dir, p, noon.Add(time.Hour), 20)
	if j.Unkept() == nil {
		t.Error("it does not say that the record is incomplete")
	}
	must(t, os.Remove(path), os.Rename(path+".aside", path))
	return j
}

func send(t *testing.T, j *Journal, a *plan.Action, r apply.Result) {
	t.Helper()
	must(t, j.Intent(a))
	if r.Status != "" {
		r.Action = a
		must(t, j.Outcome(&r))
	}
}

// known is what is known of the newest run.
func known(t *testing.T, dir string) *undo.Run {
	t.Helper()
	runs, _, err := Runs(dir, scope.Instance, filepath.Join(dir, "ids.csv"))
	must(t, err)
	if len(runs) == 0 {
		return nil
	}
	run, err := ReadRun(dir, runs[0])
	must(t, err)
	return run
}

// told is what a run says of its groups.
func told(run *undo.Run) string {
	var out []string
	for _, g := range run.Groups {
		out = append(out, fmt.Sprintf("%s %s %d answered=%t left=%s planned=%t", g.Verb, g.Key, g.ID, g.Answered, g.Left, g.Planned != nil))
	}
	return strings.Join(out, "\n")
}

var left = baseline.New(baseline.Name("Name of new"))

// TestRecordOfARun: what a run was to change and what became of it is known afterwards,
// whether it came to its end or was killed, and whoever comes next.
func TestRecordOfARun(t *testing.T) {
	whole := fmt.Sprintf("update old 7 answered=true left= planned=true\ncreate new 5 answered=true left=%s planned=false", left)
	for _, c := range []struct {
		name string
		want string
		run  func(dir string, p *plan.Plan, j *Journal)
	}{
		{"complete", whole, func(_ string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{Status: apply.OK, ID: 7})
			must(t, j.Close(true))
		}},
		{"incomplete", whole, func(_ string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{Status: apply.Failed, ID: 7})
			must(t, j.Close(false))
		}},
		{"killed", strings.Replace(whole, "7 answered=true", "7 answered=false", 1), func(_ string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{})
			must(t, j.Abandon())
		}},
		{"killed, and another run after it", strings.Replace(whole, "7 answered=true", "7 answered=false", 1), func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{})
			must(t, j.Abandon())
			other := planOf("other", "x")
			other.Undoes = p.ID // it has no record
			next := begin(t, dir, other, noon.Add(time.Hour), 20)
			send(t, next, other.Actions[0], apply.Result{Status: apply.OK, ID: 9})
			must(t, next.Close(true))
		}},
		{"killed, and then completed", whole, func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{})
			must(t, j.Abandon())
			next := begin(t, dir, p, noon.Add(time.Hour), 20)
			send(t, next, p.Actions[1], apply.Result{Status: apply.OK, ID: 7})
			must(t, next.Close(true))
		}},
		{"killed at its very end, and then run again", whole, func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{Status: apply.OK, ID: 7})
			must(t, j.Abandon())
			must(t, begin(t, dir, p, noon.Add(time.Hour), 20).Close(true))
		}},
		{"incomplete, run again without a write, and then another run", whole, func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{Status: apply.Failed, ID: 7})
			must(t, j.Close(false))
			must(t, begin(t, dir, p, noon.Add(time.Hour), 20).Close(false))
			other := planOf("other", "x")
			other.Undoes = p.ID // it has no record
			next := begin(t, dir, other, noon.Add(2*time.Hour), 20)
			send(t, next, other.Actions[0], apply.Result{Status: apply.OK, ID: 9})
			must(t, next.Close(false))
		}},
		{"killed, not copied at once, and then completed", whole, func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			must(t, j.Abandon())
			next := beginUnkept(t, dir, p)
			send(t, next, p.Actions[1], apply.Result{Status: apply.OK, ID: 7})
			must(t, next.Close(true), next.Unkept())
		}},
		{"killed, not copied at once, interrupted, and then completed", whole, func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			must(t, j.Abandon())
			must(t, beginUnkept(t, dir, p).Abandon())
			next := begin(t, dir, p, noon.Add(time.Hour), 20)
			send(t, next, p.Actions[1], apply.Result{Status: apply.OK, ID: 7})
			must(t, next.Close(true), next.Unkept())
		}},
		{"another run killed and not copied, and then this plan again", whole, func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{})
			must(t, j.Abandon())
			other := mixed("other")
			next := begin(t, dir, other, noon, 20)
			send(t, next, other.Actions[0], apply.Result{Status: apply.OK, ID: 9})
			must(t, next.Abandon())
			must(t, os.Remove(runPath(dir, scope, other.ID)), os.Mkdir(runPath(dir, scope, other.ID), 0o700))
			last := begin(t, dir, p, noon.Add(time.Hour), 20)
			send(t, last, p.Actions[1], apply.Result{Status: apply.OK, ID: 7})
			must(t, last.Close(true))
			if last.Unkept() == nil {
				t.Error("it does not say that the record of the other run is incomplete")
			}
		}},
		{"ended before the update was sent, and then killed with it", strings.Replace(whole, "7 answered=true", "7 answered=false", 1), func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{Status: apply.NotAttempted, ID: 7})
			must(t, j.Close(false))
			next := begin(t, dir, p, noon.Add(time.Hour), 20)
			send(t, next, p.Actions[1], apply.Result{})
			must(t, next.Abandon())
		}},
		{"killed, and then interrupted before the update was sent", strings.Replace(whole, "7 answered=true left=", "7 answered=true left="+baseline.New(baseline.Name("Old")).String(), 1), func(dir string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
			send(t, j, p.Actions[1], apply.Result{Status: apply.OK, ID: 7, Baseline: baseline.New(baseline.Name("Old"))})
			must(t, j.Abandon())
			p.Actions[1].Changes = []plan.Change{plan.FullChange{Field: "name", Op: plan.Set, Old: "Old", New: "Other"}.Change()}
			next := begin(t, dir, p, noon.Add(time.Hour), 20)
			send(t, next, p.Actions[1], apply.Result{Status: apply.NotAttempted, ID: 7})
			must(t, next.Abandon())
		}},
		{"in doubt", "create new 0 answered=false left=?name=8b12507783d5 planned=false", func(_ string, p *plan.Plan, j *Journal) {
			send(t, j, p.Actions[0], apply.Result{Status: apply.InDoubt, Baseline: baseline.New(baseline.Name("One").As(baseline.MaybeThere))})
			send(t, j, p.Actions[1], apply.Result{Status: apply.NotAttempted, ID: 7})
			must(t, j.Close(false))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, p := t.TempDir(), mixed("p")
			c.run(dir, p, begin(t, dir, p, noon, 20))
			run := known(t, dir)
			if run == nil {
				t.Fatal("there is no record")
			}
			if got := told(run); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if len(run.New) != 1 || run.New[0].Name() != "a.example" || !run.Began.Equal(noon) || run.ID != "p" || run.Namespace != scope.Namespace {
				t.Errorf("got %+v", run)
			}
			info, err := os.Stat(runPath(dir, scope, "p"))
			must(t, err)
			if info.Mode().Perm() != Private {
				t.Errorf("the record can be read by others: %s", info.Mode())
			}
		})
	}
}

// TestNoRecord: a run that writes nothing has no record, nor one that takes back another
// one, nor any if none is to be kept.
func TestNoRecord(t *testing.T) {
	undoing, same, none := mixed("a"), &plan.Plan{ID: "b"}, mixed("c")
	undoing.Undoes = "x"
	for keep, p := range []*plan.Plan{none, undoing, same} {
		dir := t.TempDir()
		j := begin(t, dir, p, noon, keep)
		for _, a := range p.Writers() {
			send(t, j, a, apply.Result{Status: apply.OK, ID: 5})
		}
		must(t, j.Close(true))
		if run := known(t, dir); run != nil {
			t.Errorf("plan %s: %+v", p.ID, run)
		}
	}
	dir, p := t.TempDir(), mixed("d")
	must(t, begin(t, dir, p, noon, 20).Close(false))
	if run := known(t, dir); run != nil {
		t.Errorf("nothing was sent: %+v", run)
	}
}

// TestLastRunsKeepTheirRecords: older ones of the same report are removed once a run has
// written something, those of other reports stay.
func TestLastRunsKeepTheirRecords(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[a]") // it is no pattern
	run := func(id, report string, at int) {
		p := mixed(id)
		j, _ := open(t, dir, p)
		must(t, j.Record(p, filepath.Join(dir, report), noon.Add(time.Duration(at)*time.Minute), 2))
		send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5})
		must(t, j.Close(true))
	}
	for i, id := range []string{"x", "a", "b", "c"} {
		run(id, map[bool]string{true: "other.csv", false: "ids.csv"}[id == "x"], i)
	}
	must(t, begin(t, dir, mixed("d"), noon.Add(time.Hour), 2).Close(false)) // it has written nothing
	for report, want := range map[string][]string{"ids.csv": {"c", "b"}, "other.csv": {"x"}, "none.csv": nil} {
		runs, _, err := Runs(dir, scope.Instance, filepath.Join(dir, report))
		must(t, err)
		var got []string
		for _, h := range runs {
			got = append(got, h.Plan)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", report, got, want)
		}
	}
	if runs, _, err := Runs(dir, "elsewhere", filepath.Join(dir, "ids.csv")); err != nil || runs != nil {
		t.Errorf("another instance: %v, %v", runs, err)
	}
}

// TestTornRecord: a process that died while it copied outcomes tears one line at most, and
// the next one repeats it.
func TestTornRecord(t *testing.T) {
	var dir, path string
	for _, torn := range []string{"", "\n", "\n{\"record\":\"pa", "\n{\"record\":\"part\"}\n", "\n{\"record\":\"part\"}\n{\"record\":\"outcome\",\"key\":\"ne"} {
		dir = t.TempDir()
		p := mixed("p")
		j := begin(t, dir, p, noon, 20)
		send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
		must(t, j.Abandon())
		path = runPath(dir, scope, "p")
		data, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path, append(data, torn...), Private))
		for range 2 { // before the next run, and after it
			if got := told(known(t, dir)); !strings.Contains(got, "create new 5 answered=true") {
				t.Errorf("torn at %q: got %s", torn, got)
			}
			next := begin(t, dir, planOf("other", "x"), noon, 20)
			must(t, next.Close(false))
		}
	}
	must(t, os.WriteFile(path, []byte("no record\n"), Private))
	if _, unreadable, err := Runs(dir, scope.Instance, filepath.Join(dir, "ids.csv")); err != nil || len(unreadable) != 1 || !strings.Contains(unreadable[0].Err.Error(), path) {
		t.Errorf("a file that is no record: %v, %v", unreadable, err)
	}
}

// TestRecordsThatAreNotWhole: a run goes on where the record of a killed run cannot be written.
// That record is not taken for a whole one, nor one that somebody has damaged.
func TestRecordsThatAreNotWhole(t *testing.T) {
	swap := func(path, old, new string) {
		data, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path, []byte(strings.Replace(string(data), old, new, 1)), Private))
	}
	other := func(dir string, p *plan.Plan) error { // another run
		next := begin(t, dir, p, noon.Add(time.Hour), 20)
		send(t, next, p.Actions[0], apply.Result{Status: apply.OK, ID: 9})
		must(t, next.Close(true))
		return next.Unkept()
	}
	for _, c := range []struct {
		name, want string
		spoil      func(dir, path string, p *plan.Plan)
	}{
		{"whole", "", func(dir, _ string, _ *plan.Plan) { must(t, other(dir, planOf("other", "x"))) }},
		{"not writable", "the record is incomplete", func(dir, path string, _ *plan.Plan) {
			must(t, os.Rename(path, path+".aside"))
			must(t, os.Mkdir(path, 0o700))
			if err := other(dir, planOf("other", "x")); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("it does not say that the record is incomplete: %v", err)
			}
			must(t, os.Remove(path))
			must(t, os.Rename(path+".aside", path))
		}},
		{"the journal is gone", "the record is incomplete", func(dir, _ string, _ *plan.Plan) { must(t, os.Remove(journalPath(dir, scope))) }},
		{"the plan went on, and the journal is gone", "the record is incomplete", func(dir, _ string, p *plan.Plan) {
			next := begin(t, dir, p, noon.Add(time.Hour), 20)
			send(t, next, p.Actions[1], apply.Result{Status: apply.OK, ID: 7})
			must(t, next.Abandon())
			must(t, os.Remove(journalPath(dir, scope)))
		}},
		{"another run was not copied, the plan went on, and the journal is gone", "the record is incomplete", func(dir, _ string, p *plan.Plan) {
			next := begin(t, dir, mixed("other"), noon, 20)
			send(t, next, p.Actions[0], apply.Result{})
			must(t, next.Abandon())
			path := runPath(dir, scope, "other")
			must(t, os.Remove(path), os.Mkdir(path, 0o700))
			next = begin(t, dir, p, noon.Add(time.Hour), 20)
			send(t, next, p.Actions[1], apply.Result{Status: apply.OK, ID: 7})
			must(t, next.Abandon(), os.Remove(journalPath(dir, scope)))
		}},
		{"a damaged outcome", "p.run:7: this line of the record is damaged", func(dir, path string, _ *plan.Plan) {
			must(t, other(dir, planOf("other", "x")))
			swap(path, `{"record":"outcome"`, `{"record":"outcome`)
		}},
		{"a damaged change", "p.run:2: this line of the record is damaged", func(_, path string, _ *plan.Plan) { swap(path, `{"record":"change"`, "\x00\x00") }},
		{"an unknown record", "p.run:2: this line of the record is damaged", func(_, path string, _ *plan.Plan) { swap(path, `{"record":"change"`, `{"record":"chance"`) }},
		{"an empty record", "p.run:3: this line of the record is damaged", func(_, path string, _ *plan.Plan) { swap(path, `{"record":"new"`, `{"record":"nil"`) }},
		{"damaged, of version 1", "", func(dir, path string, _ *plan.Plan) {
			must(t, other(dir, planOf("other", "x")))
			swap(path, `"version":2`, `"version":1`)
			swap(path, `{"record":"outcome"`, `{"record":"outcome`)
		}},
	} {
		dir, p := t.TempDir(), mixed("p")
		j := begin(t, dir, p, noon, 20)
		send(t, j, p.Actions[0], apply.Result{Status: apply.OK, ID: 5, Baseline: left})
		send(t, j, p.Actions[1], apply.Result{})
		must(t, j.Abandon())
		c.spoil(dir, runPath(dir, scope, "p"), p)
		_, err := ReadRun(dir, RunHead{Instance: scope.Instance, Namespace: scope.Namespace, Plan: "p"})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "move the file away: of this run")) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestLinesOfTheJournalAreRecognised: records of runs are copied from the journal by how its
// lines begin.
func TestLinesOfTheJournalAreRecognised(t *testing.T) {
	dir, p := t.TempDir(), mixed("p")
	j := begin(t, dir, p, noon, 20)
	send(t, j, p.Actions[0], apply.Result{Status: apply.OK})
	must(t, j.Made(p.Objects[0], 9))
	must(t, j.Abandon())
	data, err := os.ReadFile(j.Path())
	must(t, err)
	for i, prefix := range [][]byte{runPrefix, intentPrefix, outcomePrefix, madePrefix} {
		if line := bytes.Split(data, []byte("\n"))[i]; !bytes.HasPrefix(line, prefix) {
			t.Errorf("%s does not begin with %s", line, prefix)
		}
	}
}

// TestIndicatorsOfARun: which indicators a run has created by themselves is known afterwards, though
// it has written nothing else: to whoever takes it back, and to the run that goes on with its plan.
func TestIndicatorsOfARun(t *testing.T) {
	for name, end := range map[string]func(j *Journal) error{
		"killed": (*Journal).Abandon, "ended": func(j *Journal) error { return j.Close(false) }, "complete": func(j *Journal) error { return j.Close(true) },
	} {
		dir, p := t.TempDir(), mixed("p")
		j := begin(t, dir, p, noon, 20)
		must(t, j.Made(p.Objects[0], 9), end(j))
		if made := slices.Compact(known(t, dir).Made); !slices.Equal(made, []int64{9}) { // record and journal may both have it
			t.Errorf("%s: %d", name, made)
		}
		j, resume := open(t, dir, p)
		if got, ok := resume.Object(p.Objects[0].Definition, noon); name != "complete" && (!ok || got.ID != 9) {
			t.Errorf("%s: the next run does not know it", name)
		}
		must(t, j.Abandon())
		if made := known(t, dir).Made; !slices.Contains(made, 9) {
			t.Errorf("%s, and another run has begun: %d", name, made)
		}
	}
}
