package report

import (
	"cmp"

	"tcimport/internal/plan"
)

func (s Show) objectEntry(o *plan.Object, remark string) *entry {
	itself := end{o.Kind, o.Type(), o.Name()}
	return &entry{kind: KindOf(o.Kind), typ: o.Type(), name: s.safe(o.Name(), itself), key: o.Written(), owner: o.Owner(), id: o.ID(), link: o.WebLink().String(), source: o.Source().String(),
		remark: s.safe(remark, itself)}
}

// objectSection lists the objects of a run which is taken back that go, or that stay for a
// reason.
func (show Show) objectSection(p *plan.Plan, state plan.State, title string) *section {
	var objects []*plan.Object
	for _, o := range p.Objects {
		if p.Undoes != "" && o.State == state && (state == plan.ToDelete || o.Reason() != "") {
			objects = append(objects, o)
		}
	}
	s := &section{title: title, total: len(objects), brief: true}
	list(s, objects, func(o *plan.Object) *entry {
		e := show.objectEntry(o, o.Reason())
		if state == plan.ToDelete {
			e.mark, e.word = removed, string(plan.Delete)
		}
		return e
	})
	return s
}

// conflictSection lists the indicators of their own that cannot be made.
func (show Show) conflictSection(p *plan.Plan) *section {
	var objects []*plan.Object
	for _, o := range p.Objects {
		if o.InConflict() {
			objects = append(objects, o)
		}
	}
	s := &section{title: "Conflicts, beside groups", total: len(objects), brief: true, urgent: true}
	list(s, objects, func(o *plan.Object) *entry {
		e := show.objectEntry(o, o.Reason())
		e.mark, e.word, e.name = problem, string(plan.Conflict), cmp.Or(e.name, o.Written())
		return e
	})
	return s
}

// aloneSection lists the indicators of their own that no group brings along.
func (b *planView) aloneSection() *section {
	return b.indicatorSection("To create, beside groups", b.plan.Alone(), added, plan.Create)
}

// completedSection lists the indicators that an earlier run has created and not completed.
func (b *planView) completedSection() *section {
	return b.indicatorSection("To complete, beside groups", b.plan.Completed(), changed, plan.Update)
}

// indicatorSection lists indicators with all that they are to have.
func (b *planView) indicatorSection(title string, objects []*plan.Object, mark mark, verb plan.Verb) *section {
	s := &section{title: title, total: len(objects), more: "--limit 0 lists all"}
	if b.Limit > 0 {
		objects = objects[:min(b.Limit, len(objects))]
	}
	list(s, objects, func(o *plan.Object) *entry {
		e := b.objectEntry(o, "")
		e.mark, e.word, e.lines = mark, string(verb), func() []line { return b.definitionLines(o.Definition) }
		return e
	})
	return s
}

// notesSection lists the notes on objects. Many groups can name one object.
func (show Show) notesSection(p *plan.Plan) *section {
	var notes []*entry
	for _, o := range p.Objects {
		for _, n := range o.Notes() {
			notes = append(notes, show.objectEntry(o, n))
		}
	}
	s := &section{title: "Notes", total: len(notes), brief: true}
	list(s, notes, asItIs)
	return s
}
