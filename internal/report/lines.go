package report

import (
	"fmt"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// span is a piece of a line: words of ours, or data, which a renderer keeps from
// meaning anything.
type span struct {
	kind spanKind
	text string
}

type spanKind int

const (
	spanWords spanKind = iota
	spanData
	spanName // data in quotes, where a renderer does not set data off by itself
	spanLink // the address of an object's page
)

// phrase is spans one after the other.
type phrase []span

func say(format string, args ...any) span { return span{spanWords, fmt.Sprintf(format, args...)} }
func datum(s string) span                 { return span{spanData, s} }
func named(s string) span                 { return span{spanName, s} }

// labelled is a name of a field and what follows.
func labelled(field string) phrase { return phrase{datum(field), say(": ")} }

// line is one statement about a group, or about an object that comes with it.
type line struct {
	look  look     // what happens; none for a remark
	what  phrase   // never shortened
	value *value   // behind it, may be long
	tail  []phrase // less important
	under []line

	association bool // a group can have very many of these
}

// value is a text that is added, removed (old) or changed.
type value struct {
	op       plan.Op
	old, new string
}

// same reports whether a change leaves the text itself as it is.
func (v *value) same() bool { return v.op == plan.Set && intel.SameText(v.old, v.new) }

// lines reports whether the value has several lines.
func (v *value) lines() bool { return strings.Contains(v.old, "\n") || strings.Contains(v.new, "\n") }

// text is the one text of what is added, removed or stays.
func (v *value) text() string {
	if v.op == plan.Remove {
		return v.old
	}
	return v.new
}

// about is what tells one group from another.
func about(a *plan.Action) []phrase {
	word := "key "
	if a.Reference {
		word = "reference "
	}
	out := []phrase{{say("%s", word), datum(a.Key)}}
	if a.Owner != "" {
		out = append(out, phrase{say("owner "), datum(a.Owner)})
	}
	if a.OwnXID && a.Verb == plan.Create {
		out = append(out, phrase{say("xid "), datum(a.XID)})
	}
	return out
}

// lines is what a plan says of one group.
func (v *view) lines(a *plan.Action) []line {
	var out []line
	if v.Verbose && a.XID != "" && (!a.OwnXID || a.Verb != plan.Create) {
		out = append(out, remark("xid ", a.XID))
	}
	if a.Reason != "" {
		out = append(out, line{what: phrase{say("reason: ")}, value: &value{op: plan.Add, new: a.Reason}})
	}
	for i := range a.Candidates {
		out = append(out, candidateLine(&a.Candidates[i]))
	}
	out = append(out, v.changeLines(a.Changes)...)
	for _, as := range a.Associations {
		out = append(out, v.associationLine(a, as))
	}
	for _, n := range a.Notes {
		out = append(out, remark("note: ", n.String()))
	}
	return out
}

func remark(word, text string) line { return line{what: phrase{say("%s", word), datum(text)}} }

func candidateLine(c *plan.Candidate) line {
	l := line{what: phrase{say("candidate id %d: ", c.ID), datum(c.Type), say(" "), named(c.Name)}}
	part := func(word, text string) {
		if text != "" {
			l.what = append(l.what, say(", %s", word), datum(text))
		}
	}
	part("owner ", c.Owner)
	if c.XID == "" {
		l.what = append(l.what, say(", no xid"))
	}
	part("xid ", c.XID)
	part("added ", c.Added)
	if c.WebLink != "" {
		l.tail = []phrase{{span{spanLink, c.WebLink}}}
	}
	return l
}

// changeLines are a line for each change; entries of tags and of security labels
// that share their fate share a line.
func (v *view) changeLines(changes []plan.Change) []line {
	type list struct {
		field string
		op    plan.Op
		drift string
	}
	at := map[list]int{}
	var out []line
	for i := range changes {
		c := &changes[i]
		val := &value{op: c.Op, old: c.Old, new: c.New}
		if c.Field != "tags" && c.Field != "securityLabels" {
			l := line{look: opLooks[c.Op], what: labelled(c.Field), value: val, tail: v.details(c.Attribute)}
			l.drift(c.Drift)
			out = append(out, l)
			continue
		}
		k := list{c.Field, c.Op, c.Drift}
		n, ok := at[k]
		if !ok {
			n = len(out)
			at[k] = n
			l := line{look: opLooks[c.Op], what: labelled(c.Field)}
			l.drift(c.Drift)
			out = append(out, l)
		} else {
			out[n].what = append(out[n].what, say(", "))
		}
		out[n].what = append(out[n].what, listed(val.text()))
	}
	return out
}

// listed is an entry of a list on one line.
func listed(s string) span {
	if strings.ContainsAny(s, `,"`) || s != strings.TrimSpace(s) {
		return named(s)
	}
	return datum(s)
}

func (l *line) drift(from string) {
	if from == "server" {
		l.tail = append(l.tail, phrase{say("edited on the server")})
	}
}

// details is what an attribute has beside its value.
func (v *view) details(d *plan.AttributeDetail) []phrase {
	if d == nil {
		return nil
	}
	out := attributeTail(d.Source, d.Default, d.Pinned, d.SecurityLabels)
	if v.Verbose && d.ID != 0 {
		out = append(out, phrase{say("attribute id %d", d.ID)})
	}
	return out
}

func attributeTail(source string, isDefault, pinned *bool, labels []string) []phrase {
	var out []phrase
	if source != "" {
		out = append(out, phrase{say("source "), named(source)})
	}
	for _, f := range []struct {
		name string
		set  *bool
	}{{"default", isDefault}, {"pinned", pinned}} {
		switch {
		case f.set == nil:
		case *f.set:
			out = append(out, phrase{say("%s", f.name)})
		default:
			out = append(out, phrase{say("not %s", f.name)})
		}
	}
	for i, l := range labels {
		p := phrase{datum(l)}
		if i == 0 {
			p = phrase{say("labels "), datum(l)}
		}
		out = append(out, p)
	}
	return out
}

// associationLine is an association, and what its other end is made of if that
// is new and was not described before.
func (v *view) associationLine(a *plan.Action, as *plan.Association) line {
	l := line{look: opLooks[as.Op], what: phrase{say("%s", as.Kind.Spec().Name)}, association: true}
	if as.Type != "" {
		l.what = append(l.what, say(" "), datum(as.Type))
	}
	if as.Name != "" {
		l.what = append(l.what, say(" "), named(as.Name))
	} else if as.Type == "" {
		l.what = append(l.what, say(" "), datum(as.Written))
	}
	if as.Key != "" && as.Key != as.Name {
		l.what = append(l.what, say(" (key "), datum(as.Key), say(")"))
	}
	switch as.State {
	case plan.Existing:
		l.tail = append(l.tail, phrase{say("existing")}, phrase{say("id %d", as.ID)})
	case plan.New:
		l.tail = append(l.tail, phrase{say("new")})
	case plan.Missing:
		l.look = look{symbol: "!", style: purple}
		missing := phrase{say("missing")}
		if as.Reason != "" {
			missing = append(missing, say(": "), datum(as.Reason))
		}
		l.tail = append(l.tail, missing)
	}
	if as.Owner != "" && as.Owner != a.Owner {
		l.tail = append(l.tail, phrase{say("in "), datum(as.Owner)})
	}
	l.drift(as.Drift)
	if v.described[as] {
		if def := v.plan.Objects[as.Object-1].Definition; def != nil {
			l.under = v.definitionLines(def)
		}
	}
	return l
}
