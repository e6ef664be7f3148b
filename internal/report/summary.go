package report

import (
	"fmt"
	"io"
	"strings"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
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
}

// Summarize counts rows.
func Summarize(rows []Row) Summary {
	var s Summary
	for i := range rows {
		*s.count(&rows[i])++
	}
	return s
}

// count is the count that a row belongs to.
func (s *Summary) count(r *Row) *int {
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

// Outcome is what is said at the end of a run.
type Outcome struct {
	Rows   []Row
	Report string // where the report is
	Err    error  // what ended the run early, if anything did
	Color  bool
}

// mostListed is how many failures are listed at the end of a run.
const mostListed = 20

// WriteText says what became of a run: what failed, and the tally.
func (o Outcome) WriteText(w io.Writer) error {
	p := newPrinter(w, TextOptions{Color: o.Color})
	listed, more := 0, 0
	var groups, lost, others Summary
	for i := range o.Rows {
		r := &o.Rows[i]
		into := &others
		switch {
		case r.Kind == kindAssociation:
			into = &lost
		case r.Kind == intel.KindGroup && r.Action != actionReference:
			into = &groups
		}
		*into.count(r)++
		if r.Status == apply.OK {
			continue
		}
		if listed == mostListed {
			more++
			continue
		}
		listed++
		p.failure(r)
	}
	if more > 0 {
		p.line("  … and %s more: the report names them", number(more))
	}
	p.line("%s", o.tally(groups))
	var beside []string
	if n := groups.Unchanged; n > 0 {
		beside = append(beside, number(n)+" unchanged")
	}
	if n := groups.Skipped; n > 0 {
		beside = append(beside, number(n)+" skipped")
	}
	if n := others.Created; n > 0 {
		beside = append(beside, plural(n, "other object")+" created")
	}
	if len(beside) > 0 {
		p.line("      Beside these: %s.", strings.Join(beside, ", "))
	}
	if n := lost.Failed + lost.Doubt + lost.NotAttempted; n > 0 {
		p.line("      %s not made or removed.", were(n, "association", "associations"))
	}
	return p.flush()
}

func were(n int, one, many string) string {
	if n == 1 {
		return "1 " + one + " was"
	}
	return number(n) + " " + many + " were"
}

func (p *printer) failure(r *Row) {
	what := strings.TrimSpace(fmt.Sprintf("%s %s", r.Type, quoted(r.Name)))
	if r.Kind == kindAssociation {
		what = fmt.Sprintf("%s -> %s", r.Key, r.Name)
	}
	p.line("%s %s: %s%s", p.paint(red, "! "+string(r.Status)), safe(what), safe(r.Error), p.from(r.Source))
}

// tally counts groups: what other groups only point at was not for this run
// to write.
func (o Outcome) tally(s Summary) string {
	var b strings.Builder
	if o.Err != nil {
		b.WriteString("Apply ended early")
	} else {
		b.WriteString("Apply complete")
	}
	fmt.Fprintf(&b, ": %s created, %s updated, ", number(s.Created), number(s.Updated))
	total := s.Created + s.Updated + s.Deleted + s.Failed + s.Doubt + s.NotAttempted
	if s.Deleted > 0 {
		fmt.Fprintf(&b, "%s deleted, ", number(s.Deleted))
	}
	fmt.Fprintf(&b, "%s failed, %s in doubt, %s not attempted (of %s)", number(s.Failed), number(s.Doubt), number(s.NotAttempted), number(total))
	b.WriteString(".")
	if o.Err != nil {
		fmt.Fprintf(&b, " %s.", strings.TrimSuffix(safe(o.Err.Error()), "."))
	}
	if o.Report != "" {
		fmt.Fprintf(&b, " Report: %s", safe(o.Report))
	}
	return b.String()
}

func number(n int) string { return fmt.Sprint(n) }
