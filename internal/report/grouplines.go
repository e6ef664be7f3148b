package report

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// lines are the statements of a plan about one group.
func (b *planView) lines(a *plan.Action) []line {
	b.made = b.made[:0]
	if b.Verbose && a.XID != "" && (!a.OwnXID || a.Verb != plan.Create) {
		b.remark("xid ", a.XID)
	}
	if a.Reason() != "" {
		b.line(noMark, say("reason: ")).value = value{op: plan.Add, new: b.safeOf(a, a.Reason())}
	}
	for i := range a.Candidates() {
		b.candidateLine(&a.Candidates()[i])
	}
	b.changeLines(a.Changes)
	for i := range a.Associations {
		b.associationLine(a, &a.Associations[i])
	}
	for _, n := range a.Notes() {
		b.remark("note: ", b.safeOf(a, n.String()))
	}
	return b.made
}

// line adds a line. A plan has very many: they take the memory of those of the group
// before.
func (b *planView) line(m mark, what ...span) *line {
	n := len(b.made)
	b.made = slices.Grow(b.made, 1)[:n+1]
	l := &b.made[n]
	*l = line{mark: m, what: append(l.what[:0], what...), tail: l.tail[:0]}
	return l
}

func (b *planView) remark(word, text string) { b.line(noMark, say(word), datum(text)) }

func (b *planView) candidateLine(c *plan.Candidate) {
	l := b.line(noMark, sayf("candidate id %d: ", c.ID), datum(c.Type), say(" "), named(c.Name))
	more := with(nil, "owner ", c.Owner)
	if c.XID == "" {
		more = append(more, phrase{say("no xid")})
	}
	for _, ph := range with(with(more, "xid ", c.XID), "added ", c.Added) {
		l.what = append(append(l.what, say(", ")), ph...)
	}
	if c.WebLink != "" {
		l.tail = append(l.tail, phrase{{kind: spanLink, text: c.WebLink}})
	}
}

// changeLines are a line for each change. Tags, and security labels, with the
// same operation and the same origin share a line.
func (b *planView) changeLines(changes []plan.Change) {
	type list struct {
		field string
		op    plan.Op
		drift plan.Drift
	}
	at := map[list]int{}
	for i := range changes {
		c := &changes[i]
		field, val := c.Field(), value{op: c.Op, old: c.Old(), new: c.New()}
		k, isList := list{field, c.Op, c.Drift}, field == "tags" || field == "securityLabels"
		if n, ok := at[k]; ok {
			l := &b.made[n]
			l.what = append(l.what, say(", "), listed(val.text()))
			continue
		}
		l := b.line(marks[c.Op], datum(field), say(": "))
		l.tail = b.details(l.tail, c.Attribute())
		l.drift(c.Drift)
		if isList {
			at[k] = len(b.made) - 1
			l.what = append(l.what, listed(val.text()))
		} else {
			l.value = val
		}
	}
}

// listed is an entry of a list that is written on one line.
func listed(s string) span {
	if strings.ContainsAny(s, `,"`) || s != strings.TrimSpace(s) {
		return named(s)
	}
	return datum(s)
}

func (l *line) drift(from plan.Drift) {
	if from == plan.FromServer {
		l.tail = append(l.tail, phrase{say("edited on the server")})
	}
}

// details adds the properties of an attribute beside its value.
func (b *planView) details(out []phrase, d *plan.AttributeDetail) []phrase {
	if d == nil {
		return out
	}
	out = attributeTail(out, d.Source, d.Default, d.Pinned, d.SecurityLabels)
	if b.Verbose && d.ID != 0 {
		out = append(out, phrase{sayf("attribute id %d", d.ID)})
	}
	return out
}

func attributeTail(out []phrase, source string, isDefault, pinned intel.Flag, labels []string) []phrase {
	if source != "" {
		out = append(out, phrase{say("source "), named(source)})
	}
	flag := func(name string, set intel.Flag) {
		switch set {
		case intel.Yes:
			out = append(out, phrase{say(name)})
		case intel.No:
			out = append(out, phrase{say("not " + name)})
		}
	}
	flag("default", isDefault)
	flag("pinned", pinned)
	word := "labels "
	for _, l := range labels {
		out = append(out, phrase{say(word), datum(l)})
		word = ""
	}
	return out
}

// associationLine is an association. Below the first one to a new object stands
// the description of that object.
func (b *planView) associationLine(a *plan.Action, as *plan.Association) {
	l := b.line(marks[as.Op], say(as.Kind.Spec().Name))
	l.association = as
	typ, name, key := as.Type(), b.safe(as.Name(), endOf(as)), as.Key()
	if typ != "" {
		l.what = append(l.what, say(" "), datum(typ))
	}
	if name != "" {
		l.what = append(l.what, say(" "), named(name))
	} else if typ == "" {
		l.what = append(l.what, say(" "), datum(b.safe(as.Written(), endOf(as))))
	}
	if key != "" && key != as.Name() {
		l.what = append(l.what, say(" (key "), datum(key), say(")"))
	}
	switch as.State {
	case plan.Existing:
		l.tail = append(l.tail, isExisting, phrase{say("id " + formatID(as.ID()))})
	case plan.New:
		l.tail = append(l.tail, isNew)
	case plan.Missing:
		l.mark = problem
		missing := phrase{say("missing")}
		if as.Reason() != "" {
			missing = append(missing, say(": "), datum(b.safe(as.Reason(), endOf(as))))
		}
		l.tail = append(l.tail, missing)
	}
	if owner := as.Owner(); owner != "" && owner != a.Owner {
		l.tail = append(l.tail, phrase{say("in "), datum(owner)})
	}
	l.drift(as.Drift)
	if as.Object() > 0 && b.describes[as.Object()-1] == as {
		if def := b.plan.Objects[as.Object()-1].Definition; def != nil {
			l.under = b.definitionLines(def)
		}
	}
}

var isExisting, isNew = phrase{say("existing")}, phrase{say("new")}
