package report

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/plan"
)

// creates is a plan that creates n groups.
func creates(n int) *plan.Plan {
	p := &plan.Plan{}
	for i := range n {
		key := fmt.Sprint("k", i)
		p.Actions = append(p.Actions, &plan.Action{Verb: plan.Create, Key: key, Type: "Incident", Name: key, Owner: "O", XID: key})
	}
	p.Count()
	return p
}

// TestPlanSaysWhatJobsCost: where jobs save much, and where somebody asks for them; not below a plan of three groups.
func TestPlanSaysWhatJobsCost(t *testing.T) {
	updates := &plan.Plan{Actions: []*plan.Action{{Verb: plan.Update, Changes: plan.Changes(plan.FullChange{Field: "name", Op: plan.Set, New: "n"})}}}
	updates.Count()
	for _, tt := range []struct {
		name string
		plan *plan.Plan
		show Show
		want string // "" for no line
	}{
		{"few groups", creates(3), Show{Rate: 10}, ""},
		{"few groups, asked for", creates(3), Show{Rate: 10, Engine: plan.EngineAuto}, "With --engine batch: about 4 requests (1 job), about 2 s."},
		{"many groups", creates(12_000), Show{Rate: 10}, "With --engine batch: about 25 requests (3 jobs), about 51 s."},
		{"many groups without a limit of the rate", creates(12_000), Show{}, "With --engine batch: about 25 requests (3 jobs)."},
		{"nothing for jobs", updates, Show{Engine: plan.EngineBatch}, "With --engine batch: the same, because jobs can carry nothing of this plan."},
		{"nothing to do", creates(0), Show{Engine: plan.EngineBatch}, ""},
		{"an instance without jobs", creates(200), Show{Engine: plan.EngineBatch, NoJobs: "it says no"}, "With --engine batch: not possible: it says no"},
	} {
		for format, text := range everyFormat(t, PlanView(tt.plan, tt.show)) {
			if got := strings.Contains(text, "--engine batch"); got != (tt.want != "") {
				t.Errorf("%s, %s: says something: %v", tt.name, format, got)
			}
			if !strings.Contains(strings.ReplaceAll(text, "`", ""), tt.want) {
				t.Errorf("%s: %s does not say %q", tt.name, format, tt.want)
			}
		}
	}
}

func everyFormat(t *testing.T, v *View) map[string]string {
	out := map[string]string{}
	for _, f := range []Format{FormatText, FormatMarkdown, FormatHTML} {
		var b strings.Builder
		if err := f.Write(&b, v, Screen{}); err != nil {
			t.Fatal(err)
		}
		out[string(f)] = b.String()
	}
	return out
}
