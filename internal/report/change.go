package report

import (
	"strings"
	"unicode/utf8"

	"tcimport/internal/plan"
)

// change shows one change of a group: on one line if it fits, else as the lines
// that differ.
func (p *printer) change(c *plan.Change) {
	l := opLooks[c.Op]
	head := "    " + p.paint(l.style, l.symbol) + " " + safe(c.Field) + ": "
	used := len(c.Field) + 8
	tail := p.detail(c.Attribute) + p.drift(c.Drift)
	switch {
	case c.Op == plan.Set && (strings.Contains(c.Old, "\n") || strings.Contains(c.New, "\n")):
		p.line("%s%s", strings.TrimSuffix(head, " "), tail)
		p.lines(diffLines(splitLines(c.Old), splitLines(c.New)))
	case c.Op == plan.Set:
		before, after := safe(c.Old), safe(c.New)
		if !p.Verbose {
			before, after = shortenBoth(before, after, (p.room(used)-3)/2)
		}
		p.line("%s%s → %s%s", head, shown(before), shown(after), tail)
	case c.Op == plan.Remove:
		p.line("%s%s%s", head, p.short(c.Old, used), tail)
	case strings.Contains(c.New, "\n") && p.Verbose:
		p.line("%s%s", strings.TrimSuffix(head, " "), tail)
		p.lines(diffLines(nil, splitLines(c.New)))
	default:
		p.line("%s%s%s", head, p.short(c.New, used), tail)
	}
}

// short is a value, cut to what is left of a line that used takes a part of.
func (p *printer) short(s string, used int) string {
	if p.Verbose {
		return shown(safe(s))
	}
	// A value can be of megabytes: only what can be seen is made safe.
	room := p.room(used)
	cut := s
	if len(cut) > 4*room {
		cut = cut[:4*room]
		for len(cut) > 0 && !utf8.RuneStart(s[len(cut)]) {
			cut = cut[:len(cut)-1]
		}
		cut += "…"
	}
	return shown(shorten(safe(cut), room))
}

// shown is a value that can be empty.
func shown(s string) string {
	if s == "" {
		return `""`
	}
	return s
}

// detail is what an attribute has beside its value.
func (p *printer) detail(d *plan.AttributeDetail) string {
	if d == nil || !p.Verbose {
		return ""
	}
	var parts []string
	if d.ID != 0 {
		parts = append(parts, "attribute id "+formatID(d.ID))
	}
	if d.Source != "" {
		parts = append(parts, "source: "+safe(d.Source))
	}
	if d.Default != nil {
		parts = append(parts, flagged("default", *d.Default))
	}
	if d.Pinned != nil {
		parts = append(parts, flagged("pinned", *d.Pinned))
	}
	if len(d.SecurityLabels) > 0 {
		parts = append(parts, "labels: "+safe(strings.Join(d.SecurityLabels, ", ")))
	}
	if len(parts) == 0 {
		return ""
	}
	return p.paint(dim, "  ("+strings.Join(parts, "; ")+")")
}

func flagged(name string, set bool) string {
	if set {
		return name
	}
	return "not " + name
}

// shortenBoth cuts two texts to most characters each, so that where they
// first differ is still to be seen.
func shortenBoth(a, b string, most int) (string, string) {
	if utf8.RuneCountInString(a) <= most && utf8.RuneCountInString(b) <= most {
		return a, b
	}
	const lead = 12 // characters before the difference
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	start, n := same, 0
	for start > 0 && n < lead {
		_, size := utf8.DecodeLastRuneInString(a[:start])
		start -= size
		n++
	}
	for start < same && !utf8.RuneStart(a[start]) {
		start++
	}
	if utf8.RuneCountInString(a[:start]) > most/3 {
		a, b = "…"+a[start:], "…"+b[start:]
	}
	return shorten(a, most), shorten(b, most)
}

// mostLines is how many lines of a text that has changed are shown.
const mostLines = 12

// lines shows the lines of a text that differ, and how many are left out.
func (p *printer) lines(ds []diffLine) {
	n := 0
	for _, d := range ds {
		if n == mostLines && !p.Verbose {
			p.line("        … and %s (-v shows all)", plural(len(ds)-n, "more line"))
			return
		}
		n++
		switch d.op {
		case ' ':
			p.line("          %s", p.paint(dim, p.short(d.text, 12)))
		case '+':
			p.line("        %s %s", p.paint(green, "+"), p.short(d.text, 12))
		case '-':
			p.line("        %s %s", p.paint(red, "-"), p.short(d.text, 12))
		default:
			p.line("          %s", p.paint(dim, d.text))
		}
	}
}
