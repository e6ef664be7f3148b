package state

import (
	"fmt"
	"testing"
)

// TestJobsOfAKilledRun: the next run knows which jobs may still be at work, which groups they carry, and that
// indicators which the plan is to make may be there, although nothing was sent to their groups.
func TestJobsOfAKilledRun(t *testing.T) {
	dir := t.TempDir()
	p := planOf("plan-1", "a", "b", "c")
	a, b := p.Actions[0], p.Actions[1]
	for _, step := range []struct {
		name string
		do   func(*Journal) error
		want string
	}{
		{"nothing", func(*Journal) error { return nil }, "[] map[] map[]"},
		{"a job of indicators", func(j *Journal) error { return j.Job(7) }, "[7] map[] map[a:false b:false c:false]"},
		{"it has ended", func(j *Journal) error { return j.JobEnded(7) }, "[] map[] map[a:false b:false c:false]"},
		{"a job of groups", func(j *Journal) error { return j.Job(8, a, b) }, "[8] map[a:true b:true] map[a:true b:true c:false]"},
		{"it has ended, too", func(j *Journal) error { return j.JobEnded(8) }, "[] map[a:true b:true] map[a:true b:true c:false]"},
		{"a group was read", func(j *Journal) error { return j.Outcome(ok(a, 1)) }, "[] map[b:true] map[a:true b:true c:false]"},
	} {
		j, _ := open(t, dir, p)
		must(t, step.do(j), j.Abandon())
		left, err := Peek(dir, scope)
		must(t, err)
		if got := fmt.Sprint(left.Jobs(), left.InJobs(), left.Begun(p)); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
		if other := planOf("plan-2", "a", "b", "c"); len(left.Begun(other)) > 0 {
			t.Errorf("%s: another plan has begun %v", step.name, left.Begun(other))
		}
	}
}
