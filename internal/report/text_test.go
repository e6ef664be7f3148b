package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

func TestTallySaysAllCounts(t *testing.T) {
	for _, c := range []struct {
		s    plan.Summary
		rate float64
		want string
	}{
		{plan.Summary{Unchanged: 5}, 10,
			"No changes. ThreatConnect matches the manifest.\nPlan: 0 to create, 0 to update, 0 to delete, 5 unchanged.\n" +
				"      0 associations to add; 0 indicators found, 0 to create. 0 requests."},
		{plan.Summary{Unchanged: 5, Conflict: 2}, 10, "Plan: 0 to create, 0 to update, 0 to delete, 5 unchanged, 2 conflicts.\n      0 associations to add; 0 indicators found, 0 to create. 0 requests."},
		{plan.Summary{Create: 12, Update: 3, Unchanged: 148, Conflict: 1, Associations: 41, IndicatorsFound: 25, New: map[intel.Kind]int{intel.KindIndicator: 4}, Requests: 15}, 10,
			"Plan: 12 to create, 3 to update, 0 to delete, 148 unchanged, 1 conflict.\n" +
				"      41 associations to add; 25 indicators found, 4 to create. 15 requests, about 2 s at 10/s."},
		{plan.Summary{Create: 1, Requests: 1}, 0, "Plan: 1 to create, 0 to update, 0 to delete, 0 unchanged.\n      0 associations to add; 0 indicators found, 0 to create. 1 request."},
		{plan.Summary{Update: 1, Removals: 1, Requests: 1200}, 0.5,
			"Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.\n      0 associations to add, 1 to remove; 0 indicators found, 0 to create. 1200 requests, about 40 min at 0.5/s."},
		{plan.Summary{Create: 1, Skip: 2, New: map[intel.Kind]int{intel.KindIndicator: 1}, Associations: 1, Removals: 3}, 10,
			"Plan: 1 to create, 0 to update, 0 to delete, 0 unchanged, 2 skipped.\n      1 association to add, 3 to remove; 0 indicators found, 1 to create. 0 requests."},
	} {
		if got := shownText(t, &plan.Plan{Summary: c.s}, Show{Rate: c.rate}, Screen{}); got != c.want+"\n" {
			t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
		}
	}
}

func TestNoChangesAreSaidFirst(t *testing.T) {
	p := &plan.Plan{Actions: []*plan.Action{{Verb: plan.Unchanged, Key: "k"}}, Summary: plan.Summary{Unchanged: 1}}
	var b strings.Builder
	if err := Text(&b, PlanView(p, Show{}), Screen{}); err != nil {
		t.Fatal(err)
	}
	want := "No changes. ThreatConnect matches the manifest.\nPlan: 0 to create, 0 to update, 0 to delete, 1 unchanged.\n" +
		"      0 associations to add; 0 indicators found, 0 to create. 0 requests.\n"
	if got := b.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzEscapedShort: whatever a text holds, what is shown of it is visible and
// short enough.
func FuzzEscapedShort(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff", 10)
	f.Fuzz(func(t *testing.T, s string, most int) {
		if out := message.Escaped(s); message.Escaped(out) != out {
			t.Errorf("message.Escaped(%q) = %q", s, out)
		}
		most = min(max(most, 1), 1000)
		if out := escapedShort(s, most); widthOf(out) > most || message.Escaped(out) != out {
			t.Errorf("escapedShort(%q, %d) = %q", s, most, out)
		}
		if span := code(s, most); strings.ContainsAny(span, "\n\r\x1b") {
			t.Errorf("code(%q) = %q", s, span)
		}
	})
}

func TestDistantLinesAreLeftOut(t *testing.T) {
	show := func(ds []diffLine) string {
		var out []string
		for _, d := range ds {
			out = append(out, string(d.op)+d.text)
		}
		return strings.Join(out, "|")
	}
	for _, c := range []struct{ a, b, want string }{
		{"", "x", "+x"},
		{"x", "", "-x"},
		{"a b c d e f", "a b c X e f", ".… 2 lines unchanged| c|-d|+X| e|.… 1 line unchanged"},
		{"a b", "b a", "+b| a|-b"},
		{"a b c d e f g h", "b c d e f g h i", "-a| b|.… 5 lines unchanged| h|+i"},
		{"a b c d", "x a b c d", "+x| a|.… 3 lines unchanged"},
	} {
		if got := show(diffText(strings.ReplaceAll(c.a, " ", "\n"), strings.ReplaceAll(c.b, " ", "\n"), false)); got != c.want {
			t.Errorf("%q -> %q: got %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// big is a plan of n groups of every kind.
func big(n int) *plan.Plan {
	p := &plan.Plan{}
	for i := range n {
		a := plan.FullAction{Verb: []plan.Verb{plan.Create, plan.Update, plan.Unchanged, plan.Conflict}[i%4], Key: fmt.Sprint("key-", i),
			Type: "Incident", Name: fmt.Sprint("Incident number ", i), Owner: "Demo Community", Source: plan.SourceAt(fmt.Sprint("m.yaml:", i)), Reason: "why"}.Action()
		for j := range 5 {
			a.Changes = append(a.Changes, plan.FullChange{Field: "tags", Op: plan.Add, New: fmt.Sprint("tag ", j)}.Change())
			a.Associations = append(a.Associations, plan.FullAssociation{Kind: intel.KindIndicator, Type: "Host", Name: fmt.Sprint(i, ".example"), State: plan.New, Op: plan.Add}.Association())
		}
		p.Actions = append(p.Actions, a)
	}
	p.Summary = plan.Summary{Create: n / 4, Update: n / 4, Unchanged: n / 4, Conflict: n / 4}
	return p
}

func TestHugePlansSayWhatIsLeftOut(t *testing.T) {
	p := big(10_000)
	if err := Text(io.Discard, PlanView(p, Show{Verbose: true}), Screen{Color: true}); err != nil {
		t.Fatal(err)
	}
	for _, most := range []int{0, 20000, 1} {
		var b bytes.Buffer
		if err := Markdown(&b, PlanView(p, Show{}), most); err != nil {
			t.Fatal(err)
		}
		limit := most
		if most <= 1 {
			limit = maxMarkdown
		}
		if b.Len() >= limit {
			t.Errorf("markdown has %d bytes, not below %d", b.Len(), limit)
		}
		if out := b.String(); strings.Count(out, "Not listed here: ") != 2 || strings.Count(out, "<details") != strings.Count(out, "</details>") {
			t.Errorf("what is left out is not said, or a part is left open:\n%s", out[max(0, len(out)-500):])
		}
	}
}

func BenchmarkText(b *testing.B) {
	p := big(10_000)
	for b.Loop() {
		if err := Text(io.Discard, PlanView(p, Show{}), Screen{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestOneSetOfNumbers: the tally is of groups, all else is named as what it is,
// JSON has the same numbers, and only a run that did everything is complete.
func TestOneSetOfNumbers(t *testing.T) {
	var rows []Row
	add := func(n int, kind RowKind, action plan.Verb, status apply.Status) {
		for range n {
			rows = append(rows, Row{Kind: kind, Key: "k", Type: "Incident", Name: "N", Action: action, Status: status, Error: "why", Source: "m.yaml:1"})
		}
	}
	check := func(r Run, want ...string) {
		t.Helper()
		r.Plan = &plan.Plan{Target: plan.Target{URL: "https://tc.example/api", Owner: "Demo"}, Summary: plan.Summary{Create: 1}}
		content := reportOf(t, rows)
		r.Rows, r.Counts = content.Rows, content.Counts
		if got := shownRun(t, r); got != strings.Join(want, "\n")+"\n" {
			t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
		}
		counts, sum := content.Counts, 0
		for _, s := range counts {
			for _, o := range s.Outcomes() {
				sum += o.N
			}
		}
		if sum != len(rows) {
			t.Errorf("the counts make %d, but there are %d rows", sum, len(rows))
		}
	}
	add(1, kindGroup, plan.Unchanged, apply.OK)
	check(Run{}, "Apply complete: 0 created, 0 updated, 1 unchanged (1 group).")
	add(11, kindGroup, plan.Create, apply.OK)
	add(3, kindGroup, plan.Update, apply.OK)
	add(2, kindGroup, actionReference, apply.OK)
	add(2, kindIndicator, plan.Create, apply.OK)
	check(Run{Report: "r.csv"}, "Apply complete: 11 created, 3 updated, 1 unchanged (15 groups). Report: r.csv", "      Also: 2 indicators created.")
	add(1, kindAssociation, plan.Create, apply.Failed)
	check(Run{Report: "r.csv"}, "ThreatConnect https://tc.example/api, owner Demo", "", "Not done (1):", `! failed k -> N: why (m.yaml:1)`, "",
		"Apply incomplete: 11 created, 3 updated, 1 unchanged (15 groups). Report: r.csv",
		"      Also: 2 indicators created, 1 association failed.")
	add(100, kindGroup, plan.Create, apply.NotAttempted)
	check(Run{Err: errors.New("stopped")}, "ThreatConnect https://tc.example/api, owner Demo", "", "Not done (1):", `! failed k -> N: why (m.yaml:1)`, "",
		"Apply ended early: 11 created, 3 updated, 1 unchanged, 100 not attempted (115 groups).", "      Reason: stopped",
		"      Also: 2 indicators created, 1 association failed.")
	add(30, kindGroup, plan.Update, apply.InDoubt)
	var b strings.Builder
	content := reportOf(t, rows)
	if got := shownRun(t, Run{Plan: &plan.Plan{}, Rows: content.Rows, Counts: content.Counts}); !strings.Contains(got, "Not done (131):\n") || !strings.Contains(got, "  … and 111 more: the report lists them\n") {
		t.Errorf("got:\n%s", got)
	}
	if got, want := content.Counts.Shortfall(), "30 groups in doubt, 100 groups not attempted, 1 association failed"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if err := (&Document{Report: content}).Write(&b); err != nil {
		t.Fatal(err)
	}
	var doc struct{ SummaryByKind map[string]map[string]int }
	if err := json.Unmarshal([]byte(b.String()), &doc); err != nil || doc.SummaryByKind["group"]["notAttempted"] != 100 || doc.SummaryByKind["association"]["failed"] != 1 {
		t.Errorf("%v, %v", err, doc)
	}
}

func TestCountsAddUpToTheRows(t *testing.T) {
	var rows []Row
	for _, a := range []plan.Verb{plan.Create, plan.Update, plan.Delete, plan.Unchanged, actionReference, plan.Skip} {
		for _, s := range []apply.Status{apply.OK, apply.Failed, apply.InDoubt, apply.NotAttempted} {
			rows = append(rows, Row{Action: a, Status: s})
		}
	}
	s, sum := reportOf(t, rows).summary(), 0
	counted := map[string]int{}
	for _, o := range s.Outcomes() {
		sum += o.N
		counted[o.Label] = o.N
	}
	if sum != len(rows) || counted["created"] != 1 || counted["failed"] != 6 {
		t.Errorf("%+v is not of %d rows", s, len(rows))
	}
}

func TestErrorsAreOneDocument(t *testing.T) {
	var ps intel.Problems
	ps.Errorf(intel.At("m.yaml", 3, 5), "no <type>")
	var b strings.Builder
	if err := (&Document{Error: &Error{Text: "1 error", Code: 1}, Problems: ProblemsOf(ps)}).Write(&b); err != nil {
		t.Fatal(err)
	}
	want := "{\n  \"error\": {\"text\":\"1 error\",\"code\":1},\n" +
		"  \"problems\": [{\"file\":\"m.yaml\",\"line\":3,\"column\":5,\"message\":\"no <type>\"}]\n}\n"
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}
