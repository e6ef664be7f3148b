package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
)

// carriedOut are the actions of groups that went well, those that change something
// first.
var carriedOut = []plan.Verb{plan.Update, plan.Delete, plan.Create, plan.Skip, plan.Unchanged, actionReference}

// wholeRun makes the sections of a run with every group, and with what was changed.
type wholeRun struct {
	*planView
	rows    Rows
	defined map[string]*plan.Action
	pointed map[refKey]*plan.Action // that are only pointed at
}

// everyGroup adds what was not done to a view, then the groups by their outcomes, then
// the other objects that the run has made or deleted.
func everyGroup(v *View, r Run) {
	p := r.Plan
	w := &wholeRun{planView: &planView{Show: r.Show, plan: p, describes: make([]*plan.Association, len(p.Objects))}, rows: r.Rows,
		defined: map[string]*plan.Action{}, pointed: map[refKey]*plan.Action{}}
	for _, a := range p.Actions {
		if a.Reference {
			w.pointed[refKey{written: a.Key, owner: a.Owner}] = a
		} else {
			w.defined[a.Key] = a
		}
	}
	w.describe(p.Actions)
	room := r.Show.Limit
	add := func(s *section, limited bool, has func(*Row) bool) {
		for row := range w.rows {
			if has(row) && w.wanted(row) {
				s.total++
			}
		}
		s.listed = s.total
		if limited && r.Show.Limit > 0 {
			s.listed = min(room, s.total)
			room -= s.listed
		}
		s.entries = w.entries(s.listed, has)
		v.add(s)
	}
	add(&section{title: "Not done", urgent: true}, false, func(row *Row) bool { return row.Status != apply.OK })
	for _, action := range carriedOut {
		word := outcomeWord(action)
		add(&section{title: strings.ToUpper(word[:1]) + word[1:], groups: word}, true, func(row *Row) bool {
			return row.Status == apply.OK && row.Kind == kindGroup && row.Action == action
		})
	}
	add(&section{title: "Done beside groups", brief: true}, false, func(row *Row) bool {
		return row.Status == apply.OK && row.Kind != kindGroup && row.Action != actionReference && row.Action != plan.Unchanged
	})
	v.add(r.Show.notPrunedSection(p))
	v.add(r.Show.notesSection(p))
	if len(r.Show.Only) > 0 {
		v.only = onlyThese(r.Show.Only)
	}
}

// entries makes the entries of the first rows that has wants.
func (w *wholeRun) entries(listed int, has func(*Row) bool) func(func(int, *entry) bool) {
	return func(yield func(int, *entry) bool) {
		i := 0
		for row := range w.rows {
			if i == listed {
				return
			}
			if !has(row) || !w.wanted(row) {
				continue
			}
			if !yield(i, w.entry(row)) {
				return
			}
			i++
		}
	}
}

// action is the action of the row of a group, nil for none.
func (w *wholeRun) action(row *Row) *plan.Action {
	if row.Kind != kindGroup {
		return nil
	}
	return cmp.Or(w.pointed[refKey{written: row.Key, owner: row.Owner}], w.defined[row.Key])
}

// wanted reports whether a row is one of those that were asked for.
func (w *wholeRun) wanted(row *Row) bool {
	if len(w.Only) == 0 {
		return true
	}
	a := w.action(row)
	return a != nil && slices.Contains(w.Only, a.Verb)
}

// entry is a row with what the plan says of its group.
func (w *wholeRun) entry(row *Row) *entry {
	e := w.failure(w.plan, row)
	var problems []string
	if row.Status == apply.OK {
		e.mark, e.word = markOf(row.Action), outcomeWord(row.Action)
	} else {
		e.word = outcomes[row.outcome()].name
		problems = []string{e.word}
	}
	a := w.action(row)
	e.facets = func() facets {
		var f facets
		if a != nil {
			f = facetsOf(a)
		}
		f.problems = append(problems, f.problems...)
		return f
	}
	if a == nil {
		e.xid = row.XID
		return e
	}
	e.lines = func() []line { return w.lines(a) }
	return e
}

// outcomeWord is what a group is called with which an action went well.
func outcomeWord(action plan.Verb) string {
	i := slices.IndexFunc(outcomes[:], func(o Outcome) bool { return o.status == apply.OK && o.action == action })
	return outcomes[i].name
}

// took is how long something took, as people read it.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// whenOf says when a run began, and how long it took.
func whenOf(r Run) []phrase {
	if r.Began.IsZero() {
		return nil
	}
	out := []phrase{{say("began " + moment(r.Began))}}
	if r.Took > 0 {
		out = append(out, phrase{say("took " + took(r.Took))})
	}
	return out
}
