package report

import (
	"net/url"
	"strings"

	"tcimport/internal/message"
)

func mdPhrase(ph phrase) string {
	var b strings.Builder
	for _, s := range ph {
		switch s.kind {
		case spanWords:
			b.WriteString(s.text)
		case spanData, spanName:
			b.WriteString(code(s.text, maxText))
		case spanLink:
			b.WriteString(mdLink("page", s.text))
		}
	}
	return b.String()
}

// code is s as a code span, which is where nothing in it means anything: no
// markup, no mention, no link. It is cut to at most most characters, 0 for all.
func code(s string, most int) string {
	return codeOf(escapedShort(s, most))
}

// codeOf is a text that is safe as a code span.
func codeOf(s string) string {
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

// mdSymbol is a symbol that would begin a list or a heading.
func mdSymbol(s string) string {
	switch s {
	case "+", "-", "!", "~", "=":
		return `\` + s
	}
	return s
}

// mdLink links to an object of the instance, if its link is one to follow.
func mdLink(text, link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(link, "<>\\`\" \t\r\n") || message.Escaped(link) != link {
		return text
	}
	return "[" + text + "](<" + link + ">)"
}
