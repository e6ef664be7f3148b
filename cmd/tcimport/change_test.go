package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// edit is one change of a manifest, and what a plan has to make of it.
type manifestEdit struct {
	name     string
	file     string
	old, new string
	want     []string // what the plan says, and nothing else
	writes   int      // requests that apply takes for it
}

// changedManifest are manifests of a folder, and edits of them, one after another.
type changedManifest struct {
	folder string
	args   []string
	edits  []manifestEdit
}

// TestOneChange changes one thing of each sort in manifests that were applied:
// the plan says exactly that, and apply sends no request more than it takes.
func TestOneChange(t *testing.T) {
	for _, c := range []changedManifest{
		{"migration", []string{"."}, []manifestEdit{
			{"scalar", "groups.csv", ",Closed,", ",Rejected,", []string{"update incident-2023-114 status change Closed->Rejected"}, 1},
			{"tag added and removed", "groups.csv", "Espionage|Energy Sector", "Espionage|Power", []string{
				"update actor-grey-heron tags add ->Power", "update actor-grey-heron tags remove Energy Sector->"}, 2},
			{"rename", "groups.csv", "Malware,Reedpipe,", "Malware,Reedpipe 1,", []string{"update malware-reedpipe name change Reedpipe->Reedpipe 1"}, 1},
			{"association removed", "associations.csv", "malware-reedpipe,indicator,Mutex,Global\\rp-4f2a,,,\n", "", []string{
				"update malware-reedpipe remove indicator Mutex Global\\rp-4f2a"}, 1},
		}},
		{"nightly", []string{"feed.yaml"}, []manifestEdit{
			{"tag", "feed.csv", ",medium,", ",low,", []string{
				"update VX-2026-0002 tags add ->Severity: low", "update VX-2026-0002 tags remove Severity: medium->"}, 2},
			{"row removed", "feed.csv", "VX-2026-0002,Northwind,Mail Gateway,Stored cross-site scripting in reports,2026-01-12,low,no,https://advisories.example/VX-2026-0002,CWE-79\n", "",
				[]string{"delete VX-2026-0002"}, 1},
		}},
		{"review", []string{"report.yaml"}, []manifestEdit{
			{"attribute", "report.yaml", "named after the victim's domain", "named after the domain of the victim", []string{
				"update report-2026-03 attribute:Description change"}, 1},
			{"association added", "report.yaml", "associatedGroups: [actor, loader]", "associatedGroups: [actor, loader, rule]", []string{
				"update report-2026-03 add group Signature Reedpipe 2 loader"}, 1},
			{"rule text", "reedpipe2.yar", "/stage/", "/stage2/", []string{"update rule fileText change"}, 1},
			{"label", "report.yaml", "securityLabels: [TLP:AMBER]", "securityLabels: [TLP:GREEN]", []string{
				"update report-2026-03 securityLabels add ->TLP:GREEN", "update report-2026-03 securityLabels remove TLP:AMBER->"}, 2},
		}},
	} {
		c.try(t, filepath.Join("../../samples", c.folder))
	}
}

// TestLargeOneChange does so with the real data.
func TestLargeOneChange(t *testing.T) {
	testkit.SkipUnderRace(t)
	for _, c := range []changedManifest{
		{"kev", []string{"kev.yaml"}, []manifestEdit{
			{"attribute", "known_exploited_vulnerabilities.csv", "Git contains a link following vulnerability", "Git holds a link following vulnerability", []string{
				"update CVE-2025-48384 attribute:Description change"}, 1},
			{"tag", "known_exploited_vulnerabilities.csv", `"CWE-59, CWE-436"`, `"CWE-59"`, []string{"update CVE-2025-48384 tags remove CWE-436->"}, 1},
		}},
		{"attack-mobile", []string{"groups.csv", "associations.csv"}, []manifestEdit{
			{"rename", "groups.csv", "T1630.001,Attack Pattern,Uninstall Malicious Application,", "T1630.001,Attack Pattern,Uninstall It,", []string{
				"update T1630.001 name change Uninstall Malicious Application->Uninstall It"}, 1},
			{"association removed", "associations.csv", "C0054,group,T1630\n", "", []string{"update C0054 remove group Attack Pattern Indicator Removal on Host"}, 1},
			{"date", "groups.csv", "2017-05-31T21:31:48.664Z", "2017-06-01", []string{
				"update G0007 externalDateAdded change 2017-05-31T21:31:48Z->2017-06-01T00:00:00Z"}, 1},
		}},
		{"reports-iocs", []string{"reports.yaml"}, []manifestEdit{
			{"scalar", "reports.yaml", "name: SSHDoor Ando\n    xid: 5bad26c1-6a48-46be-aee5-50d70a016219\n    firstSeen: 2018-09-27", "name: SSHDoor Ando\n    xid: 5bad26c1-6a48-46be-aee5-50d70a016219\n    firstSeen: 2018-09-28", []string{
				"update malware-sshdoor-ando firstSeen change 2018-09-27T00:00:00Z->2018-09-28T00:00:00Z"}, 1},
			{"indicator added", "reports.yaml", "      - {type: EmailAddress, address: testrambo2@gmail.com}\n", "      - {type: EmailAddress, address: testrambo2@gmail.com}\n      - Host:added.example\n", []string{
				"update malware-sshdoor-ando add indicator Host added.example"}, 1},
		}},
	} {
		c.try(t, testkit.DataDir(t, c.folder))
	}
}

func (c changedManifest) try(t *testing.T, from string) {
	flags := []string{"--tags", "replace", "--attributes", "replace", "--labels", "replace", "--associations", "replace",
		"--prune", "--prune-max", "1", "--id-map"}
	t.Run(c.folder, func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, tcsim.Config{})
		if err := os.CopyFS(w.path("in"), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		report := w.path("ids.csv")
		var args []string
		for _, a := range c.args {
			args = append(args, filepath.Join(w.path("in"), a))
		}
		args = append(append(args, flags...), report)
		w.run(append([]string{"apply", "--yes", "--report", report}, args...)...).mustExit(t, codeOK)
		for _, e := range c.edits {
			t.Run(e.name, func(t *testing.T) {
				w.t = t
				w.replace(filepath.Join("in", e.file), e.old, e.new)
				if diff := cmp.Diff(e.want, w.differences(args)); diff != "" {
					t.Fatalf("the plan (-want +got):\n%s", diff)
				}
				w.sim.ResetStats()
				w.run(append([]string{"apply", "--yes", "--report", report}, args...)...).mustExit(t, codeOK)
				if n := w.sim.Stats().Writes; n != e.writes {
					t.Errorf("apply sends %d writes, not %d: %v", n, e.writes, w.sim.Stats().ByRoute)
				}
				w.run(append([]string{"plan", "--detailed-exitcode"}, args...)...).mustExit(t, codeOK)
			})
		}
	})
}

// replace replaces a text that a file of the folder has once.
func (w *world) replace(file, old, new string) {
	w.t.Helper()
	text := w.read(file)
	if n := strings.Count(text, old); n != 1 {
		w.t.Fatalf("%q is %d times in %s", old, n, file)
	}
	if err := os.Chmod(w.path(file), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.write(file, strings.Replace(text, old, new, 1))
}

// differences are what a plan says it will do, a line each.
func (w *world) differences(args []string) []string {
	w.t.Helper()
	var p plan.Plan
	if err := json.Unmarshal([]byte(w.run(append([]string{"plan", "--json"}, args...)...).mustExit(w.t, codeOK).out), &p); err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, a := range p.Actions {
		if a.Verb == plan.Unchanged {
			continue
		}
		head := fmt.Sprintf("%s %s", a.Verb, a.Key)
		if len(a.Changes)+len(a.Associations) == 0 {
			out = append(out, head)
		}
		for _, c := range a.Changes {
			line := fmt.Sprintf("%s %s %s", head, c.Field(), c.Op)
			if !strings.HasPrefix(c.Field(), "attribute:") && c.Field() != "fileText" {
				line += fmt.Sprintf(" %s->%s", c.Old(), c.New())
			}
			out = append(out, line)
		}
		for _, as := range a.Associations {
			out = append(out, fmt.Sprintf("%s %s %s %s %s", head, as.Op, as.Kind, as.Type(), as.Name()))
		}
	}
	return out
}
