package report

import (
	"cmp"
	"slices"
	"strings"

	"tcimport/internal/plan"
)

// verbs are the sections of a plan: the actions that keep it from being applied,
// then those that take something away or change it, then the others.
var verbs = []struct {
	verb   plan.Verb
	mark   mark
	title  string
	groups string
}{
	{plan.Conflict, problem, "Conflicts", "in conflict"},
	{plan.Delete, removed, "To delete", "to delete"},
	{plan.Update, changed, "To update", "to update"},
	{plan.Create, added, "To create", "to create"},
	{plan.Skip, skipped, "", ""}, // planWords has them
	{plan.Unchanged, kept, "Unchanged", "unchanged"},
}

// planWords are words that depend on what a plan is for.
type planWords struct {
	plan, result, command string // titles of the plan and of its run, and what it is called
	nothing               string // to do
	skip, skipped         string // the title of what is skipped, and what it is called
	kept                  string // the title of what a run leaves as it is
}

var (
	importWords = planWords{"Import into ThreatConnect", "Result of the import into ThreatConnect", "Apply",
		"No changes. ThreatConnect matches the manifest.", "Skipped", "skipped", editsTitle}
	undoWords = planWords{"Take back a run in ThreatConnect", "Result of taking back a run in ThreatConnect", "Undo",
		"Nothing to take back.", "Not taken back", "not taken back", "Not taken back"}
)

func wordsOf(p *plan.Plan) planWords {
	if p.Undoes != "" {
		return undoWords
	}
	return importWords
}

// PlanView is a plan as people see it.
func PlanView(pl *plan.Plan, show Show) *View {
	b := &planView{Show: show, plan: pl, describes: make([]*plan.Association, len(pl.Objects))}
	v := &View{title: wordsOf(pl).plan, where: whereOf(pl), when: madeOf(pl), sections: b.groups(), shares: planShares(pl),
		tally: planTally(pl, show), whole: show.whole(), lines: show.Lines, links: show.Verbose, objects: pl.Objects}
	if b.lists(plan.Conflict) {
		v.add(show.conflictSection(pl))
	}
	if b.lists(plan.Create) {
		v.add(b.aloneSection())
	}
	if b.lists(plan.Update) {
		v.add(b.completedSection())
	}
	if len(show.Only) > 0 {
		v.only = onlyThese(show.Only)
	} else {
		if !b.lists(plan.Unchanged) { // else these groups are listed
			v.add(show.keptSection(unwritten(editsKept(pl)), editsTitle))
		}
		v.add(show.notPrunedSection(pl))
		v.add(show.objectSection(pl, plan.ToDelete, "To delete, beside groups"))
		v.add(show.objectSection(pl, plan.Existing, "Kept, beside groups"))
		v.add(show.notesSection(pl))
	}
	if pl.PruneRefused != "" {
		v.refused = phrase{say("refused: nothing is deleted: "), datum(pl.PruneRefused)}
	}
	return v
}

// add adds a section, if there is anything in it.
func (v *View) add(s *section) {
	if s.total > 0 {
		v.sections = append(v.sections, s)
	}
}

// planView makes the view of a plan.
type planView struct {
	Show
	plan *plan.Plan

	// describes has for each object of the plan the association below which it is
	// described, if it is new: the first one that is listed.
	describes []*plan.Association

	made []line // the lines of the last group, whose memory those of the next one take
}

// groups are the sections of the groups of each action.
func (b *planView) groups() []*section {
	byVerb := map[plan.Verb][]*plan.Action{}
	for _, a := range b.plan.Actions {
		byVerb[a.Verb] = append(byVerb[a.Verb], a)
	}
	var out []*section
	room := b.Limit
	for _, spec := range verbs {
		groups := byVerb[spec.verb]
		if len(groups) == 0 || !b.lists(spec.verb) {
			continue
		}
		title := spec.title
		if spec.verb == plan.Skip {
			title = wordsOf(b.plan).skip
		}
		s := &section{title: title, groups: called(b.plan, spec.groups), total: len(groups), types: sortByType(groups), urgent: spec.verb == plan.Conflict}
		if b.Limit > 0 {
			groups = groups[:min(room, len(groups))]
			room -= len(groups)
		}
		if spec.verb.Writes() {
			b.describe(groups)
		}
		list(s, groups, func(a *plan.Action) *entry {
			e := groupEntry(a)
			e.mark, e.word, e.remark, e.lines, e.facets = spec.mark, string(a.Verb), b.safeOf(a, a.Reason()), func() []line { return b.lines(a) }, func() facets { return facetsOf(a) }
			return e
		})
		out = append(out, s)
	}
	return out
}

// onlyThese says which groups were asked for.
func onlyThese(verbs []plan.Verb) string {
	return "Only these actions are listed: " + joined(verbs, func(verb plan.Verb) string { return string(verb) }) + "."
}

// called is what groups of an action are called: what is skipped depends on the plan.
func called(p *plan.Plan, groups string) string { return cmp.Or(groups, wordsOf(p).skipped) }

// lists reports whether groups of an action are listed.
func (b *planView) lists(verb plan.Verb) bool {
	if len(b.Only) > 0 {
		return slices.Contains(b.Only, verb)
	}
	return verb != plan.Unchanged || b.Verbose
}

// sortByType sorts groups by their types, the most frequent first, and counts
// these. Groups of one type keep the order of the plan.
func sortByType(groups []*plan.Action) []typeCount {
	counts := map[string]int{}
	for _, a := range groups {
		counts[a.Type]++
	}
	var types []typeCount
	for name, n := range counts {
		types = append(types, typeCount{name, n})
	}
	slices.SortFunc(types, func(a, b typeCount) int { return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.name, b.name)) })
	slices.SortStableFunc(groups, func(a, b *plan.Action) int {
		return cmp.Or(cmp.Compare(counts[b.Type], counts[a.Type]), strings.Compare(a.Type, b.Type))
	})
	return types
}

// describe picks the association below which a new object is described: the
// first one that is listed. The others say only that the object is new.
func (b *planView) describe(groups []*plan.Action) {
	for _, a := range groups {
		for i := range a.Associations {
			as := &a.Associations[i]
			if o := as.Object(); as.State == plan.New && o > 0 && b.describes[o-1] == nil {
				b.describes[o-1] = as
			}
		}
	}
}

func groupEntry(a *plan.Action) *entry {
	e := &entry{kind: kindGroup, typ: a.Type, name: a.Name, key: a.Key, owner: a.Owner, id: a.ID, link: a.WebLink().String(), source: a.Source.String(), reference: a.Reference}
	if a.OwnXID && a.Verb == plan.Create {
		e.xid = a.XID
	}
	return e
}

func asItIs(e *entry) *entry { return e }

// keptNote is the remark on edits of a group that are kept, "" if there are none.
// Other notes would repeat every night, and nothing is lost without them: they
// are shown with unchanged groups only.
func keptNote(a *plan.Action) string {
	if n, ok := a.Note(plan.NotTakenBack); ok {
		return n.String()
	}
	if a.Deleted && a.Verb == plan.Skip {
		return a.Reason()
	}
	if n, ok := a.Note(plan.EditKept); ok {
		return n.String()
	}
	return ""
}

// editsKept are the groups with edits that are kept.
func editsKept(p *plan.Plan) []*plan.Action {
	var out []*plan.Action
	for _, a := range p.Actions {
		if keptNote(a) != "" || isKept(p, a) {
			out = append(out, a)
		}
	}
	return out
}

// unwritten are those of some groups that a plan does not write. Others have notes
// with their changes.
func unwritten(groups []*plan.Action) []*plan.Action {
	return slices.DeleteFunc(groups, func(a *plan.Action) bool { return a.Verb != plan.Unchanged })
}

const editsTitle = "Edited on the server, kept"

func (show Show) keptSection(groups []*plan.Action, title string) *section {
	s := &section{title: title, total: len(groups), brief: true, urgent: true}
	list(s, groups, func(a *plan.Action) *entry {
		e := groupEntry(a)
		e.remark = show.safeOf(a, cmp.Or(keptNote(a), a.Reason()))
		return e
	})
	return s
}

// notPrunedSection lists the groups that --prune does not delete.
func (show Show) notPrunedSection(p *plan.Plan) *section {
	var kept []*plan.Object
	for _, o := range p.CarriedOn {
		if p.Policy.Prune && o.Reason() != "" {
			kept = append(kept, o)
		}
	}
	s := &section{title: "Not deleted by --prune", total: len(kept), brief: true}
	list(s, kept, func(o *plan.Object) *entry {
		e := show.objectEntry(o, o.Reason())
		e.source = "" // no manifest of this run has it
		return e
	})
	return s
}
