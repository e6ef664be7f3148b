package report

import (
	"fmt"
	"html"
	"io"
	"strings"

	"tcimport/internal/message"
)

// maxMarkdown is a little less than the longest comment that GitHub accepts.
const maxMarkdown = 65000

// How many characters of a name and of a text are shown.
const (
	maxName = 200
	maxText = 400
)

// everywhere ends a line about what is not listed.
const everywhere = "the plan as text or JSON has all of them"

// Markdown writes a view as a comment of a pull request, of less than maxBytes, 0
// for as many as forges accept: the counts and what is listed of them, then a part
// for each section that unfolds.
func Markdown(w io.Writer, v *View, maxBytes int) error {
	m := &markdown{view: v, max: maxBytes}
	if m.max <= 0 {
		m.max = maxMarkdown
	}
	head, end := m.head(), m.end()
	unlisted := func(listed map[*section]int) string {
		return mdBold(v.unlisted(func(s *section) int { return listed[s] }, everywhere))
	}
	parts, listed := m.parts(m.max - len(head) - len(end) - 2*len(unlisted(nil)))
	rest := unlisted(listed)
	_, err := io.WriteString(w, head+rest+strings.Join(parts, "")+rest+end)
	return err
}

// head is what stands above the sections, but for what is not listed.
func (m *markdown) head() string {
	var out strings.Builder
	fmt.Fprintf(&out, "## %s\n\n", m.view.title)
	for _, s := range m.view.tally {
		fmt.Fprintf(&out, "**%s**  \n", mdPhrase(s.what))
		for _, u := range s.under {
			fmt.Fprintf(&out, "%s  \n", mdPhrase(u))
		}
	}
	if m.view.where != nil {
		fmt.Fprintf(&out, "\n%s\n", mdPhrases(m.view.where))
	}
	out.WriteString(mdBold(m.view.only))
	if m.view.refused != nil {
		fmt.Fprintf(&out, "\n\\! %s\n", mdPhrase(m.view.refused))
	}
	return out.String()
}

// end is what stands below the sections. A command that is longer than anybody would type
// is cut: the run has printed it, too.
func (m *markdown) end() string {
	next := m.view.next
	if next.Command == "" {
		return ""
	}
	return fmt.Sprintf("\n%s\n\n%s\n", mdPhrase(next.phrase()), code(next.Command, m.max/16))
}

// mdBold is a line that stands out, or nothing.
func mdBold(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("\n**%s**\n", text)
}

type markdown struct {
	view *View
	max  int
}

// parts are the sections, each with as many entries as there is room for. A list
// beside the groups has a room of its own, so that groups do not displace it.
func (m *markdown) parts(room int) ([]string, map[*section]int) {
	parts, listed := make([]string, len(m.view.sections)), map[*section]int{}
	for _, s := range m.view.sections {
		room -= len(m.part(s, "", 0)) + len(fmt.Sprint(s.total)) // the text for other numbers is as long at most
	}
	for _, groups := range []bool{false, true} {
		for i, s := range m.view.sections {
			if (s.groups != "") != groups {
				continue
			}
			share := min(room, m.max/8)
			if groups {
				share = room
			}
			entries, n := m.entries(s, share)
			room -= len(entries)
			parts[i], listed[s] = m.part(s, entries, n), n
		}
	}
	return parts, listed
}

// entries are the first entries of a section, and how many fit into the room.
func (m *markdown) entries(s *section, room int) (string, int) {
	var b strings.Builder
	for i, e := range s.entries {
		text := m.entry(e, m.max/8)
		if b.Len()+len(text) > room {
			return b.String(), i
		}
		b.WriteString(text)
	}
	return b.String(), s.listed
}

// part is a section that unfolds.
func (m *markdown) part(s *section, entries string, listed int) string {
	if s.listed == 0 && s.more != "" {
		return fmt.Sprintf("\n%s (%d): %s\n", s.title, s.total, s.more)
	}
	open := ""
	if s.urgent {
		open = " open"
	}
	count := fmt.Sprint(s.total)
	if listed < s.total {
		count = fmt.Sprintf("%d of %d listed", listed, s.total)
	}
	types := ""
	if len(s.types) > 0 {
		types = ": " + mdTypes(s.types)
	}
	if listed < s.total && s.more != "" {
		types += ", " + s.more
	}
	return fmt.Sprintf("\n<details%s><summary>%s (%s)%s</summary>\n\n%s\n</details>\n", open, s.title, count, types, entries)
}

// mdTypes are the most frequent types of groups.
func mdTypes(types []typeCount) string {
	const most = 5
	text := joined(types[:min(most, len(types))], func(t typeCount) string {
		return fmt.Sprintf("%d <code>%s</code>", t.n, html.EscapeString(escapedShort(t.name, 40)))
	})
	if len(types) > most {
		text += ", …"
	}
	return text
}

// entry is an entry with its lines, as far as room bytes go.
func (m *markdown) entry(e *entry, room int) string {
	var b strings.Builder
	b.WriteString("- ")
	if e.mark != noMark {
		fmt.Fprintf(&b, "**%s %s** ", mdMark(e.mark), e.word)
	}
	b.WriteString(mdPhrase(e.what()))
	for _, ph := range e.about() {
		b.WriteString(", " + mdPhrase(ph))
	}
	if e.lines == nil && e.remark != "" {
		b.WriteString(": " + code(e.remark, maxText))
	}
	if e.source != "" {
		b.WriteString(", " + code(e.source, maxName))
	}
	b.WriteString("\n")
	if e.lines == nil {
		return b.String()
	}
	lines := e.lines()
	for i := range lines {
		item := m.item(&lines[i], 2)
		if b.Len()+len(item) > room {
			fmt.Fprintf(&b, "  - … and %s: %s\n", message.Plural(len(lines)-i, "more line"), everywhere)
			break
		}
		b.WriteString(item)
	}
	return b.String()
}

// item is a line, and the lines under it.
func (m *markdown) item(l *line, indent int) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", indent) + "- ")
	if l.mark != noMark {
		b.WriteString(mdMark(l.mark) + " ")
	}
	b.WriteString(mdPhrase(l.what))
	if l.value.op != 0 {
		b.WriteString(m.value(&l.value))
	}
	if len(l.tail) > 0 {
		b.WriteString(" (" + mdPhrases(l.tail) + ")")
	}
	b.WriteString("\n")
	for i := range l.under {
		b.WriteString(m.item(&l.under[i], indent+2))
	}
	return b.String()
}

func (m *markdown) value(v *value) string {
	most := maxText
	if m.view.whole {
		most = 0
	}
	if !v.replaced() {
		return code(v.text(), most)
	}
	const short = 60 // up to this length marks would be in the way
	if len(v.old) > short || len(v.new) > short {
		if before, after, ok := wordDiff(v.old, v.new); ok {
			return codeOf(excerpt(before, "[-", "-]", most)) + " → " + codeOf(excerpt(after, "{+", "+}", most))
		}
	}
	return code(v.old, most) + " → " + code(v.new, most)
}
