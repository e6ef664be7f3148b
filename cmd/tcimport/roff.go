package main

import (
	"strings"
)

// roff writes a man page, in the macros that every man knows.
type roff struct {
	strings.Builder
	begun bool // a section has begun, and has no text yet
}

// roffText escapes what roff would read otherwise: also hyphens and quotes, which it
// sets as other characters, so that a command could not be copied from a page.
var roffText = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`)

// roffWidth is how long a line of text should be at most. man fills lines by itself.
const roffWidth = 72

// text writes words, in lines of their own length.
func (r *roff) text(s string) {
	line := ""
	for _, word := range strings.Fields(s) {
		if len(line)+1+len(word) > roffWidth && line != "" {
			r.line(line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		r.line(line)
	}
}

// line writes a line. One that begins with a dot would be a request to roff.
func (r *roff) line(s string) {
	s = roffText.Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	r.WriteString(s + "\n")
}

// request writes a request as it stands.
func (r *roff) request(s string) { r.WriteString("." + s + "\n") }

// heading begins a section.
func (r *roff) heading(title string) {
	r.request("SH " + title)
	r.begun = true
}

// paragraph begins a paragraph; the first one of a section begins by itself.
func (r *roff) paragraph() {
	if !r.begun {
		r.request("PP")
	}
	r.begun = false
}

// term writes a term, which can be several words of flags and their values, and the
// text below it.
func (r *roff) term(term, text string) {
	r.begun = false
	r.request("TP")
	var words []string
	for _, w := range strings.Fields(term) {
		font := "I"
		if strings.HasPrefix(w, "-") || !strings.Contains(term, "-") {
			font = "B"
		}
		words = append(words, `\f`+font+roffText.Replace(w)+`\fR`)
	}
	r.WriteString(strings.Join(words, " ") + "\n")
	r.text(text)
}

// verbatim writes lines as they are, such as those of an example.
func (r *roff) verbatim(lines []string) {
	r.begun = false
	r.request("RS 4")
	r.request("nf")
	for _, l := range lines {
		r.line(strings.TrimSpace(l))
	}
	r.request("fi")
	r.request("RE")
}

// help writes a text of --help: paragraphs, and indented lines that are terms.
func (r *roff) help(text string) {
	for paragraph := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		lines := strings.Split(strings.Trim(paragraph, "\n"), "\n")
		n := 0
		for n < len(lines) && !strings.HasPrefix(lines[n], "  ") {
			n++
		}
		if n > 0 && lines[0] != "" {
			r.paragraph()
			r.text(strings.Join(lines[:n], "\n"))
		}
		for _, t := range terms(lines[n:]) {
			r.term(t.term, t.text)
		}
	}
}

// entry is a term of a text of --help.
type entry struct{ term, text string }

// terms are the terms of indented lines. One that is indented by more than two blanks
// goes on with the text of the one above.
func terms(lines []string) []entry {
	var out []entry
	for _, line := range lines {
		if strings.HasPrefix(line, "   ") && len(out) > 0 {
			last := &out[len(out)-1]
			last.text = strings.TrimSpace(last.text + "\n" + strings.TrimSpace(line))
			continue
		}
		out = append(out, newEntry(line))
	}
	return out
}

// newEntry is the term of a line, with the text that stands beside it.
func newEntry(line string) entry {
	term, text, _ := strings.Cut(strings.TrimSpace(line), "  ")
	return entry{term, strings.TrimSpace(text)}
}
