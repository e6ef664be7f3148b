package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/tcsim"
)

// mishap is something that goes wrong while 40 groups are created.
type mishap struct {
	what  string
	args  []string // behind the manifest, in place of those of apply
	begin func(interrupt func()) func(tcsim.FaultPoint) tcsim.Fault
}

// mishaps are a row each of the table in docs/identity.md.
var mishaps = []mishap{
	{"one group is refused (400), `apply --json`", []string{"--json"}, func(func()) func(tcsim.FaultPoint) tcsim.Fault {
		return func(p tcsim.FaultPoint) tcsim.Fault {
			if p.Phase != tcsim.BeforeHandling || p.Request.Method == http.MethodGet {
				return tcsim.Fault{}
			}
			body, err := io.ReadAll(p.Request.Body)
			p.Request.Body = io.NopCloser(bytes.NewReader(body))
			if err == nil && bytes.Contains(body, []byte(`"Adversary 7"`)) {
				return tcsim.Fault{Status: http.StatusBadRequest, Body: `{"message":"no","status":"Error"}`}
			}
			return tcsim.Fault{}
		}
	}},
	{"every third answer is 429, `Retry-After: 2`", nil, everyThird(http.StatusTooManyRequests)},
	{"every third answer is 503, `Retry-After: 2`", nil, everyThird(http.StatusServiceUnavailable)},
	{"Ctrl-C, ten writes are on their way", nil, interrupted},
	{"the same, `apply --json`", []string{"--json"}, interrupted},
}

func everyThird(status int) func(func()) func(tcsim.FaultPoint) tcsim.Fault {
	return func(func()) func(tcsim.FaultPoint) tcsim.Fault {
		var requests atomic.Int64
		return func(p tcsim.FaultPoint) tcsim.Fault {
			if p.Phase != tcsim.BeforeHandling || requests.Add(1)%3 > 0 {
				return tcsim.Fault{}
			}
			return tcsim.Fault{Status: status, Header: http.Header{"Retry-After": {"2"}}}
		}
	}
}

// interrupted holds ten writes back until the signal has arrived.
func interrupted(interrupt func()) func(tcsim.FaultPoint) tcsim.Fault {
	release := make(chan struct{})
	var writes atomic.Int64
	return func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Phase != tcsim.BeforeHandling || p.Request.Method == http.MethodGet {
			return tcsim.Fault{}
		}
		switch n := writes.Add(1); {
		case n == 18:
			interrupt()
			time.AfterFunc(time.Second, func() { close(release) })
			fallthrough
		case n > 8:
			<-release
		}
		return tcsim.Fault{}
	}
}

// TestWhenThingsGoWrong: nothing is lost from the report, nothing is doubled, and the same
// command does the rest, whatever goes wrong. docs/identity.md has the table.
func TestWhenThingsGoWrong(t *testing.T) {
	t.Parallel()
	rows := make([]string, len(mishaps)+1)
	t.Run("", func(t *testing.T) {
		t.Run("plan", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{})
			w.write("in.yaml", fortyGroups())
			r := w.exec("plan", "in.yaml", "--json", "--detailed-exitcode")
			var pn plan.Plan
			if err := json.Unmarshal([]byte(r.out), &pn); err != nil {
				t.Error(err)
			}
			rows[0] = fmt.Sprintf("| changes are pending, `plan --json --detailed-exitcode` | %d | 0 | %d in one JSON document | |", r.code, len(pn.Actions))
		})
		for i, m := range mishaps {
			t.Run(m.what, func(t *testing.T) {
				t.Parallel()
				rows[i+1] = m.row(t)
			})
		}
	})
	table := "| what goes wrong while 40 groups are created | exit code | groups on the instance | groups in the report | after the same command again |\n| --- | --- | --- | --- | --- |\n" +
		strings.Join(rows, "\n") + "\n"
	t.Log("\n" + table)
	if !strings.Contains(document(t, "docs/identity.md"), table) {
		t.Error("docs/identity.md does not have this table")
	}
}

func fortyGroups() string {
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range 40 {
		fmt.Fprintf(&b, "  - {key: k%d, type: Adversary, name: Adversary %d}\n", i, i)
	}
	return b.String()
}

// row lets it happen, and says what came of it.
func (m *mishap) row(t *testing.T) string {
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", fortyGroups())
	args := append([]string{"apply", "in.yaml", "--yes", "--workers", "10", "--report", "ids.csv"}, m.args...)
	started := make(chan func(os.Signal), 1)
	w.sim.SetFault(m.begin(func() { (<-started)(os.Interrupt) }))
	signal, wait := w.start(args...)
	started <- signal
	first := wait()
	if m.args != nil && !json.Valid([]byte(first.out)) {
		t.Errorf("stdout is no JSON document: %s", first.out)
	}
	there, reported := len(w.sim.Snapshot().Groups), w.statuses()
	w.sim.SetFault(nil)
	second := w.exec(args...).mustExit(t, codeOK)
	names := map[string]bool{}
	groups := w.sim.Snapshot().Groups
	for _, g := range groups {
		names[g.Name] = true
	}
	if reported[apply.OK] != there || len(names) != len(groups) {
		t.Errorf("%d groups are there, %d are reported; then %d with %d names\n%s%s", there, reported[apply.OK], len(groups), len(names), first.err, second.err)
	}
	said := fmt.Sprint(reported[apply.OK], " created")
	for _, status := range []apply.Status{apply.Failed, apply.InDoubt, apply.NotAttempted} {
		if n := reported[status]; n > 0 {
			said += fmt.Sprintf(", %d %s", n, strings.ReplaceAll(string(status), "-", " "))
		}
	}
	return fmt.Sprintf("| %s | %d | %d | %s | %d, none twice |", m.what, first.code, there, said, len(names))
}

// statuses counts the rows of groups in the report.
func (w *world) statuses() map[apply.Status]int {
	f, err := os.Open(w.path("ids.csv"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	count := map[apply.Status]int{}
	for row, err := range report.ReadRows(f, "ids.csv") {
		if err != nil {
			w.t.Fatal(err)
		}
		count[row.Status]++
	}
	return count
}
