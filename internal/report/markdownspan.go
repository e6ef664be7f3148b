package report

import (
	"net/url"
	"strings"

	"tcimport/internal/message"
)

func mdPhrase(ph phrase) string {
	return ph.in(func(s span) string {
		switch s.kind {
		case spanData, spanName:
			return code(s.text, maxText)
		case spanLink:
			return mdLink("page", s.text)
		case spanWords:
		}
		return mdLink(s.text, s.link)
	})
}

func mdPhrases(list []phrase) string { return joined(list, mdPhrase) }

// code is s as a code span, in which nothing is markup, a mention or a link. It is
// cut to at most most characters, 0 for all.
func code(s string, most int) string {
	return codeOf(escapedShort(s, most))
}

// codeOf is a code span of an escaped text.
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

// mdMark is a mark. Most of them would begin a list or a heading.
func mdMark(m mark) string {
	if strings.Contains("+-!~=", string(m)) {
		return `\` + string(m)
	}
	return string(m)
}

// mdLink links to a page of the instance, if link is an address of the web.
func mdLink(text, link string) string {
	if webLink(link) == "" {
		return text
	}
	return "[" + text + "](<" + link + ">)"
}

// webLink is the address of a page of the web, "" if link is anything else.
func webLink(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(link, "<>\\`\" \t\r\n") || message.Escaped(link) != link {
		return ""
	}
	return link
}
