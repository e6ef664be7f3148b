package report

import (
	"strings"

	"tcimport/internal/plan"
)

// lines are the statements of a plan about one group.
func (b *planView) lines(a *plan.Action) []line {
	var out []line
	if b.Verbose && a.XID != "" && (!a.OwnXID || a.Verb != plan.Create) {
		out = append(out, remark("xid ", a.XID))
	}
	if a.Reason() != "" {
		out = append(out, line{what: phrase{say("reason: ")}, value: &value{op: plan.Add, new: a.Reason()}})
	}
	for i := range a.Candidates() {
		out = append(out, candidateLine(&a.Candidates()[i]))
	}
	out = append(out, b.changeLines(a.Changes)...)
	for i := range a.Associations {
		out = append(out, b.associationLine(a, &a.Associations[i]))
	}
	for _, n := range a.Notes() {
		out = append(out, remark("note: ", n.String()))
	}
	return out
}

func remark(word, text string) line { return line{what: phrase{say("%s", word), datum(text)}} }

func candidateLine(c *plan.Candidate) line {
	l := line{what: phrase{say("candidate id %d: ", c.ID), datum(c.Type), say(" "), named(c.Name)}}
	more := with(nil, "owner ", c.Owner)
	if c.XID == "" {
		more = append(more, phrase{say("no xid")})
	}
	for _, ph := range with(with(more, "xid ", c.XID), "added ", c.Added) {
		l.what = append(append(l.what, say(", ")), ph...)
	}
	if c.WebLink != "" {
		l.tail = []phrase{{{kind: spanLink, text: c.WebLink}}}
	}
	return l
}

// changeLines are a line for each change. Tags, and security labels, with the
// same operation and the same origin share a line.
func (b *planView) changeLines(changes []plan.Change) []line {
	type list struct {
		field string
		op    plan.Op
		drift plan.Drift
	}
	at := map[list]int{}
	var out []line
	for i := range changes {
		c := &changes[i]
		k, isList := list{c.Field(), c.Op, c.Drift}, c.Field() == "tags" || c.Field() == "securityLabels"
		n, ok := at[k]
		if !ok {
			n = len(out)
			out = append(out, line{mark: marks[c.Op], field: c.Field(), tail: b.details(c.Attribute())})
			out[n].drift(c.Drift)
		}
		val := &value{op: c.Op, old: c.Old(), new: c.New()}
		if isList {
			at[k] = n
			out[n].list(val.text())
		} else {
			out[n].value = val
		}
	}
	return out
}

// list adds an entry of a list that is written on one line.
func (l *line) list(s string) {
	if l.what != nil {
		l.what = append(l.what, say(", "))
	}
	if strings.ContainsAny(s, `,"`) || s != strings.TrimSpace(s) {
		l.what = append(l.what, named(s))
	} else {
		l.what = append(l.what, datum(s))
	}
}

func (l *line) drift(from plan.Drift) {
	if from == plan.FromServer {
		l.tail = append(l.tail, phrase{say("edited on the server")})
	}
}

// details are the properties of an attribute beside its value.
func (b *planView) details(d *plan.AttributeDetail) []phrase {
	if d == nil {
		return nil
	}
	out := attributeTail(d.Source, d.Default, d.Pinned, d.SecurityLabels)
	if b.Verbose && d.ID != 0 {
		out = append(out, phrase{say("attribute id %d", d.ID)})
	}
	return out
}

func attributeTail(source string, isDefault, pinned *bool, labels []string) []phrase {
	var out []phrase
	if source != "" {
		out = append(out, phrase{say("source "), named(source)})
	}
	flag := func(name string, set *bool) {
		switch {
		case set == nil:
		case *set:
			out = append(out, phrase{say("%s", name)})
		default:
			out = append(out, phrase{say("not %s", name)})
		}
	}
	flag("default", isDefault)
	flag("pinned", pinned)
	word := "labels "
	for _, l := range labels {
		out = append(out, phrase{say("%s", word), datum(l)})
		word = ""
	}
	return out
}

// associationLine is an association. Below the first one to a new object stands
// the description of that object.
func (b *planView) associationLine(a *plan.Action, as *plan.Association) line {
	l := line{mark: marks[as.Op], what: phrase{say("%s", as.Kind.Spec().Name)}, association: as}
	if as.Type() != "" {
		l.what = append(l.what, say(" "), datum(as.Type()))
	}
	if as.Name() != "" {
		l.what = append(l.what, say(" "), named(as.Name()))
	} else if as.Type() == "" {
		l.what = append(l.what, say(" "), datum(as.Written()))
	}
	if as.Key() != "" && as.Key() != as.Name() {
		l.what = append(l.what, say(" (key "), datum(as.Key()), say(")"))
	}
	switch as.State {
	case plan.Existing:
		l.tail = append(l.tail, phrase{say("existing")}, phrase{say("id %d", as.ID())})
	case plan.New:
		l.tail = append(l.tail, phrase{say("new")})
	case plan.Missing:
		l.mark = problem
		missing := phrase{say("missing")}
		if as.Reason() != "" {
			missing = append(missing, say(": "), datum(as.Reason()))
		}
		l.tail = append(l.tail, missing)
	}
	if as.Owner() != "" && as.Owner() != a.Owner {
		l.tail = append(l.tail, phrase{say("in "), datum(as.Owner())})
	}
	l.drift(as.Drift)
	if as.Object() > 0 && b.describes[as.Object()-1] == as {
		if def := b.plan.Objects[as.Object()-1].Definition; def != nil {
			l.under = b.definitionLines(def)
		}
	}
	return l
}
