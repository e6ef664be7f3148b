package report

import (
	"bytes"
	"cmp"
	"strings"

	"tcimport/internal/message"
)

// item shows a line, and the lines under it.
func (p *printer) item(l *line, indent int) {
	for range indent {
		p.add(" ")
	}
	if l.mark != noMark {
		p.add(p.paint(styleOf[l.mark], string(l.mark)), " ")
	}
	from := len(p.buf)
	p.buf = appendText(p.buf, l.what)
	var below []diffLine
	if l.value.op != 0 {
		below = p.value(&l.value, indent+2+widthOf(string(p.buf[from:])))
	}
	if len(l.tail) > 0 {
		p.add("  ", p.on(dim), "[")
		p.phrases(l.tail)
		p.add("]", p.off(dim))
	}
	p.end()
	p.diff(below, indent+2)
	for i := range l.under {
		p.item(&l.under[i], indent+4)
	}
}

// value adds a value to the line, or gives the lines of its own that it takes. What stands
// before it takes used columns.
func (p *printer) value(v *value, used int) (below []diffLine) {
	switch {
	case v.replaced():
		before, after := orEmpty(message.Escaped(v.old)), orEmpty(message.Escaped(v.new))
		if !v.multiline() && used+widthOf(before+after)+3 <= p.columns() {
			p.add(before, " → ", after)
			return nil
		}
		below = diffText(v.old, v.new, p.view.whole)
	case v.multiline() && p.view.whole:
		below = diffText(v.old, v.new, true)
	default:
		p.add(orEmpty(escapedShort(v.text(), p.room(used))))
		return nil
	}
	p.buf = bytes.TrimSuffix(p.buf, []byte(" "))
	return below
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
func textOf(ph phrase) string { return string(appendText(nil, ph)) }

func appendText(b []byte, ph phrase) []byte {
	for _, s := range ph {
		text := s.text
		switch s.kind {
		case spanData, spanLink:
			text = orEmpty(message.Escaped(text))
		case spanName:
			b = append(append(append(b, '"'), message.Escaped(text)...), '"')
			continue
		case spanWords:
		}
		b = append(b, text...)
	}
	return b
}

// phrases adds phrases, separated by commas.
func (p *printer) phrases(list []phrase) {
	for i, ph := range list {
		if i > 0 {
			p.add(", ")
		}
		p.buf = appendText(p.buf, ph)
	}
}

// textsOf are phrases as text.
func textsOf(list []phrase) string { return joined(list, textOf) }

// cuts reports whether long lists and texts are shortened.
func (p *printer) cuts() bool { return p.Width > 0 && !p.view.whole }

// room is how many columns are left on a line behind used ones, 0 for any number. It
// is never so small that the text would say nothing.
func (p *printer) room(used int) int {
	if !p.cuts() {
		return 0
	}
	return max(p.Width-used, 60)
}

// columns is the length up to which two values share a line.
func (p *printer) columns() int { return max(cmp.Or(p.Width, 120), 60) }
