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
			plan.FullAction{Verb: plan.Unchanged, Key: "a", Type: "Incident", Name: "One\x1b", ID: 7, Source: plan.SourceAt("m.yaml:3"), Notes: edited}.Action(),
			plan.FullAction{Verb: plan.Unchanged, Key: "b", Type: "Threat", Name: "Two", Notes: edited[:1]}.Action(),
			plan.FullAction{Verb: plan.Unchanged, Key: "c", Type: "Threat", Name: "Three", Notes: edited[1:]}.Action(),
			plan.FullAction{Verb: plan.Unchanged, Key: "d", Type: "Threat", Name: "Four", Notes: []plan.Note{{Detail: "edited on the server since the last run, and overwritten: status"}}}.Action(),
			plan.FullAction{Verb: plan.Update, Key: "e", Type: "Threat", Name: "Five", Notes: edited[1:]}.Action(), // it is shown with its changes
		},
		Summary: plan.Summary{Unchanged: 4},
	}
}

// TestKeptEditsAreShown: an edit on the server that is kept is shown though
// nothing is to be done. Notes that would repeat every night are not.
func TestKeptEditsAreShown(t *testing.T) {
	const list = `Edited on the server, kept (2):
  Incident "One\x1b" (key a, id 7): edited on the server since the last run, and kept: status (m.yaml:3)
  Threat "Three" (key c): edited on the server since the last run, and kept: status
`
	const tally = `No changes, but edits of 2 groups on the server are kept.
Plan: 0 to create, 0 to update, 0 to delete, 4 unchanged.
      0 associations to add; 0 indicators found, 0 to create. 0 requests.
      Adopted by name: 2 groups. Without an id-map, later runs find such groups by name only.
`
	unchanged := keptPlan()
	unchanged.Actions = unchanged.Actions[:4]
	if got, want := shownText(t, unchanged, Show{}, Screen{}), list+"\n"+tally; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := shownText(t, unchanged, Show{Verbose: true}, Screen{}); strings.Count(got, "and kept: status") != 2 || !strings.Contains(got, tally) {
		t.Errorf("with all groups in full:\n%s", got)
	}
	one := keptPlan()
	one.Actions = one.Actions[:2]
	if got := shownText(t, one, Show{}, Screen{}); !strings.Contains(got, "\nNo changes, but edits of 1 group on the server are kept.\n") {
		t.Error(got)
	}
}

// TestKeptEditsAreShownAfterARun: a run shows no changes, so this is the only
// place for the edits of groups that it updates.
func TestKeptEditsAreShownAfterARun(t *testing.T) {
	p := keptPlan()
	got := shownRun(t, Run{Plan: p})
	const updated = `  Threat "Five" (key e): edited on the server since the last run, and kept: status` + "\n"
	if !strings.HasPrefix(got, "Edited on the server, kept (3):\n") || !strings.Contains(got, updated) {
		t.Errorf("got:\n%s", got)
	}
	if got := shownRun(t, Run{Plan: p, Quiet: true}); strings.Contains(got, "Edited") {
		t.Errorf("with --quiet:\n%s", got)
	}
	p.Actions = p.Actions[1:2]
	if got := shownRun(t, Run{Plan: p}); strings.Contains(got, "Edited") || !strings.Contains(got, "matches the manifest") {
		t.Errorf("without an edit:\n%s", got)
	}
}

func TestKeptEditsAreUnfoldedInMarkdown(t *testing.T) {
	var b strings.Builder
	if err := Markdown(&b, PlanView(keptPlan(), Show{}), 0); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{
		"**No changes, but edits of 2 groups on the server are kept.**",
		"<details open><summary>Edited on the server, kept (2)</summary>\n\n- `Incident` `One\\x1b`, key `a`, id 7: `edited on the server since the last run, and kept: status`, `m.yaml:3`\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "Two") || strings.Contains(got, "Four") {
		t.Errorf("groups without an edit are shown:\n%s", got)
	}
	b.Reset()
	if err := Markdown(&b, PlanView(keptPlan(), Show{}), 1); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "<summary>Edited on the server, kept (0 of 2 listed)</summary>") || strings.Count(got, "<details") != strings.Count(got, "</details>") {
		t.Error(got)
	}
}
