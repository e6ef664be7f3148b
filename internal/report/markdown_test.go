package report

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/testkit"
)

// worst are texts that take many bytes for what they show, or that end markup.
var worst = map[string]string{
	"four bytes":   strings.Repeat("👍", 5000),
	"accents":      "a" + strings.Repeat("\u0301", 5000),
	"backticks":    strings.Repeat("`", 5000),
	"ampersands":   strings.Repeat("&", 5000),
	"control":      strings.Repeat("\x1b\u202e", 2000),
	"not UTF-8":    strings.Repeat("\xff", 5000),
	"East Asian":   strings.Repeat("漢字", 3000),
	"ends details": strings.Repeat("</details>\n\n# ", 400),
}

// TestLargeMarkdownFits: whatever the texts of a plan or run are, markdown is below the limit of
// forges, says on top what it lists, and each of its parts ends.
func TestLargeMarkdownFits(t *testing.T) {
	testkit.SkipUnderRace(t)
	for name, text := range worst {
		p := &plan.Plan{Target: plan.Target{URL: text, Owner: text}, Namespace: text, PruneRefused: text, Undoes: "x", Policy: plan.Policy{Prune: true}}
		for i := range 150 {
			verb := plan.Verbs[i%len(plan.Verbs)]
			f := plan.FullAction{Verb: verb, Key: fmt.Sprint(i, text), Type: fmt.Sprint(i%7, text), Name: text, Owner: text, Reason: text,
				Notes: []plan.Note{{Kind: plan.EditKept, Detail: text}}}
			for range 3 {
				f.Changes = append(f.Changes, plan.FullChange{Field: "attribute:" + text, Op: plan.Set, Old: text + "old", New: text + "new"}.Change(),
					plan.FullChange{Field: "tags", Op: plan.Add, New: text}.Change())
				f.Associations = append(f.Associations, plan.FullAssociation{Kind: intel.KindIndicator, Type: text, Name: text, State: plan.Missing, Op: plan.Add, Reason: text}.Association())
			}
			p.Actions = append(p.Actions, f.Action())
			p.Objects = append(p.Objects, plan.FullObject{Kind: intel.KindIndicator, Type: text, Name: text, State: plan.Existing, Reason: text, Notes: []string{text}}.Object())
			p.CarriedOn = append(p.CarriedOn, p.Objects[i])
		}
		p.Count()
		var rows []Row
		for i := range 100 {
			rows = append(rows, Row{Kind: kindGroup, Key: fmt.Sprint(i), Type: text, Name: text, Action: plan.Create, Status: apply.Failed, Error: text, Source: text})
		}
		content := reportOf(t, rows)
		run := Run{Plan: p, Rows: content.Rows, Counts: content.Counts, Report: text, Next: Next{Correct: text, Command: text}}
		for what, view := range map[string]*View{"plan": PlanView(p, Show{}), "verbose": PlanView(p, Show{Verbose: true, Full: true}), "run": RunView(run)} {
			for _, most := range []int{0, 30000} {
				var b strings.Builder
				if err := Markdown(&b, view, most); err != nil {
					t.Fatal(err)
				}
				out := b.String()
				if limit := max(most, 0); len(out) >= max(limit, maxMarkdown*(1-min(limit, 1))) {
					t.Errorf("%s: the %s takes %d bytes of %d", name, what, len(out), most)
				}
				if strings.Count(out, "\n<details") != strings.Count(out, "\n</details>\n") {
					t.Errorf("%s: the %s leaves a part open", name, what)
				}
				if what != "run" && strings.Contains(out, " listed)") && !strings.Contains(out[:strings.Index(out, "<details")], "Not listed here: ") {
					t.Errorf("%s: the %s does not say on top what is listed", name, what)
				}
			}
		}
	}
}
