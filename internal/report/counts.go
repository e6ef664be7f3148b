package report

import (
	"iter"
	"strings"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// Summary counts the rows of a report: each row once, so that the counts add
// up to them.
type Summary struct {
	Created      int `json:"created"`
	Updated      int `json:"updated"`
	Deleted      int `json:"deleted"`
	Unchanged    int `json:"unchanged"`
	Referenced   int `json:"referenced"`
	Skipped      int `json:"skipped"`
	Failed       int `json:"failed"`
	Doubt        int `json:"doubt"`
	NotAttempted int `json:"notAttempted"`
	Earlier      int `json:"earlier,omitempty"` // rows of earlier runs, whatever these did
}

// count is the count that a row belongs to.
func (s *Summary) count(r *Row) *int {
	if r.Earlier {
		return &s.Earlier
	}
	switch r.Status {
	case apply.Failed:
		return &s.Failed
	case apply.InDoubt:
		return &s.Doubt
	case apply.NotAttempted:
		return &s.NotAttempted
	case apply.OK:
	default:
		panic("report: unknown status " + string(r.Status))
	}
	switch r.Action {
	case plan.Create:
		return &s.Created
	case plan.Update:
		return &s.Updated
	case plan.Delete:
		return &s.Deleted
	case plan.Unchanged:
		return &s.Unchanged
	case actionReference:
		return &s.Referenced
	case plan.Skip:
		return &s.Skipped
	}
	panic("report: unknown action " + string(r.Action))
}

// Complete reports whether everything was done that was asked for.
func (s Summary) Complete() bool { return s.Failed+s.Doubt+s.NotAttempted == 0 }

// kindReference is the kind of groups that are only pointed at, in counts: a run
// does not write them.
const kindReference intel.Kind = "reference"

// Kinds are the kinds that have counts of their own, in the order of messages.
var Kinds = append(append([]intel.Kind{intel.KindGroup, kindReference}, intel.ObjectKinds...), kindAssociation)

// Counts are the summaries of the rows of each kind. Text, JSON, metrics and exit
// code are made from them.
type Counts map[intel.Kind]Summary

// Count counts rows by their kind.
func Count(rows iter.Seq[*Row]) Counts {
	c := make(Counts, len(Kinds))
	for r := range rows {
		kind := r.Kind
		if kind == intel.KindGroup && r.Action == actionReference {
			kind = kindReference
		}
		s := c[kind]
		*s.count(r)++
		c[kind] = s
	}
	return c
}

// Total is the sum over all kinds.
func (c Counts) Total() Summary {
	var sum Summary
	for _, s := range c {
		for _, f := range []struct{ to, from *int }{
			{&sum.Created, &s.Created}, {&sum.Updated, &s.Updated}, {&sum.Deleted, &s.Deleted}, {&sum.Unchanged, &s.Unchanged},
			{&sum.Referenced, &s.Referenced}, {&sum.Skipped, &s.Skipped}, {&sum.Failed, &s.Failed}, {&sum.Doubt, &s.Doubt},
			{&sum.NotAttempted, &s.NotAttempted}, {&sum.Earlier, &s.Earlier},
		} {
			*f.to += *f.from
		}
	}
	return sum
}

// Outcomes are the counts of a summary with their names.
func (s Summary) Outcomes() []Outcome {
	return []Outcome{
		{"created", "created", s.Created, false}, {"updated", "updated", s.Updated, false}, {"deleted", "deleted", s.Deleted, false},
		{"unchanged", "unchanged", s.Unchanged, false}, {"referenced", "referenced", s.Referenced, false}, {"skipped", "skipped", s.Skipped, false},
		{"failed", "failed", s.Failed, true}, {"doubt", "in doubt", s.Doubt, true}, {"not_attempted", "not attempted", s.NotAttempted, true},
	}
}

// Outcome is how many rows ended so.
type Outcome struct {
	Label string // in metrics
	name  string // in text
	N     int
	short bool // not all was done
}

// Shortfall names what was not done, kind by kind; "" if all was.
func (c Counts) Shortfall() string {
	return c.list(Kinds, func(o Outcome) bool { return o.short })
}

// list names how many of kinds ended in the outcomes that show wants.
func (c Counts) list(kinds []intel.Kind, show func(Outcome) bool) string {
	var parts []string
	for _, k := range kinds {
		for _, o := range c[k].Outcomes() {
			if o.N > 0 && show(o) {
				parts = append(parts, message.Plural(o.N, countName(k))+" "+o.name)
			}
		}
	}
	return strings.Join(parts, ", ")
}

// countName names one thing of a kind.
func countName(k intel.Kind) string {
	switch k {
	case kindReference:
		return "referenced group"
	case kindAssociation:
		return "association"
	}
	return k.Spec().Name
}
