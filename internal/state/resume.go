package state

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// Resume is what earlier runs know of groups, by key: a table that is folded from
// the journal of runs that did not do everything, and joined with the id-map and
// the report that the run replaces. A nil Resume knows nothing.
type Resume struct {
	Path    string
	Plan    string // ID of the plan that the last run carried out
	Started time.Time

	// Ended says that the last run wrote its report, which has all that the run did.
	// Of a run that was killed there is nothing but the journal.
	Ended bool

	IDMap    baseline.IDMap                    // after Join: up to what the journal knows
	replaced iter.Seq2[string, baseline.Group] // the groups of the report that the run replaces

	groups   map[string]*Group
	keys     []string             // of groups, in the order in which the journal has them first
	objects  map[indicator]*begun // indicators that were being made
	jobs     []int64              // jobs that have not ended, as far as is known
	byJobs   bool                 // there were jobs
	complete bool                 // the last run did everything
	ended    time.Time            // if the last run did
	touched  time.Time            // when the last record was written
}

// Group is what the journal knows of a group.
type Group struct {
	Outcome        // of the last write that has one; zero if none has
	Sent    *Write // the last write, as long as its outcome is not known
	Job     int64  // the job that carried Sent; 0 if it was a request of its own

	// Intended are facts of what requests were to change, as long as no outcome says
	// what the group has after them.
	Intended baseline.Baseline
}

// Outcome is a write, and what became of it.
type Outcome struct {
	Write
	ending
	Plan string // ID of the plan that it was part of
	Line int    // of the journal
}

// Of is what the journal knows of a group, nil if nothing.
func (r *Resume) Of(key string) *Group {
	if r == nil {
		return nil
	}
	return r.groups[key]
}

// all are the groups that the journal knows.
func (r *Resume) all() iter.Seq2[string, *Group] {
	return func(yield func(string, *Group) bool) {
		if r == nil {
			return
		}
		for _, key := range r.keys {
			if !yield(key, r.groups[key]) {
				return
			}
		}
	}
}

// Resumes reports whether the last run carried out the same plan: that run goes on.
func (r *Resume) Resumes(p *plan.Plan) bool { return r != nil && r.Plan == p.ID }

// Jobs are the jobs of earlier runs that may still be at work.
func (r *Resume) Jobs() []int64 {
	if r == nil {
		return nil
	}
	return r.jobs
}

// InJobs are the keys of the groups whose last write was part of a job, and has no outcome.
func (r *Resume) InJobs() map[string]bool {
	in := map[string]bool{}
	for key, g := range r.all() {
		if g.Sent != nil && g.Job != 0 {
			in[key] = true
		}
	}
	return in
}

// longestCall is how long the client can hold a request back: for so long it tries
// again what has not reached the instance, and waits as the instance asks it to.
const longestCall = 20 * time.Minute

// LastSent is the latest time at which earlier runs can have sent a request.
func (r *Resume) LastSent(now time.Time) time.Time {
	latest := r.ended
	if !r.Ended {
		latest = r.touched.Add(longestCall)
	}
	if latest.After(now) {
		return now
	}
	return latest
}

// Coming are, by key, the facts of what may still arrive on the instance if that
// takes settle at most; nil if nothing can any more.
func (r *Resume) Coming(now time.Time, settle time.Duration) map[string]baseline.Baseline {
	if r == nil || now.Sub(r.LastSent(now)) >= settle {
		return nil
	}
	coming := map[string]baseline.Baseline{}
	for key, g := range r.all() {
		facts := g.Intended
		if g.Status == apply.InDoubt {
			facts = facts.With(g.Baseline.InDoubt()...)
		}
		if len(facts) > 0 {
			coming[key] = facts
		}
	}
	return coming
}

// Progress is how far earlier runs have come with p. done are the results that stand.
// unclear are keys of groups that a run may have written, or has written in part,
// with the latest time at which it can have sent a request that has no answer; zero
// if each has one.
func (r *Resume) Progress(p *plan.Plan, now time.Time) (done map[string]apply.Result, unclear map[string]time.Time) {
	done, unclear = map[string]apply.Result{}, map[string]time.Time{}
	resumes := r.Resumes(p)
	if resumes {
		for _, a := range p.Actions {
			if res, ok := r.Of(a.Key).result(a, p.ID); ok {
				done[a.Key] = res
			}
		}
	}
	for key, g := range r.all() {
		if _, stands := done[key]; stands {
			continue
		}
		switch {
		case g.Sent != nil:
			unclear[key] = r.LastSent(now)
		case resumes:
			unclear[key] = time.Time{}
		}
	}
	return done, unclear
}

// result is the result of a in an earlier run of its plan; false if it does not stand.
// What was lost then may be there to be associated now: such a group is looked at
// again, and gets what it lacks.
func (g *Group) result(a *plan.Action, planID string) (apply.Result, bool) {
	if g == nil || g.Plan != planID || g.Status != apply.OK || g.Action != a.Verb {
		return apply.Result{}, false
	}
	res := apply.Result{Action: a, Status: g.Status, ID: g.ID, XID: g.XID, WebLink: g.WebLink, Error: g.Error,
		Baseline: g.Baseline, Rewritten: g.Rewritten, Missed: g.missed(a)}
	return res, !slices.ContainsFunc(res.Lost(), func(l apply.Missed) bool { return l.Status != apply.OK })
}

// missed are the entries of a that did not arrive.
func (o *Outcome) missed(a *plan.Action) (missed []apply.Missed) {
	for _, u := range o.Unmade {
		if u.Change >= 0 && u.Change < len(a.Changes) {
			missed = append(missed, apply.Missed{Entry: plan.Entry{Change: &a.Changes[u.Change]}, Status: u.Status})
		}
	}
	for _, l := range o.Lost {
		if i := l.Association; i >= 0 && i < len(a.Associations) {
			missed = append(missed, apply.Missed{Entry: plan.Entry{Association: &a.Associations[i]}, Status: l.Status, Error: l.Error})
		}
	}
	return missed
}

// Begun are the keys of actions of p of which an earlier run has sent something: true
// where some of it has arrived, or may have, and false where nothing has.
func (r *Resume) Begun(p *plan.Plan) map[string]bool {
	begun := map[string]bool{}
	if !r.Resumes(p) {
		return begun
	}
	for _, a := range p.Actions {
		switch g := r.Of(a.Key); {
		case g != nil && (g.Sent != nil || g.Plan == p.ID):
			begun[a.Key] = g.Sent != nil || g.arrived(a)
		case r.byJobs && a.ByJob():
			begun[a.Key] = false // a job may have made the indicators that it names
		}
	}
	return begun
}

// arrived reports whether something of the write of a is on the instance, or may
// be. If the journal does not say of each change what became of it, some may be.
func (o *Outcome) arrived(a *plan.Action) bool {
	if o.Status == apply.OK || o.Status == apply.InDoubt || a.Verb != o.Action {
		return true
	}
	missing := map[plan.Entry]bool{}
	for _, m := range o.missed(a) {
		if m.Status == apply.InDoubt {
			return true
		}
		missing[m.Entry] = true
	}
	switch a.Verb {
	case plan.Create:
		return o.ID != 0
	case plan.Delete:
		return false
	}
	return len(missing) < len(a.Changes)+len(a.Associations)
}

// Unlisted are the xids of groups that earlier runs have created, or may have, with
// their IDs where these are known: lists may not show them yet.
func (r *Resume) Unlisted() map[string]int64 {
	xids := map[string]int64{}
	note := func(xid string, id int64) {
		if xid != "" {
			xids[xid] = cmp.Or(xids[xid], id)
		}
	}
	for _, g := range r.all() {
		note(g.XID, g.ID)
		if g.Sent != nil {
			note(g.Sent.XID, g.Sent.ID)
		}
	}
	if r != nil && r.replaced != nil {
		for _, g := range r.replaced {
			if g.ID != 0 {
				note(g.XID, g.ID)
			}
		}
	}
	return xids
}

// Summary says in a sentence what the run resumes, for the person who starts it.
func (r *Resume) Summary() string {
	how := "was incomplete"
	if !r.Ended {
		how = "was interrupted"
	}
	written, unconfirmed := 0, 0
	for _, g := range r.all() {
		if g.Status == apply.OK {
			written++
		}
		if g.Sent != nil {
			unconfirmed++
		}
	}
	return fmt.Sprintf("The run of %s %s: %s written, %d unconfirmed. Resuming.",
		r.Started.Format(time.RFC3339), how, message.Plural(written, "group"), unconfirmed)
}
