package report

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strings"

	"tcimport/internal/plan"
)

// MarkdownOptions are how a plan is shown in a pull request.
type MarkdownOptions struct {
	Rate     float64 // requests a second, for the time that the plan takes
	MaxBytes int     // 0 for what forges take
	Defang   bool
}

// mostMarkdown is a little less than what GitHub takes for a comment.
const mostMarkdown = 65000

// mdSections is the order of a review: what keeps the plan from being applied,
// and what takes something away, comes first.
var mdSections = []plan.Verb{plan.Conflict, plan.Delete, plan.Update, plan.Create, plan.Skip}

// Markdown shows a plan as a comment: the tally, then the groups of each verb
// in a part that unfolds. What does not fit is counted.
func Markdown(w io.Writer, pl *plan.Plan, opt MarkdownOptions) error {
	m := &markdown{opt: opt, plan: pl, left: opt.MaxBytes}
	if m.left <= 0 {
		m.left = mostMarkdown
	}
	m.left -= reserve * (len(mdSections) + 2)
	m.head()
	for _, v := range mdSections {
		m.section(v)
	}
	m.kept()
	m.notes()
	_, err := w.Write(m.out.Bytes())
	return err
}

// reserve is what each part may take to open, to close, and to say what is
// left out.
const reserve = 300

type markdown struct {
	opt  MarkdownOptions
	plan *plan.Plan
	out  bytes.Buffer
	left int // bytes for what can be left out
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.out, format, args...) }

// fits writes s if there is room for it.
func (m *markdown) fits(s string) bool {
	if len(s) > m.left {
		return false
	}
	m.left -= len(s)
	m.out.WriteString(s)
	return true
}

func (m *markdown) head() {
	p := m.plan
	m.printf("## Import into ThreatConnect\n\n")
	lines := strings.Split(Tally(p, m.opt.Rate), "\n")
	m.printf("**%s**", lines[0])
	for _, l := range lines[1:] {
		m.printf("  \n%s", strings.TrimSpace(l))
	}
	m.printf("\n\n")
	what := code(p.Target.URL, most)
	if p.Target.Owner != "" {
		what += ", owner " + code(p.Target.Owner, most)
	}
	if p.Namespace != "" {
		what += ", namespace " + code(p.Namespace, most)
	}
	m.printf("Instance %s\n", what)
	if p.PruneRefused != "" {
		m.printf("\n**Nothing is deleted:** %s\n", code(p.PruneRefused, most))
	}
}

func (m *markdown) section(v plan.Verb) {
	total := 0
	for _, a := range m.plan.Actions {
		if a.Verb == v {
			total++
		}
	}
	if total == 0 {
		return
	}
	open := ""
	if v == plan.Conflict {
		open = " open"
	}
	m.printf("\n<details%s><summary>%s: %s</summary>\n\n", open, verbLooks[v].title, plural(total, "group"))
	shown := 0
	for _, a := range m.plan.Actions {
		if a.Verb != v {
			continue
		}
		if !m.fits(m.block(a)) {
			break
		}
		shown++
	}
	m.leftOut(total - shown)
	m.printf("\n</details>\n")
}

// most is how long a value can be in markdown, and how many changes of a group
// are shown.
const (
	most        = 160
	mostChanges = 25
)

// block is one group.
func (m *markdown) block(a *plan.Action) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s %s** %s %s, key %s", mdText(verbLooks[a.Verb].symbol), a.Verb, code(a.Type, most), code(a.Name, most), code(a.Key, most))
	if a.Owner != "" {
		fmt.Fprintf(&b, ", owner %s", code(a.Owner, most))
	}
	if a.ID != 0 {
		fmt.Fprintf(&b, ", %s", mdLink(fmt.Sprintf("id %d", a.ID), a.WebLink))
	}
	if a.Source != "" {
		fmt.Fprintf(&b, ", %s", code(a.Source, most))
	}
	b.WriteString("\n")
	if a.Reason != "" {
		fmt.Fprintf(&b, "  - reason: %s\n", code(a.Reason, 4*most))
	}
	for _, c := range a.Candidates {
		xid := "no xid"
		if c.XID != "" {
			xid = "xid " + code(c.XID, most)
		}
		fmt.Fprintf(&b, "  - candidate %s: %s %s, owner %s, %s, added %s\n", mdLink(fmt.Sprintf("id %d", c.ID), c.WebLink),
			code(c.Type, most), code(c.Name, most), code(c.Owner, most), xid, code(c.Added, most))
	}
	m.changes(&b, a)
	for _, n := range a.Notes {
		fmt.Fprintf(&b, "  - note: %s\n", code(n, 4*most))
	}
	return b.String()
}

func (m *markdown) changes(b *strings.Builder, a *plan.Action) {
	n := 0
	for _, c := range a.Changes {
		if n++; n > mostChanges {
			break
		}
		fmt.Fprintf(b, "  - %s %s: ", mdText(opLooks[c.Op].symbol), code(c.Field, most))
		switch c.Op {
		case plan.Set:
			before, after := shortenBoth(safe(c.Old), safe(c.New), most)
			fmt.Fprintf(b, "%s → %s", code(before, most+1), code(after, most+1))
		case plan.Remove:
			b.WriteString(code(c.Old, most))
		case plan.Add:
			b.WriteString(code(c.New, most))
		}
		if c.Drift == "server" {
			b.WriteString(" (edited on the server)")
		}
		b.WriteString("\n")
	}
	for _, as := range a.Associations {
		if n++; n > mostChanges {
			break
		}
		name := as.Name
		if m.opt.Defang {
			name = defang(as.Type, name)
		}
		if name == "" {
			name = as.Written
		}
		state := string(as.State)
		if as.ID != 0 {
			state += fmt.Sprintf(", id %d", as.ID)
		}
		symbol := opLooks[as.Op].symbol
		if as.State == plan.Missing {
			symbol = verbLooks[plan.Conflict].symbol
		}
		what := kindNames[as.Kind]
		if as.Type != "" {
			what += " " + code(as.Type, most)
		}
		fmt.Fprintf(b, "  - %s %s %s (%s)", mdText(symbol), what, code(name, most), state)
		if as.Reason != "" {
			fmt.Fprintf(b, ": %s", code(as.Reason, 2*most))
		}
		b.WriteString("\n")
	}
	if all := len(a.Changes) + len(a.Associations); all > mostChanges {
		fmt.Fprintf(b, "  - %s\n", plural(all-mostChanges, "more change"))
	}
}

// notes are those about indicators and the like.
func (m *markdown) notes() {
	total, shown, full := 0, 0, false
	for _, o := range m.plan.Objects {
		for _, n := range o.Notes {
			if total++; total == 1 {
				m.printf("\n<details><summary>Notes</summary>\n\n")
			}
			name := o.Name
			if m.opt.Defang {
				name = defang(o.Type, name)
			}
			line := fmt.Sprintf("- %s %s %s: %s\n", kindNames[o.Kind], code(o.Type, most), code(name, most), code(n, 2*most))
			if full = full || !m.fits(line); !full {
				shown++
			}
		}
	}
	if total == 0 {
		return
	}
	if shown < total {
		m.printf("\n%s not shown.\n", were(total-shown, "more note", "more notes"))
	}
	m.printf("\n</details>\n")
}

// code is s as a code span, which is where nothing in it means anything: no
// markup, no mention, no link. It is cut to at most most characters.
func code(s string, most int) string {
	s = shorten(safe(s), most)
	if s == "" {
		return "(empty)"
	}
	fence, run := 1, 0
	for i := range len(s) {
		if s[i] == '`' {
			run++
			fence = max(fence, run+1)
		} else {
			run = 0
		}
	}
	ticks := strings.Repeat("`", fence)
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return ticks + s + ticks
}

// mdText is a symbol that would begin a list or a heading.
func mdText(s string) string {
	switch s {
	case "+", "-", "!", "~", "=":
		return `\` + s
	}
	return s
}

// mdLink links to an object of the instance, if its link is one to follow.
func mdLink(text, link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(link, "<>\\`\" \t\r\n") || unsafeAt(link) >= 0 {
		return text
	}
	return "[" + text + "](<" + link + ">)"
}
