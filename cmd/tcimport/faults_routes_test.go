package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// jobRoutes are the requests about jobs, and from which one on they fail: from the beginning, or those about
// the second job, which is the one of the groups.
var jobRoutes = map[string][]int{"POST /v2/batch": {1, 2}, "POST /v2/batch/{id}": {1, 2}, "GET /v2/batch/{id}": {1, 2, 6},
	"GET /v2/batch/{id}/errors": {1, 2}, "GET /v2/batch/{id}/results": {1, 2}}

// jobFailures are all ways in which such a request can fail, for as long as a run takes.
var jobFailures = map[string]tcsim.FaultRule{
	"400":          {Fault: "status", Status: 400, Message: "no"},
	"401":          {Fault: "status", Status: 401, Message: "no"},
	"403":          {Fault: "status", Status: 403, Message: "no"},
	"404":          {Fault: "status", Status: 404},
	"429":          {Fault: "status", Status: 429, RetryAfter: 2},
	"500":          {Fault: "status", Status: 500},
	"500, done":    {Fault: "status", Status: 500, Done: true},
	"503":          {Fault: "status", Status: 503},
	"504, done":    {Fault: "status", Status: 504, Done: true},
	"504, late":    {Fault: "late", Status: 504, Seconds: 45},
	"reset":        {Fault: "reset"},
	"reset, done":  {Fault: "reset", Done: true},
	"hang":         {Fault: "hang", Seconds: 90},
	"hang, done":   {Fault: "hang", Seconds: 90, Done: true},
	"HTML":         {Fault: "html"},
	"cut":          {Fault: "cut", Bytes: 5},
	"short":        {Fault: "short", Bytes: 5},
	"content type": {Fault: "content-type", ContentType: "text/plain"},
}

// TestLargeBrokenJobs: one of the requests about jobs fails throughout a run, in any way, while the
// instance works slowly at what it has got. Whatever the run says is so. The next run, by any engine,
// leads to what a run by v3 leads to.
func TestLargeBrokenJobs(t *testing.T) {
	t.Parallel()
	whole := ""
	synctest.Test(t, func(t *testing.T) {
		w := newJobsWorld(t, "")
		w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
		whole = timeless(dump(w.sim.Snapshot(), "jobs"))
	})
	var all []func(*testing.T)
	var names []string
	for _, engine := range []string{"batch", "auto"} {
		for _, route := range slices.Sorted(maps.Keys(jobRoutes)) {
			for _, name := range slices.Sorted(maps.Keys(jobFailures)) {
				for _, from := range jobRoutes[route] {
					rule := jobFailures[name]
					rule.On = route
					for n := range 1000 {
						rule.At = append(rule.At, from+n)
					}
					names = append(names, fmt.Sprint(engine, ", ", route, " from ", from, ", ", name))
					all = append(all, func(t *testing.T) { brokenJobs(t, engine, rule, whole) })
				}
			}
		}
	}
	for n := range testkit.Some(len(all), 40, 0) {
		t.Run(names[n], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, all[n])
		})
	}
}

func brokenJobs(t *testing.T, engine string, rule tcsim.FaultRule, whole string) {
	w := newJobsWorld(t, "batch-rate=1 existing-xid=duplicate attribute-append=duplicates")
	if strings.HasSuffix(rule.On, "s") { // there are errors
		w.flip("batch-halt=1")
	}
	args := append(strings.Fields("apply @in.yaml --yes --json --report @ids.csv --engine"), engine)
	w.sim.SetFaultRules(tcsim.FaultRules{Rules: []tcsim.FaultRule{rule}})
	f := &faulty{undone: &undone{world: w, t: t}}
	r := w.run(args...)
	f.honest(r)
	w.sim.SetFaultRules(tcsim.FaultRules{})
	for _, next := range []string{"batch", "v3", "auto"} {
		args[len(args)-1] = next
		if again := w.run(args...); again.code == codeOK {
			break
		} else if next == "auto" {
			t.Errorf("run after run fails: %d\n%s\n%s", again.code, again.err, r.err)
		}
		time.Sleep(time.Minute)
	}
	time.Sleep(10 * time.Minute)
	if got := timeless(dump(w.sim.Snapshot(), "jobs")); got != whole {
		t.Errorf("the instance has something else than after one run by v3:\n%s\n%d\n%s", lineDiff(whole, got), r.code, r.err)
	}
	w.again(w.run, args, "in the end")
}
