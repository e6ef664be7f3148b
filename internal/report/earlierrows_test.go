package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/baseline"
	"tcimport/internal/plan"
)

// TestEarlierRowsStay: a report keeps the rows of keys that a later run does not
// have, as they were, and no second row of what that run has.
func TestEarlierRowsStay(t *testing.T) {
	old := []Row{
		{Kind: "group", Key: "a", ID: 1, Action: plan.Create, Status: "ok", Baseline: baseline.Parse("name=000000000001")},
		{Kind: "group", Key: "b", Action: plan.Create, Status: "failed", Error: "no"},
		{Kind: "group", Key: "c", ID: 3, Action: plan.Create, Status: "ok"},
		{Kind: "group", Key: "d", ID: 4, Action: plan.Delete, Status: "ok"},
		{Kind: "group", Key: "Tool/T", ID: 9, Action: "reference", Status: "ok"},
		{Kind: "group", Key: "#1", ID: 1, Action: "reference", Status: "ok"},
		{Kind: "group", Key: "e", ID: 5, Action: plan.Create, Status: "ok", Earlier: true},
		{Kind: "indicator", Key: "Host:x", Owner: "One", ID: 1, Action: plan.Create, Status: "ok"},
		{Kind: "indicator", Key: "Host:x", Owner: "Two", ID: 2, Action: plan.Create, Status: "ok"},
		{Kind: "association", Key: "a", Name: "lost of a", Action: plan.Create, Status: "failed"},
		{Kind: "association", Key: "b", Name: "lost of b", Action: plan.Create, Status: "failed"},
		{Kind: "association", Key: "c", Name: "lost of c", Action: plan.Create, Status: "failed"},
		{Kind: "group", Key: "f", ID: 6, Action: "reference", Status: "ok", Baseline: baseline.Parse("name=000000000002")}, // carried on
	}
	now := []Row{
		{Kind: "group", Key: "b", ID: 2, Action: plan.Create, Status: "ok"},
		{Kind: "group", Key: "#3", ID: 3, Action: plan.Update, Status: "ok"}, // c, by its ID
		{Kind: "association", Key: "#3", Name: "lost again", Action: plan.Create, Status: "failed"},
		{Kind: "indicator", Key: "Host:x", Owner: "Two", ID: 2, Action: "reference", Status: "ok"},
		{Kind: "group", Key: "#6", ID: 6, Action: "reference", Status: "ok"},
	}
	r := reportOf(t, now)
	var err error
	if r.Earlier, err = RowsThatStay(r.Rows, each(old), baseline.IDMap{"d": {ID: 4}}); err != nil {
		t.Fatal(err)
	}
	got := collect(r.all)
	want := append([]Row{}, now...)
	want[1].Key, want[2].Key = "c", "c"
	for _, i := range []int{0, 4, 6, 7, 9, 12} {
		r := old[i]
		r.Earlier = true
		want = append(want, r)
	}
	if diff := cmp.Diff(want, got); diff != "" || r.Earlier.N != 6 {
		t.Errorf("%d kept (-want +got):\n%s", r.Earlier.N, diff)
	}
	counts := `{"created":1,"updated":1,"deleted":0,"unchanged":0,"referenced":2,"skipped":0,"failed":1,"doubt":0,"notAttempted":0,"earlier":6}`
	if s, err := r.summary().MarshalJSON(); err != nil || string(s) != counts {
		t.Errorf("the counts do not add up to the rows, or count rows of earlier runs as this run's: %s, %v", s, err)
	}
}

// TestRowsOfArtifactsInSeveralCases: rows do not say in which case an artifact is, or of
// which victim an asset. The row of one is no row of the other.
func TestRowsOfArtifactsInSeveralCases(t *testing.T) {
	for _, kind := range []RowKind{"artifact", "victimAsset"} {
		old := []Row{{Kind: kind, Key: "Host:x", ID: 7, Action: plan.Create, Status: "ok"}, {Kind: kind, Key: "Host:x", ID: 8, Action: plan.Create, Status: "ok"}}
		earlier, err := RowsThatStay(each([]Row{{Kind: kind, Key: "Host:x", ID: 8, Action: "reference", Status: "ok"}}), each(old), nil)
		if kept := collect(earlier.rows); err != nil || len(kept) != 1 || kept[0].ID != 7 {
			t.Errorf("%s: kept %+v, %v", kind, kept, err)
		}
	}
}

// TestOneRowForAnObjectWhoseOwnerBecomesKnown: a case has no owner before it exists.
func TestOneRowForAnObjectWhoseOwnerBecomesKnown(t *testing.T) {
	for _, kind := range []RowKind{"case", "artifact", "victimAsset"} {
		old := []Row{{Kind: kind, Key: "k", Action: plan.Create, Status: "doubt"}}
		r := reportOf(t, []Row{{Kind: kind, Key: "k", Owner: "Org", ID: 8, Action: "reference", Status: "ok"}})
		var err error
		if r.Earlier, err = RowsThatStay(r.Rows, each(old), nil); err != nil || r.Earlier.N != 0 {
			t.Errorf("%s: %d rows stay beside that of the run, %v", kind, r.Earlier.N, err)
		}
	}
}
