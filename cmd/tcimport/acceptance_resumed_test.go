package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// cutAt calls cut once the instance has carried its n-th write out, and keeps the
// answer back until that has had its effect.
func (w *world) cutAt(n int, cut func()) {
	var writes atomic.Int64
	w.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Phase != tcsim.AfterCommit || p.Request.Method == http.MethodGet || writes.Add(1) != int64(n) {
			return tcsim.Fault{}
		}
		cut()
		return tcsim.Fault{Delay: 300 * time.Millisecond}
	})
}

// group is the group of a name.
func (w *world) group(name string) tcsim.Group {
	w.t.Helper()
	for _, g := range w.sim.Snapshot().Groups {
		if g.Name == name {
			return g
		}
	}
	w.t.Fatalf("there is no group %s", name)
	return tcsim.Group{}
}

// edit sets a field of a group as an analyst would.
func (w *world) edit(name, field, value string) {
	w.t.Helper()
	w.put(name, `{"`+field+`":"`+value+`"}`)
}

// put changes a group as an analyst would.
func (w *world) put(name, body string) {
	w.t.Helper()
	w.change(fmt.Sprintf("groups/%d", w.group(name).ID), body)
}

// change changes an object as an analyst would.
func (w *world) change(path, body string) {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPut, w.url+"/api/v3/"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "TC-Token "+tcsim.DemoToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("%s %s: %s", path, body, resp.Status)
	}
}

// TestEditsAfterAKilledRunAreKept: after a run that was killed, its own writes are
// distinguished from later edits, also where it received no answer to them. A group
// that it has renamed is found under its new name.
func TestEditsAfterAKilledRunAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.sim.AddGroup(tcsim.Group{Type: "Incident", Name: "Adopted", Owner: tcsim.DemoOrganization, Fields: map[string]any{"status": "New"}})
	manifest := func(first, status string) {
		w.write("in.yaml", `
groups:
  - {key: adopted, type: Incident, name: `+first+`, status: `+status+`}
  - {key: told, type: Incident, name: Told, status: `+status+`}
  - {key: sent, type: Incident, name: Sent, status: `+status+`}
  - {key: last, type: Incident, name: Last, status: `+status+`}
`)
	}
	apply := []string{"apply", "in.yaml", "--yes", "--report", "ids.csv", "--workers", "1"}
	again := append(apply, "--id-map", "ids.csv", "--on-drift", "keep")
	manifest("Adopted", "New")
	w.exec(apply...).mustExit(t, codeOK)

	manifest("Renamed", "Open")
	signal, wait := w.start(append(apply, "--id-map", "ids.csv")...)
	w.cutAt(3, func() { signal(os.Kill) })
	wait().mustExit(t, -1)
	w.sim.SetFault(nil)
	if w.group("Sent").Fields["status"] != "Open" || w.group("Last").Fields["status"] != "New" {
		t.Fatalf("it was killed at another place: %v", w.sim.Snapshot().Groups)
	}
	w.edit("Told", "status", "New") // as it was before that run

	manifest("Renamed", "Closed")
	w.exec(again...).mustExit(t, codeOK)
	for name, want := range map[string]string{"Renamed": "Closed", "Told": "New", "Sent": "Closed", "Last": "Closed"} {
		if got := w.group(name).Fields["status"]; got != want {
			t.Errorf("%s: status %v, want %s", name, got, want)
		}
	}
	w.sim.ResetStats()
	w.exec(again...).mustExit(t, codeOK)
	if n := w.sim.Stats().Writes; n > 0 {
		t.Errorf("%d writes where nothing has changed", n)
	}
}

// TestGroupOfAKilledRunCanBePruned: a group that a killed run has created, and that
// the manifest no longer has, stays in the report and can be pruned.
func TestGroupOfAKilledRunCanBePruned(t *testing.T) {
	t.Parallel()
	for _, saved := range []bool{false, true} {
		w := newWorld(t, tcsim.Config{})
		w.write("in.yaml", "groups: [{key: a, type: Tool, name: A}, {key: b, type: Tool, name: B}, {key: c, type: Tool, name: C}]\n")
		signal, wait := w.start("apply", "in.yaml", "--yes", "--report", "ids.csv", "--workers", "1")
		w.atWrite(2, tcsim.AfterCommit, 300*time.Millisecond, func() { signal(os.Kill) })
		wait().mustExit(t, -1)
		w.sim.SetFault(nil)
		w.write("in.yaml", "groups: [{key: b, type: Tool, name: B}, {key: c, type: Tool, name: C}]\n")
		args := []string{"in.yaml", "--id-map", "ids.csv"}
		if saved {
			w.flip("v2=missing")
			w.exec("plan", "in.yaml", "--out", "plan.json", "--state-dir", "elsewhere").mustExit(t, codeOK)
			args = []string{"--plan", "plan.json"}
		}
		w.exec(append([]string{"apply", "--yes", "--report", "ids.csv"}, args...)...).mustExit(t, codeOK)
		if got := w.read("ids.csv"); strings.Count(got, "group,a,Tool,A,") != 1 {
			t.Errorf("saved %t: the report has lost a group that was made:\n%s", saved, got)
		}
		w.exec("apply", "in.yaml", "--yes", "--report", "ids.csv", "--id-map", "ids.csv", "--prune", "--prune-max", "50%").mustExit(t, codeOK)
		if groups := w.sim.Snapshot().Groups; len(groups) != 2 {
			t.Errorf("saved %t: %d groups", saved, len(groups))
		}
	}
}

// TestKilledRenameDuplicatesNothing: an adopted group has no xid to be found by. A
// run that was killed may have renamed it or not: the next run finds it.
func TestKilledRenameDuplicatesNothing(t *testing.T) {
	t.Parallel()
	for _, phase := range []tcsim.Phase{tcsim.BeforeHandling, tcsim.AfterCommit} {
		w := newWorld(t, tcsim.Config{})
		w.sim.AddGroup(tcsim.Group{Type: "Incident", Name: "Adopted", Owner: tcsim.DemoOrganization})
		apply := []string{"apply", "in.yaml", "--yes", "--report", "ids.csv", "--id-map", "ids.csv"}
		w.write("in.yaml", "groups: [{key: a, type: Incident, name: Adopted}]\n")
		w.exec(apply...).mustExit(t, codeOK)
		w.write("in.yaml", "groups: [{key: a, type: Incident, name: Renamed}]\n")
		signal, wait := w.start(apply...)
		w.atWrite(1, phase, 300*time.Millisecond, func() { signal(os.Kill) })
		wait().mustExit(t, -1)
		w.sim.SetFault(nil)
		w.exec(apply...).mustExit(t, codeOK)
		if groups := w.sim.Snapshot().Groups; len(groups) != 1 || groups[0].Name != "Renamed" {
			t.Errorf("%d: %v", phase, groups)
		}
	}
}

// TestGroupWrittenInPartIsCompleted: a run is terminated after the first of two requests
// of a group. The report says that the group was written in part, and the next run
// adds what is missing.
func TestGroupWrittenInPartIsCompleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	apply := []string{"apply", "in.yaml", "--yes", "--report", "ids.csv", "--tags", "replace"}
	w.write("in.yaml", "groups: [{key: a, type: Threat, name: A, tags: [x, y]}]\n")
	w.exec(apply...).mustExit(t, codeOK)
	w.write("in.yaml", "groups: [{key: a, type: Threat, name: A, tags: [x, z]}]\n")
	apply = append(apply, "--id-map", "ids.csv", "--on-drift", "keep")
	signal, wait := w.start(apply...)
	w.cutAt(1, func() { signal(syscall.SIGTERM) })
	wait().mustExit(t, codeTerminated)
	w.sim.SetFault(nil)
	if got := strings.Join(w.group("A").Tags, " "); got != "x" {
		t.Fatalf("it was ended at another place: %s", got)
	}
	row := cellsOf(t, w.read("ids.csv"))[1]
	if row[9] != "failed" || !strings.HasPrefix(row[10], "partly updated: ") {
		t.Errorf("%v", row[:11])
	}
	w.exec(apply...).mustExit(t, codeOK)
	if got := strings.Join(w.group("A").Tags, " "); got != "x z" {
		t.Errorf("in the end it has %s", got)
	}
}
