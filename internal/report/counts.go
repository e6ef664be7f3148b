package report

import (
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// Outcome is how rows of a run end, and how many did.
type Outcome struct {
	status apply.Status
	action plan.Verb // "" for any
	field  string    // in JSON
	Label  string    // in metrics
	name   string    // in text
	N      int
}

// outcomes are all of them. Each row of a run has one.
var outcomes = [...]Outcome{
	{apply.OK, plan.Create, "created", "created", "created", 0},
	{apply.OK, plan.Update, "updated", "updated", "updated", 0},
	{apply.OK, plan.Delete, "deleted", "deleted", "deleted", 0},
	{apply.OK, plan.Unchanged, "unchanged", "unchanged", "unchanged", 0},
	{apply.OK, actionReference, "referenced", "referenced", "referenced", 0},
	{apply.OK, plan.Skip, "skipped", "skipped", "skipped", 0},
	{apply.Failed, "", "failed", "failed", "failed", 0},
	{apply.InDoubt, "", "doubt", "doubt", "in doubt", 0},
	{apply.NotAttempted, "", "notAttempted", "not_attempted", "not attempted", 0},
}

// earlier is the place in a Summary of the rows of earlier runs, whatever these did.
const earlier = len(outcomes)

// outcome is the place of a row in a Summary.
func (r *Row) outcome() int {
	if r.Earlier {
		return earlier
	}
	i := slices.IndexFunc(outcomes[:], func(o Outcome) bool { return o.status == r.Status && (o.action == "" || o.action == r.Action) })
	if i < 0 {
		panic(fmt.Sprintf("report: unknown action %q or status %q", r.Action, r.Status))
	}
	return i
}

// Summary counts the rows of a report by their outcomes: each row once, so that
// the counts add up to them.
type Summary [earlier + 1]int

// Of is how many rows have a status.
func (s Summary) Of(status apply.Status) int {
	n := 0
	for _, o := range s.Outcomes() {
		if o.status == status {
			n += o.N
		}
	}
	return n
}

// Complete reports whether everything was done that was asked for.
func (s Summary) Complete() bool {
	return !slices.ContainsFunc(s.Outcomes(), func(o Outcome) bool { return o.short() && o.N > 0 })
}

// Outcomes are the counts of a run, without rows of earlier ones.
func (s Summary) Outcomes() []Outcome {
	out := outcomes
	for i := range out {
		out[i].N = s[i]
	}
	return out[:]
}

// short reports whether such a row was not done.
func (o Outcome) short() bool { return o.status != apply.OK }

// MarshalJSON writes an object with a field for each outcome.
func (s Summary) MarshalJSON() ([]byte, error) {
	var b []byte
	for _, o := range s.Outcomes() {
		b = fmt.Appendf(b, ",%q:%d", o.field, o.N)
	}
	if n := s[earlier]; n > 0 {
		b = fmt.Appendf(b, `,"earlier":%d`, n)
	}
	b[0] = '{'
	return append(b, '}'), nil
}

// kindReference is the kind of groups that are only pointed at, in counts: a run
// does not write them.
const kindReference RowKind = "reference"

// Kinds are the kinds that have counts of their own, in the order of messages.
var Kinds = append(slices.Insert(rowKindsOf(intel.Kinds), 1, kindReference), kindAssociation)

// Counts are the summaries of the rows of each kind. Text, JSON, metrics and exit
// code are made from them.
type Counts map[RowKind]Summary

// Count counts rows by their kind.
func Count(rows Rows) (Counts, error) {
	c := make(Counts, len(Kinds))
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		kind := r.Kind
		if kind == kindGroup && r.Action == actionReference {
			kind = kindReference
		}
		s := c[kind]
		s[r.outcome()]++
		c[kind] = s
	}
	return c, nil
}

// Total is the sum over all kinds.
func (c Counts) Total() Summary {
	var sum Summary
	for _, s := range c {
		for i, n := range s {
			sum[i] += n
		}
	}
	return sum
}

// Shortfall names what was not done, kind by kind; "" if all was.
func (c Counts) Shortfall() string {
	return c.list(Kinds, Outcome.short)
}

// list names how many of kinds ended in the outcomes that show wants.
func (c Counts) list(kinds []RowKind, show func(Outcome) bool) string {
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
func countName(k RowKind) string {
	switch k {
	case kindReference:
		return "referenced group"
	case kindAssociation:
		return "association"
	}
	kind, _ := intel.KindNamed(string(k))
	return kind.Spec().Name
}
