package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeFaults throws mixed faults at random runs of all kinds, with random switches of
// the instance and flags of the command: 5 to 30 of 100 requests go wrong. Whatever a run
// says is so. Runs that follow lead to the state that a run without faults leads to, and then
// there is nothing left to do. The rate is never passed.
func TestLargeFaults(t *testing.T) {
	testFaults(t, testkit.Rounds(20), false)
}

// TestLargeFaultsOfJobs does the same by jobs of the v2 Batch API, whose own ways of going wrong
// come on top. A later run may go by another engine.
func TestLargeFaultsOfJobs(t *testing.T) {
	testFaults(t, testkit.Rounds(20), true)
}

func testFaults(t *testing.T, rounds int, byJobs bool) {
	t.Parallel()
	var runs, written, jobs atomic.Int64
	t.Cleanup(func() {
		fmt.Printf("%d seeds: %d runs with faults, %d writes, %d jobs\n", rounds, runs.Load(), written.Load(), jobs.Load())
	})
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFaulty(t, uint64(seed), byJobs)
				f.check(&runs, &written)
				jobs.Add(int64(f.jobs))
			})
		})
	}
}

// faulty is a run at which faults are thrown.
type faulty struct {
	*undone
	whole *undone // the same without faults
	rate  int
	log   []string

	byJobs bool
	jobs   int // that got a file
}

func newFaulty(t *testing.T, seed uint64, byJobs bool) *faulty {
	f := &faulty{byJobs: byJobs, undone: newUndoneIn(newQuietWorld(t, tcsim.Config{}), seed), whole: newUndoneIn(newQuietWorld(t, tcsim.Config{}), seed)}
	f.whole.makes = true
	f.whole.with("TCIMPORT_SETTLE=60s") // as it is by default
	f.with("TCIMPORT_SETTLE=60s")
	f.Rand = rand.New(rand.NewPCG(seed, 9))
	f.rate = []int{4, 10, 10, 50}[f.IntN(4)]
	if byJobs {
		f.with("TCIMPORT_ENGINE=batch")
		f.whole.more = 10
	}
	f.with(fmt.Sprint("TCIMPORT_RATE=", f.rate), fmt.Sprint("TCIMPORT_WORKERS=", 1+f.IntN(12)))
	return f
}

// pick is one of some.
func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// faults are the rules of one run.
func (f *faulty) faults() tcsim.FaultRules {
	share := 0.05 + 0.25*f.Float64()
	passing := func() int { return pick(f.Rand, 500, 502, 503, 504) }
	seconds := func(most float64) float64 { return most * f.Float64() }
	kinds := []func() tcsim.FaultRule{
		func() tcsim.FaultRule {
			return tcsim.FaultRule{Fault: "status", Status: passing(), Done: f.IntN(2) == 0}
		},
		func() tcsim.FaultRule {
			return tcsim.FaultRule{Fault: "status", Status: pick(f.Rand, 429, 503), RetryAfter: f.IntN(4)}
		},
		func() tcsim.FaultRule {
			return tcsim.FaultRule{Fault: "status", Status: 400, On: "WRITE", Message: "no"}
		},
		func() tcsim.FaultRule { return tcsim.FaultRule{Fault: "reset"} },
		func() tcsim.FaultRule { return tcsim.FaultRule{Fault: "reset", Done: true} },
		func() tcsim.FaultRule { return tcsim.FaultRule{Fault: "hang", Seconds: 90, Done: f.IntN(2) == 0} },
		func() tcsim.FaultRule {
			return tcsim.FaultRule{Fault: "late", On: "WRITE", Status: pick(f.Rand, 502, 504), Seconds: seconds(40)}
		},
		func() tcsim.FaultRule { return tcsim.FaultRule{Fault: "delay", Seconds: seconds(20)} },
		func() tcsim.FaultRule { return tcsim.FaultRule{Fault: "slow", Seconds: seconds(20)} },
		func() tcsim.FaultRule { return tcsim.FaultRule{Fault: "cut", Bytes: 1 + f.IntN(300)} },
		func() tcsim.FaultRule { return tcsim.FaultRule{Fault: "short", Bytes: 1 + f.IntN(300)} },
		func() tcsim.FaultRule { return tcsim.FaultRule{Fault: "html"} },
		func() tcsim.FaultRule {
			return tcsim.FaultRule{Fault: "content-type", ContentType: pick(f.Rand, "text/html", "text/plain", "")}
		},
	}
	rules := tcsim.FaultRules{Seed: f.Uint64()}
	if f.IntN(6) == 0 { // the token expires, for a while
		rules.Rules = append(rules.Rules, tcsim.FaultRule{At: []int{1 + f.IntN(40)}, Fault: "switches",
			Switches: []string{"auth-failure=" + pick(f.Rand, "unauthorized", "timestamp", "html"), "auth-for=" + fmt.Sprint(1+f.IntN(3))}})
	}
	n := 2 + f.IntN(4)
	for range n {
		r := kinds[f.IntN(len(kinds))]()
		r.Share = share / float64(n)
		if r.On == "" {
			r.On = pick(f.Rand, "", "WRITE", "READ")
		}
		rules.Rules = append(rules.Rules, r)
	}
	return rules
}

// oddities are switches of an instance that change nothing of what it has in the end.
func oddities(r *rand.Rand) []string {
	all := []string{"list-delay-ms=20000", "nested-delay-ms=3000", "nested-delay-ms=40000", "xid-delay-ms=20000", "existing-xid=upsert", "existing-xid=duplicate",
		"post-fields=ignored", "partial-writes=true", "existing-indicator=exists400", "attribute-append=dedupes", "page-limit=3",
		"get-body=refused", "rate-limit=8", "list-delay=30", "count=missing", "touch=none", "retry-after=date", "ids-as-strings=true", "own-group=true"}
	var out []string
	for range r.IntN(4) {
		s := all[r.IntN(len(all))]
		name, _, _ := strings.Cut(s, "=")
		if !slices.ContainsFunc(out, func(o string) bool { return strings.HasPrefix(o, name+"=") }) {
			out = append(out, s)
		}
	}
	return out
}

// both runs a command without faults, with and without oddities. Where lists lag, it may
// take another run until IDs can be read.
func (f *faulty) both(args ...string) {
	f.t.Helper()
	want := f.whole.run(args...)
	for try := 1; ; try++ {
		r := f.run(args...)
		time.Sleep(5 * time.Minute)
		if r.code == want.code || try == 3 || r.code != codeIncomplete {
			want.mustExit(f.t, r.code)
			return
		}
	}
}

// next is the command line of a run with a new manifest.
func (f *faulty) next() []string {
	args := f.whole.args()
	f.write("in.yaml", f.whole.read("in.yaml"))
	return args
}

func (f *faulty) check(runs, written *atomic.Int64) {
	defer func() {
		if f.t.Failed() {
			f.t.Logf("manifest:\n%s\n%s", f.read("in.yaml"), strings.Join(f.log, "\n"))
		}
	}()
	oddities := oddities(f.Rand)
	f.flip(strings.Join(oddities, " "))
	before := f.IntN(3)
	if f.byJobs {
		before /= 2 // jobs are for what is new
	}
	for range before {
		f.both(f.next()...)
	}
	args := append(f.command(), "--json")
	want := f.whole.run(args...)
	time.Sleep(5 * time.Minute)
	f.log = append(f.log, fmt.Sprintf("%q with %q and a rate of %d: exit code %d", args, oddities, f.rate, want.code))
	state := timeless(dump(f.whole.sim.Snapshot(), ""))

	for run, faults := 1, 1+f.IntN(4); ; run++ {
		rules, engine, jobs := tcsim.FaultRules{}, "", ""
		if run <= faults {
			rules = f.faults()
		}
		if f.byJobs {
			engine, jobs = pick(f.Rand, "batch", "batch", "batch", "v3", "auto"), f.jobsAs(run <= faults)
			f.with("TCIMPORT_ENGINE=" + engine)
			if run <= faults {
				rules.Rules = append(f.jobFaults(), rules.Rules...)
			}
		}
		f.sim.SetFaultRules(rules)
		f.sim.ResetStats()
		r := f.run(args...)
		f.log = append(f.log, fmt.Sprintf("run %d: %s %s %+v\nexit code %d\n%.2000s", run, engine, jobs, rules, r.code, r.err))
		stats := f.sim.Stats()
		runs.Add(1)
		written.Add(int64(stats.Writes))
		f.jobs += stats.ByRoute["POST /v2/batch/{id}"]
		if stats.MaxPerSecond > f.rate+1 {
			f.t.Errorf("run %d: %d requests in a second at a rate of %d", run, stats.MaxPerSecond, f.rate)
		}
		f.honest(r)
		sw := f.sim.Switches()
		sw.AuthFailure, sw.AuthFor = "", 0
		f.sim.SetSwitches(sw)
		time.Sleep(time.Duration(f.IntN(100)) * time.Second)
		done := r.code == want.code || f.appliedAlready(r)
		if run > faults && (done || run == faults+3) {
			if !done {
				f.t.Errorf("run %d has no faults, and the exit code %d, want %d", run, r.code, want.code)
			}
			break
		}
	}
	time.Sleep(5 * time.Minute)
	if got := timeless(dump(f.sim.Snapshot(), "")); got != state {
		f.t.Errorf("the instance has something else than after one run without faults:\n%s", lineDiff(state, got))
	}
	if want.code == codeOK {
		f.again(f.run, args, "in the end")
	}
}

// command is the command line of a run at which faults are thrown.
func (f *faulty) command() []string {
	args := f.next()
	if slices.Contains(args, "--id-map") {
		args = append(args, "--on-drift", pick(f.Rand, "overwrite", "keep", "fail"))
	}
	switch kind := f.IntN(8); {
	case kind < 2 && slices.Contains(args, "--id-map"):
		args = append(args, "--prune", "--prune-max", "100%")
	case kind == 2:
		f.both(slices.Concat([]string{"plan", args[1], "--out", "@plan.json"}, args[5:])...) // without --yes and --report
		args = []string{"apply", "--plan", "@plan.json", "--yes", "--report", "@" + f.report, "--skip-conflicts"}
	case kind == 3:
		f.both(args...)
		args = append([]string{"undo", "@" + f.report, "--yes"}, f.flags...)
	case kind == 4:
		args = append(args, pick(f.Rand, "--create-only", "--update-only", "--missing-indicators=skip"))
	}
	return args
}

// honest checks that what a run says adds up, and agrees with the instance.
func (f *faulty) honest(r ran) {
	var doc struct {
		Summary map[string]int
		Rows    []struct {
			Kind, Key, Type, Name, Owner, XID, Action, Status, Error string
			ID                                                       int64
			Earlier                                                  bool
		}
	}
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
		f.t.Fatalf("%v: %s", err, r.out)
	}
	if doc.Summary == nil {
		if n := f.sim.Stats().Writes; n > 0 || r.code == codeOK || r.code == codeIncomplete {
			f.t.Errorf("there is no report of %d writes; exit code %d", n, r.code)
		}
		return
	}
	sum := 0
	for _, n := range doc.Summary {
		sum += n
	}
	if sum != len(doc.Rows) {
		f.t.Errorf("%v add up to %d, but there are %d rows", doc.Summary, sum, len(doc.Rows))
	}
	snap := f.sim.Snapshot()
	ids, xids, bad := idsOf(snap), map[string]bool{}, 0
	for _, g := range snap.Groups {
		xids[g.Owner+g.XID] = true
	}
	for _, row := range doc.Rows {
		if row.Earlier {
			continue
		}
		if row.Status != "ok" {
			bad++
		}
		there := ids[fmt.Sprint(row.Kind, " ", row.ID)] != ""
		switch {
		case row.Kind == "association":
		case row.Action == "delete":
			if row.Status == "ok" && there {
				f.t.Errorf("%+v: it is there", row)
			}
		case row.Status == "ok" && !there && row.Action != "skip":
			f.t.Errorf("%+v: it is not there", row)
		case row.Kind == "group" && row.Status == "failed" && row.ID == 0 && xids[row.Owner+row.XID]:
			f.t.Errorf("%+v: it is there", row)
		}
	}
	if r.code == codeOK && bad > 0 || r.code == codeIncomplete && bad == 0 {
		f.t.Errorf("exit code %d, and %d rows are not ok", r.code, bad)
	}
}

// again runs once more: there is nothing left to do.
func (w *world) again(run func(...string) ran, args []string, at string) {
	if args[0] == "apply" && !slices.Contains(args, "--plan") {
		args = append(slices.Clone(args), "--id-map", args[slices.Index(args, "--report")+1])
	}
	w.sim.ResetStats()
	r := run(args...)
	if n := w.sim.Stats().Writes; n != 0 || r.code != codeOK && !w.appliedAlready(r) {
		w.t.Errorf("%s: the second run ends with %d and writes %d times\n%s\n%s", at, r.code, n, r.out, r.err)
	}
}
