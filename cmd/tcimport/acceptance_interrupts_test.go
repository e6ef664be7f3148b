package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// hundreds is a manifest of n groups in three owners. Each has an association
// with the one before and with a hub, and an indicator that it shares with two
// others; every tenth names a case and an artifact.
func hundreds(n int) string {
	var b strings.Builder
	b.WriteString("namespace: hundreds\ngroups:\n")
	owners := []string{tcsim.DemoOrganization, tcsim.DemoCommunity, tcsim.DemoSource}
	for i := range n {
		more := ""
		if i > 0 {
			more = fmt.Sprintf(", associatedGroups: [g%d, g0]", i-1)
		}
		if i%10 == 3 {
			more += fmt.Sprintf(", associatedCases: [{name: Case %d, severity: Low, status: Open}], associatedArtifacts: [{caseId: 1, type: Host, summary: a%d.example}]", i%4, i%20)
		}
		fmt.Fprintf(&b, "  - {key: g%d, type: Threat, name: Threat %d, owner: %s, tags: [t%d], attributes: [{type: Aliases, value: alias %d}, {type: Aliases, value: other}], "+
			"associatedIndicators: ['Host:h%d.example']%s}\n", i, i, owners[i%3], i%7, i, i/3, more)
	}
	return b.String()
}

func keysOf(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("g%d", i)
	}
	return keys
}

func newHundreds(t *testing.T, n int) *world {
	t.Helper()
	w := newWorld(t, tcsim.Config{})
	w.sim.AddCase(tcsim.Case{ID: 1, Name: "Seeded", Owner: tcsim.DemoOrganization})
	w.write("in.yaml", hundreds(n))
	return w
}

func (w *world) hundreds(n int) string {
	return timeless(dump(w.sim.Snapshot(), "hundreds", keysOf(n)...))
}

// atWrite lets the instance take its time, and calls f when it gets its n-th
// write, before it carries it out or after.
func (w *world) atWrite(n int, phase tcsim.Phase, delay time.Duration, f func()) {
	var writes atomic.Int64
	w.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Phase == phase && p.Request.Method != http.MethodGet && writes.Add(1) == int64(n) {
			f()
		}
		return tcsim.Fault{Delay: delay}
	})
}

// start prepares the command, to which signal sends signals; wait runs it and
// gives what it left. A killed one has the code -1.
func (w *world) start(args ...string) (signal func(os.Signal), wait func() ran) {
	w.t.Helper()
	cmd := w.command(args...)
	started := make(chan struct{})
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	signal = func(s os.Signal) {
		<-started
		if err := cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
			w.t.Error(err)
		}
	}
	return signal, func() ran {
		err := cmd.Start()
		close(started)
		if err == nil {
			err = cmd.Wait()
		}
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			w.t.Error(err)
		}
		return ran{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
	}
}

var applyHundreds = []string{"apply", "in.yaml", "--yes", "--report", "ids.csv"}

// wholeRun is what an import of n groups that nobody interrupts leads to.
func wholeRun(t *testing.T, n int) string {
	t.Helper()
	w := newHundreds(t, n)
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	return w.hundreds(n)
}

// TestInterrupted: a signal in the middle of an import of 300 groups lets what
// is in flight finish; the report is complete and right; the next run does the
// rest. One that comes when nothing but the last writes is left ends nothing.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	want := map[int]string{300: wholeRun(t, 300), 40: wholeRun(t, 40)}
	for _, c := range []struct {
		signal syscall.Signal
		code   int
		n, at  int
		json   bool
	}{
		{syscall.SIGINT, codeInterrupted, 300, 100, false}, {syscall.SIGTERM, codeTerminated, 300, 37, true},
		{syscall.SIGINT, codeInterrupted, 40, 1, false}, {syscall.SIGTERM, codeTerminated, 40, 39, false},
	} {
		t.Run(fmt.Sprint(c.signal, c.at), func(t *testing.T) {
			t.Parallel()
			n := c.n
			w := newHundreds(t, n)
			args := applyHundreds
			if c.json {
				args = append(args, "--json")
			}
			signal, wait := w.start(args...)
			w.atWrite(c.at, tcsim.BeforeHandling, 10*time.Millisecond, func() { signal(c.signal) })
			r := wait()
			code := c.code
			if strings.Contains(r.out, "Apply complete") {
				code = codeOK
			}
			r.mustExit(t, code)
			made := len(w.sim.Snapshot().Groups)
			if made == n && c.at < n-20 || made < c.at-1 {
				t.Errorf("%d groups made of %d, interrupted at %d", made, n, c.at)
			}
			checkPartial(t, w.sim.Snapshot(), w.read("ids.csv"), n, r.out)
			w.noSecrets(r)
			w.finish(n, want[n])
		})
	}
}

// checkPartial: each group has a row; those that were made have their ID, and
// the sums add up.
func checkPartial(t *testing.T, snap *tcsim.Snapshot, report string, n int, out string) {
	t.Helper()
	ids, statuses := idsOf(snap), map[string]int{}
	made := 0
	for _, c := range cellsOf(t, report)[1:] {
		if c[0] != "group" {
			continue
		}
		statuses[c[9]]++
		if c[6] != "" {
			made++
			if ids["group "+c[6]] != strings.Join(c[2:6], "|") {
				t.Errorf("%v: the instance has %s", c[:10], ids["group "+c[6]])
			}
		}
		if c[9] != "ok" && c[10] == "" {
			t.Errorf("%v: not done, and no reason given", c[:11])
		}
	}
	if statuses["ok"]+statuses["not-attempted"] != n || statuses["ok"] != len(snap.Groups) || made != len(snap.Groups) {
		t.Errorf("%v of %d groups, %d with an ID; %d on the instance", statuses, n, made, len(snap.Groups))
	}
	if strings.HasPrefix(out, "{") {
		checkSums(t, out)
		return
	}
	text := fmt.Sprintf("Apply ended early: %d created, 0 updated, %d not attempted (%d groups)", statuses["ok"], statuses["not-attempted"], n)
	if statuses["ok"] == n {
		text = fmt.Sprintf("Apply complete: %d created, 0 updated (%d groups)", n, n)
	}
	if !strings.Contains(out, text) {
		t.Errorf("it does not say %q:\n%.600s", text, out)
	}
}

// checkSums: the counts of a document add up to its rows.
func checkSums(t *testing.T, document string) {
	t.Helper()
	var doc struct {
		Summary map[string]int
		Rows    []any
	}
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, n := range doc.Summary {
		sum += n
	}
	if sum != len(doc.Rows) || sum == 0 {
		t.Errorf("%v make %d, but there are %d rows", doc.Summary, sum, len(doc.Rows))
	}
}

// finish runs until all is done, and checks that all is there once.
func (w *world) finish(n int, want string) {
	w.t.Helper()
	w.sim.SetFault(nil)
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(w.t, codeOK)
	if got := w.hundreds(n); got != want {
		w.t.Errorf("the instance has something else than after one run:\n%.3000s", lineDiff(want, got))
	}
	if g := len(w.sim.Snapshot().Groups); g != n {
		w.t.Errorf("%d groups, not %d", g, n)
	}
	rows := 0
	for _, c := range cellsOf(w.t, w.read("ids.csv"))[1:] {
		if c[9] != "ok" || c[6] == "" {
			w.t.Errorf("%v", c[:11])
		}
		if c[0] == "group" {
			rows++
		}
	}
	if rows != n {
		w.t.Errorf("%d rows of groups", rows)
	}
	w.run("plan", "@in.yaml", "--id-map", "@ids.csv", "--detailed-exitcode").mustExit(w.t, codeOK)
}
