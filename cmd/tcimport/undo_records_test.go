package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// TestUnreadableRecords: a record that cannot be read keeps no other run from being taken
// back, unless it may be the one that is meant.
func TestUnreadableRecords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		age  time.Duration
		args []string // RUN is the run that has a record
		code int
		says string
	}{
		{"older", time.Hour, nil, codeOK, "not the record of a run"},
		{"newer", -time.Hour, nil, codeError, "this can be the record of the last run of "},
		{"newer, and another run is named", -time.Hour, []string{"--run", "RUN"}, codeOK, "not the record of a run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{})
			w.write("in.yaml", oneGroup)
			w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
			record := w.files("tcimport-*.runs/*.run")[0]
			spoilt, at := filepath.Join(filepath.Dir(record), "x.run"), time.Now().Add(-c.age)
			if err := os.WriteFile(spoilt, []byte("something else\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(spoilt, at, at); err != nil {
				t.Fatal(err)
			}
			args := []string{"undo", "@ids.csv", "--yes"}
			for _, a := range c.args {
				args = append(args, strings.Replace(a, "RUN", strings.TrimSuffix(filepath.Base(record), ".run"), 1))
			}
			r := w.run(args...).mustExit(t, c.code)
			if !strings.Contains(r.err, c.says) || !strings.Contains(r.err, spoilt) {
				t.Errorf("it says\n%s", r.err)
			}
			if got := len(w.sim.Snapshot().Groups); got != map[int]int{codeOK: 0, codeError: 1}[c.code] {
				t.Errorf("%d groups", got)
			}
		})
	}
}

// TestRecordOfAKilledRunThatCannotBeWritten: it keeps no import from going on. That undo
// misses something is said once, and undo of that run is refused.
func TestRecordOfAKilledRunThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", "groups: [{key: a, type: Tool, name: A}, {key: b, type: Tool, name: B}]\n")
	apply := []string{"apply", "in.yaml", "--yes", "--report", "ids.csv", "--workers", "1"}
	signal, wait := w.start(apply...)
	w.atWrite(2, tcsim.AfterCommit, 300*time.Millisecond, func() { signal(os.Kill) })
	wait().mustExit(t, -1)
	w.sim.SetFault(nil)
	record := w.files("tcimport-*.runs/*.run")[0]
	aside := record + ".aside"
	if err := os.Rename(record, aside); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(record, 0o700); err != nil {
		t.Fatal(err)
	}
	r := w.exec(apply...).mustExit(t, codeOK)
	if n := strings.Count(r.err, "undo cannot take back all that was written"); n != 1 || !strings.Contains(r.err, filepath.Base(record)) {
		t.Errorf("it says\n%s", r.err)
	}
	if n := len(w.sim.Snapshot().Groups); n != 2 {
		t.Errorf("%d groups", n)
	}
	if err := os.Remove(record); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(aside, record); err != nil {
		t.Fatal(err)
	}
	r = w.exec("undo", "ids.csv", "--yes", "--run", strings.TrimSuffix(filepath.Base(record), ".run")).mustExit(t, codeError)
	if !strings.Contains(r.err, "the record is incomplete") || !strings.Contains(r.err, "move the file away") {
		t.Errorf("it says\n%s", r.err)
	}
}
