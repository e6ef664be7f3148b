package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"tcimport/internal/message"
)

// Screen is where text is shown.
type Screen struct {
	Color bool
	Width int // columns of the terminal; 0 where there is none: nothing is shortened
}

// Text writes a view as text.
func Text(w io.Writer, v *View, screen Screen) error {
	if s, ok := w.(interface{ Styled() io.Writer }); ok && screen.Color {
		w = s.Styled()
	}
	p := &printer{Screen: screen, view: v, w: bufio.NewWriterSize(w, 1<<16)}
	p.show()
	return p.w.Flush()
}

// printer writes lines for people. Its writer keeps the first error.
type printer struct {
	Screen
	view *View
	w    *bufio.Writer
	any  bool   // something is written
	buf  []byte // the line that is being made
	rows int    // lines of the terminal that are written, where the view has a limit of them
}

func (p *printer) line(format string, args ...any) {
	p.buf = fmt.Appendf(p.buf, format, args...)
	p.end()
}

// add adds to the line that is being made.
func (p *printer) add(texts ...string) {
	for _, text := range texts {
		p.buf = append(p.buf, text...)
	}
}

// end ends the line that is being made.
func (p *printer) end() {
	p.any = true
	if p.view.lines > 0 {
		p.rows += p.rowsOf(p.buf)
	}
	p.buf = append(p.buf, '\n')
	p.w.Write(p.buf)
	p.buf = p.buf[:0]
}

// gap separates parts by an empty line.
func (p *printer) gap() {
	if p.any {
		p.w.WriteByte('\n')
	}
}

func (p *printer) bold(s string) {
	if s != "" {
		p.line("%s", p.paint(bold, s))
	}
}

func (p *printer) show() {
	v := p.view
	fits := p.fits()
	unlisted := v.unlisted(func(s *section) int { return fits[s].entries }, "--limit 0 lists all")
	if v.where != nil {
		p.line("%s", p.paint(dim, textsOf(v.where)))
	}
	p.bold(v.only)
	p.bold(unlisted)
	sections := p.order()
	for _, s := range sections {
		p.gap()
		p.section(s, fits[s])
	}
	if v.refused != nil {
		p.gap()
		p.line("%s", p.paint(purple, "! "+textOf(v.refused)))
	}
	if len(sections) > 0 || v.refused != nil {
		p.gap()
	}
	p.bold(unlisted)
	for _, s := range v.tally {
		p.bold(textOf(s.what))
		for _, u := range s.under {
			p.bold("      " + textOf(u))
		}
	}
}

// order is the order of sections on a terminal: what somebody has to read stands
// at the end, where it is still on the screen.
func (p *printer) order() []*section {
	var rest, urgent []*section
	for _, s := range p.view.sections {
		if s.urgent {
			urgent = append(urgent, s)
		} else {
			rest = append(rest, s)
		}
	}
	slices.Reverse(urgent)
	return append(rest, urgent...)
}

func (p *printer) section(s *section, f fit) {
	count := fmt.Sprint(s.total)
	if s.groups != "" && f.entries < s.total {
		count = fmt.Sprintf("%d of %d listed", f.entries, s.total)
	}
	title := p.paint(bold, fmt.Sprintf("%s (%s):", s.title, count))
	if s.listed == 0 && s.more != "" {
		p.line("%s %s", title, s.more)
		return
	}
	types := joined(s.types, func(t typeCount) string { return fmt.Sprint(t.n, " ", message.Escaped(t.name)) })
	p.line("%s", strings.TrimSuffix(title+" "+types, " "))
	for i, e := range s.entries {
		switch {
		case i == f.entries, i == maxBrief && s.brief && p.cuts():
			p.unlisted(s, i)
			return
		case s.brief:
			p.brief(e)
		default:
			p.entry(e, f.lines)
		}
	}
	p.unlisted(s, s.listed)
}

// unlisted says how many entries of a section are not shown, and where they are. Of
// groups, this stands at the top and at the end.
func (p *printer) unlisted(s *section, shown int) {
	n := s.total - shown
	switch {
	case n == 0 || s.groups != "":
	case shown < s.listed:
		p.line("  … and %d more (-v shows all)", n)
	default:
		p.line("  … and %d more: %s", n, s.more)
	}
}

// On a terminal, lists and texts are shortened to so many entries and lines.
const (
	maxAssociations = 30 // of a group
	maxLines        = 12 // of a text
	maxBrief        = 20 // entries of a section
)

// head is the mark of an entry, its action, type and name.
func (p *printer) head(e *entry) string {
	if e.mark == noMark {
		return textOf(e.what())
	}
	return p.paint(styleOf[e.mark], string(e.mark)+" "+e.word) + " " + textOf(e.what())
}

// entry shows an entry with its lines: about most of them, 0 for all.
func (p *printer) entry(e *entry, most int) {
	from := p.rows
	p.add(p.head(e))
	p.end()
	p.add("    ", p.on(dim))
	p.phrases(e.about())
	if e.source != "" {
		p.add(", ", message.Escaped(e.source))
	}
	p.add(p.off(dim))
	p.end()
	if p.view.links && e.link != "" {
		p.line("    %s", p.paint(dim, "link "+message.Escaped(e.link)))
	}
	associations := 0
	lines := e.lines()
	for i := range lines {
		if most > 0 && i > 0 && p.rows-from >= most {
			p.line("    … and %s of this entry (-v shows all)", message.Plural(len(lines)-i, "more line"))
			return
		}
		if lines[i].association != nil {
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

// brief shows an entry as one line.
func (p *printer) brief(e *entry) {
	text := p.head(e)
	if e.mark == noMark {
		text = "  " + text
	}
	if about := e.about(); len(about) > 0 {
		text += " (" + textsOf(about) + ")"
	}
	if e.remark != "" {
		text += ": " + message.Escaped(e.remark)
	}
	if e.source != "" {
		text += p.paint(dim, " ("+message.Escaped(e.source)+")")
	}
	p.line("%s", text)
}
