package export_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/export"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/manifest"
	"tcimport/internal/plan"
	"tcimport/internal/reader"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
)

const owner = tcsim.DemoCommunity

// instance is a simulated instance that holds snap.
func instance(t testing.TB, snap tcsim.Snapshot, switches ...string) (*tcsim.Server, *tc.Client) {
	t.Helper()
	snap.Owners = []tcsim.Owner{{ID: 1, Name: tcsim.DemoOrganization, Type: "Organization"},
		{ID: 2, Name: tcsim.DemoSource, Type: "Source"}, {ID: 3, Name: owner, Type: "Community"}}
	text, err := json.Marshal(snap)
	if err != nil {
		t.Fatal(err)
	}
	text = append([]byte(`{"version":1,"indicatorTypes":[{"name":"Ticket: No","labels":["Letter","Number"]}],`), text[1:]...)
	sim := tcsim.New(tcsim.Config{})
	if err := sim.Load(bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	sw := sim.Switches()
	for _, s := range switches {
		if err := tcsim.ParseSwitch(&sw, s); err != nil {
			t.Fatal(err)
		}
	}
	sim.SetSwitches(sw)
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	c, err := tc.New(tc.Config{BaseURL: srv.URL + "/api", Credentials: tc.Credentials{Token: tcsim.DemoToken}, Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	return sim, c
}

// exported is what came of an export.
type exported struct {
	summary  export.Summary
	warnings []string
	files    []string
	text     string // of the YAML
	ids      baseline.IDMap
}

// quiet are options of an export that says nothing, unless it is asked to.
func quiet(c *tc.Client, opt export.Options) export.Options {
	opt.Log, opt.Progress = slog.New(slog.DiscardHandler), func(int, int) {}
	opt.Instance = cmp.Or(opt.Instance, c.Describe())
	if opt.Warn == nil {
		opt.Warn = func(export.Warning) {}
	}
	return opt
}

// run exports as the command does.
func run(t testing.TB, c *tc.Client, opt export.Options, format string) exported {
	t.Helper()
	dir := t.TempDir()
	out := exported{ids: baseline.IDMap{}}
	opt.Owner, opt.Workers, opt.Cells = owner, 4, format != "yaml"
	opt = quiet(c, opt)
	opt.Warn = func(w export.Warning) { out.warnings = append(out.warnings, w.String()) }
	row := func(e *export.Exported) {
		r := e.Remote
		out.ids[e.Group.Key] = baseline.Group{ID: r.ID, Type: r.Type, Name: r.Name, Owner: r.Owner, XID: r.XID, Row: "report"}
	}
	var err error
	file := func(name string, write func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		out.files, out.text = append(out.files, path), out.text+b.String()
	}
	if format == "yaml" {
		file("m.yaml", func(b *bytes.Buffer) error {
			y := manifest.NewYAML(b, manifest.Head{Namespace: opt.Namespace, Owner: owner})
			out.summary, err = export.Run(context.Background(), c, opt, func(e *export.Exported) error {
				row(e)
				return y.Group(e.Group, e.Notes...)
			})
			if err != nil {
				return err
			}
			return y.Close()
		})
		return out
	}
	cells := manifest.NewCSV(format == "apart")
	out.summary, err = export.Run(context.Background(), c, opt, func(e *export.Exported) error {
		row(e)
		cells.Group(e.Group, e.IDs)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	file("groups.csv", func(b *bytes.Buffer) error { return cells.WriteGroups(b) })
	if format == "apart" {
		file("associations.csv", func(b *bytes.Buffer) error { return cells.WriteAssociations(b) })
	}
	return out
}

// planned plans an export again, with or without its report.
func planned(t testing.TB, c *tc.Client, ex exported, ids baseline.IDMap) *plan.Plan {
	t.Helper()
	m, problems := reader.Read(ex.files, reader.Options{})
	opt := intel.Options{DefaultOwner: owner, Instance: everythingOf(t, c)}
	im, more := intel.Assemble(m, opt)
	if problems = append(problems, more...); problems.Errors() > 0 {
		for _, p := range problems {
			t.Log(p)
		}
		t.Fatalf("the export is no manifest:\n%s", ex.text)
	}
	ctx, how := context.Background(), lookup.Options{Workers: 4, Custom: opt.Instance.IndicatorTypes}
	found, err := lookup.Find(ctx, c, lookup.OfImport(im, ids, nil), how)
	if err != nil {
		t.Fatal(err)
	}
	if err := lookup.Complete(ctx, c, im, found, ids, plan.DefaultPolicy(), how); err != nil {
		t.Fatal(err)
	}
	return compare.Make(compare.Input{Import: im, Found: found, IDMap: ids, Policy: plan.DefaultPolicy(), Custom: opt.Instance.IndicatorTypes})
}

// everythingOf is all that a plan can check by.
func everythingOf(t testing.TB, c *tc.Client) *intel.Instance {
	t.Helper()
	in := c.Describe()
	unread, err := in.Read(context.Background(), tc.PartOwners|tc.PartSecurityLabels|tc.PartAttributeTypes|tc.PartEventTypes|tc.PartIndicatorTypes|tc.PartLimits)
	if err != nil || len(unread) > 0 {
		t.Fatal(err, unread)
	}
	return &in.Instance
}

// nothingToDo fails unless a plan leaves everything as it is.
func nothingToDo(t testing.TB, p *plan.Plan, ex exported) {
	t.Helper()
	if p.Summary.Pending() || p.Summary.Conflict > 0 {
		for _, a := range p.Actions {
			if a.Verb != plan.Unchanged {
				t.Logf("%s %s %q: %s %+v", a.Verb, a.Key, a.Name, a.Reason(), a.Changes)
				for _, as := range a.Associations {
					t.Logf("   %+v", as)
				}
			}
		}
		t.Fatalf("the export has something to do: %+v\n%s\n%s", p.Summary, strings.Join(ex.warnings, "\n"), ex.text)
	}
}

// handMade is what people leave in an instance: no xids, odd ones, the same name
// twice, and things that a manifest cannot hold.
func handMade() tcsim.Snapshot {
	long := strings.Repeat("x", 250)
	return tcsim.Snapshot{
		Groups: []tcsim.Group{
			{ID: 1, Type: "Incident", Name: "Phishing: wave #1", Owner: owner, Fields: map[string]any{"eventDate": "2021-11-03T00:00:00Z", "status": "Open"},
				Tags: []string{"Targeted Attack", "T1566 - Phishing", "techniqueId: none"}, SecurityLabels: []string{"TLP:AMBER"},
				Attributes: []tcsim.Attribute{
					{ID: 1, Type: "Description", Value: "Two\n\nparagraphs:\n  - and a list", Default: false},
					{ID: 2, Type: "Source", Value: "a", Source: "analyst: x", Default: true, Pinned: true, SecurityLabels: []string{"TLP:RED"}},
					{ID: 3, Type: "Aliases", Value: "one"}, {ID: 4, Type: "Aliases", Value: "two"},
				},
				Associations: tcsim.Associations{AssociatedGroups: []int64{2, 3, 4, 5, 10}, AssociatedIndicators: []int64{1, 2, 3, 4, 5}, AssociatedCases: []int64{1}, AssociatedArtifacts: []int64{1}, AssociatedVictimAssets: []int64{1}}},
			{ID: 2, Type: "Adversary", Name: "Twin", Owner: owner},
			{ID: 3, Type: "Adversary", Name: "Twin", Owner: owner, Tags: []string{"second"}},
			{ID: 4, Type: "Adversary", Name: "Twin", Owner: owner, XID: "twin-3", Associations: tcsim.Associations{AssociatedGroups: []int64{2}}},
			{ID: 5, Type: "Threat", Name: "Digits", Owner: owner, XID: "12345"},
			{ID: 6, Type: "Campaign", Name: long, Owner: owner, Associations: tcsim.Associations{AssociatedGroups: []int64{1}}},
			{ID: 7, Type: "Event", Name: "Event", Owner: owner, XID: "e-1"},
			{ID: 8, Type: "Task", Name: "Call back", Owner: owner, Fields: map[string]any{"status": "In Progress", "dueDate": "2024-02-29T13:14:15Z"}},
			{ID: 9, Type: "Signature", Name: "Rule", Owner: owner, Fields: map[string]any{"fileName": "r.yar", "fileType": "YARA", "fileText": "rule r\n{\n\tcondition: true\n}\n"}},
			{ID: 10, Type: "Tool", Name: "Elsewhere", Owner: tcsim.DemoSource},
			{ID: 11, Type: "Report", Name: "no", Owner: owner, Fields: map[string]any{"fileName": "null"}, Attributes: []tcsim.Attribute{{ID: 5, Type: "Description", Value: " \n"}}},
			{ID: 12, Type: "Malware", Name: " padded ", Owner: owner},
		},
		Indicators: []tcsim.Indicator{
			{ID: 1, Type: "Host", Summary: "badguy.com", Owner: owner},
			{ID: 2, Type: "Host", Summary: "badguy.com", Owner: tcsim.DemoSource},
			{ID: 3, Type: "Registry Key", Summary: `HKEY_LOCAL_MACHINE\Software : x`, Values: []string{`HKEY_LOCAL_MACHINE\Software : x`, " ", "REG_SZ"}, Owner: owner},
			{ID: 4, Type: "File", Summary: "", Values: []string{strings.Repeat("A", 32), strings.Repeat("B", 40), ""}, Owner: owner},
			{ID: 5, Type: "Host", Summary: "not a host", Owner: owner},
		},
		Cases:        []tcsim.Case{{ID: 1, Name: "Case", Owner: tcsim.DemoOrganization}},
		Artifacts:    []tcsim.Artifact{{ID: 1, CaseID: 1, Type: "Host", Summary: "x.example"}},
		Victims:      []tcsim.Victim{{ID: 1, Name: "V", Owner: owner}},
		VictimAssets: []tcsim.VictimAsset{{ID: 1, VictimID: 1, Type: "EmailAddress", Value: "a@b.example"}},
	}
}
