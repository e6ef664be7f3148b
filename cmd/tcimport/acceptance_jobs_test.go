package main

import (
	"fmt"
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
	w := newQuietWorld(t, tcsim.Config{})
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
