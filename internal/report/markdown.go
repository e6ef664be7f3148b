package report

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// MarkdownOptions are how a plan is shown in a pull request.
type MarkdownOptions struct {
	Show
	MaxBytes int // the output stays below; 0 for what forges take
}

// maxMarkdown is a little less than what GitHub takes for a comment.
const maxMarkdown = 65000

// Markdown shows a plan as a comment: the tally and what is listed of it, then
// the groups of each action in a part that unfolds.
func Markdown(w io.Writer, pl *plan.Plan, opt MarkdownOptions) error {
	m := &markdown{view: newView(pl, opt.Show), max: opt.MaxBytes}
	if m.max <= 0 {
		m.max = maxMarkdown
	}
	// Lists that stand behind the groups have a part of the room for themselves.
	share := m.max / 8
	kept := m.part(keptHeading(len(m.view.kept)), true, share, len(m.view.kept), func(i int) string { return m.group(m.view.kept[i], share) })
	notPruned := m.part(notPrunedHeading(len(m.view.notPruned)), false, share, len(m.view.notPruned), func(i int) string {
		o := m.view.notPruned[i]
		return fmt.Sprintf("- %s %s, key %s, id %d: %s\n", code(o.Type, maxName), code(o.Name, maxName), code(o.Written, maxName), o.ID, code(o.Reason, maxText))
	})
	found := m.view.notes()
	notes := m.part(fmt.Sprintf("Notes (%d)", len(found)), false, share, len(found), func(i int) string {
		o := found[i].object
		return fmt.Sprintf("- %s %s %s: %s\n", o.Kind.Spec().Name, code(o.Type, maxName), code(o.Name, maxName), code(found[i].text, maxText))
	})
	rest := kept + notPruned + notes
	left := m.max - len(rest) - maxHead - maxSection*len(m.view.sections)
	var groups strings.Builder
	for _, s := range m.view.sections {
		left -= m.section(&groups, s, left)
	}
	var out bytes.Buffer
	m.head(&out)
	out.WriteString(groups.String())
	out.WriteString(rest)
	if unlisted := m.unlisted(); unlisted != "" {
		fmt.Fprintf(&out, "\n**%s**\n", unlisted)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// maxHead and maxSection are the room for what is never left out: what stands on
// top and at the end, and what opens and closes a part.
const (
	maxHead    = 6000
	maxSection = 1200
)

// How many characters of a name and of a text are shown.
const (
	maxName = 200
	maxText = 400
)

type markdown struct {
	view *view
	max  int
}

// texts is how many characters of a text are shown, 0 for all.
func (m *markdown) texts() int {
	if m.view.whole() {
		return 0
	}
	return maxText
}

func (m *markdown) head(out *bytes.Buffer) {
	p := m.view.plan
	fmt.Fprintf(out, "## Import into ThreatConnect\n\n")
	lines := strings.Split(Tally(p, m.view.Rate), "\n")
	fmt.Fprintf(out, "**%s**", lines[0])
	for _, l := range lines[1:] {
		fmt.Fprintf(out, "  \n%s", strings.TrimSpace(l))
	}
	what := code(p.Target.URL, maxName)
	if p.Target.Owner != "" {
		what += ", owner " + code(p.Target.Owner, maxName)
	}
	if p.Namespace != "" {
		what += ", namespace " + code(p.Namespace, maxName)
	}
	fmt.Fprintf(out, "\n\nInstance %s\n", what)
	for _, l := range []string{m.view.only(), m.unlisted()} {
		if l != "" {
			fmt.Fprintf(out, "\n**%s**\n", l)
		}
	}
	if p.PruneRefused != "" {
		fmt.Fprintf(out, "\n**Nothing is deleted:** %s\n", code(p.PruneRefused, maxText))
	}
}

func (m *markdown) unlisted() string {
	return m.view.unlisted("the plan as text or JSON has all of them")
}

// section writes the groups of an action, as many as there is room for, and
// gives the bytes that they take.
func (m *markdown) section(out *strings.Builder, s *section, room int) int {
	var blocks strings.Builder
	n := 0
	for _, a := range s.listed {
		b := m.group(a, m.max/8)
		if blocks.Len()+len(b) > room {
			break
		}
		blocks.WriteString(b)
		n++
	}
	s.listed = s.listed[:n]
	open, count := "", message.Plural(len(s.groups), "group")
	if s.verb == plan.Conflict {
		open = " open"
	}
	if n < len(s.groups) {
		count = fmt.Sprintf("%d of %s listed", n, count)
	}
	fmt.Fprintf(out, "\n<details%s><summary>%s: %s (%s)</summary>\n\n%s\n</details>\n", open, s.title(), count, typesHTML(s.types), blocks.String())
	return blocks.Len()
}

// typesHTML is the types of groups, the most common ones.
func typesHTML(types []typeCount) string {
	const most = 5
	var parts []string
	for i, t := range types {
		if i == most {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, fmt.Sprintf("%d <code>%s</code>", t.n, html.EscapeString(message.Shorten(message.Escaped(t.name), 40))))
	}
	return strings.Join(parts, ", ")
}

// part is a list that unfolds, with as many entries as there is room for; "" if
// there are none.
func (m *markdown) part(title string, open bool, room, n int, entry func(i int) string) string {
	if n == 0 {
		return ""
	}
	var b strings.Builder
	shown := 0
	for ; shown < n; shown++ {
		e := entry(shown)
		if b.Len()+len(e) > room {
			break
		}
		b.WriteString(e)
	}
	if shown < n {
		title += fmt.Sprintf(", %d of them listed", shown)
	}
	details := "<details>"
	if open {
		details = "<details open>"
	}
	return fmt.Sprintf("\n%s<summary>%s</summary>\n\n%s\n</details>\n", details, title, b.String())
}

// group is one group, of which at most room bytes are shown.
func (m *markdown) group(a *plan.Action, room int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s %s** %s %s", mdSymbol(verbLooks[a.Verb].symbol), a.Verb, code(a.Type, maxName), code(a.Name, maxName))
	for _, ph := range about(a) {
		b.WriteString(", " + mdPhrase(ph))
	}
	if a.ID != 0 {
		fmt.Fprintf(&b, ", %s", mdLink(fmt.Sprintf("id %d", a.ID), a.WebLink))
	}
	if a.Source != "" {
		fmt.Fprintf(&b, ", %s", code(a.Source, maxName))
	}
	b.WriteString("\n")
	lines := m.view.lines(a)
	for i := range lines {
		item := m.item(&lines[i], 2)
		if b.Len()+len(item) > room {
			fmt.Fprintf(&b, "  - … and %s: the plan as text or JSON has all of them\n", message.Plural(len(lines)-i, "more line"))
			break
		}
		b.WriteString(item)
	}
	return b.String()
}

// item is a line, and what stands under it.
func (m *markdown) item(l *line, indent int) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", indent) + "- ")
	if l.look.symbol != "" {
		b.WriteString(mdSymbol(l.look.symbol) + " ")
	}
	b.WriteString(mdPhrase(l.what))
	if v := l.value; v != nil {
		b.WriteString(m.value(v))
	}
	for i, ph := range l.tail {
		b.WriteString([]string{" (", ", "}[min(i, 1)] + mdPhrase(ph))
	}
	if len(l.tail) > 0 {
		b.WriteString(")")
	}
	b.WriteString("\n")
	for i := range l.under {
		b.WriteString(m.item(&l.under[i], indent+2))
	}
	return b.String()
}

func (m *markdown) value(v *value) string {
	most := m.texts()
	if v.op != plan.Set || v.same() {
		return code(v.text(), most)
	}
	const short = 60 // up to which length marks would only be in the way
	if len(v.old) > short || len(v.new) > short {
		if before, after, ok := wordDiff(v.old, v.new); ok {
			return codeOf(excerpt(before, "[-", "-]", most)) + " → " + codeOf(excerpt(after, "{+", "+}", most))
		}
	}
	return code(v.old, most) + " → " + code(v.new, most)
}
