package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// TestUnwrittenReportKeepsEverythingElse: a report that cannot be written keeps nothing
// else from being written or shown: the result of the run, the place of a copy, the
// journal, and what to do next.
func TestUnwrittenReportKeepsEverythingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		flags []string
		says  []string
		copy  string // of what could not be written
		left  bool   // the next run carries on
	}{
		{"report", []string{"--report", "gone"}, []string{"--report gone: this is a folder", "it is in @.report.csv", "The journal @.journal has all", "run the same command again"}, ".report.csv", true},
		{"JSON", []string{"--report", "gone.json"}, []string{"--report gone.json: this is a folder", "it is in @.report.json", "The journal @.journal"}, ".report.json", true},
		{"failed", []string{"--failed", "out/gone"}, []string{"writing out/gone", "make the folder first", "what failed is in @.failed.yaml"}, ".failed.yaml", false},
		{"metrics", []string{"--metrics", "out/gone"}, []string{"writing out/gone", "make the folder first"}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, tcsim.Config{})
			w.write("in.yaml", "groups:\n  - {key: a, type: Adversary, name: A}\n  - {key: b, type: Incident, name: B, attributes: [{type: Discovery Date, value: soon}]}\n")
			gone := w.path(c.flags[1])
			if err := os.Mkdir(w.path("out"), 0o700); err != nil {
				t.Fatal(err)
			}
			w.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost || r.Method == http.MethodPut { // until then it could be written
					os.RemoveAll(w.path("out"))
					if filepath.Dir(gone) == w.dir {
						_ = os.MkdirAll(gone, 0o700)
					}
				}
				return false
			})
			args := append([]string{"apply", "in.yaml", "--yes"}, c.flags...)
			code := codeError
			if c.name == "metrics" {
				code = codeIncomplete
			}
			r := w.exec(args...).mustExit(t, code)
			if !strings.Contains(r.out, "1 created") || !strings.Contains(r.out, "1 failed") {
				t.Errorf("what became of the run is not told:\n%s", r.out)
			}
			for _, text := range append(c.says, "1 group failed") {
				if base := w.journalName(); !strings.Contains(r.err, strings.ReplaceAll(text, "@", base)) {
					t.Errorf("it does not say %q:\n%s", strings.ReplaceAll(text, "@", base), r.err)
				}
			}
			if c.copy != "" && !strings.Contains(w.read(w.journalName()+c.copy), "soon") {
				t.Errorf("the copy is %s", w.read(w.journalName()+c.copy))
			}
			if c.left {
				if err := os.RemoveAll(gone); err != nil {
					t.Fatal(err)
				}
				doc := w.exec(append(args, "--json")...).mustExit(t, codeError).document(t)
				if rows, _ := doc["rows"].([]any); len(rows) == 0 || doc["error"] == nil {
					t.Errorf("the document lacks rows or the error: %v", doc)
				}
				next := w.exec("apply", "in.yaml", "--yes", "--report", "ids.csv").mustExit(t, codeIncomplete)
				if !strings.Contains(next.err, "Resuming.") {
					t.Errorf("the next run does not carry on:\n%s", next.err)
				}
			}
		})
	}
}

// journalName is the name of the journal without its suffix.
func (w *world) journalName() string {
	for _, pattern := range []string{"*.journal", "*.report*", "*.failed.yaml"} {
		if found, _ := filepath.Glob(w.path(pattern)); len(found) > 0 {
			name, _, _ := strings.Cut(filepath.Base(found[0]), ".journal")
			name, _, _ = strings.Cut(name, ".report")
			name, _, _ = strings.Cut(name, ".failed")
			return name
		}
	}
	return "(none)"
}

// TestRunIsSummarizedWithoutAnyReport: where neither the report nor a copy can be
// written, the result of the run is shown all the same.
func TestRunIsSummarizedWithoutAnyReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", oneGroup)
	w.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Phase == tcsim.AfterCommit && p.Request.Method == http.MethodPost {
			os.RemoveAll(w.path("out"))
		}
		return tcsim.Fault{}
	})
	r := w.run("apply", "@in.yaml", "--yes", "--report", "@out/ids.csv", "--failed", "@failed.yaml").mustExit(t, codeError)
	if !strings.Contains(r.out, "Apply complete: 1 created") || strings.Contains(r.out, "Report:") {
		t.Errorf("what became of the run is not told, or a report that is not there:\n%s", r.out)
	}
	for _, text := range []string{"writing " + w.path("out/ids.csv"), "make the folder first", "nor could a copy be written", "run the same command again"} {
		if !strings.Contains(r.err, text) {
			t.Errorf("it does not say %q:\n%s", text, r.err)
		}
	}
}
