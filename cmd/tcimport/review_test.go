package main

import (
	"os"
	"strings"
	"testing"

	"tcimport/internal/bigmanifest"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeReview: the first import of 10,000 groups can be read on a terminal, in a comment
// of a pull request and in the summary of a job, each with the whole tally. In a pipe, and
// if --limit says so, nothing is left out.
func TestLargeReview(t *testing.T) {
	testkit.SkipUnderRace(t)
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	f, err := os.Create(w.path("big.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := bigmanifest.Write(f, bigmanifest.YAML, 10_000, 1); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	piped := w.run("plan", "@big.yaml", "--out", "@plan.json").mustExit(t, codeOK).out
	tally := []string{
		"Plan: 10000 to create, 0 to update, 0 to delete, 0 unchanged.",
		"49000 associations to add; 0 indicators found, 18000 to create. 10000 requests",
		"6600 Incident, 3300 Report, 100 Intrusion Set", "Not listed here: ",
	}
	check := func(name, out string, whole bool) {
		t.Helper()
		for _, want := range tally {
			if strings.Contains(strings.NewReplacer("<code>", "", "</code>", "").Replace(out), want) == (whole && want == "Not listed here: ") {
				t.Errorf("%s has %q: %v", name, want, whole)
			}
		}
	}
	check("a pipe", piped, true)
	if n := strings.Count(piped, "+ create "); n != 10_000 {
		t.Errorf("a pipe gets %d groups", n)
	}
	w.outTTY = true
	for _, w.columns = range []int{0, 80, 200} {
		out := w.run("show", "@plan.json", "--no-color").mustExit(t, codeOK).out
		if n := strings.Count(out, "\n"); n >= 300 || n < 150 {
			t.Errorf("a terminal of %d columns gets %d lines", w.columns, n)
		}
		check("a terminal", out, false)
	}
	if n := strings.Count(w.run("show", "@plan.json", "--limit", "1000", "--no-color").out, "+ create "); n != 1000 {
		t.Errorf("--limit 1000 lists %d groups", n)
	}
	w.env["GITHUB_STEP_SUMMARY"] = w.path("summary.md")
	for range 2 {
		out := w.run("show", "@plan.json", "--format", "markdown").mustExit(t, codeOK).out
		if len(out) >= 65_000 || len(out) < 50_000 {
			t.Errorf("markdown has %d bytes", len(out))
		}
		check("markdown", out, false)
	}
	if summary := w.read("summary.md"); len(summary) >= 1<<20 || strings.Count(summary, "Plan: 10000 to create") != 2 {
		t.Errorf("the summary of the job has %d bytes", len(summary))
	}
}

// TestSummaryOfStep: plans and results of runs are appended to the summary of a step of GitHub as long as GitHub
// shows it; one that does not fit any more is left out with a warning.
func TestSummaryOfStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", oneGroup)
	w.env["GITHUB_STEP_SUMMARY"] = w.path("summary.md")
	for n := range 2 {
		w.run("plan", "@in.yaml", "--format", "markdown").mustExit(t, codeOK)
		if got := strings.Count(w.read("summary.md"), "## Import into ThreatConnect\n"); got != n+1 {
			t.Errorf("the summary has %d plans, not %d", got, n+1)
		}
	}
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv", "--format", "markdown").mustExit(t, codeOK)
	w.run("undo", "@ids.csv", "--yes", "--format", "markdown").mustExit(t, codeOK)
	for _, want := range []string{"## Result of the import into ThreatConnect\n", "Apply complete: 1 created", "## Result of taking back a run in ThreatConnect\n"} {
		if got := w.read("summary.md"); strings.Count(got, want) != 1 {
			t.Errorf("the summary lacks %q, or has it twice:\n%s", want, got)
		}
	}
	if err := os.Truncate(w.path("summary.md"), 1<<20-100); err != nil {
		t.Fatal(err)
	}
	r := w.run("plan", "@in.yaml", "--format", "markdown").mustExit(t, codeOK)
	if n := len(w.read("summary.md")); n > 1<<20 || !strings.Contains(r.err, "the summary of the step is full") || !strings.Contains(r.out, "Plan: 1 to create") {
		t.Errorf("the summary has %d bytes\n%s", n, r.err)
	}
}
