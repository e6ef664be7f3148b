package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// textOrder is the order of sections on a terminal: what needs a person stands
// last, where it is still on the screen.
var textOrder = []plan.Verb{plan.Unchanged, plan.Skip, plan.Delete, plan.Update, plan.Create, plan.Conflict}

// allListed ends a line about groups that are not listed.
const allListed = "--limit 0 lists all"

// Text shows a plan on a terminal, or in a file.
func Text(w io.Writer, pl *plan.Plan, opt TextOptions) error {
	p := newPrinter(w, opt)
	v := newView(pl, opt.Show)
	p.target(pl)
	unlisted := v.unlisted(allListed)
	for _, l := range []string{v.only(), unlisted} {
		if l != "" {
			p.line("%s", p.paint(bold, l))
		}
	}
	for _, verb := range textOrder {
		for _, s := range v.sections {
			if s.verb == verb && len(s.listed) > 0 {
				p.section(v, s)
			}
		}
	}
	if len(v.kept) > 0 {
		p.line("")
		p.kept(v.kept)
	}
	p.notPruned(v.notPruned)
	p.notes(v.notes())
	if pl.PruneRefused != "" {
		p.line("")
		p.line("%s nothing is deleted: %s", p.paint(purple, "! refused:"), message.Escaped(pl.PruneRefused))
	}
	if p.below {
		p.line("")
	}
	if unlisted != "" {
		p.line("%s", p.paint(bold, unlisted))
	}
	p.line("%s", p.paint(bold, Tally(pl, p.Rate)))
	return p.flush()
}

func (p *printer) target(pl *plan.Plan) {
	what := message.Escaped(pl.Target.URL)
	if pl.Target.Owner != "" {
		what += ", owner " + message.Escaped(pl.Target.Owner)
	}
	if pl.Namespace != "" {
		what += ", namespace " + message.Escaped(pl.Namespace)
	}
	if what != "" {
		p.line("%s", p.paint(dim, "ThreatConnect "+what))
	}
}

// section is a heading with the number of groups of each type, and the groups.
func (p *printer) section(v *view, s *section) {
	parts := make([]string, len(s.types))
	for i, t := range s.types {
		parts[i] = fmt.Sprintf("%d %s", t.n, message.Escaped(t.name))
	}
	p.line("")
	p.line("%s %s", p.paint(bold, fmt.Sprintf("%s (%d):", s.title(), len(s.groups))), strings.Join(parts, ", "))
	for _, a := range s.listed {
		p.group(v, a)
	}
}

// group shows what happens to one group.
func (p *printer) group(v *view, a *plan.Action) {
	l := verbLooks[a.Verb]
	p.line("%s %s %s", p.paint(l.style, l.symbol+" "+string(a.Verb)), message.Escaped(a.Type), p.paint(bold, quoted(a.Name)))
	parts := p.phrases(about(a))
	if a.ID != 0 {
		parts = append(parts, "id "+formatID(a.ID))
	}
	if a.Source != "" {
		parts = append(parts, message.Escaped(a.Source))
	}
	p.line("    %s", p.paint(dim, strings.Join(parts, ", ")))
	if p.Verbose && a.WebLink != "" {
		p.line("    %s", p.paint(dim, "link "+message.Escaped(a.WebLink)))
	}
	associations := 0
	lines := v.lines(a)
	for i := range lines {
		if lines[i].association {
			if associations++; associations > maxAssociations && p.cuts() {
				continue
			}
		}
		p.item(&lines[i], 4)
	}
	if more := associations - maxAssociations; more > 0 && p.cuts() {
		p.line("    … and %s (-v shows all)", message.Plural(more, "more association"))
	}
}

// Where a terminal is narrow and somebody reads, lists within a group and texts
// are shortened after that many entries and lines.
const (
	maxAssociations = 30
	maxLines        = 12
	maxNotes        = 20
)

// item shows a line, and what stands under it.
func (p *printer) item(l *line, indent int) {
	head := strings.Repeat(" ", indent)
	if l.look.symbol != "" {
		head += p.paint(l.look.style, l.look.symbol) + " "
	}
	what := p.phrase(l.what)
	head += what
	tail := ""
	if len(l.tail) > 0 {
		tail = "  " + p.paint(dim, "["+strings.Join(p.phrases(l.tail), ", ")+"]")
	}
	if l.value == nil {
		p.line("%s%s", head, tail)
	} else {
		p.value(l.value, head, tail, indent, indent+2+utf8.RuneCountInString(what))
	}
	for i := range l.under {
		p.item(&l.under[i], indent+4)
	}
}

// value shows a value on the line that head begins, or on lines of its own. head
// takes used characters of the line.
func (p *printer) value(v *value, head, tail string, indent, used int) {
	indent += 2
	switch {
	case v.op == plan.Set && !v.same():
		before, after := shown(message.Escaped(v.old)), shown(message.Escaped(v.new))
		if !v.lines() && used+utf8.RuneCountInString(before+after)+3 <= p.columns() {
			p.line("%s%s → %s%s", head, before, after, tail)
			return
		}
		p.line("%s%s", strings.TrimSuffix(head, " "), tail)
		p.diff(diffText(v.old, v.new, p.whole()), indent)
	case v.lines() && p.whole():
		p.line("%s%s", strings.TrimSuffix(head, " "), tail)
		op := byte('+')
		if v.op == plan.Remove {
			op = '-'
		}
		var ds []diffLine
		for _, l := range splitLines(v.text()) {
			ds = append(ds, diffLine{op: op, text: l})
		}
		p.diff(ds, indent)
	default:
		p.line("%s%s%s", head, p.short(v.text(), used), tail)
	}
}

// forMarks is the room for the symbol of a line and the marks of its words.
const forMarks = 12

// diff shows lines of a text.
func (p *printer) diff(ds []diffLine, indent int) {
	margin := strings.Repeat(" ", indent+2)
	for i := range ds {
		d := &ds[i]
		if i == maxLines && p.cuts() {
			p.line("%s… and %s (-v shows all)", margin, message.Plural(len(ds)-i, "more line"))
			return
		}
		text := d.shown(p.room(indent + forMarks))
		switch d.op {
		case '+':
			p.line("%s%s %s", margin, p.paint(green, "+"), text)
		case '-':
			p.line("%s%s %s", margin, p.paint(red, "-"), text)
		default:
			p.line("%s  %s", margin, p.paint(dim, text))
		}
	}
}

// short is a value, shortened to what is left of a line that used takes a part
// of.
func (p *printer) short(s string, used int) string { return shown(escapedShort(s, p.room(used))) }

// shown is a value that can be empty.
func shown(s string) string {
	if s == "" {
		return `""`
	}
	return s
}

func (p *printer) phrase(ph phrase) string {
	var b strings.Builder
	for _, s := range ph {
		switch s.kind {
		case spanWords:
			b.WriteString(s.text)
		case spanData, spanLink:
			b.WriteString(shown(message.Escaped(s.text)))
		case spanName:
			b.WriteString(quoted(s.text))
		}
	}
	return b.String()
}

func (p *printer) phrases(list []phrase) []string {
	out := make([]string, len(list))
	for i, ph := range list {
		out[i] = p.phrase(ph)
	}
	return out
}

// list shows the entries of a list that no group has, each with where it comes
// from.
func (p *printer) list(title string, n int, entry func(i int) (text, source string)) {
	if n == 0 {
		return
	}
	p.line("")
	p.line("%s", p.paint(bold, title+":"))
	for i := range n {
		if i == maxNotes && p.cuts() {
			p.line("  … and %d more (-v shows all)", n-i)
			return
		}
		text, source := entry(i)
		p.line("  %s%s", text, p.from(source))
	}
}

// notPruned shows groups that --prune leaves where they are.
func (p *printer) notPruned(groups []*plan.Object) {
	p.list(notPrunedHeading(len(groups)), len(groups), func(i int) (string, string) {
		o := groups[i]
		return fmt.Sprintf("%s %s (key %s, id %d): %s", message.Escaped(o.Type), quoted(o.Name), message.Escaped(o.Written), o.ID, message.Escaped(o.Reason)), ""
	})
}

// notes shows what was found out about indicators and the like.
func (p *printer) notes(notes []note) {
	p.list("Notes", len(notes), func(i int) (string, string) {
		o := notes[i].object
		return fmt.Sprintf("%s %s %s: %s", o.Kind.Spec().Name, message.Escaped(o.Type), quoted(o.Name), message.Escaped(notes[i].text)), o.Source
	})
}
