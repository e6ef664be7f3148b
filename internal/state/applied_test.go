package state

import "testing"

// TestDiesAtItsEnd has the process die when all was done, before the journal
// says so: the plan is known to be applied all the same, and what was written is
// still known to the next one.
func TestDiesAtItsEnd(t *testing.T) {
	dir := t.TempDir()
	p := planOf("plan-1", "a")
	j, _ := open(t, dir, p)
	a := p.Actions[0]
	must(t, j.Intent(a), j.Outcome(ok(a, 1)), j.f.Close())
	if err := j.Close(true); err == nil {
		t.Fatal("the end was written into a closed file")
	}
	if _, done, err := Applied(dir, scope, p.ID); !done || err != nil {
		t.Errorf("applied: %t, %v", done, err)
	}
	if left, err := Peek(dir, scope); err != nil || left == nil || left.Rows(nil, Keys{})["a"].ID != 1 {
		t.Errorf("left: %+v, %v", left, err)
	}
}
