package tc

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tqlEscaper writes what a string literal of TQL cannot hold as it is.
// Source: developer docs, rest_api/v3/filter_results.rst.
var tqlEscaper = strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\"`, "`", "\\`")

// Quote makes a string literal of TQL. Control characters are refused: nothing
// says how an instance reads them.
func Quote(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%q cannot be searched for: it is not UTF-8", s)
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", fmt.Errorf("%q cannot be searched for: it contains a control character", s)
	}
	return `"` + tqlEscaper.Replace(s) + `"`, nil
}

// Equal is the clause keyword = "value".
func Equal(keyword, value string) (string, error) {
	quoted, err := Quote(value)
	return keyword + " = " + quoted, err
}

// And joins clauses; empty ones are left out.
func And(clauses ...string) string { return join(" and ", clauses) }

// Or joins clauses in parentheses, which it leaves away around a single one.
func Or(clauses ...string) string {
	joined := join(" or ", clauses)
	if strings.Contains(joined, " or ") {
		return "(" + joined + ")"
	}
	return joined
}

func join(by string, clauses []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(clauses), func(clause string) bool { return clause == "" }), by)
}

// orWord is in every clause that holds alternatives, whatever stands around it.
var orWord = regexp.MustCompile(`(?i)\bor\b`)

// enclosed is a clause of unknown making, fit to be joined by and.
func enclosed(clause string) string {
	if orWord.MatchString(clause) {
		return "(" + clause + ")"
	}
	return clause
}

// In is one condition of a QueryIn: the keyword has one of the values.
type In struct {
	Keyword string // of TQL: summary, value1, xid, id, ...
	Values  []string
	Number  bool // the values are numbers: they are not quoted
}

// InIDs is the condition that the ID is one of some.
func InIDs(ids []int64) In {
	in := In{Keyword: "id", Number: true}
	for _, id := range ids {
		in.Values = append(in.Values, strconv.FormatInt(id, 10))
	}
	return in
}

// TQL is the clause.
func (in In) TQL() (string, error) {
	terms, err := QueryIn{In: []In{in}}.terms()
	return chunk(terms).tql(), err
}

func (in In) clause(literals []string) string {
	return in.Keyword + " in (" + strings.Join(literals, ",") + ")"
}

func (in In) literal(v string) (string, error) {
	if !in.Number {
		return Quote(v)
	}
	if v == "" || strings.Trim(v, "0123456789") != "" {
		return "", fmt.Errorf("%q is not a number", v)
	}
	return v, nil
}
