package report

import (
	"strings"
	"testing"

	"tcimport/internal/plan"
)

// keptPlan has unchanged groups with notes of several kinds.
func keptPlan() *plan.Plan {
	edited := []plan.Note{{Kind: plan.AdoptedByName}, {Kind: plan.EditKept, Detail: "status"}}
	return &plan.Plan{
		Actions: []*plan.Action{
			{Verb: plan.Unchanged, Key: "a", Type: "Incident", Name: "One\x1b", ID: 7, Source: "m.yaml:3", Notes: edited},
			{Verb: plan.Unchanged, Key: "b", Type: "Threat", Name: "Two", Notes: edited[:1]},
			{Verb: plan.Unchanged, Key: "c", Type: "Threat", Name: "Three", Notes: edited[1:]},
			{Verb: plan.Unchanged, Key: "d", Type: "Threat", Name: "Four", Notes: []plan.Note{{Detail: "edited on the server since the last run, and overwritten: status"}}},
			{Verb: plan.Update, Key: "e", Type: "Threat", Name: "Five", Notes: edited[1:]}, // it is shown with its changes
		},
		Summary: plan.Summary{Unchanged: 4},
	}
}

// TestKeptEdits: an edit on the server that is kept is shown though nothing is
// to be done; what was so every night is not.
func TestKeptEdits(t *testing.T) {
	const list = `Edited on the server, kept (2):
  Incident "One\x1b": edited on the server since the last run, and kept: status (m.yaml:3)
  Threat "Three": edited on the server since the last run, and kept: status
`
	const tally = `No changes, but 2 groups were edited on the server and are kept as they are.
Plan: 0 to create, 0 to update, 0 to delete, 4 unchanged.
      0 associations to add; 0 indicators found, 0 to create. 0 requests.
      2 groups adopted by name: without an id-map, later runs find them by name only.
`
	var b strings.Builder
	unchanged := keptPlan()
	unchanged.Actions = unchanged.Actions[:4]
	if err := Text(&b, unchanged, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if want := "\n" + list + "\n" + tally; b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	b.Reset()
	if err := Kept(&b, keptPlan(), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(list, "(2)", "(3)", 1) + "  Threat \"Five\": edited on the server since the last run, and kept: status\n"
	if b.String() != want { // a run shows no changes, so that this is its only place
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	b.Reset()
	if err := Text(&b, unchanged, TextOptions{Show: Show{Verbose: true}}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.Count(got, "and kept: status") != 2 || !strings.Contains(got, tally) {
		t.Errorf("with all groups in full:\n%s", got)
	}
	p := keptPlan()
	p.Actions = p.Actions[:2]
	if got := Tally(p, 0); !strings.HasPrefix(got, "No changes, but 1 group was edited on the server and is kept as it is.\n") {
		t.Error(got)
	}
	b.Reset()
	p.Actions = p.Actions[1:]
	if err := Kept(&b, p, TextOptions{}); err != nil || b.Len() > 0 || !strings.Contains(Tally(p, 0), "matches the manifest") {
		t.Errorf("%v, %q, %q", err, b.String(), Tally(p, 0))
	}
}

func TestKeptEditsInMarkdown(t *testing.T) {
	var b strings.Builder
	if err := Markdown(&b, keptPlan(), MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{
		"**No changes, but 2 groups were edited on the server and are kept as they are.**",
		"<details open><summary>Edited on the server, kept (2)</summary>\n\n- **\\= unchanged** `Incident`",
		"  - note: `edited on the server since the last run, and kept: status`\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "Two") || strings.Contains(got, "Four") {
		t.Errorf("groups without an edit are shown:\n%s", got)
	}
	b.Reset()
	if err := Markdown(&b, keptPlan(), MarkdownOptions{MaxBytes: 1}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "<summary>Edited on the server, kept (2), 0 of them listed</summary>") || strings.Count(got, "<details") != strings.Count(got, "</details>") {
		t.Error(got)
	}
}
