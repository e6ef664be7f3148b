package main

import (
	"strings"

	"tcimport/internal/tcsim"
)

// Oddities of jobs that change nothing of what the instance has in the end. Those of the first
// kind stay, those of the second one are of a single run: until somebody ends a job that hangs, it is
// unknown what it will do.
var (
	jobOddities = []string{"batch-delay-ms=30000", "batch-rate=1", "batch-rate=3", "batch-queue=all", "batch-status=short", "batch-status=flat",
		"batch-unprocessed=unprocessedCount", "batch-counts=short", "batch-counts=no-errors", "batch-counts=zero", "batch-twice=true", "batch-gone=completed",
		"batch-errors=errors", "batch-errors=results", "batch-error-text=position", "batch-error-text=bare", "batch-partial=kept", "batch-absent=emptied",
		"batch-links=with-item", "batch-missing-indicator=created", "batch-file-limit=1500"}
	jobBreaks = []string{"batch-hang=1", "batch-hang=3", "batch-halt=1", "batch-halt=2", "batch-halt=5", "batch-gone=uploaded"}
)

// jobsAs sets how the instance works off the jobs of a run. breaks are those that are left undone.
func (f *faulty) jobsAs(breaks bool) string {
	var set []string
	if f.IntN(2) == 0 {
		set = append(set, pick(f.Rand, jobOddities...))
	}
	if breaks && f.IntN(3) == 0 {
		set = append(set, pick(f.Rand, jobBreaks...))
	}
	sw := f.sim.Switches()
	sw.BatchHang, sw.BatchHalt, sw.BatchGone = 0, 0, ""
	f.sim.SetSwitches(sw)
	f.flip(strings.Join(set, " "))
	return strings.Join(set, " ")
}

// jobFaults are faults that strike the requests of jobs.
func (f *faulty) jobFaults() []tcsim.FaultRule {
	var rules []tcsim.FaultRule
	routes := []string{"POST /v2/batch", "POST /v2/batch/{id}", "POST /v2/batch/{id}", "GET /v2/batch/{id}", "GET /v2/batch/{id}/errors", "GET /v2/batch/{id}/results"}
	for range f.IntN(4) {
		r := tcsim.FaultRule{On: pick(f.Rand, routes...), Share: 0.2 + 0.6*f.Float64()}
		switch f.IntN(8) {
		case 0, 1:
			r.Fault, r.Status, r.Done = "status", pick(f.Rand, 400, 404, 500, 502, 503, 504), f.IntN(2) == 0
		case 2:
			r.Fault, r.Done = "reset", f.IntN(2) == 0
		case 3:
			r.Fault, r.Seconds, r.Done = "hang", 90, f.IntN(2) == 0
		case 4, 5:
			r.Fault, r.Status, r.Seconds = "late", pick(f.Rand, 502, 504), 50*f.Float64()
		case 6:
			r.Fault, r.Bytes = pick(f.Rand, "cut", "short"), 1+f.IntN(60)
		case 7:
			r.Fault = "html"
		}
		rules = append(rules, r)
	}
	return rules
}
