package apply_test

import (
	"fmt"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
)

// tally counts the outcomes of a ledger.
type tally struct {
	Created, Updated, Deleted, Unchanged, Skipped int
	Failed, InDoubt, NotAttempted                 int
	Lost                                          int // associations
}

// total is the number of actions that the tally is of.
func (t tally) total() int {
	return t.Created + t.Updated + t.Deleted + t.Unchanged + t.Skipped + t.Failed + t.InDoubt + t.NotAttempted
}

// complete reports whether everything was done.
func (t tally) complete() bool { return t.Failed+t.InDoubt+t.NotAttempted+t.Lost == 0 }

func tallyOf(l *apply.Ledger) tally {
	var t tally
	verbs := map[plan.Verb]*int{plan.Create: &t.Created, plan.Update: &t.Updated, plan.Delete: &t.Deleted,
		plan.Unchanged: &t.Unchanged, plan.Skip: &t.Skipped, plan.Conflict: &t.Skipped}
	statuses := map[apply.Status]*int{apply.Failed: &t.Failed, apply.InDoubt: &t.InDoubt, apply.NotAttempted: &t.NotAttempted}
	for _, r := range l.Results {
		n := statuses[r.Status]
		if r.Status == apply.OK {
			n = verbs[r.Action.Verb]
		}
		if n == nil {
			panic(fmt.Sprintf("unknown outcome %s of %s", r.Status, r.Action.Verb))
		}
		*n++
		for _, x := range r.Lost() {
			if x.Status != apply.OK {
				t.Lost++
			}
		}
	}
	return t
}
