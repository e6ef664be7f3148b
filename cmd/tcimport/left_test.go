package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/plan"
	"tcimport/internal/state"
)

// TestLeftRows: of what a killed run has written, that counts which is of this
// import: not what it wrote under the same keys to another owner, and not what
// its manifests only pointed at.
func TestLeftRows(t *testing.T) {
	left := &state.Left{}
	add := func(key, owner string, id int64) {
		left.Outcomes = append(left.Outcomes, state.Outcome{Status: apply.OK,
			Write: state.Write{Key: key, Action: plan.Create, Type: "Tool", Name: "N", Owner: owner, ID: id}})
	}
	add("same", "O", 1)
	add("elsewhere", "Other", 2)
	add("dropped", "O", 3)
	add("dropped, and another in the id-map", "Other", 4)
	add("#12", "O", 12)
	add("Tool/N", "O", 13)
	add("known reference", "O", 14)
	ids := baseline.IDMap{"elsewhere": {ID: 9, Owner: "O"}, "dropped, and another in the id-map": {ID: 10, Owner: "O"}, "known reference": {ID: 14, Owner: "O"}}
	owner := map[string]string{"same": "O", "elsewhere": "O"}
	got := strings.Join(slices.Sorted(maps.Keys(leftRows(left, ids, "", owner))), ", ")
	if want := "dropped, known reference, same"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
