package report

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"tcimport/internal/message"
)

// item shows a line, and the lines under it.
func (p *printer) item(l *line, indent int) {
	head := strings.Repeat(" ", indent)
	if l.mark != noMark {
		head += p.paint(styleOf[l.mark], string(l.mark)) + " "
	}
	what := textOf(l.says())
	head += what
	tail := ""
	if len(l.tail) > 0 {
		tail = "  " + p.paint(dim, "["+textsOf(l.tail)+"]")
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
	case v.replaced():
		before, after := orEmpty(message.Escaped(v.old)), orEmpty(message.Escaped(v.new))
		if !v.multiline() && used+utf8.RuneCountInString(before+after)+3 <= p.columns() {
			p.line("%s%s → %s%s", head, before, after, tail)
			return
		}
		p.line("%s%s", strings.TrimSuffix(head, " "), tail)
		p.diff(diffText(v.old, v.new, p.view.whole), indent)
	case v.multiline() && p.view.whole:
		p.line("%s%s", strings.TrimSuffix(head, " "), tail)
		p.diff(diffText(v.old, v.new, true), indent)
	default:
		p.line("%s%s%s", head, orEmpty(escapedShort(v.text(), p.room(used))), tail)
	}
}

// markWidth is the room for the symbol of a line and the marks of its words.
const markWidth = 12

// diff shows lines of a text.
func (p *printer) diff(ds []diffLine, indent int) {
	margin := strings.Repeat(" ", indent+2)
	for i := range ds {
		d := &ds[i]
		if i == maxLines && p.cuts() {
			p.line("%s… and %s (-v shows all)", margin, message.Plural(len(ds)-i, "more line"))
			return
		}
		text := d.shown(p.room(indent + markWidth))
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

// orEmpty shows an empty value.
func orEmpty(s string) string { return cmp.Or(s, `""`) }

// textOf is a phrase as text.
func textOf(ph phrase) string {
	return ph.in(func(s span) string {
		switch s.kind {
		case spanData, spanLink:
			return orEmpty(message.Escaped(s.text))
		case spanName:
			return quoted(s.text)
		case spanWords:
		}
		return s.text
	})
}

// textsOf are phrases as text.
func textsOf(list []phrase) string { return joined(list, textOf) }

// cuts reports whether long lists and texts are shortened.
func (p *printer) cuts() bool { return p.Width > 0 && !p.view.whole }

// room is how many characters fit on a line after used ones, 0 for any number. It
// is never so small that the text would say nothing.
func (p *printer) room(used int) int {
	if !p.cuts() {
		return 0
	}
	return max(p.Width-used, 60)
}

// columns is the length up to which two values share a line.
func (p *printer) columns() int { return max(cmp.Or(p.Width, 120), 60) }
