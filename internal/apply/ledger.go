package apply

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tcimport/internal/plan"
)

// Status is what became of an action, an object or an association.
type Status string

// The statuses, as the report spells them.
const (
	OK           Status = "ok"
	Failed       Status = "failed"
	InDoubt      Status = "doubt"
	NotAttempted Status = "not-attempted"
)

// Result is what became of one action.
type Result struct {
	Action    *plan.Action
	Status    Status
	ID        int64
	XID       string
	Name      string // as an answer has told it; "" if none has
	WebLink   string
	Error     string            // what went wrong; empty if nothing did
	Lost      []Lost            // associations that could not be made or removed
	Unmade    []Unmade          // changes that did not arrive
	Applied   plan.Applied      // what the group has of the manifests now; nil if nothing was sent
	Rewritten map[string]string // tags as sent -> as the instance stored them, where these differ
}

// failed reports whether the action counts as a failure: also where the group is
// there and only an association of it was refused.
func (r *Result) failed() bool {
	return r.Status != OK || slices.ContainsFunc(r.Lost, func(l Lost) bool { return l.Status == Failed })
}

// ObjectResult is what became of an object that is not a group of the
// manifests.
type ObjectResult struct {
	Object  *plan.Object
	Status  Status
	ID      int64
	Made    bool // by this run
	WebLink string
	Error   string
}

// Event is something that happens in a run: exactly one field is set. The
// first one is Begin, the last one End.
type Event struct {
	Begin  *plan.Plan
	Done   *Result
	Object *ObjectResult
	Wait   *Wait
	End    *Ledger
}

// Wait tells that nothing can be done until then.
type Wait struct {
	Writes int // without an answer, which may still arrive
	Until  time.Time
}

// Sink is told of each event, one at a time. An error of it ends the run.
type Sink func(Event) error

// Ledger holds one result for each action and one for each object of a plan,
// in their order.
type Ledger struct {
	Plan    *plan.Plan
	Results []*Result
	Objects []*ObjectResult

	index  map[*plan.Action]int
	faults []string // of this program
}

func newLedger(p *plan.Plan) *Ledger {
	l := &Ledger{Plan: p, Results: make([]*Result, len(p.Actions)), Objects: make([]*ObjectResult, len(p.Objects)),
		index: make(map[*plan.Action]int, len(p.Actions))}
	for i, a := range p.Actions {
		l.index[a] = i
	}
	return l
}

// set enters the result of an action. A second one for the same action is a
// fault of this program.
func (l *Ledger) set(r *Result) {
	i := l.index[r.Action]
	if l.Results[i] != nil {
		l.faults = append(l.faults, fmt.Sprintf("%q has two outcomes", r.Action.Key))
	}
	l.Results[i] = r
}

// check is the error of a ledger that does not add up. What has no outcome is in
// doubt then: the run is over, and its report has to be written all the same.
func (l *Ledger) check() error {
	const none = "no outcome was recorded: look at the instance"
	for i, r := range l.Results {
		if a := l.Plan.Actions[i]; r == nil {
			l.faults = append(l.faults, fmt.Sprintf("%q has no outcome", a.Key))
			l.Results[i] = &Result{Action: a, Status: InDoubt, ID: a.ID, XID: a.XID, WebLink: a.WebLink, Error: none}
		}
	}
	for i, r := range l.Objects {
		if o := l.Plan.Objects[i]; r == nil {
			l.faults = append(l.faults, fmt.Sprintf("%s %q has no outcome", o.Kind, o.Written))
			l.Objects[i] = &ObjectResult{Object: o, Status: InDoubt, ID: o.ID, Error: none}
		}
	}
	if l.faults == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrLedger, strings.Join(l.faults, ", "))
}
