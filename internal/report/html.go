package report

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"io/fs"
	"strings"
	"sync"

	"tcimport/internal/message"
)

//go:embed html
var pageFiles embed.FS

// page is what every HTML document has: the page itself, its one stylesheet, and its
// one script. The browser runs these two and nothing else: the page has their digests.
type page struct {
	template *template.Template
	style    string
	script   string
}

// thePage puts the page together: the files of style and script follow each other in
// the order of their names.
var thePage = sync.OnceValue(func() *page {
	p := &page{template: template.Must(template.ParseFS(pageFiles, "html/page.html"))}
	for pattern, into := range map[string]*string{"html/*.css": &p.style, "html/*.js": &p.script} {
		names, err := fs.Glob(pageFiles, pattern)
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			text, err := pageFiles.ReadFile(name)
			if err != nil {
				panic(err)
			}
			*into += string(text)
		}
	}
	p.script = "(() => {\n'use strict';\n" + p.script + "start();\n})();\n"
	return p
})

// policy is the Content-Security-Policy of the page.
func (p *page) policy() string {
	return "default-src 'none'; style-src " + digest(p.style) + "; script-src " + digest(p.script) + "; img-src data:; base-uri 'none'; form-action 'none'"
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// maxPlain is how many entries of a section are shown where no script runs.
const maxPlain = 200

// HTML writes a view as one document that asks for nothing from any network. What is
// listed is data, as JSON. A small script shows it; without a script, there are the
// counts and what somebody has to read.
func HTML(w io.Writer, v *View) error {
	p := thePage()
	out := bufio.NewWriterSize(w, 1<<16)
	err := p.template.Execute(out, map[string]any{
		"Policy": p.policy(), "Style": template.CSS(p.style), "Title": v.title, "Where": textsOf(v.where), "When": textsOf(v.when),
		"Notices": v.notices(), "Tally": plainTally(v), "Urgent": plainUrgent(v), "Next": v.next,
	})
	if err != nil {
		return err
	}
	out.WriteString(`<script type="application/json" id="data">`)
	writePageData(out, v)
	out.WriteString("</script>\n<script>")
	out.WriteString(p.script)
	out.WriteString("</script>\n</body>\n</html>\n")
	return out.Flush()
}

// notices are what concerns the view as a whole.
func (v *View) notices() []string {
	var out []string
	if v.refused != nil {
		out = append(out, "! "+textOf(v.refused))
	}
	for _, text := range []string{v.only, v.unlisted(func(s *section) int { return s.listed }, "--limit 0 lists all")} {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

// plainStatement is a statement of the tally as text.
type plainStatement struct {
	What  string
	Under []string
}

func plainTally(v *View) []plainStatement {
	out := make([]plainStatement, len(v.tally))
	for i, s := range v.tally {
		out[i].What = textOf(s.what)
		for _, u := range s.under {
			out[i].Under = append(out[i].Under, textOf(u))
		}
	}
	return out
}

// plainSection is a section as text.
type plainSection struct {
	Title   string
	Total   int
	Entries []string
	More    int
}

// plainUrgent are the sections that somebody has to read.
func plainUrgent(v *View) []plainSection {
	var out []plainSection
	for _, s := range v.sections {
		if !s.urgent {
			continue
		}
		p := plainSection{Title: s.title, Total: s.total}
		for i, e := range s.entries {
			if i == maxPlain {
				break
			}
			p.Entries = append(p.Entries, plainEntry(e))
		}
		p.More = s.total - len(p.Entries)
		out = append(out, p)
	}
	return out
}

// plainEntry is an entry as one line, with the reasons among its lines.
func plainEntry(e *entry) string {
	var b strings.Builder
	if e.mark != noMark {
		b.WriteString(string(e.mark) + " " + e.word + " ")
	}
	b.WriteString(textOf(e.what()))
	if about := e.about(); len(about) > 0 {
		b.WriteString(" (" + textsOf(about) + ")")
	}
	var why []string
	if e.remark != "" {
		why = append(why, message.Escaped(e.remark))
	}
	if e.lines != nil {
		lines := e.lines()
		for i := range lines {
			if l := &lines[i]; l.mark == noMark && !l.repeats(e) {
				why = append(why, textOf(l.what)+message.Escaped(l.value.text()))
			}
		}
	}
	if len(why) > 0 {
		b.WriteString(": " + strings.Join(why, "; "))
	}
	if e.source != "" {
		b.WriteString(" (" + message.Escaped(e.source) + ")")
	}
	return b.String()
}
