package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"tcimport/internal/tcsim"
)

// jobsManifest has groups that a job carries, with something that it cannot carry, and indicators of
// their own.
const jobsManifest = `
namespace: jobs
groups:
  - {key: a, type: Threat, name: A, tags: [x, {techniqueId: T1566}], securityLabels: [TLP:AMBER], attributes: [{type: Description, value: d}, {type: Aliases, value: a1}],
     associatedGroups: [b], associatedIndicators: ['Host:with.example']}
  - {key: b, type: Adversary, name: B, attributes: [{type: Description, value: d}]}
  - {key: c, type: Campaign, name: C, firstSeen: 2021-01-01, associatedGroups: [a, b], associatedCases: [{name: New case, severity: Low, status: Open}]}
indicators:
  - {type: Host, summary: own.example, rating: 3, tags: [o]}
  - Host:with.example
`

// applyByJobs imports jobsManifest by jobs.
var applyByJobs = []string{"apply", "@in.yaml", "--yes", "--engine", "batch", "--report", "@ids.csv"}

// newJobsWorld is an empty instance and jobsManifest.
func newJobsWorld(t *testing.T, switches string) *world {
	return newQuietWorld(t, tcsim.Config{}).forJobs(switches)
}

func (w *world) forJobs(switches string) *world {
	w.flip(switches)
	more := "groups:"
	for i := range 25 { // so that jobs save requests
		more += fmt.Sprintf("\n  - {key: m%d, type: Threat, name: More %d, tags: [m], attributes: [{type: Description, value: m}], associatedGroups: [b]}", i, i)
	}
	w.write("in.yaml", strings.Replace(jobsManifest, "groups:", more, 1))
	return w
}

// TestUndoOfJobs: what jobs have made is taken back like everything else, indicators of their own
// included, whatever the job has said of itself.
func TestUndoOfJobs(t *testing.T) {
	t.Parallel()
	for _, switches := range []string{"", "batch-counts=zero", "batch-gone=completed", "batch-halt=2"} {
		t.Run(switches, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newJobsWorld(t, switches)
				w.run(applyByJobs...).mustExit(t, codeOK)
				r := w.run("undo", "@ids.csv", "--yes", "--objects").mustExit(t, codeOK)
				if s := w.sim.Snapshot(); len(s.Groups)+len(s.Indicators)+len(s.Cases) > 0 {
					t.Errorf("%d groups, %d indicators, %d cases are left:\n%s", len(s.Groups), len(s.Indicators), len(s.Cases), r.out)
				}
			})
		})
	}
}

// wholeByV3 is the instance after a run by v3 that nothing disturbs.
func wholeByV3(t *testing.T) (state string) {
	synctest.Test(t, func(t *testing.T) {
		w := newJobsWorld(t, "")
		w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
		state = timeless(dump(w.sim.Snapshot(), "jobs"))
	})
	return state
}

// mustBeWhole fails the test unless the instance has what a run by v3 leaves, and a second run changes nothing.
func (w *world) mustBeWhole(whole string, args []string) {
	w.t.Helper()
	if got := timeless(dump(w.sim.Snapshot(), "jobs")); got != whole {
		w.t.Errorf("the instance has something else than after one run by v3:\n%s", lineDiff(whole, got))
	}
	w.again(w.run, args, "in the end")
}

// TestJobsThatAreNotToBeHad: auto goes by v3, or cuts smaller files, and says so. batch ends with 5 where no job
// may be created, and has written nothing.
func TestJobsThatAreNotToBeHad(t *testing.T) {
	t.Parallel()
	whole := wholeByV3(t)
	for _, c := range []struct {
		switches, engine string
		code             int
		says             string
	}{
		{"batch=disabled", "auto", codeOK, "Engine v3: look for batch job: the instance takes no batch jobs (503)"},
		{"batch=disabled", "batch", codeDenied, "nothing was written: --engine batch: look for batch job: the instance takes no batch jobs (503)"},
		{"batch-permission=none", "auto", codeOK, "Going on without jobs: create batch job: no permission (401): "},
		{"batch-permission=none", "batch", codeDenied, "You do not have permission to create Indicators"},
		{"batch-file-limit=1500", "auto", codeOK, "Going on with smaller jobs: the instance has refused a file. Others have 1500 bytes at most."},
		{"batch-file-limit=1500", "batch", codeOK, "Going on with smaller jobs: the instance has refused a file. Others have 1500 bytes at most."},
	} {
		t.Run(c.switches+" "+c.engine, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newJobsWorld(t, c.switches)
				args := []string{"apply", "@in.yaml", "--yes", "--json", "--report", "@ids.csv", "--engine", c.engine}
				r := w.run(args...).mustExit(t, c.code)
				if !strings.Contains(r.err, c.says) || strings.Count(r.err, "Going on") > 1 {
					t.Errorf("it does not say %q:\n%s", c.says, r.err)
				}
				if c.code != codeOK {
					if s := w.sim.Snapshot(); len(s.Groups)+len(s.Indicators) > 0 {
						t.Errorf("%d groups and %d indicators are there", len(s.Groups), len(s.Indicators))
					}
					args[len(args)-1] = "v3"
					w.run(args...).mustExit(t, codeOK)
				}
				w.mustBeWhole(whole, args)
			})
		})
	}
}

// TestMaxDurationDuringAJob: a run whose time is over does not wait for its job. Its report says of each group
// of the job that it is in doubt, and what to do, and the next run settles all by any engine.
func TestMaxDurationDuringAJob(t *testing.T) {
	t.Parallel()
	whole := wholeByV3(t)
	for _, next := range []string{"v3", "batch"} {
		synctest.Test(t, func(t *testing.T) {
			w := newJobsWorld(t, "batch-rate=1 existing-xid=duplicate attribute-append=duplicates")
			args := []string{"apply", "@in.yaml", "--yes", "--json", "--report", "@ids.csv", "--engine", "batch"}
			r := w.run(append(args, "--max-duration", "15s")...).mustExit(t, codeIncomplete)
			(&faulty{undone: &undone{world: w, t: t}}).honest(r)
			doubts := 0
			for _, c := range cellsOf(t, w.read("ids.csv"))[1:] {
				if c[0] == "group" && c[9] == "doubt" {
					doubts++
					if !strings.Contains(c[10], "was to create it") || !strings.Contains(c[10], "run the same command to settle it") {
						t.Errorf("%q", c)
					}
				}
			}
			if doubts < 20 {
				t.Errorf("%d groups are in doubt", doubts)
			}
			args[len(args)-1] = next
			w.run(args...).mustExit(t, codeOK)
			w.mustBeWhole(whole, args)
		})
	}
}

// TestJobThatHangsForGood: the runs that follow wait for it, say what it takes to go on, and write nothing. Once
// somebody has ended the job, or removed it, the next run does the rest.
func TestJobThatHangsForGood(t *testing.T) {
	t.Parallel()
	whole := wholeByV3(t)
	for _, way := range []string{"batch-hang=0", "batch-hang=10 batch-gone=uploaded"} {
		synctest.Test(t, func(t *testing.T) {
			w := newJobsWorld(t, "batch-hang=10 existing-xid=duplicate attribute-append=duplicates")
			args := []string{"apply", "@in.yaml", "--yes", "--json", "--report", "@ids.csv", "--engine", "batch"}
			r := w.run(args...).mustExit(t, codeError)
			if !strings.Contains(r.err, "nothing has happened to job") {
				t.Errorf("it says\n%s", r.err)
			}
			(&faulty{undone: &undone{world: w, t: t}}).honest(r)
			w.sim.ResetStats()
			for _, engine := range []string{"batch", "v3"} {
				args[len(args)-1] = engine
				if r := w.run(args...).mustExit(t, codeError); !strings.Contains(r.err, "of an earlier run for an hour: have it ended on the instance, then run again") {
					t.Errorf("it says\n%s", r.err)
				}
			}
			if n := w.sim.Stats().Writes; n > 0 {
				t.Errorf("%d writes", n)
			}
			w.flip(way)
			w.run(args...).mustExit(t, codeOK)
			w.mustBeWhole(whole, args)
		})
	}
}

// TestSignalDuringAJob: a run that gets a signal while the instance works at its job ends at once, with a report of
// every group. The next run waits for the job, and does the rest.
func TestSignalDuringAJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{}).forJobs("batch-rate=20")
	args := []string{"apply", "in.yaml", "--yes", "--json", "--report", "ids.csv", "--engine", "batch"}
	signal, wait := w.start(args...)
	w.atWrite(4, tcsim.AfterCommit, 0, func() { signal(os.Interrupt) }) // the file of the second job
	r := wait().mustExit(t, codeInterrupted)
	(&faulty{undone: &undone{world: w, t: t}}).honest(r)
	groups, doubts := 0, 0
	for _, c := range cellsOf(t, w.read("ids.csv"))[1:] {
		if c[0] == "group" {
			groups++
		}
		if c[0] == "group" && c[9] == "doubt" && strings.Contains(c[10], "run the same command to settle it") {
			doubts++
		}
	}
	if groups != 28 || doubts != 28 {
		t.Errorf("%d groups, of which %d are in doubt", groups, doubts)
	}
	w.sim.SetFault(nil)
	w.exec(args...).mustExit(t, codeOK)
	w.mustBeWhole(wholeByV3(t), []string{"apply", "@in.yaml", "--yes", "--json", "--report", "@ids.csv"})
}
