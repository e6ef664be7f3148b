package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tcimport/internal/apply"
	"tcimport/internal/report"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// noExitSleep lets a process of the race detector that succeeds end at once. By
// default it sleeps for a second.
const noExitSleep = "GORACE=atexit_sleep_ms=0"

// TestMain runs more tests at a time than there are processors: many of them
// wait for processes, and those for a killed write to settle.
func TestMain(m *testing.M) {
	parallel := max(8, runtime.GOMAXPROCS(0))
	if err := flag.Set("test.parallel", strconv.Itoa(parallel)); err != nil {
		panic(err)
	}
	testscript.Main(covered{m}, map[string]func(){"tcimport": recorded})
}

// TestScripts runs the command line as text. Each script has a simulated
// instance of its own behind HTTP; TC_API_PATH and TC_TOKEN lead to it. SAMPLES
// is the folder of the samples.
func TestScripts(t *testing.T) {
	t.Parallel()
	p := scripts(t)
	p.Dir = "testdata/script"
	testscript.Run(t, p)
}

// TestLargeScripts runs the scripts that read the real data, whose folder is DATA.
func TestLargeScripts(t *testing.T) {
	testkit.SkipUnderRace(t)
	t.Parallel()
	data := testkit.DataDir(t, "")
	p := scripts(t)
	p.Dir = "testdata/largescript"
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("DATA", data)
		return setup(env)
	}
	testscript.Run(t, p)
}

// TestLargeSavedPlansWithoutV2 runs the scripts that apply saved plans on an instance
// that has no v2 API.
func TestLargeSavedPlansWithoutV2(t *testing.T) {
	testkit.SkipUnderRace(t)
	t.Parallel()
	all, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	p := scripts(t, "v2=missing")
	for _, name := range all {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("apply --plan")) && !bytes.Contains(text, []byte("switch v2=missing")) {
			p.Files = append(p.Files, name)
		}
	}
	if len(p.Files) < 5 {
		t.Fatalf("%d scripts apply saved plans", len(p.Files))
	}
	testscript.Run(t, p)
}

// scripts are the parameters of scripts whose instances have the given switches.
func scripts(t *testing.T, switches ...string) testscript.Params {
	t.Helper()
	samples, err := filepath.Abs("../../samples")
	if err != nil {
		t.Fatal(err)
	}
	documents := newProduced(t)
	return testscript.Params{
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			sim := tcsim.New(tcsim.Config{ExcludedSummary: []string{"excluded.example"}})
			if err := flip(sim, switches...); err != nil {
				return err
			}
			srv := httptest.NewServer(sim)
			env.Defer(srv.Close)
			env.Values["sim"] = sim
			env.Setenv("TC_API_PATH", srv.URL+"/api")
			env.Setenv("TC_TOKEN", tcsim.DemoToken)
			env.Setenv("TCIMPORT_RATE", "0")
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
			env.Vars = append(env.Vars, noExitSleep)
			documents.of(env)
			env.Setenv("SAMPLES", samples)
			env.Setenv("SIM", srv.URL)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sim":    simCommand,
			"exits":  exits,
			"switch": switchCommand,
			"rows":   rows,
			"edit":   edit,
			"call":   call,
			"append": appendLine,
		},
	}
}

// simCommand looks at the instance itself: sim WHAT N says that it has N of
// WHAT; sim reset starts counting requests anew.
func simCommand(ts *testscript.TestScript, neg bool, args []string) {
	sim := ts.Value("sim").(*tcsim.Server)
	if len(args) == 1 && args[0] == "reset" {
		sim.ResetStats()
		return
	}
	if len(args) != 2 {
		ts.Fatalf("usage: sim reset | sim WHAT N")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	snap, stats := sim.Snapshot(), sim.Stats()
	counts := map[string]int{
		"groups": len(snap.Groups), "indicators": len(snap.Indicators), "cases": len(snap.Cases),
		"artifacts": len(snap.Artifacts), "assets": len(snap.VictimAssets),
		"requests": stats.Total, "writes": stats.Writes, "reads": stats.Reads,
	}
	for _, g := range snap.Groups {
		counts["groupLinks"] += len(g.AssociatedGroups)
		counts["indicatorLinks"] += len(g.AssociatedIndicators)
	}
	counts["groupLinks"] /= 2
	got, ok := counts[args[0]]
	if !ok {
		ts.Fatalf("sim does not count %s", args[0])
	}
	if (got == want) == neg {
		ts.Fatalf("the instance has %d %s, not %d", got, args[0], want)
	}
}

// switchCommand sets a switch of the instance.
func switchCommand(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(flip(ts.Value("sim").(*tcsim.Server), args...))
}

// flip sets switches, each as name=value.
func flip(sim *tcsim.Server, switches ...string) error {
	sw := sim.Switches()
	for _, s := range switches {
		if err := tcsim.ParseSwitch(&sw, s); err != nil {
			return err
		}
	}
	sim.SetSwitches(sw)
	return nil
}

// exits runs a command and says with which code it must exit.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = -1
		if e, ok := err.(interface{ ExitCode() int }); ok {
			got = e.ExitCode()
		}
	}
	if got != want {
		ts.Fatalf("%v exits with %d, not %d", args[1:], got, want)
	}
}

// rows says how many rows of a kind a report has, all of them ok.
func rows(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: rows REPORT KIND N")
	}
	f, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	n := 0
	for r, err := range report.ReadRows(f, args[0]) {
		ts.Check(err)
		if string(r.Kind) != args[1] {
			continue
		}
		if n++; r.Status != apply.OK || r.ID == 0 {
			ts.Fatalf("%s %s is %s: %s", r.Kind, r.Key, r.Status, r.Error)
		}
	}
	if want, _ := strconv.Atoi(args[2]); n != want {
		ts.Fatalf("%s has %d rows of kind %s, not %d", args[0], n, args[1], want)
	}
}

// edit changes a group on the server as an analyst would: edit NAME FIELD VALUE
// sets a field, edit NAME tag|untag TAG gives or takes a tag.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	deletes := len(args) == 2 && args[1] == "delete"
	if len(args) != 3 && !deletes {
		ts.Fatalf("usage: edit NAME FIELD VALUE | edit NAME delete")
	}
	sim := ts.Value("sim").(*tcsim.Server)
	var id int64
	for _, g := range sim.Snapshot().Groups {
		if g.Name == args[0] {
			id = g.ID
		}
	}
	method, body := http.MethodDelete, map[string]any{}
	if !deletes {
		method, body[args[1]] = http.MethodPut, args[2]
	}
	if mode, ok := map[string]string{"tag": "append", "untag": "delete"}[args[1]]; ok {
		body = map[string]any{"tags": map[string]any{"data": []any{map[string]any{"name": args[2]}}, "mode": mode}}
	}
	b, err := json.Marshal(body)
	ts.Check(err)
	call(ts, false, []string{method, fmt.Sprintf("/v3/groups/%d", id), string(b)})
}

// call is what somebody does beside tcimport: call METHOD PATH [BODY].
func call(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: call METHOD PATH [BODY]")
	}
	req, err := http.NewRequest(args[0], ts.Getenv("TC_API_PATH")+args[1], strings.NewReader(strings.Join(args[2:], " ")))
	ts.Check(err)
	req.Header.Set("Authorization", "TC-Token "+tcsim.DemoToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		ts.Fatalf("call %v: %s", args, resp.Status)
	}
}

// appendLine adds a line to a file: append FILE LINE.
func appendLine(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: append FILE LINE")
	}
	path := ts.MkAbs(args[0])
	ts.Check(os.WriteFile(path, []byte(ts.ReadFile(path)+args[1]+"\n"), 0o600))
}
