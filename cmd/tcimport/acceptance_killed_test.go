package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// TestKilledAtWork: what the instance still works on when the process is killed
// is not made again by the next one, though it would let both be.
func TestKilledAtWork(t *testing.T) {
	t.Parallel()
	const n = 12
	want := wholeRun(t, n)
	for _, saved := range []bool{false, true} {
		w := newHundreds(t, n)
		w.flip("existing-xid=duplicate")
		args := applyHundreds
		if saved {
			w.flip("v2=missing")
			w.exec("plan", "in.yaml", "--out", "plan.json").mustExit(t, codeOK)
			args = []string{"apply", "--plan", "plan.json", "--yes", "--report", "ids.csv"}
		}
		signal, wait := w.start(args...)
		var writes atomic.Int64
		var atWork sync.WaitGroup
		slow := func(rw http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				return false
			}
			atWork.Add(1)
			defer atWork.Done()
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			if writes.Add(1) == 3 {
				signal(os.Kill)
			}
			time.Sleep(time.Second) // whoever hangs up
			w.sim.ServeHTTP(rw, r.WithContext(context.WithoutCancel(r.Context())))
			return true
		}
		w.mu.Lock()
		w.before = slow
		w.mu.Unlock()
		if r := wait(); r.code != -1 {
			t.Fatalf("it was not killed: %d\n%s", r.code, r.err)
		}
		w.mu.Lock()
		w.before = nil
		w.mu.Unlock()
		w.exec(args...).mustExit(t, codeOK)
		atWork.Wait()
		w.finish(n, want)
	}
}

// TestKilledAgainAndAgain: runs that are killed soon after they began come further
// each time, though the writes that they were killed with have not settled.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	const n = 80 // each kill may leave some in doubt, which stay so for the settling time
	w := newHundreds(t, n).with("TCIMPORT_SETTLE=1h", "TCIMPORT_WORKERS=2")
	begun := time.Now()
	for round := range 5 {
		before := len(w.sim.Snapshot().Groups)
		signal, wait := w.start(applyHundreds...)
		w.atWrite(5, tcsim.BeforeHandling, 0, func() { signal(os.Kill); time.Sleep(50 * time.Millisecond) })
		if r := wait(); r.code != -1 {
			t.Fatalf("round %d was not killed: %d\n%s", round, r.code, r.err)
		}
		time.Sleep(100 * time.Millisecond)
		if after := len(w.sim.Snapshot().Groups); after < before+3 {
			t.Errorf("round %d: %d groups after %d", round, after, before)
		}
	}
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("it took %s", took)
	}
	w.with("TCIMPORT_SETTLE=1s").finish(n, wholeRun(t, n))
}

// TestCutOff: a second signal, credentials that are taken away and a limit of
// time end a run early; the next one finishes it.
func TestCutOff(t *testing.T) {
	t.Parallel()
	const n = 50
	want := wholeRun(t, n)
	for _, c := range []struct {
		name string
		code int
		args []string
		cut  func(w *world, signal func(os.Signal))
	}{
		{"two signals", codeInterrupted, nil, func(_ *world, signal func(os.Signal)) {
			signal(os.Interrupt)
			time.Sleep(5 * time.Millisecond)
			signal(os.Interrupt)
		}},
		{"token revoked", codeDenied, nil, func(w *world, _ func(os.Signal)) { w.flip("auth-failure=unauthorized") }},
		{"clock goes wrong", codeDenied, nil, func(w *world, _ func(os.Signal)) { w.flip("auth-failure=timestamp auth-status=403") }},
		{"off", codeDenied, nil, func(w *world, _ func(os.Signal)) { w.flip("not-licensed=-1") }},
		{"out of time", codeIncomplete, []string{"--max-duration", "4s"}, func(w *world, _ func(os.Signal)) {
			w.sim.SetFault(func(tcsim.FaultPoint) tcsim.Fault { return tcsim.Fault{Delay: 2 * time.Second} })
		}},
		{"too many failures", codeIncomplete, []string{"--max-failures", "2"}, func(w *world, _ func(os.Signal)) {
			w.failing("POST", "/api/v3/groups", 400, `{"message":"no","status":"Error"}`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newHundreds(t, n)
			signal, wait := w.start(append(applyHundreds, c.args...)...)
			w.atWrite(20, tcsim.BeforeHandling, 5*time.Millisecond, func() { c.cut(w, signal) })
			r := wait().mustExit(t, c.code)
			groups := 0
			for _, row := range cellsOf(t, w.read("ids.csv"))[1:] {
				if row[0] == "group" {
					groups++
				}
				if row[9] != "ok" && row[10] == "" {
					t.Errorf("no reason: %v", row[:11])
				}
			}
			if groups != n {
				t.Errorf("%d rows of groups\n%s%s", groups, r.out, r.err)
			}
			w.sim.SetSwitches(tcsim.Switches{})
			w.finish(n, want)
		})
	}
}

// TestSecondProcess: while one runs, another one that needs the same owner does
// nothing.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	w := newHundreds(t, 40)
	reached := make(chan struct{})
	_, wait := w.start(applyHundreds...)
	w.atWrite(5, tcsim.BeforeHandling, 50*time.Millisecond, func() { close(reached) })
	first := make(chan ran, 1)
	go func() { first <- wait() }()
	<-reached
	w.write("other.yaml", "groups:\n  - {key: o, type: Tool, name: Other}\n")
	r := w.exec("apply", "other.yaml", "--yes", "--report", "other.csv", "--json").mustExit(t, codeLocked)
	if !strings.Contains(r.out, `"code":6`) {
		t.Errorf("the document is\n%s", r.out)
	}
	if _, err := os.Stat(w.path("other.csv")); err == nil {
		t.Error("it wrote a report")
	}
	w.exec("plan", "other.yaml").mustExit(t, codeOK) // a plan takes no lock
	(<-first).mustExit(t, codeOK)
	for _, g := range w.sim.Snapshot().Groups {
		if g.Name == "Other" {
			t.Error("it wrote a group")
		}
	}
	w.exec("apply", "other.yaml", "--yes", "--report", "other.csv").mustExit(t, codeOK)
}
