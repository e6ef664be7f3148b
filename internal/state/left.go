package state

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"

	"tcimport/internal/apply"
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

	// Doubtful are the writes of which nobody knows whether they were carried
	// out: sent or about to be sent when the run died, or in doubt even then.
	Doubtful []Write
}

// Outcome is what became of a write.
type Outcome struct {
	Write
	Plan      string // ID of the plan that it was part of
	Status    apply.Status
	WebLink   string
	Error     string
	Rewritten map[string]string
	Line      int // of the journal

	lost []lost
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
		r := apply.Result{Action: a, Status: o.Status, ID: o.ID, XID: o.XID, WebLink: o.WebLink, Error: o.Error, Rewritten: o.Rewritten}
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

// Begun are the keys that an earlier run of p has written, or may have; nil
// where another plan was left.
func (l *Left) Begun(p *plan.Plan) map[string]bool {
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

// Known are the groups that a run which was killed is known to have written, as
// an id-map has them: no report has them yet. It is empty where the last run
// came to its end.
func (l *Left) Known() plan.IDMap {
	ids := plan.IDMap{}
	if l == nil || l.Ended {
		return ids
	}
	for _, o := range l.Outcomes {
		if o.ID == 0 || o.Action == plan.Delete && o.Status == apply.OK {
			continue
		}
		ids[o.Key] = plan.Known{ID: o.ID, Type: o.Type, Name: o.Name, Owner: o.Owner, XID: o.XID, WebLink: o.WebLink,
			Row: fmt.Sprintf("%s:%d", l.Path, o.Line), Rewritten: o.Rewritten}
	}
	return ids
}

// Summary says in a sentence what was left, for the one who starts a run.
func (l *Left) Summary() string {
	how := "was ended before all was done"
	if !l.Ended {
		how = "did not come to its end"
	}
	written := 0
	for _, o := range l.Outcomes {
		if o.Status == apply.OK {
			written++
		}
	}
	return fmt.Sprintf("The run of %s %s: it wrote %s, and of %s it is not known. It is carried on.",
		l.Started.Format(time.RFC3339), how, groups(written), groups(len(l.Doubtful)))
}

func groups(n int) string {
	if n == 1 {
		return "1 group"
	}
	return fmt.Sprintf("%d groups", n)
}

// replay folds the records of a journal.
type replay struct {
	left     Left
	complete bool // the last run did everything
	any      bool
	outcomes map[string]int
	doubtful map[string]Write
	order    []string // keys of doubtful, each once
}

// add folds one record. It returns why the journal cannot be carried on, ""
// if it can.
func (r *replay) add(rec record, line int, scope Scope) string {
	switch {
	case rec.Record == recordRun:
		if rec.Version != version {
			return fmt.Sprintf("a journal of version %d; this program reads version %d", rec.Version, version)
		}
		if got := (Scope{rec.Instance, rec.Namespace}); got != scope {
			return fmt.Sprintf("it is the journal of %s, not of %s", got, scope)
		}
		if r.left.Ended && (r.complete || rec.Plan != r.left.Plan) {
			*r = replay{left: Left{Path: r.left.Path}}
		}
		if r.outcomes == nil {
			r.outcomes, r.doubtful = map[string]int{}, map[string]Write{}
		}
		r.any, r.complete = true, false
		r.left.Plan, r.left.Started, r.left.Ended = rec.Plan, rec.At, false
	case !r.any:
		return "it does not begin with a run"
	case rec.Record == recordIntent:
		r.doubt(rec.Write)
	case rec.Record == recordOutcome:
		r.outcome(rec, line)
	default:
		r.left.Ended, r.complete = true, rec.Complete
	}
	return ""
}

func (r *replay) doubt(w Write) {
	if _, ok := r.doubtful[w.Key]; !ok {
		r.order = append(r.order, w.Key)
	}
	r.doubtful[w.Key] = w
}

func (r *replay) outcome(rec record, line int) {
	if rec.Status == apply.InDoubt {
		r.doubt(rec.Write)
	} else {
		delete(r.doubtful, rec.Key)
	}
	o := Outcome{Write: rec.Write, Plan: r.left.Plan, Status: rec.Status, WebLink: rec.WebLink, Error: rec.Error,
		Rewritten: rec.Rewritten, Line: line, lost: rec.Lost}
	if i, ok := r.outcomes[rec.Key]; ok {
		// What an earlier run knows of a group is not lost by a later one that
		// did not get to it.
		old := r.left.Outcomes[i]
		if o.ID == 0 {
			o.ID, o.WebLink = old.ID, old.WebLink
		}
		if old.Rewritten != nil {
			merged := maps.Clone(old.Rewritten)
			maps.Copy(merged, o.Rewritten)
			o.Rewritten = merged
		}
		r.left.Outcomes[i] = o
		return
	}
	r.outcomes[rec.Key] = len(r.left.Outcomes)
	r.left.Outcomes = append(r.left.Outcomes, o)
}

// result is what was left, nil if nothing was.
func (r *replay) result() *Left {
	if !r.any || r.complete {
		return nil
	}
	for _, key := range r.order {
		if w, ok := r.doubtful[key]; ok {
			r.left.Doubtful = append(r.left.Doubtful, w)
			delete(r.doubtful, key)
		}
	}
	return &r.left
}

// replayAll reads a journal. A record that was torn when the process or the
// machine died is at the end, and is left out: good is how much of the data is
// whole.
func replayAll(data []byte, path string, scope Scope) (r *replay, good int, err error) {
	r = &replay{left: Left{Path: path}}
	torn, tornAt := false, 0
	for line, at := 1, 0; at < len(data); line++ {
		end := bytes.IndexByte(data[at:], '\n')
		text := data[at:]
		next := len(data)
		if end >= 0 {
			text, next = data[at:at+end], at+end+1
		}
		rec, ok := decode(text)
		switch {
		case !ok || end < 0:
			if !torn {
				torn, tornAt = true, line
			}
		case torn:
			return nil, 0, &CorruptError{Path: path, Line: tornAt, Reason: "this is no record of a journal, though whole ones follow"}
		default:
			if why := r.add(rec, line, scope); why != "" {
				return nil, 0, &CorruptError{Path: path, Line: line, Reason: why}
			}
			good = next
		}
		at = next
	}
	if good == 0 && len(data) > 0 && !bytes.HasPrefix(data, []byte("{")) && len(bytes.Trim(data, "\x00")) > 0 {
		return nil, 0, &CorruptError{Path: path, Reason: "this is no journal"}
	}
	return r, good, nil
}

// String names the scope in messages.
func (s Scope) String() string {
	if s.Namespace == "" {
		return s.Instance + " without a namespace"
	}
	return fmt.Sprintf("%s, namespace %s", s.Instance, s.Namespace)
}
