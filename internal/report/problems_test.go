package report

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/intel"
)

func lines(problems intel.Problems) string {
	var b strings.Builder
	for _, l := range ProblemLines(problems) {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// TestOneLineForOneCause: equal messages are one line, with their number and the
// first places.
func TestOneLineForOneCause(t *testing.T) {
	var ps intel.Problems
	at := func(file string, line int) intel.Pos { return intel.At(file, line, 7) }
	ps.Errorf(at("a.yaml", 3), "alone")
	for _, line := range []int{3, 3, 4, 10, 11, 12, 13} {
		ps.Errorf(at("v.csv", line), "wrong")
	}
	ps.Warnf(at("v.csv", 20), "odd")
	ps.Errorf(at("-", 1), "wrong here and there")
	ps.Warnf(at("w.csv", 2), "odd")
	ps.Errorf(intel.At("w.csv", 0, 0), "wrong here and there")
	const want = `a.yaml:3:7: alone
v.csv:3:7: wrong (7 places: v.csv:3, 4, 10, 11, 12, …)
v.csv:20:7: warning: odd (2 places: v.csv:20, w.csv:2)
<stdin>:1:7: wrong here and there (2 places: <stdin>:1, w.csv)
`
	if got := lines(ps); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestFloodOfProblems: messages that differ in their values only share a few
// lines once there are too many, no sort hides another, and what is left out is
// counted.
func TestFloodOfProblems(t *testing.T) {
	var ps intel.Problems
	at := func(line int) intel.Pos { return intel.At("v.csv", line, 0) }
	for i := range 1000 {
		ps.Warnf(at(2+i), "name %q is long", fmt.Sprint("n", i))
		ps.Errorf(at(2+i), "eventDate %q is not a date: write %d", fmt.Sprint(i), i)
	}
	ps.Errorf(at(2000), "another")
	const want = `v.csv:2: eventDate "0" is not a date: write 0
v.csv:3: eventDate "1" is not a date: write 1
v.csv:4: eventDate "2" is not a date: write 2
v.csv:5: eventDate "3" is not a date: write 3
v.csv:6: eventDate "4" is not a date: write 4
… and 995 more errors like these: v.csv:7, 8, 9, 10, 11, …
v.csv:2000: another
v.csv:2: warning: name "n0" is long
v.csv:3: warning: name "n1" is long
v.csv:4: warning: name "n2" is long
v.csv:5: warning: name "n3" is long
v.csv:6: warning: name "n4" is long
… and 995 more warnings like these: v.csv:7, 8, 9, 10, 11, …
`
	if got := lines(ps); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for i := range 100 {
		ps.Errorf(at(3000+i), "sort %s", strings.Repeat("x", i+1))
	}
	got := ProblemLines(ps)
	if len(got) != maxProblemLines {
		t.Errorf("%d lines", len(got))
	}
	if got[len(got)-1].Warning {
		t.Error("what counts errors, too, passes for a warning")
	}
	shown := 0
	for _, l := range got {
		shown += len(l.Places)
	}
	if shown != len(ps) {
		t.Errorf("%d of %d problems are shown or counted", shown, len(ps))
	}
	if last := got[len(got)-1].String(); !strings.HasPrefix(last, "… and 1058 more problems of other kinds (--json lists all): v.csv:3042, ") {
		t.Error(last)
	}
}
