package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/plan"
)

// Unmade is a change that did not arrive on the instance, or of which that is
// not known.
type Unmade struct {
	Change int    // its index in Action.Changes
	Status Status // Failed, InDoubt, NotAttempted
}

// Lost is an association that could not be made or removed.
type Lost struct {
	Association *plan.Association
	Status      Status // Failed, InDoubt, NotAttempted; OK if a flag asked to leave it out
	Error       string
}

// fold puts into a result what is not as it should be of the entries of its action.
// What was not sent has the reason of the action.
func (r *Result) fold(entries []*entry) {
	for i, e := range entries {
		status := cmp.Or(e.status, NotAttempted)
		switch {
		case status == OK && e.why == "":
		case e.Association != nil:
			r.Lost = append(r.Lost, Lost{e.Association, status, cmp.Or(e.why, r.Error)})
		case status != OK && i < len(r.Action.Changes):
			r.Unmade = append(r.Unmade, Unmade{i, status})
		}
	}
}

// refusedText names the changes that the instance has refused, or would refuse.
func refusedText(entries []*entry) string {
	var out []string
	at := map[string]int{} // what was not sent: reason -> place in out
	count := map[string]int{}
	for _, e := range entries {
		switch {
		case e.Change == nil || e.status != Failed:
		case !e.unsent:
			out = append(out, fmt.Sprintf("%s was %s", e, e.why))
		case count[e.why] == 0:
			at[e.why], count[e.why] = len(out), 1
			out = append(out, fmt.Sprintf("%s was %s", e, e.why))
		default:
			count[e.why]++
			out[at[e.why]] = fmt.Sprintf("%d entries were %s", count[e.why], e.why)
		}
	}
	return strings.Join(out, "; ")
}

// BaselineAfter is what the group has of the manifests now. last is what the run
// before has left; idOf gives the ID of what an association without one leads to.
func (r *Result) BaselineAfter(last baseline.Baseline, idOf func(*plan.Association) int64) baseline.Baseline {
	statuses := make(map[plan.Entry]Status, len(r.Lost)+len(r.Unmade))
	for _, l := range r.Lost {
		statuses[plan.Entry{Association: l.Association}] = l.Status
	}
	for _, u := range r.Unmade {
		statuses[plan.Entry{Change: &r.Action.Changes[u.Change]}] = u.Status
	}
	return r.Action.BaselineAfter(last, func(e plan.Entry) plan.Arrival {
		switch status, lacks := statuses[e]; {
		case !lacks:
			return plan.Arrived
		case status == InDoubt:
			return plan.Doubtful
		}
		return plan.Lacking
	}, idOf)
}

// finish says of a group that was written in part that it has failed: except for
// some of its own entries, or until the run was ended.
func (w *writing) finish() *Result {
	refused := refusedText(w.entries)
	done := map[plan.Verb]string{plan.Create: "created", plan.Update: "updated"}[w.action.Verb]
	switch {
	case w.action.Verb == plan.Delete:
	case w.res.Status == OK && refused == "":
	case w.res.Status == OK && !w.written:
		w.res.Status, w.res.Error = Failed, "nothing was written: "+refused
	case w.res.Status == OK:
		w.res.Status, w.res.Error = Failed, fmt.Sprintf("partly %s: %s", done, refused)
	default:
		if w.res.Status == NotAttempted && w.written {
			w.res.Status, w.res.Error = Failed, fmt.Sprintf("partly %s: %s", done, w.res.Error)
		}
		if refused != "" {
			w.res.Error += "; " + refused
		}
	}
	w.res.fold(w.entries)
	w.res.Baseline = w.baseline()
	return w.res
}

// baseline is what the group has once the action was carried out, as far as it was;
// nil if nothing of it was sent: then it is what it was.
func (w *writing) baseline() baseline.Baseline {
	r, a := w.res, w.action
	if r.ID == 0 || a.Reference || a.Verb == plan.Delete || r.Status == NotAttempted && !w.written && !begun(w.entries) {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var last baseline.Baseline
	if known := w.plan.IDMap[a.Key]; known.ID == r.ID {
		last = known.Baseline
	}
	after := r.BaselineAfter(last, func(as *plan.Association) int64 {
		if as.Object > 0 {
			return w.objects[as.Object-1].id
		}
		if i, ok := w.actions[as.Key]; ok && w.ledger.Results[i] != nil {
			return w.ledger.Results[i].ID
		}
		return 0
	})
	if after == nil {
		after = baseline.Baseline{}
	}
	return after
}

// errUnsettled is of a write that was sent, and of which the run does not come to
// know any more what came of it.
var errUnsettled = errors.New("stopped while being sent; run the same command to settle it")

// unsettled is why a write stays in doubt that could not be looked at because of
// err. what says what was being done.
func unsettled(what string, err error) error {
	if errors.Is(err, errEnded) || errors.Is(err, context.Canceled) {
		return errUnsettled
	}
	return fmt.Errorf("%s: %w", what, err)
}

// reason is what to say of an error to those who do not know what a context is.
func reason(err error) string {
	if errors.Is(err, context.Canceled) || errors.Is(err, errEnded) {
		return "interrupted"
	}
	return err.Error()
}

// fatal is err if it ends the run.
func (w *writing) fatal(ctx context.Context, err error) error {
	if errors.Is(err, errUnsettled) {
		return cmp.Or(w.stopped(), ctx.Err())
	}
	switch w.classify(ctx, err) {
	case denied, unsent:
		return err
	default:
		return ctx.Err()
	}
}
