// Package undo says what takes back a run. Make compares what is known of the run with
// what the instance has now: what is equal is taken back, and all else is kept, with
// the reason. It is pure: it works on what it is given.
package undo

import (
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// Run is what is known of a run.
type Run struct {
	ID        string    // of its plan; "" if the run has no record
	Namespace string    // of its keys
	Began     time.Time // by the clock of the instance, as far as that is known; zero if the run has no record

	Groups []*Group // that it has written, or may have

	// New are the objects that the plan was to make.
	New []*plan.Object

	Made []int64 // indicators that it has made by themselves
}

// Group is a group that a run has written, or may have written.
type Group struct {
	Verb    plan.Verb // Create, Update or Delete
	Key     string
	Type    string
	Name    string
	Owner   string
	XID     string
	ID      int64 // 0 if no answer has shown it
	WebLink intel.WebLink
	Source  string

	// Planned is what the plan was to change. A group that the run has created has
	// none, and one of a run without a record.
	Planned *plan.Action

	Answered bool              // it is known what has become of the write
	ByJob    bool              // a job carries it: what the job leaves out is sent later, if the run comes to that
	Lacking  map[int]bool      // entries of Planned that have not arrived, by their places
	Left     baseline.Baseline // what the run has left on it; if it has no answer, what it may have left

	Rewritten baseline.Rewritten
}

// Known is what the run knows of the group, as a row of an id-map has it.
func (g *Group) Known() baseline.Group {
	return baseline.Group{ID: g.ID, Type: g.Type, Name: g.Name, Owner: g.Owner, XID: g.XID, WebLink: g.WebLink, Source: g.Source,
		Baseline: g.Left.Where(func(f baseline.Fact) bool { return f.Doubt() == baseline.Sure }), Rewritten: g.Rewritten}
}

// asSent is the group as it is if all has arrived that was sent. Of a group of a job, entries of
// its lists may not have been sent.
func (g *Group) asSent() *Group {
	sent := *g
	left := g.Left.Where(func(f baseline.Fact) bool { return f.Doubt() != baseline.MaybeGone })
	surely := func(f baseline.Fact) bool { return !g.ByJob || f.List() == 0 }
	sent.Left = baseline.New(baseline.As(baseline.Sure, left.Where(surely))...).With(left.Where(func(f baseline.Fact) bool { return !surely(f) })...)
	return &sent
}
