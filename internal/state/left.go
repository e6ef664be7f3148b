package state

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// Left is what earlier runs have left behind that did not come to their end,
// or that ended without having done everything.
type Left struct {
	Path    string
	Plan    string // ID of the plan that the last of them carried out
	Started time.Time

	// Ended is set where the last run wrote its report and said so: then all that
	// it did is in the report, too. A run that was killed has left only this.
	Ended bool

	// Outcomes are what became of the writes, the last one of each key, in the
	// order in which the keys were first written.
	Outcomes []Outcome

	// Doubtful are the writes of which it is not known whether they were carried
	// out: sent or about to be sent when the run died, or in doubt even then.
	Doubtful []Write

	ended   time.Time // if it did
	touched time.Time // when the last record was written

	// intended are, by key, what writes were to change in place after which nobody
	// knows what the group has.
	intended map[string]baseline.Baseline
}

// Outcome is what became of a write.
type Outcome struct {
	Write
	Plan      string // ID of the plan that it was part of
	Status    apply.Status
	WebLink   string
	Error     string
	Baseline  baseline.Baseline // what the group had then; nil if nothing was sent to it
	Rewritten map[string]string
	Line      int // of the journal

	lost   []lost
	unmade []unmade
}

// longestCall is how long the client can hold a request back: for as long it tries
// again what has not reached the instance, and waits as the instance tells it.
const longestCall = 20 * time.Minute

// LastSent is the latest at which the runs can have sent a request, seen from now.
func (l *Left) LastSent(now time.Time) time.Time {
	latest := l.ended
	if !l.Ended {
		latest = l.touched.Add(longestCall)
	}
	if latest.After(now) {
		return now
	}
	return latest
}

// Coming are, by key, entries of what may still arrive on the instance if that
// takes settle at most; nil if nothing can any more.
func (l *Left) Coming(now time.Time, settle time.Duration) map[string]baseline.Baseline {
	if l == nil || now.Sub(l.LastSent(now)) >= settle {
		return nil
	}
	out := maps.Clone(l.intended)
	for _, o := range l.Outcomes {
		if marks := o.Baseline.InDoubt(); o.Status == apply.InDoubt && len(marks) > 0 {
			if out == nil {
				out = map[string]baseline.Baseline{}
			}
			out[o.Key] = out[o.Key].With(marks...)
		}
	}
	return out
}

// MayHaveLeft are, by key, the entries of what the runs have left on groups, or may
// have.
func (l *Left) MayHaveLeft() map[string]baseline.Baseline {
	if l == nil {
		return nil
	}
	out := map[string]baseline.Baseline{}
	maps.Copy(out, l.intended)
	for _, o := range l.Outcomes {
		out[o.Key] = out[o.Key].With(o.Baseline...)
	}
	return out
}

// Done are the results of p that an earlier run of the same plan has brought
// about: that run is carried on. It is nil where another plan was left.
func (l *Left) Done(p *plan.Plan) map[string]apply.Result {
	if l == nil || l.Plan != p.ID {
		return nil
	}
	actions := make(map[string]*plan.Action, len(p.Actions))
	for _, a := range p.Actions {
		actions[a.Key] = a
	}
	done := make(map[string]apply.Result, len(l.Outcomes))
	for _, o := range l.Outcomes {
		a := actions[o.Key]
		if a == nil || o.Plan != p.ID || o.Status != apply.OK || a.Verb != o.Action {
			continue
		}
		r := apply.Result{Action: a, Status: o.Status, ID: o.ID, XID: o.XID, WebLink: o.WebLink, Error: o.Error,
			Baseline: o.Baseline, Rewritten: o.Rewritten}
		for _, u := range o.unmade {
			if u.Change >= 0 && u.Change < len(a.Changes) {
				r.Unmade = append(r.Unmade, apply.Unmade(u))
			}
		}
		for _, lost := range o.lost {
			if i := lost.Association; i >= 0 && i < len(a.Associations) {
				r.Lost = append(r.Lost, apply.Lost{Association: a.Associations[i], Status: lost.Status, Error: lost.Error})
			}
		}
		// What was lost then may be there to be made now: such a group is looked at
		// again, and gets what it lacks.
		if !slices.ContainsFunc(r.Lost, func(l apply.Lost) bool { return l.Status != apply.OK }) {
			done[o.Key] = r
		}
	}
	return done
}

// Begun are the keys that an earlier run of p has sent something of: true where
// some of it has arrived, or may have, and false where nothing has. It is nil
// where another plan was left.
func (l *Left) Begun(p *plan.Plan) map[string]bool {
	if l == nil || l.Plan != p.ID {
		return nil
	}
	actions := make(map[string]*plan.Action, len(p.Actions))
	for _, a := range p.Actions {
		actions[a.Key] = a
	}
	keys := make(map[string]bool, len(l.Outcomes)+len(l.Doubtful))
	for _, o := range l.Outcomes {
		if o.Plan == p.ID {
			keys[o.Key] = o.arrived(actions[o.Key])
		}
	}
	for _, w := range l.Doubtful {
		keys[w.Key] = true
	}
	return keys
}

// Tried are the keys that an earlier run has written, has tried to, or may have;
// nil where another plan was left.
func (l *Left) Tried(p *plan.Plan) map[string]bool {
	if l == nil || l.Plan != p.ID {
		return nil
	}
	keys := make(map[string]bool, len(l.Outcomes)+len(l.Doubtful))
	for _, o := range l.Outcomes {
		keys[o.Key] = true
	}
	for _, w := range l.Doubtful {
		keys[w.Key] = true
	}
	return keys
}

// arrived reports whether something of the write of a is on the instance, or may
// be. A journal that does not say of each change what became of it leaves open
// which has arrived.
func (o *Outcome) arrived(a *plan.Action) bool {
	if o.Status == apply.OK || o.Status == apply.InDoubt || a == nil || a.Verb != o.Action {
		return true
	}
	if slices.ContainsFunc(o.unmade, func(u unmade) bool { return u.Status == apply.InDoubt }) ||
		slices.ContainsFunc(o.lost, func(l lost) bool { return l.Status == apply.InDoubt }) {
		return true
	}
	switch a.Verb {
	case plan.Create:
		return o.ID != 0
	case plan.Delete:
		return false
	default:
		missing := make(map[int]bool, len(o.lost))
		for _, l := range o.lost {
			missing[l.Association] = true
		}
		return len(o.unmade) < len(a.Changes) || len(missing) < len(a.Associations)
	}
}

// Summary says in a sentence what was left, for the one who starts a run.
func (l *Left) Summary() string {
	how := "was incomplete"
	if !l.Ended {
		how = "was interrupted"
	}
	written := 0
	for _, o := range l.Outcomes {
		if o.Status == apply.OK {
			written++
		}
	}
	return fmt.Sprintf("The run of %s %s: %s written, %d unconfirmed. Resuming.",
		l.Started.Format(time.RFC3339), how, message.Plural(written, "group"), len(l.Doubtful))
}
