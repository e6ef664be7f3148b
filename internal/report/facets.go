package report

import (
	"cmp"
	"slices"

	"tcimport/internal/plan"
)

// facets are what readers choose entries by, beside what an entry says itself.
type facets struct {
	tags     []string
	problems []string // words for what a reader should look at
}

// facetsOf are the tags of a group, as far as the plan names them, and what a reader
// should look at.
func facetsOf(a *plan.Action) facets {
	var f facets
	if w := a.Wanted(); w != nil {
		f.tags = slices.Clone(w.Tags)
	}
	for i := range a.Changes {
		if c := &a.Changes[i]; c.Field() == "tags" {
			f.tags = append(f.tags, cmp.Or(c.New(), c.Old()))
		}
	}
	slices.Sort(f.tags)
	f.tags = slices.Compact(f.tags)
	if a.Verb == plan.Conflict {
		f.problems = append(f.problems, string(plan.Conflict))
	}
	if slices.ContainsFunc(a.Associations, func(as plan.Association) bool { return as.State == plan.Missing }) {
		f.problems = append(f.problems, "missing")
	}
	if len(a.Notes()) > 0 {
		f.problems = append(f.problems, "note")
	}
	return f
}

// share is how many groups have one action, or one outcome.
type share struct {
	mark mark
	word string // "to create", "created"
	n    int
}

// planShares are the groups of a plan by their actions.
func planShares(p *plan.Plan) []share {
	counts := map[plan.Verb]int{}
	for _, a := range p.Actions {
		counts[a.Verb]++
	}
	var out []share
	for _, spec := range verbs {
		out = append(out, share{spec.mark, called(p, spec.groups), counts[spec.verb]})
	}
	return out
}

// runShares are the groups of a run by their outcomes.
func runShares(c Counts) []share {
	var short, done []share
	for _, o := range c[kindGroup].Outcomes() {
		if o.short() {
			short = append(short, share{problem, o.name, o.N})
		} else {
			done = append(done, share{markOf(o.action), o.name, o.N})
		}
	}
	return append(short, done...)
}

// markOf is the mark of an action. A group that is only pointed at stays as it is.
func markOf(action plan.Verb) mark {
	for _, spec := range verbs {
		if spec.verb == action {
			return spec.mark
		}
	}
	return kept
}
