package apply

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// Status is the result of an action, an object or an association.
type Status string

// The statuses, as the report spells them.
const (
	OK           Status = "ok"
	Failed       Status = "failed"
	InDoubt      Status = "doubt"
	NotAttempted Status = "not-attempted"
)

// Result is the outcome of one action.
type Result struct {
	Action    *plan.Action
	Status    Status
	ID        int64
	XID       string
	Name      string // in the last answer; "" if no answer has shown it
	WebLink   intel.WebLink
	Error     string             // "" if nothing went wrong
	Missed    []Missed           // entries that have not arrived, in the order of Action.Entries
	Baseline  baseline.Baseline  // what the group now has of the manifests; nil if nothing was sent
	Altered   []Altered          // values that the instance stores otherwise than this run has sent them
	Rewritten baseline.Rewritten // tags as sent -> as the instance stored them, where these differ
}

// failed reports whether the action counts as a failure. A refused association is
// enough for that.
func (r *Result) failed() bool {
	return r.Status != OK || slices.ContainsFunc(r.Lost(), func(l Missed) bool { return l.Status == Failed })
}

// ObjectResult is the outcome of an object that is not a group of the manifests.
type ObjectResult struct {
	Object  *plan.Object
	Status  Status
	ID      int64
	Made    bool // by a run of this plan
	WebLink intel.WebLink
	Error   string
}

// Event is something that happens in a run. Exactly one field is set. The first
// event is Begin, the last one End.
type Event struct {
	Begin  *plan.Plan
	Done   *Result
	Alone  *plan.Object // an indicator that no group brings along was sent; its result follows later
	Object *ObjectResult
	Wait   *Wait
	Job    *Job
	End    *Ledger
}

// Wait says that all work waits until a time.
type Wait struct {
	Writes int // that are parked, because they got no answer
	Until  time.Time
}

// Sink receives each event, one at a time. An error of it ends the run.
type Sink func(Event) error

// Ledger holds one result for each action and each object of a plan, in their
// order.
type Ledger struct {
	Plan    *plan.Plan
	Results []*Result
	Objects []*ObjectResult

	faults []string // of this program
}

func newLedger(p *plan.Plan) *Ledger {
	return &Ledger{Plan: p, Results: make([]*Result, len(p.Actions)), Objects: make([]*ObjectResult, len(p.Objects))}
}

// set enters the result of action i. A second result for the same action is a fault
// of this program.
func (l *Ledger) set(i int, r *Result) {
	if l.Results[i] != nil {
		l.faults = append(l.faults, fmt.Sprintf("%q has two outcomes", r.Action.Key))
	}
	l.Results[i] = r
}

// check is the error of a ledger that does not add up. It sets results that are
// missing to in doubt, because the report has to be written all the same.
func (l *Ledger) check() error {
	const none = "the run recorded no outcome: check on the instance whether it was written"
	for i, r := range l.Results {
		if a := l.Plan.Actions[i]; r == nil {
			l.faults = append(l.faults, fmt.Sprintf("%q has no outcome", a.Key))
			l.Results[i] = &Result{Action: a, Status: InDoubt, ID: a.ID, XID: a.XID, WebLink: a.WebLink(), Error: none}
		}
	}
	for i, r := range l.Objects {
		if o := l.Plan.Objects[i]; r == nil {
			l.faults = append(l.faults, fmt.Sprintf("%s %q has no outcome", o.Kind, o.Written()))
			l.Objects[i] = &ObjectResult{Object: o, Status: InDoubt, ID: o.ID(), Error: none}
		}
	}
	if l.faults == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrLedger, strings.Join(l.faults, ", "))
}
