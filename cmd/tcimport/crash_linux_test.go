package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// crash is a run that is killed, and what follows.
type crash struct {
	name   string
	before [][]string // what is run first
	run    []string   // what is killed
	next   []string   // what is run after that; nil for the same command, as the documentation says
	ends   []string   // what leads to the same state if nothing is killed; nil for run
	lost   string     // files that somebody removes before the next run
	byJobs bool       // the run that is killed goes by jobs, which take their time, and the next one by any engine
}

var (
	crashImport  = []string{"apply", "in.yaml", "--yes", "--json", "--report", "ids.csv", "--failed", "failed.yaml", "--metrics", "m.prom"}
	crashUpdate  = slices.Concat(crashImport, []string{"--id-map", "ids.csv", "--tags", "replace", "--attributes", "replace", "--labels", "replace", "--associations", "replace"})
	crashPrune   = slices.Concat(crashUpdate, []string{"--prune", "--prune-max", "100%"})
	crashPlan    = []string{"plan", "in.yaml", "--out", "plan.json", "--id-map", "ids.csv", "--prune", "--prune-max", "100%", "--tags", "replace", "--attributes", "replace"}
	crashSaved   = []string{"apply", "--plan", "plan.json", "--yes", "--json", "--report", "ids.csv"}
	crashUndo    = []string{"undo", "ids.csv", "--yes", "--json"}
	crashNothing = []string{"validate", "in.yaml"}
	crashUndoing = []string{"undo", "ids.csv", "--out", "plan.json"}
)

// crashes are all kinds of runs. "old" and "new" in before write the manifest.
var crashes = []crash{
	{name: "create", run: crashImport},
	{name: "create, without the journal", run: crashImport, lost: "tcimport-*.journal"},
	{name: "create, then taken back", run: crashImport, next: crashUndo, ends: crashNothing},
	{name: "update", before: [][]string{crashImport, {"new"}}, run: crashUpdate},
	{name: "update, then taken back", before: [][]string{crashImport, {"new"}}, run: crashUpdate, next: crashUndo, ends: crashNothing},
	{name: "prune", before: [][]string{crashImport, {"new"}}, run: crashPrune},
	{name: "saved plan", before: [][]string{crashImport, {"new"}, crashPlan}, run: crashSaved},
	{name: "saved plan, then the manifest", before: [][]string{crashImport, {"new"}, crashPlan}, run: crashSaved,
		next: slices.Concat(crashPrune, []string{"--labels", "append", "--associations", "append"})},
	{name: "undo", before: [][]string{crashImport, {"new"}, crashUpdate}, run: crashUndo},
	{name: "undo by a saved plan", before: [][]string{crashImport, {"new"}, crashUpdate, crashUndoing}, run: crashSaved},
	{name: "undo of creates", before: [][]string{crashImport}, run: crashUndo},

	{name: "create by jobs", run: crashImport, byJobs: true},
	{name: "create by jobs, without the journal", run: crashImport, lost: "tcimport-*.journal", byJobs: true},
	{name: "create by jobs, then taken back", run: crashImport, next: crashUndo, ends: crashNothing, byJobs: true},
	{name: "update by jobs", before: [][]string{crashImport, {"new"}}, run: crashUpdate, byJobs: true},
	{name: "saved plan by jobs", before: [][]string{crashPlan}, run: crashSaved, byJobs: true},
	{name: "saved plan by jobs, then the manifest", before: [][]string{crashPlan}, run: crashSaved, byJobs: true,
		next: slices.Concat(crashImport, []string{"--tags", "replace", "--attributes", "replace"})},
}

// by is a command that goes by an engine.
func (c *crash) by(engine string, args []string) []string {
	if !c.byJobs || args[0] != "apply" {
		return args
	}
	return append(slices.Clone(args), "--engine", engine)
}

// crashManifests have something of everything that a run can write. The second one changes,
// adds and removes something of each kind.
var crashManifests = map[string]string{"old": `
namespace: crash
groups:
  - {key: adopted, type: Incident, name: Adopted, status: Open, tags: [a, b], attributes: [{type: Description, value: one}]}
  - {key: a, type: Incident, name: A, eventDate: 2021-11-03, status: New, tags: [x, {techniqueId: T1566}], securityLabels: [TLP:AMBER],
     attributes: [{type: Description, value: d1, default: true, source: s}, {type: Aliases, value: a1}, {type: Aliases, value: a2}],
     associatedGroups: [b, {id: 101}], associatedIndicators: ['Host:new.example', 'Host:old.example']}
  - {key: b, type: Adversary, name: B, associatedCases: [{id: 300}, {name: New case, severity: Low, status: Open}],
     associatedArtifacts: [{id: 400}, {caseId: 300, type: Host, summary: n.example}]}
  - {key: c, type: Campaign, name: C, firstSeen: 2021-01-01, associatedGroups: [a, b], associatedVictimAssets: [{type: EmailAddress, address: a@b.example, victimId: 500}]}
  - {key: d, type: Threat, name: D, tags: [t], attributes: [{type: Aliases, value: a1}]}
  - {key: e, type: Event, name: E, associatedIndicators: ['Host:new.example'], associatedGroups: [d]}
indicators:
  - {type: Host, summary: own.example, rating: 3, tags: [o], attributes: [{type: Description, value: d}]}
  - Host:new.example
`, "new": `
namespace: crash
groups:
  - {key: adopted, type: Incident, name: Adopted II, status: Closed, tags: [b, c], attributes: [{type: Description, value: two}]}
  - {key: a, type: Incident, name: A II, eventDate: 2022-11-03, status: Closed, tags: [y], securityLabels: [TLP:GREEN],
     attributes: [{type: Description, value: d2, default: true, source: s}, {type: Aliases, value: a2}, {type: Aliases, value: a3}, {type: Aliases, value: a4}],
     associatedGroups: [c], associatedIndicators: ['Host:new2.example', 'Host:old.example']}
  - {key: b, type: Adversary, name: B, associatedCases: [{name: New case, severity: Low, status: Open}],
     associatedArtifacts: [{id: 400}, {caseId: 300, type: Host, summary: n2.example}]}
  - {key: c, type: Campaign, name: C, firstSeen: 2021-01-02, associatedGroups: [a, f], associatedVictimAssets: []}
  - {key: f, type: Threat, name: F, tags: [t], attributes: [{type: Aliases, value: a1}, {type: Aliases, value: a1, source: x}], associatedGroups: [b]}
indicators:
  - {type: Host, summary: own.example, rating: 3, tags: [o], attributes: [{type: Description, value: d}]}
  - {type: Host, summary: own2.example, tags: [o], attributes: [{type: Description, value: d}]}
`}

// crashed is an instance on which a run is killed.
type crashed struct{ *world }

// newCrashed is an instance in use, after what comes before the run.
func newCrashed(t *testing.T, c *crash) *crashed {
	w := &crashed{newWorld(t, tcsim.Config{}).with("TCIMPORT_SETTLE=50ms", "TCIMPORT_WORKERS=1")}
	if c.byJobs {
		w.flip("batch-delay-ms=100 batch-rate=20")
	}
	hourAgo := tcsim.Stamp{DateAdded: time.Now().Add(-time.Hour)}
	w.sim.AddGroup(tcsim.Group{ID: 100, Type: "Incident", Name: "Adopted", Owner: tcsim.DemoOrganization, Tags: []string{"theirs"}, Fields: map[string]any{"status": "New"}, Stamp: hourAgo})
	w.sim.AddGroup(tcsim.Group{ID: 101, Type: "Threat", Name: "Theirs", Owner: tcsim.DemoOrganization, Stamp: hourAgo})
	w.sim.AddIndicator(tcsim.Indicator{ID: 200, Type: "Host", Summary: "old.example", Owner: tcsim.DemoOrganization})
	w.sim.AddCase(tcsim.Case{ID: 300, Name: "Old case", Owner: tcsim.DemoOrganization})
	w.sim.AddArtifact(tcsim.Artifact{ID: 400, CaseID: 300, Type: "Host", Summary: "artifact.example"})
	w.sim.AddVictim(tcsim.Victim{ID: 500, Name: "Victim", Owner: tcsim.DemoOrganization})
	w.write("in.yaml", crashManifests["old"])
	for _, args := range c.before {
		if text, ok := crashManifests[args[0]]; ok {
			w.write("in.yaml", text)
			continue
		}
		w.exec(args...).mustExit(t, codeOK)
	}
	return w
}

// state is the instance; of a run that is taken back only the groups, because objects stay.
func (w *crashed) state(c *crash) string {
	state := timeless(dump(w.sim.Snapshot(), "crash"))
	if c.next == nil || c.next[0] != "undo" {
		return state
	}
	var groups strings.Builder
	keep := false
	for line := range strings.Lines(state) {
		if !strings.HasPrefix(line, " ") {
			keep = strings.HasPrefix(line, "group ")
		}
		if keep {
			groups.WriteString(line)
		}
	}
	return groups.String()
}

// rowsOf are the rows of a report, less IDs and what differs between a run that was killed and
// one that was not.
func (w *crashed) rowsOf(report string) []string {
	ids := idsOf(w.sim.Snapshot())
	var rows []string
	for _, c := range cellsOf(w.t, report)[1:] {
		if c[8] == "delete" {
			continue // an earlier run may have done it
		}
		if what := ids[c[0]+" "+c[6]]; c[9] == "ok" && c[0] == "group" && c[8] != "reference" && what != strings.Join(c[2:6], "|") {
			w.t.Errorf("%q: the instance has %q", c[:10], what)
		}
		if c[0] == "case" {
			c[4] = "" // an answer to a write need not tell it
		}
		rows = append(rows, strings.Join(append(c[:5:5], c[9], c[10]), ","))
	}
	slices.Sort(rows)
	return rows
}

// TestLargeCrashes kills runs of all kinds before each step that leaves something behind, in
// files or on the instance. Then the next run leads to what a run leads to that nobody has
// killed: nothing is lost, and nothing is there twice.
func TestLargeCrashes(t *testing.T) {
	testkit.SkipUnderRace(t)
	t.Parallel()
	var kills atomic.Int64
	t.Cleanup(func() { fmt.Printf("%d kinds of runs, killed before %d steps\n", len(crashes), kills.Load()) })
	for i := range crashes {
		c := &crashes[i]
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			whole := newCrashed(t, c)
			ends := c.ends
			if ends == nil {
				ends = c.run
			}
			whole.exec(ends...).mustExit(t, codeOK)
			all := newCrashed(t, c).killedAt(0, c.by("batch", c.run)...)
			all.mustExit(t, codeOK)
			for n := range testkit.Some(len(all.steps), 3, 5*i) {
				kills.Add(1)
				t.Run(fmt.Sprint("step ", n+1), func(t *testing.T) {
					if c.byJobs {
						t.Parallel() // it waits for jobs most of the time
					}
					c.check(t, n+1, whole)
				})
			}
		})
	}
}

// check kills a run before its n-th step.
func (c *crash) check(t *testing.T, n int, whole *crashed) {
	w := newCrashed(t, c)
	runs := len(w.files("tcimport-*.runs/*.run"))
	k := w.killedAt(n, c.by("batch", c.run)...)
	if k.code == codeOK && len(k.steps) < n {
		return // it took fewer steps: how many writes share one depends on the machine
	}
	if k.code != -1 {
		t.Fatalf("step %d: it was not killed: %d\n%s", n, k.code, k.err)
	}
	at := fmt.Sprintf("step %d (%s)", n, k.steps[n-1])
	w.handled()
	if n%2 == 0 {
		w.powerCut(k)
		at += ", power cut"
	}
	for _, path := range w.files(c.lost) {
		_ = os.Remove(path)
	}
	next := c.next
	if next == nil {
		next = c.run
	}
	next = c.by([]string{"batch", "v3", "auto"}[n/2%3], next)
	if c.next != nil && next[0] == "undo" && len(w.files("tcimport-*.runs/*.run")) == runs {
		next = crashNothing // it was killed before it had a record
	}
	r := w.exec(next...)
	if w.appliedAlready(r) {
		r.code = codeOK // it was killed at its very end
	}
	if want, got := whole.state(c), w.state(c); r.code != codeOK || got != want {
		t.Fatalf("%s: exit code %d, and the instance has something else than after one run:\n%s\n%s\n%s", at, r.code, lineDiff(want, got), r.out, r.err)
	}
	if strings.Contains(r.out, `{"kind"`) {
		checkSums(t, r.out)
	}
	if len(w.files("ids.csv")) == 0 {
		return // nothing was written, and there was nothing to take back
	}
	got := strings.Join(w.rowsOf(w.read("ids.csv")), "\n")
	if c.next == nil && !strings.HasPrefix(c.name, "undo") {
		if want := strings.Join(whole.rowsOf(whole.read("ids.csv")), "\n"); got != want {
			t.Errorf("%s: the report has other rows than after one run:\n%s", at, lineDiff(want, got))
		}
	}
	w.again(w.exec, next, at)
}

// powerCut takes from the journal what was not on the disk for sure.
func (w *crashed) powerCut(k traced) {
	for _, path := range w.files("tcimport-*.journal") {
		if size, ok := k.synced[path]; ok {
			if err := os.Truncate(path, size); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// TestLargeRandomCrashes kills random runs several times, by which they have come to a random
// step, with many workers and with requests under way. In the end, the instance has what it has
// if nobody kills them. No process ever asks for more than its rate.
func TestLargeRandomCrashes(t *testing.T) {
	testkit.SkipUnderRace(t)
	t.Parallel()
	var kills atomic.Int64
	rounds := testkit.Rounds(20)
	t.Cleanup(func() { fmt.Printf("%d random runs, killed %d times\n", rounds, kills.Load()) })
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			randomCrash(t, uint64(seed), &kills)
		})
	}
}

func randomCrash(t *testing.T, seed uint64, kills *atomic.Int64) {
	const rate = 80
	whole, u := newUndone(t, seed), newUndone(t, seed)
	switches := []string{"", "existing-xid=upsert", "existing-xid=duplicate", "post-fields=ignored", "partial-writes=true", "existing-indicator=exists400"}[seed%6]
	whole.flip(switches)
	u.flip(switches)
	if switches == "post-fields=ignored" { // a killed undo keeps objects of which only an association showed who has made them
		whole.flags, u.flags = nil, nil
	}
	both := func(args ...string) {
		t.Helper()
		for _, w := range []*undone{whole, u} {
			if r := w.run(args...); r.code != codeOK && r.code != codeIncomplete {
				t.Fatalf("%q: exit code %d\n%s\n%s", args, r.code, r.out, r.err)
			}
		}
	}
	next := func() []string {
		args := whole.args()
		u.write("in.yaml", whole.read("in.yaml"))
		return args
	}
	for range 1 + whole.IntN(2) {
		both(next()...)
	}
	args := next()
	switch kind := whole.IntN(4); {
	case kind == 0 && slices.Contains(args, "--id-map"):
		args = append(args, "--prune", "--prune-max", "100%")
	case kind == 1:
		both(slices.Concat([]string{"plan", args[1], "--out", "@plan.json"}, args[5:])...) // without --yes and --report
		args = []string{"apply", "--plan", "@plan.json", "--yes", "--report", "@" + u.report, "--skip-conflicts"}
	case kind == 2:
		both(args...)
		args = append([]string{"undo", "@" + u.report, "--yes"}, u.flags...)
	}
	if a, b := timeless(dump(whole.sim.Snapshot(), "")), timeless(dump(u.sim.Snapshot(), "")); a != b {
		t.Fatalf("the runs before it differ:\n%s", lineDiff(a, b))
	}
	code := whole.run(args...).code
	u.with(fmt.Sprint("TCIMPORT_RATE=", rate), "TCIMPORT_SETTLE=200ms")
	for i := range args {
		args[i] = strings.TrimPrefix(args[i], "@")
	}
	u.hangUp()
	var at []string
	for range 1 + whole.IntN(3) {
		u.sim.ResetStats()
		k := u.killedAt(1+whole.IntN(80), args...)
		if k.code == -1 {
			kills.Add(1)
			at = append(at, fmt.Sprintf("step %d (%s)", len(k.steps), k.steps[len(k.steps)-1]))
		}
		if stats := u.sim.Stats(); stats.MaxPerSecond > rate+1 {
			t.Errorf("%d requests in a second", stats.MaxPerSecond)
		}
		u.handled()
	}
	r := u.exec(args...)
	want, got := timeless(dump(whole.sim.Snapshot(), "")), timeless(dump(u.sim.Snapshot(), ""))
	if r.code != code && !u.appliedAlready(r) || want != got {
		t.Errorf("%q, killed at %q: exit code %d, want %d, and the instance has something else than after one run:\n%s\n%s\n%s\nmanifest:\n%s",
			args, at, r.code, code, lineDiff(want, got), r.out, r.err, u.read("in.yaml"))
	} else if code == codeOK {
		u.again(u.exec, args, fmt.Sprint(at))
	}
}
