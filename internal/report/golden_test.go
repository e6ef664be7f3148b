package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// archive is a golden: input and output together.
type archive struct {
	comment string
	names   []string
	files   map[string]string
}

func readArchive(t *testing.T, path string) *archive {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := &archive{files: map[string]string{}}
	name := ""
	for line := range strings.Lines(string(data)) {
		if n, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(n, " --\n") {
			name = strings.TrimSuffix(n, " --\n")
			a.names = append(a.names, name)
			continue
		}
		if name == "" {
			a.comment += line
		} else {
			a.files[name] += line
		}
	}
	return a
}

// check compares got with the file called name, or makes it that.
func (a *archive) check(t *testing.T, name, got string) {
	t.Helper()
	if got != "" && !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	if *update {
		if _, ok := a.files[name]; !ok {
			a.names = append(a.names, name)
		}
		a.files[name] = got
		return
	}
	if diff := cmp.Diff(a.files[name], got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func (a *archive) save(t *testing.T, path string) {
	t.Helper()
	if !*update {
		return
	}
	var b strings.Builder
	b.WriteString(a.comment)
	for _, n := range a.names {
		fmt.Fprintf(&b, "-- %s --\n%s", n, a.files[n])
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

func (a *archive) plan(t *testing.T) *plan.Plan {
	t.Helper()
	p := &plan.Plan{}
	decode(t, a.files["plan.json"], p)
	return p
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// outcomes is a ledger as goldens write it: what is not named went well.
type outcomes struct {
	Results map[string]struct {
		Status    apply.Status
		ID        int64
		WebLink   string
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

func (o outcomes) ledger(p *plan.Plan) *apply.Ledger {
	l := &apply.Ledger{Plan: p}
	for _, a := range p.Actions {
		r := &apply.Result{Action: a, Status: apply.OK, ID: a.ID, XID: a.XID, WebLink: a.WebLink, Error: a.Reason}
		if out, ok := o.Results[a.Key]; ok {
			r.Status, r.Error, r.Rewritten = out.Status, out.Error, out.Rewritten
			if out.ID != 0 {
				r.ID, r.WebLink = out.ID, out.WebLink
			}
			for _, lost := range out.Lost {
				r.Lost = append(r.Lost, apply.Lost{Association: a.Associations[lost.Association], Status: lost.Status, Error: lost.Error})
			}
		}
		l.Results = append(l.Results, r)
	}
	for _, ob := range p.Objects {
		r := &apply.ObjectResult{Object: ob, Status: apply.OK, ID: ob.ID, WebLink: ob.WebLink}
		if out, ok := o.Objects[ob.Written]; ok {
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
			a := readArchive(t, path)
			p := a.plan(t)
			goldenPlan(t, a, p)
			if _, ok := a.files["ledger.json"]; ok {
				goldenRun(t, a, p)
			}
			a.save(t, path)
		})
	}
}

func goldenPlan(t *testing.T, a *archive, p *plan.Plan) {
	var b bytes.Buffer
	for _, c := range []struct {
		name string
		opt  TextOptions
	}{
		{"text", TextOptions{Show: Show{Rate: 10}, Width: 80}},
		{"pipe", TextOptions{Show: Show{Rate: 10}}},
		{"verbose", TextOptions{Show: Show{Rate: 10, Verbose: true}, Width: 80}},
	} {
		b.Reset()
		if err := Text(&b, p, c.opt); err != nil {
			t.Fatal(err)
		}
		a.check(t, c.name, b.String())
		checkTerminal(t, b.String())
	}
	b.Reset()
	if err := Markdown(&b, p, MarkdownOptions{Show: Show{Rate: 10}}); err != nil {
		t.Fatal(err)
	}
	a.check(t, "markdown", b.String())
	checkTerminal(t, b.String())
}

func goldenRun(t *testing.T, a *archive, p *plan.Plan) {
	var o outcomes
	decode(t, a.files["ledger.json"], &o)
	l := o.ledger(p)
	meta := Meta{Instance: "tc.example", Namespace: p.Namespace}
	if earlier, ok := a.files["earlier.csv"]; ok {
		ids, _, _, err := ReadIDMap(strings.NewReader(earlier), "earlier.csv")
		if err != nil {
			t.Fatal(err)
		}
		p.Remembered = ids
	}
	rows := Rows(l, meta)
	var b bytes.Buffer
	if err := WriteCSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	a.check(t, "report.csv", b.String())
	checkReadBack(t, "report.csv", b.String(), rows)

	b.Reset()
	if err := RunDocument(rows, meta, nil).Write(&b); err != nil {
		t.Fatal(err)
	}
	a.check(t, "report.json", b.String())
	checkReadBack(t, "report.json", b.String(), rows)

	b.Reset()
	if err := (Ending{Plan: l.Plan, Rows: rows, Report: "report.csv"}).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	a.check(t, "summary", b.String())
	checkTerminal(t, b.String())

	b.Reset()
	if _, err := WriteFailed(&b, l, Meta{Instance: "tc.example", Namespace: p.Namespace}); err != nil {
		t.Fatal(err)
	}
	a.check(t, "failed.yaml", b.String())
	checkManifest(t, b.String())
}

// checkTerminal fails where a line holds anything that a terminal obeys.
func checkTerminal(t *testing.T, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		if line = strings.TrimSuffix(line, "\n"); unsafeAt(line) >= 0 {
			t.Errorf("not safe for a terminal: %q", line)
		}
	}
}

func checkReadBack(t *testing.T, name, text string, want []Row) {
	t.Helper()
	_, meta, got, err := ReadIDMap(strings.NewReader(text), name)
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
