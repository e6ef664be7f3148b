package report

import (
	"fmt"
	"strings"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// Run is what a view needs of a run that is over.
type Run struct {
	Plan   *plan.Plan
	Rows   Rows   // of its results, for what was not done; without baselines
	Counts Counts // of Rows
	Report string // where the report is, "" if it could not be written
	Err    error  // why the run ended early, nil if it did not
	Next   Next
	Quiet  bool // leave out what would be the same every night

	Show  Show // Verbose lists every group with its outcome, Limit and Only fewer of them; no more than these is used
	Began time.Time
	Took  time.Duration // from the first look-up to the last write; 0 if it is not known
}

// maxFailures is how many failures are listed at the end of a run.
const maxFailures = 20

// RunView is a run as people see it: what was not done, what was kept as it is,
// and the counts.
func RunView(r Run) *View {
	counts := r.Counts
	complete := r.Err == nil && counts.Shortfall() == ""
	show := r.Show
	v := &View{title: wordsOf(r.Plan).result, next: r.Next, when: whenOf(r), shares: runShares(counts), objects: r.Plan.Objects,
		whole: show.whole(), links: show.Verbose}
	if !complete || show.Verbose {
		v.where = whereOf(r.Plan)
	}
	if show.Verbose {
		everyGroup(v, r)
	} else {
		v.add(show.failures(r))
	}
	if !r.Quiet && !show.Verbose {
		v.add(show.keptSection(editsKept(r.Plan), wordsOf(r.Plan).kept)) // a run does not show changes: these, too, have no other place
		v.add(show.objectSection(r.Plan, plan.Existing, "Kept, beside groups"))
		s := show.notPrunedSection(r.Plan)
		list(s, nil, asItIs)
		s.more = "plan lists them with the reason"
		v.add(s)
	}
	if complete && !r.Plan.Summary.Pending() {
		v.tally = planTally(r.Plan, show)
	}
	tally := runTally(r)
	if kept := keptObjects(r.Plan); kept != nil && v.tally == nil {
		tally.under = append(tally.under, kept)
	}
	v.tally = append(v.tally, tally)
	return v
}

// failures lists what was not done. If the run ended early, one reason explains
// all that was not attempted.
func (show Show) failures(r Run) *section {
	s := &section{title: "Not done", brief: true, urgent: true, more: "the report lists them"}
	if r.Counts.Shortfall() == "" {
		return s
	}
	var first []*entry
	for row := range r.Rows {
		if row.Status == apply.OK || row.Status == apply.NotAttempted && r.Err != nil {
			continue
		}
		if s.total++; s.total <= maxFailures {
			first = append(first, show.failure(r.Plan, row))
		}
	}
	list(s, first, asItIs)
	return s
}

func (show Show) failure(p *plan.Plan, r *Row) *entry {
	name := r.Name
	if r.Kind != kindGroup {
		name = show.safeIn(p, r, name)
	}
	return &entry{mark: problem, word: string(r.Status), kind: r.Kind, typ: r.Type, name: name, key: r.Key, owner: r.Owner, id: r.ID,
		link: r.WebLink, source: r.Source, remark: show.safeIn(p, r, r.Error), reference: r.Action == actionReference}
}

// runTally counts the groups of a run, and names what else it has done.
func runTally(r Run) statement {
	c := r.Counts
	head := "complete"
	switch {
	case r.Err != nil:
		head = "ended early"
	case c.Shortfall() != "":
		head = "incomplete"
	}
	total := 0
	var parts []string
	for _, o := range c[kindGroup].Outcomes() {
		total += o.N
		if o.N > 0 || o.Label == "created" || o.Label == "updated" {
			parts = append(parts, fmt.Sprint(o.N, " ", o.name))
		}
	}
	s := statement{what: phrase{sayf("%s %s: %s (%s).", wordsOf(r.Plan).command, head, strings.Join(parts, ", "), message.Plural(total, "group"))}}
	if r.Report != "" {
		s.what = append(s.what, say(" Report: "), datum(r.Report))
	}
	if r.Err != nil {
		s.under = append(s.under, phrase{say("Reason: "), datum(r.Err.Error())})
	}
	others := c.list(Kinds[1:], func(o Outcome) bool { return o.Label != "unchanged" && o.Label != "referenced" })
	if others != "" {
		s.under = append(s.under, phrase{sayf("Also: %s.", others)})
	}
	return s
}
