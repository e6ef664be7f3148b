package report

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestObjectsOfSkippedGroupsAreSkipped has a flag leave out a group: what only it names was not
// asked for either.
func TestObjectsOfSkippedGroupsAreSkipped(t *testing.T) {
	end := func(i int) plan.Association {
		return plan.FullAssociation{Kind: intel.KindIndicator, Type: "Host", State: plan.New, Op: plan.Add, Object: i}.Association()
	}
	p := &plan.Plan{
		Actions: []*plan.Action{
			plan.FullAction{Verb: plan.Skip, Key: "skipped", Reason: "it does not exist yet (--update-only)", Associations: []plan.Association{end(1), end(2)}}.Action(),
			{Verb: plan.Update, Key: "failed", ID: 1, Associations: []plan.Association{end(2)}},
		},
		Objects: []*plan.Object{
			plan.FullObject{Kind: intel.KindIndicator, Written: "Host:a.example", State: plan.New}.Object(),
			plan.FullObject{Kind: intel.KindIndicator, Written: "Host:b.example", State: plan.New}.Object(),
		},
	}
	l := &apply.Ledger{Plan: p, Results: []*apply.Result{
		{Action: p.Actions[0], Status: apply.OK, Error: p.Actions[0].Reason()},
		{Action: p.Actions[1], Status: apply.Failed, ID: 1, Error: "no"},
	}, Objects: []*apply.ObjectResult{
		{Object: p.Objects[0], Status: apply.NotAttempted, Error: "not attempted: interrupted"},
		{Object: p.Objects[1], Status: apply.NotAttempted, Error: "no group that names it was written"},
	}}
	var got []string
	for _, r := range collect(NewResults(l, Meta{}).Rows()) {
		got = append(got, r.Key+" "+string(r.Action)+" "+string(r.Status))
	}
	want := []string{"skipped skip ok", "failed update failed", "Host:a.example skip ok", "Host:b.example create not-attempted"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestGroupsOfAKilledRunHaveRows has a journal know a group that no report has yet.
func TestGroupsOfAKilledRunHaveRows(t *testing.T) {
	meta := Meta{Instance: "tc.example", Namespace: "ns"}
	known := baseline.IDMap{"k": {ID: 7, Type: "Tool", Name: "New name", Owner: "O", Row: "j:4", Baseline: baseline.Parse("name=000000000001"), Rewritten: map[string]string{"a": "A", "b": "B"}},
		"other": {ID: 8, Type: "Tool", Name: "Of no plan", Owner: "O", Row: "j:5"}}
	meta.Left = known
	p := &plan.Plan{IDMap: baseline.IDMap{"k": {ID: 7, Type: "Tool", Name: "Old name", Owner: "O",
		Baseline: baseline.Parse("name=000000000000")}, "gone": {ID: 9, Type: "Tool", Name: "Gone", Owner: "O"}},
		CarriedOn: []*plan.Object{plan.FullObject{Kind: intel.KindGroup, Written: "k", Type: "Tool", Name: "New name", Owner: "O", ID: 7}.Object()}}
	want := []Row{{Kind: kindGroup, Key: "k", Type: "Tool", Name: "New name", Owner: "O", ID: 7, Action: actionReference, Status: apply.OK,
		Instance: "tc.example", Namespace: "ns", Baseline: baseline.Parse("name=000000000001"), Rewritten: map[string]string{"a": "A", "b": "B"}},
		{Kind: kindGroup, Key: "other", Type: "Tool", Name: "Of no plan", Owner: "O", ID: 8, Action: actionReference, Status: apply.OK,
			Source: "j:5", Instance: "tc.example", Namespace: "ns"}}
	if diff := cmp.Diff(want, collect(NewResults(&apply.Ledger{Plan: p}, meta).Rows())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPartlyWrittenGroupsKeepWhatArrived: a group that was written in part has what arrived, and of the
// rest what the run before had left; one that was not begun has all of that.
func TestPartlyWrittenGroupsKeepWhatArrived(t *testing.T) {
	changes := plan.Changes([]plan.FullChange{{Field: "status", Op: plan.Set, Old: "New", New: "Open"}, {Field: "tags", Op: plan.Add, New: "t"}}...)
	link := plan.FullAssociation{Kind: intel.KindIndicator, State: plan.New, Op: plan.Add, Object: 1}.Association()
	action := func(key string) *plan.Action {
		return &plan.Action{Verb: plan.Update, Key: key, ID: 1, Type: "Incident", Name: key, Changes: changes, Associations: []plan.Association{link}}
	}
	p := &plan.Plan{Actions: []*plan.Action{action("part"), action("doubt"), action("not begun")},
		Objects: []*plan.Object{plan.FullObject{Kind: intel.KindIndicator, State: plan.New, Written: "Host:x.example"}.Object()}}
	applied := func(changes ...plan.Change) baseline.Baseline {
		return (&plan.Action{Type: "Incident", Changes: changes}).BaselineAfter(nil, plan.Ending{Became: func(plan.Entry) plan.Arrival { return plan.Arrived }})
	}
	last := applied(plan.FullChange{Field: "status", Op: plan.Set, New: "New"}.Change())
	p.IDMap = baseline.IDMap{"part": {ID: 1, Baseline: last}, "doubt": {ID: 1, Baseline: last}, "not begun": {ID: 1, Baseline: last}}
	changed := func(action, change int, s apply.Status) apply.Missed {
		return apply.Missed{Entry: plan.Entry{Change: &p.Actions[action].Changes[change]}, Status: s}
	}
	now := applied(changes[0])[0]
	// When the results were made, the ID of the indicator was not known.
	l := &apply.Ledger{Plan: p, Objects: []*apply.ObjectResult{{Object: p.Objects[0], Status: apply.OK, ID: 9}}, Results: []*apply.Result{
		{Action: p.Actions[0], Status: apply.Failed, ID: 1, Error: "no tag", Baseline: baseline.New(now), Missed: []apply.Missed{changed(0, 1, apply.Failed)}},
		{Action: p.Actions[1], Status: apply.InDoubt, ID: 1, Error: "?", Baseline: p.Actions[1].Intended().With(last...),
			Missed: []apply.Missed{changed(1, 0, apply.InDoubt), changed(1, 1, apply.InDoubt),
				{Entry: plan.Entry{Association: &p.Actions[1].Associations[0]}, Status: apply.InDoubt, Error: "?"}}},
		{Action: p.Actions[2], Status: apply.NotAttempted, ID: 1, Error: "ended"},
	}}
	made := baseline.Link(intel.KindIndicator, 9)
	want := map[string]baseline.Baseline{"part": baseline.New(made, now), "not begun": last,
		"doubt": p.Actions[0].Intended().With(last[0], made.As(baseline.MaybeThere))}
	for _, r := range collect(NewResults(l, Meta{}).Rows())[:3] {
		if diff := cmp.Diff(want[r.Key], r.Baseline); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Key, diff)
		}
	}
}

// midway calls something in the middle of what is written to it.
type midway struct {
	at    int
	seen  int
	reach func()
}

func (g *midway) Write(b []byte) (int, error) {
	if before := g.seen; before < g.at && before+len(b) >= g.at {
		g.reach()
	}
	g.seen += len(b)
	return len(b), nil
}

// TestReportsAreWrittenRowByRow: writing the report of a ledger of very many groups
// takes next to no memory beside the ledger, in each format.
func TestReportsAreWrittenRowByRow(t *testing.T) {
	const groups = 50_000
	l := &apply.Ledger{Plan: &plan.Plan{}}
	for i := range groups {
		a := &plan.Action{Verb: plan.Create, Key: fmt.Sprint("key ", i), Type: "Incident", Name: strings.Repeat("n", 100), Owner: "O"}
		l.Plan.Actions = append(l.Plan.Actions, a)
		l.Results = append(l.Results, &apply.Result{Action: a, Status: apply.OK, ID: int64(i) + 1})
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	results := NewResults(l, Meta{Instance: "tc.example"})
	for name, write := range map[string]func(io.Writer) error{
		"CSV":  results.Report().WriteCSV,
		"JSON": (&Document{Report: results.Report()}).Write,
	} {
		before, within := heap(), uint64(0)
		g := &midway{at: groups * 100, reach: func() { within = heap() }}
		if err := write(g); err != nil || within == 0 || g.seen < groups*150 {
			t.Fatalf("%s: %d bytes, %v", name, g.seen, err)
		}
		if most := before + 2<<20; within > most {
			t.Errorf("%s: %d bytes for rows in the middle of %d groups", name, within-before, groups)
		}
	}
}

// TestRowsEndEarly: who wants no more rows gets none.
func TestRowsEndEarly(t *testing.T) {
	l := &apply.Ledger{Plan: &plan.Plan{}}
	for i := range 5 {
		a := &plan.Action{Verb: plan.Create, Key: fmt.Sprint(i)}
		l.Results = append(l.Results, &apply.Result{Action: a, Status: apply.OK})
	}
	n := 0
	for range NewResults(l, Meta{}).Rows() {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d rows", n)
	}
}
