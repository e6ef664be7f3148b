package report

import (
	"fmt"
	"strings"

	"tcimport/internal/plan"
)

// mark is the meaning of an entry or a line. It is shown as this symbol, and a
// renderer may add a colour.
type mark string

const (
	noMark  mark = ""
	added   mark = "+"
	changed mark = "~"
	removed mark = "-"
	kept    mark = "="
	problem mark = "!"
	skipped mark = "»"
)

// marks are the marks of the operations of a plan.
var marks = map[plan.Op]mark{plan.Add: added, plan.Set: changed, plan.Remove: removed}

// span is a piece of a line: words of this program, or data. A renderer takes
// care that data means nothing but itself.
type span struct {
	kind spanKind
	text string
	link string // where the words lead to
}

type spanKind int

const (
	spanWords spanKind = iota
	spanData
	spanName // data in quotes, where a renderer does not set data off by itself
	spanLink // the address of an object's page
)

// phrase is spans one after the other.
type phrase []span

func say(words string) span                { return span{text: words} }
func sayf(format string, args ...any) span { return say(fmt.Sprintf(format, args...)) }
func datum(s string) span                  { return span{kind: spanData, text: s} }
func named(s string) span                  { return span{kind: spanName, text: s} }

// in is the phrase in a format: show is a span in that format.
func (ph phrase) in(show func(span) string) string {
	var b strings.Builder
	for _, s := range ph {
		b.WriteString(show(s))
	}
	return b.String()
}

// joined are the entries of a list, separated by commas.
func joined[T any](list []T, show func(T) string) string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = show(t)
	}
	return strings.Join(out, ", ")
}

// with adds a word and its text to some phrases, unless the text is empty.
func with(phrases []phrase, word, text string) []phrase {
	if text == "" {
		return phrases
	}
	return append(phrases, phrase{say(word), datum(text)})
}
