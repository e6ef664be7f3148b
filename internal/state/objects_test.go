package state

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TestIndicatorsThatAreBeingMade: what a run has begun to make is known to the next ones, until it has
// all that was sent for it, or was refused.
func TestIndicatorsThatAreBeingMade(t *testing.T) {
	became := func(s apply.Status, id int64) func(*Journal, *plan.Object) error {
		return func(j *Journal, o *plan.Object) error {
			return j.Became(&apply.ObjectResult{Object: o, Status: s, ID: id})
		}
	}
	making := func(j *Journal, o *plan.Object) error { return j.Making(o) }
	made := func(j *Journal, o *plan.Object) error { return j.Made(o, 9) }
	type records = []func(*Journal, *plan.Object) error
	for name, c := range map[string]struct {
		records
		want *apply.BegunObject
		lost bool // a request may have no answer
	}{
		"nothing":                    {records{}, nil, false},
		"sent":                       {records{making}, &apply.BegunObject{}, true},
		"made":                       {records{making, made}, &apply.BegunObject{ID: 9}, false},
		"complete":                   {records{making, made, became(apply.OK, 9)}, &apply.BegunObject{ID: 9, Whole: true}, false},
		"incomplete":                 {records{making, made, became(apply.Failed, 9)}, &apply.BegunObject{ID: 9}, false},
		"refused":                    {records{making, became(apply.Failed, 0)}, nil, false},
		"in doubt":                   {records{making, became(apply.InDoubt, 0)}, &apply.BegunObject{}, true},
		"sent, and not tried again":  {records{making, became(apply.NotAttempted, 0)}, &apply.BegunObject{}, true},
		"complete, and begun again":  {records{making, became(apply.OK, 9), making}, &apply.BegunObject{ID: 9}, true},
		"in doubt, and then there":   {records{making, became(apply.InDoubt, 0), making, became(apply.OK, 9)}, &apply.BegunObject{ID: 9, Whole: true}, false},
		"made by an earlier version": {records{made}, &apply.BegunObject{ID: 9}, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, end := range []func(*Journal) error{(*Journal).Abandon, func(j *Journal) error { return j.Close(false) }} {
				dir, p := t.TempDir(), mixed("p")
				j, _ := open(t, dir, p)
				for _, record := range c.records {
					must(t, record(j, p.Objects[0]))
				}
				must(t, end(j))
				left, err := Peek(dir, scope)
				must(t, err)
				now := time.Now()
				got, ok := left.Object(p.Objects[0].Definition, now)
				if ok != (c.want != nil) || ok && got.LostAt.IsZero() == c.lost {
					t.Fatalf("%+v, %t", got, ok)
				}
				if got.LostAt = (time.Time{}); ok {
					if diff := cmp.Diff(*c.want, got); diff != "" {
						t.Errorf("-want +got:\n%s", diff)
					}
				}
				if _, ok := left.Object(&intel.Object{Type: "Host", Summary: "a.example", Owner: "P"}, now); ok {
					t.Error("another one is known")
				}
			}
		})
	}
}

// TestMakingIsOnDisk: an indicator that is about to be made is on the disk once the next intent is, and a
// run that has written nothing else is remembered.
func TestMakingIsOnDisk(t *testing.T) {
	dir, p := t.TempDir(), mixed("p")
	j, _ := open(t, dir, p)
	must(t, j.Making(p.Objects[0]), j.Intent())
	if j.safe != j.taken || !j.begun {
		t.Errorf("%d of %d records are on the disk, begun %t", j.safe, j.taken, j.begun)
	}
	must(t, j.Close(false))
	if left, err := Peek(dir, scope); err != nil || left == nil {
		t.Errorf("%+v, %v", left, err)
	}
}
