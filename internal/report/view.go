package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// Show says what of a plan is shown, in whatever format.
type Show struct {
	Limit   int         // how many groups are listed; 0 for all
	Only    []plan.Verb // list only groups of these actions; nil for all
	Verbose bool        // every field, and unchanged groups too
	Full    bool        // whole texts, also the parts that stay
	Rate    float64     // requests a second, for the time that the plan takes; 0 for no limit
}

// whole reports whether nothing is shortened.
func (s Show) whole() bool { return s.Verbose || s.Full }

// view is a plan as people see it. It is made once and says what is shown, in
// which order; the renderers of text and markdown say how that looks.
type view struct {
	Show
	plan      *plan.Plan
	sections  []*section                 // most important first
	kept      []*plan.Action             // unchanged groups of which an edit on the server is kept
	notPruned []*plan.Object             // groups that --prune leaves, each with the reason
	described map[*plan.Association]bool // those under which stands what their new object is made of
}

// section is the groups of one action.
type section struct {
	verb   plan.Verb
	types  []typeCount // most groups first
	groups []*plan.Action
	listed []*plan.Action // the first of groups
}

type typeCount struct {
	name string
	n    int
}

// sectionOrder is the order of sections. What keeps a plan from being applied,
// and what takes something away or changes it, comes before what is added.
var sectionOrder = []plan.Verb{plan.Conflict, plan.Delete, plan.Update, plan.Create, plan.Skip, plan.Unchanged}

func newView(pl *plan.Plan, opt Show) *view {
	v := &view{Show: opt, plan: pl, described: map[*plan.Association]bool{}}
	byVerb := map[plan.Verb][]*plan.Action{}
	for _, a := range pl.Actions {
		byVerb[a.Verb] = append(byVerb[a.Verb], a)
	}
	left := opt.Limit
	for _, verb := range sectionOrder {
		if len(byVerb[verb]) == 0 || !v.lists(verb) {
			continue
		}
		s := newSection(verb, byVerb[verb])
		if s.listed = s.groups; opt.Limit > 0 {
			s.listed = s.groups[:min(left, len(s.groups))]
			left -= len(s.listed)
		}
		v.sections = append(v.sections, s)
		v.describe(s)
	}
	if !v.lists(plan.Unchanged) && len(opt.Only) == 0 { // else they are listed
		v.kept = keptEdits(pl)
	}
	if pl.Policy.Prune && len(opt.Only) == 0 {
		for _, o := range pl.CarriedOn {
			if o.Reason != "" {
				v.notPruned = append(v.notPruned, o)
			}
		}
	}
	return v
}

// lists reports whether groups of an action are listed.
func (v *view) lists(verb plan.Verb) bool {
	if len(v.Only) > 0 {
		return slices.Contains(v.Only, verb)
	}
	return verb != plan.Unchanged || v.Verbose
}

// newSection puts groups in order by their types; groups of one type stay in
// the order of the plan.
func newSection(verb plan.Verb, groups []*plan.Action) *section {
	counts := map[string]int{}
	for _, a := range groups {
		counts[a.Type]++
	}
	s := &section{verb: verb, groups: slices.Clone(groups)}
	for name, n := range counts {
		s.types = append(s.types, typeCount{name, n})
	}
	slices.SortFunc(s.types, func(a, b typeCount) int { return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.name, b.name)) })
	slices.SortStableFunc(s.groups, func(a, b *plan.Action) int {
		return cmp.Or(cmp.Compare(counts[b.Type], counts[a.Type]), strings.Compare(a.Type, b.Type))
	})
	return s
}

// describe picks the association under which a new object is described: the
// first that is listed. Others that lead to it say only that it is new.
func (v *view) describe(s *section) {
	if !s.verb.Writes() {
		return
	}
	seen := map[int]bool{}
	for as := range v.described {
		seen[as.Object] = true
	}
	for _, a := range s.listed {
		for _, as := range a.Associations {
			if as.State == plan.New && as.Object > 0 && !seen[as.Object] {
				seen[as.Object], v.described[as] = true, true
			}
		}
	}
}

// title is the heading of a section.
func (s *section) title() string { return verbLooks[s.verb].title }

// only says that a plan is listed in part because that was asked for.
func (v *view) only() string {
	if len(v.Only) == 0 {
		return ""
	}
	names := make([]string, len(v.Only))
	for i, verb := range v.Only {
		names[i] = string(verb)
	}
	return "Only these actions are listed: " + strings.Join(names, ", ") + "."
}

// unlisted says how many groups are not listed, "" if all are. hint tells where
// all of them are.
func (v *view) unlisted(hint string) string {
	more, total := 0, 0
	var parts []string
	for _, s := range v.sections {
		total += len(s.groups)
		if n := len(s.groups) - len(s.listed); n > 0 {
			more += n
			parts = append(parts, fmt.Sprintf("%d %s", n, verbLooks[s.verb].are))
		}
	}
	if more == 0 {
		return ""
	}
	are := "are"
	if more == 1 {
		are = "is"
	}
	return fmt.Sprintf("%d of %s %s not listed here (%s): %s.", more, message.Plural(total, "group"), are, strings.Join(parts, ", "), hint)
}

// note is what was found out about an object.
type note struct {
	object *plan.Object
	text   string
}

// notes are those about objects, each of which many groups can name.
func (v *view) notes() []note {
	var out []note
	if len(v.Only) > 0 {
		return nil
	}
	for _, o := range v.plan.Objects {
		for _, n := range o.Notes {
			out = append(out, note{o, n})
		}
	}
	return out
}
