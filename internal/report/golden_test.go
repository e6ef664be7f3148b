package report

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/golden"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// decodeFile decodes a file of an archive.
func decodeFile(t *testing.T, a *golden.Archive, name string, into any) bool {
	t.Helper()
	text, ok := a.File(name)
	if ok {
		decode(t, text, into)
	}
	return ok
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// ledgerText is a ledger as goldens write it: what is not named went well.
type ledgerText struct {
	Results map[string]struct {
		Status    apply.Status
		ID        int64
		WebLink   intel.WebLink
		Error     string
		Lost      []lostEnd
		Rewritten map[string]string
	}
	Objects map[string]struct {
		Status apply.Status
		ID     int64
		Made   bool
		Error  string
	}
}

type lostEnd struct {
	Association int
	Status      apply.Status
	Error       string
}

func (o ledgerText) ledger(p *plan.Plan) *apply.Ledger {
	l := &apply.Ledger{Plan: p}
	for _, a := range p.Actions {
		r := &apply.Result{Action: a, Status: apply.OK, ID: a.ID, XID: a.XID, WebLink: a.WebLink(), Error: a.Reason()}
		if out, ok := o.Results[a.Key]; ok {
			r.Status, r.Error, r.Rewritten = out.Status, out.Error, out.Rewritten
			if out.ID != 0 {
				r.ID, r.WebLink = out.ID, out.WebLink
			}
			for _, lost := range out.Lost {
				r.Missed = append(r.Missed, apply.Missed{Entry: plan.Entry{Association: &a.Associations[lost.Association]}, Status: lost.Status, Error: lost.Error})
			}
		}
		if r.Status == apply.OK && a.Verb == plan.Create {
			r.Baseline = baseline.New(baseline.Name(a.Name))
		}
		l.Results = append(l.Results, r)
	}
	for _, ob := range p.Objects {
		r := &apply.ObjectResult{Object: ob, Status: apply.OK, ID: ob.ID(), WebLink: ob.WebLink()}
		if out, ok := o.Objects[ob.Written()]; ok {
			r.Status, r.Error, r.Made = out.Status, out.Error, out.Made
			if out.ID != 0 {
				r.ID = out.ID
			}
		}
		l.Objects = append(l.Objects, r)
	}
	return l
}

// TestGoldens shows the plan of each archive in every way, and where there is
// a ledger.json the run, too.
func TestGoldens(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, p := golden.Read(t, path), &plan.Plan{}
			decodeFile(t, a, "plan.json", p)
			goldenPlan(t, a, p)
			var o ledgerText
			if decodeFile(t, a, "ledger.json", &o) {
				goldenRun(t, a, p, o)
			}
		})
	}
}

func goldenPlan(t *testing.T, a *golden.Archive, p *plan.Plan) {
	var b bytes.Buffer
	for _, c := range []struct {
		name   string
		show   Show
		screen Screen
	}{
		{"text", Show{Rate: 10}, Screen{Width: 80}},
		{"pipe", Show{Rate: 10}, Screen{}},
		{"verbose", Show{Rate: 10, Verbose: true}, Screen{Width: 80}},
	} {
		b.Reset()
		if err := Text(&b, PlanView(p, c.show), c.screen); err != nil {
			t.Fatal(err)
		}
		a.Check(t, c.name, b.String(), "")
		checkTerminal(t, b.String())
	}
	b.Reset()
	if err := Markdown(&b, PlanView(p, Show{Rate: 10}), 0); err != nil {
		t.Fatal(err)
	}
	a.Check(t, "markdown", b.String(), "")
	checkTerminal(t, b.String())
}

func goldenRun(t *testing.T, a *golden.Archive, p *plan.Plan, o ledgerText) {
	l := o.ledger(p)
	meta := Meta{Instance: "tc.example", Namespace: p.Namespace}
	if earlier, ok := a.File("earlier.csv"); ok {
		ids, _, err := ReadIDMap(strings.NewReader(earlier), "earlier.csv")
		if err != nil {
			t.Fatal(err)
		}
		p.IDMap = ids
	}
	results := NewResults(l, meta)
	rows := collect(results.Rows())
	var b bytes.Buffer
	if err := results.Report().WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	a.Check(t, "report.csv", b.String(), "")
	checkReadBack(t, "report.csv", b.String(), rows)

	b.Reset()
	if err := (&Document{Report: results.Report()}).Write(&b); err != nil {
		t.Fatal(err)
	}
	a.Check(t, "report.json", b.String(), "")
	checkReadBack(t, "report.json", b.String(), rows)

	b.Reset()
	run := RunView(Run{Plan: l.Plan, Rows: results.Outcomes(), Counts: results.Counts, Report: "report.csv", Next: Next{Correct: "failed.yaml", Command: "tcimport apply failed.yaml"}})
	if err := Text(&b, run, Screen{}); err != nil {
		t.Fatal(err)
	}
	a.Check(t, "run", b.String(), "")
	checkTerminal(t, b.String())
	b.Reset()
	if err := Markdown(&b, run, 0); err != nil {
		t.Fatal(err)
	}
	a.Check(t, "run.md", b.String(), "")
	checkTerminal(t, b.String())

	b.Reset()
	if _, err := results.WriteFailed(&b); err != nil {
		t.Fatal(err)
	}
	a.Check(t, "failed.yaml", b.String(), "")
	checkManifest(t, b.String())
}

// checkTerminal fails where a line holds anything that a terminal obeys.
func checkTerminal(t *testing.T, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		if line = strings.TrimSuffix(line, "\n"); message.Escaped(line) != line {
			t.Errorf("not safe for a terminal: %q", line)
		}
	}
}

func checkReadBack(t *testing.T, name, text string, want []Row) {
	t.Helper()
	got, err := readAll(strings.NewReader(text), name)
	if err != nil {
		t.Fatal(err)
	}
	_, meta, err := ReadIDMap(strings.NewReader(text), name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s read back (-want +got):\n%s", name, diff)
	}
	if meta.Instance != "tc.example" {
		t.Errorf("%s is of %q", name, meta.Instance)
	}
}
