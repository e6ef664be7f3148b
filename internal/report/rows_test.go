package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestRowsLeftOut has a flag leave out a group: what only it names was not
// asked for either.
func TestRowsLeftOut(t *testing.T) {
	end := func(i int) *plan.Association {
		return &plan.Association{Kind: intel.KindIndicator, Type: "Host", State: plan.New, Op: plan.Add, Object: i}
	}
	p := &plan.Plan{
		Actions: []*plan.Action{
			{Verb: plan.Skip, Key: "skipped", Reason: "it does not exist yet (--update-only)", Associations: []*plan.Association{end(1), end(2)}},
			{Verb: plan.Update, Key: "failed", ID: 1, Associations: []*plan.Association{end(2)}},
		},
		Objects: []*plan.Object{
			{Kind: intel.KindIndicator, Written: "Host:a.example", State: plan.New},
			{Kind: intel.KindIndicator, Written: "Host:b.example", State: plan.New},
		},
	}
	l := &apply.Ledger{Plan: p, Results: []*apply.Result{
		{Action: p.Actions[0], Status: apply.OK, Error: p.Actions[0].Reason},
		{Action: p.Actions[1], Status: apply.Failed, ID: 1, Error: "no"},
	}, Objects: []*apply.ObjectResult{
		{Object: p.Objects[0], Status: apply.NotAttempted, Error: "the run ended before"},
		{Object: p.Objects[1], Status: apply.NotAttempted, Error: "no group that names it was written"},
	}}
	var got []string
	for _, r := range Rows(l, Meta{}) {
		got = append(got, r.Key+" "+string(r.Action)+" "+string(r.Status))
	}
	want := []string{"skipped skip ok", "failed update failed", "Host:a.example skip ok", "Host:b.example create not-attempted"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRowsAfterKill has a journal know a group that no report has yet.
func TestRowsAfterKill(t *testing.T) {
	meta := Meta{Instance: "tc.example", Namespace: "ns"}
	known := plan.IDMap{"k": {ID: 7, Type: "Tool", Name: "New name", Owner: "O", Row: "j:4", Rewritten: map[string]string{"b": "B"}}}
	meta.Left = known
	p := &plan.Plan{Remembered: plan.IDMap{"k": {ID: 7, Type: "Tool", Name: "Old name", Owner: "O",
		Applied: plan.Applied{"name=1"}, Rewritten: map[string]string{"a": "A"}}},
		CarriedOn: []*plan.Object{{Kind: intel.KindGroup, Written: "k", Type: "Tool", Name: "New name", Owner: "O", ID: 7}}}
	want := []Row{{Kind: intel.KindGroup, Key: "k", Type: "Tool", Name: "New name", Owner: "O", ID: 7, Action: actionReference, Status: apply.OK,
		Instance: "tc.example", Namespace: "ns", Applied: plan.Applied{"name=1"}, Rewritten: map[string]string{"a": "A", "b": "B"}}}
	if diff := cmp.Diff(want, Rows(&apply.Ledger{Plan: p}, meta)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
