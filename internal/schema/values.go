package schema

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// A scalar of a manifest is the text that was written, but editors and validators see
// numbers, booleans and null. So each form of a value has all types that its text can
// have there. null and blank texts stand for an absent value everywhere.

// A type that may be null is not written with the keyword type where editors would then
// offer null, true and false to everybody who begins to write a text.

// The definitions that nearly every scalar refers to.
var (
	anyText = refusing(&node{}, "string", "array", "object")
	aFlag   = &node{AnyOf: []*node{{Type: "boolean"}, matching(anyCase("true"), anyCase("false"))}}
	aDate   = matching(day + "(" + clock + ")?")
	nothing = matching()
)

func text() *node { return ref("text") }

// refusing is n, which has none of some types: it should have another one.
func refusing(n *node, should string, types ...string) *node {
	n.If, n.Then = &node{Type: types}, &node{Type: should}
	return n
}

// matching is a text that one of the expressions describes, or a blank one.
func matching(expressions ...string) *node {
	pattern := `^\s*(` + strings.Join(expressions, "|") + `)?\s*$`
	if len(expressions) == 0 {
		pattern = `^\s*$`
	}
	return refusing(&node{Pattern: pattern}, "string", "array", "object", "number", "boolean")
}

// oneOf is one of a list of names in any case. Editors offer those of the enumeration;
// the pattern takes the other spellings.
func oneOf(names []string) *node {
	return &node{AnyOf: []*node{enum(names), matching(anyCaseOf(names)...)}}
}

// usually is any text, for which editors offer a list of names.
func usually(names []string) *node { return &node{AnyOf: []*node{enum(names), text()}} }

func enum(names []string) *node {
	n := &node{}
	for _, name := range names {
		n.Enum = append(n.Enum, name)
	}
	return n
}

const (
	day   = `[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`
	clock = `[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])`
)

// value is what a manifest may write for a field.
func value(f *intel.FieldSpec) *node {
	n, form := text(), f.Form()
	switch {
	case f.Kind == intel.Bool:
		n = ref("flag")
	case f.Kind == intel.Date:
		n = ref("date")
		form = "a day like 2026-03-18, or a time with its zone like 2026-03-18T14:30:00Z"
	case f.Kind == intel.Integer:
		n = number("integer", `[+-]?0*[0-9]+`, f)
	case f.Kind == intel.Decimal:
		n = number("number", `[+-]?[0-9]+(\.[0-9]*)?`, f)
	case f.Kind == intel.JSON:
		n = &node{Type: []string{"array", "object", "string", "null"}}
	case f.Advisory:
		n = usually(f.Values)
	case f.Values != nil:
		n = oneOf(f.Values)
	case f.MinLen > 0:
		n = refusing(&node{}, "string", "array", "object")
		n.Pattern = fmt.Sprintf(`^(\s*|[\s\S]{%d,%d})$`, f.MinLen, f.MaxLen)
	case f.MaxLen > 0:
		n = refusing(&node{MaxLength: f.MaxLen}, "string", "array", "object")
	}
	if f.Values != nil {
		form = f.Notes() // editors show the values
	}
	return n.about(sentences(f.About, form))
}

// number is a number, or the text of one.
func number(typ, pattern string, f *intel.FieldSpec) *node {
	n := &node{Type: []string{typ, "string", "null"}, Pattern: matching(pattern).Pattern, Minimum: &f.Min}
	if f.Max > 0 {
		n.Maximum = &f.Max
	}
	return n
}

// anyCase is an expression for a text in any case.
func anyCase(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteString(anyCaseOfRune(r))
	}
	return b.String()
}

func anyCaseOfRune(r rune) string {
	others := ""
	for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
		others += string(v)
	}
	if others == "" {
		return regexp.QuoteMeta(string(r))
	}
	return "[" + string(r) + others + "]"
}

func anyCaseOf(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = anyCase(name)
	}
	return out
}

// anySpelling is an expression for the name of a column, which may have blanks,
// underscores and hyphens anywhere.
func anySpelling(name string) string {
	const separators = `[\s_-]*`
	b := separators
	for _, r := range spelling.Squeeze(name) {
		b += anyCaseOfRune(r) + separators
	}
	return b
}

// names is an expression for one of some names.
func names(list []string) string {
	quoted := make([]string, len(list))
	for i, name := range list {
		quoted[i] = regexp.QuoteMeta(name)
	}
	return "^(" + strings.Join(quoted, "|") + ")$"
}

// sentences are texts in markdown as plain sentences.
func sentences(texts ...string) string {
	var out []string
	for _, text := range texts {
		if text = plain(text); text != "" {
			out = append(out, strings.ToUpper(text[:1])+text[1:]+".")
		}
	}
	return strings.Join(out, " ")
}

var markup = strings.NewReplacer("`", "")

var link = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)

// plain is a text without its markup, for editors that show a description as it is.
func plain(markdown string) string { return markup.Replace(link.ReplaceAllString(markdown, "$1")) }
