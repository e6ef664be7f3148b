package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/baseline"
	"tcimport/internal/plan"
)

// Missed is an entry of an action that has not arrived on the instance, or that may not
// have arrived.
type Missed struct {
	plan.Entry
	Status Status // Failed, InDoubt, NotAttempted; OK of an association that a flag leaves out
	Error  string
}

// doubts reports whether it is unknown if an association with an object of the plan was
// made, and so the object.
func (r *Result) doubts(object int) bool {
	return slices.ContainsFunc(r.Missed, func(m Missed) bool {
		return m.Status == InDoubt && m.Association != nil && m.Association.Object()-1 == object
	})
}

// Lost are the associations among what a result has missed.
func (r *Result) Lost() []Missed {
	var lost []Missed
	for _, m := range r.Missed {
		if m.Association != nil {
			lost = append(lost, m)
		}
	}
	return lost
}

// fold notes in a result which entries of its action have not arrived. Those that were
// not sent have the reason of the action.
func (r *Result) fold(entries []*entry) {
	for _, e := range entries[:min(len(entries), len(r.Action.Changes)+len(r.Action.Associations))] {
		status := cmp.Or(e.status, NotAttempted)
		if status != OK || e.Association != nil && e.why != "" {
			r.Missed = append(r.Missed, Missed{e.Entry, status, cmp.Or(e.why, r.Error)})
		}
	}
}

// refusedText names the changes that the instance has refused, or that were not sent
// because it refused others like them.
func refusedText(entries []*entry) string {
	var out []string
	at := map[string]int{}    // of changes that were not sent: reason -> place in out
	count := map[string]int{} // reason -> changes that were not sent
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

// arrivals says of each entry of the action whether it has arrived.
func (r *Result) arrivals() func(plan.Entry) plan.Arrival {
	statuses := make(map[plan.Entry]Status, len(r.Missed))
	for _, m := range r.Missed {
		statuses[m.Entry] = m.Status
	}
	return func(e plan.Entry) plan.Arrival {
		switch status, lacks := statuses[e]; {
		case !lacks:
			return plan.Arrived
		case status == InDoubt:
			return plan.Doubtful
		}
		return plan.Lacking
	}
}

// WholeBaseline is the baseline of the result, with the associations whose other ends had no
// ID yet when the result was made. idOf gives these IDs.
func (r *Result) WholeBaseline(idOf func(*plan.Association) int64) baseline.Baseline {
	if r.Baseline == nil {
		return r.Action.Baseline()
	}
	arrivals := r.arrivals()
	var facts []baseline.Fact
	for i := range r.Action.Associations {
		as := &r.Action.Associations[i]
		if as.ID() != 0 || as.Op == plan.Remove {
			continue
		}
		if id := idOf(as); id != 0 {
			fact := baseline.Link(as.Kind, id)
			switch arrivals(plan.Entry{Association: as}) {
			case plan.Arrived:
				facts = append(facts, fact)
			case plan.Doubtful:
				facts = append(facts, fact.As(baseline.MaybeThere))
			}
		}
	}
	return r.Baseline.With(facts...)
}

// finish makes the result. A group that was written in part has failed: the instance
// has refused some entries, or the run was ended.
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
	w.res.Altered = altered(w.entries)
	w.res.Baseline = w.baseline()
	return w.res
}

// baseline is the baseline of the group after the action, as far as that was carried
// out; nil if nothing of it was sent.
func (w *writing) baseline() baseline.Baseline {
	r, a := w.res, w.action
	if r.ID == 0 || a.Reference || a.Verb == plan.Delete || r.Status == NotAttempted && !w.written && !begun(w.entries) {
		return nil
	}
	var last baseline.Baseline
	if known := w.plan.IDMap[a.Key]; known.ID == r.ID {
		last = known.Baseline
	}
	stored := map[plan.Entry]string{}
	for _, e := range w.entries {
		switch {
		case e.stored != "":
			stored[e.Entry] = e.stored
		case e.shown && e.Overwrites():
			stored[e.Entry] = e.Change.New()
		}
	}
	unknown := false
	idOf := func(as *plan.Association) int64 {
		id := w.endID(as)
		unknown = unknown || id == 0
		return id
	}
	after := a.BaselineAfter(last, plan.Ending{Became: r.arrivals(), Stored: stored, Name: r.Name, IDOf: idOf})
	if unknown {
		w.mu.Lock()
		w.partial = append(w.partial, w.nodes[w.node].index)
		w.mu.Unlock()
	}
	if after == nil {
		after = baseline.Baseline{}
	}
	return after
}

// noteEnds records the results again that lack associations because the other ends had no ID yet: whoever
// takes the run back has to know that the run has made these.
func (e *engine) noteEnds() (err error) {
	for _, i := range e.partial {
		r := e.ledger.Results[i]
		whole := r.WholeBaseline(e.endID)
		if r.Baseline == nil || len(whole) == len(r.Baseline) {
			continue
		}
		r.Baseline = whole
		if jerr := journalError(e.opt.Journal.Outcome(r)); err == nil {
			err = jerr
		}
	}
	return err
}

// endID is the ID of the other end of an association, 0 if no answer has shown it yet.
func (e *engine) endID(as *plan.Association) int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if as.Object() > 0 {
		return e.objects[as.Object()-1].id
	}
	if i, ok := e.actions[as.Key()]; ok && e.ledger.Results[i] != nil {
		return e.ledger.Results[i].ID
	}
	return 0
}

// errUnsettled means that the run ended before it could find out what a request has done.
var errUnsettled = errors.New("stopped while being sent; run the same command to settle it")

// unsettled is the reason why a write stays in doubt: err has prevented a look at it.
// problem says which look.
func unsettled(problem string, err error) error {
	if errors.Is(err, errEnded) || errors.Is(err, context.Canceled) {
		return errUnsettled
	}
	return fmt.Errorf("%s: %w", problem, err)
}

// reason is the message of an error. Users do not know what a cancelled context is.
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
