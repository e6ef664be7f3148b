package stixpattern

import (
	"fmt"
	"strings"
	"testing"
)

// written is an expression in brackets, as it was understood.
func (e *Expression) written() string {
	text := ""
	switch {
	case e.Test != nil:
		text = "[" + e.Test.written() + "]"
	default:
		parts := make([]string, len(e.Parts))
		for i, p := range e.Parts {
			parts[i] = p.written()
		}
		text = "(" + strings.Join(parts, " "+string(e.Operator)+" ") + ")"
	}
	return strings.Join(append([]string{text}, e.Qualifiers...), " ")
}

func (t *Test) written() string {
	if c := t.Comparison; c != nil {
		text := fmt.Sprintf("%s %s %v", c, c.Operator, c.Values)
		if c.Not {
			text = "NOT " + text
		}
		return text
	}
	parts := make([]string, len(t.Parts))
	for i, p := range t.Parts {
		parts[i] = p.written()
	}
	return "(" + strings.Join(parts, " "+string(t.Operator)+" ") + ")"
}

// TestParse: what binds more, what a path is, and which values there are.
func TestParse(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{"[ipv4-addr:value = '198.51.100.1']", "[ipv4-addr:value = [{text 198.51.100.1}]]"},
		{"[a:b == 1 OR a:b='2' AND c:d <> -3.5]", "[(a:b = [{number 1}] OR (a:b = [{text 2}] AND c:d != [{number -3.5}]))]"},
		{"[(a:b = 1 OR a:b = 2) AND c:d >= 3]", "[((a:b = [{number 1}] OR a:b = [{number 2}]) AND c:d >= [{number 3}])]"},
		{"[a:b = 1] FOLLOWEDBY [a:b = 2] OR [a:b = 3] AND [a:b = 4]", "([a:b = [{number 1}]] FOLLOWEDBY ([a:b = [{number 2}]] OR ([a:b = [{number 3}]] AND [a:b = [{number 4}]])))"},
		{"([a:b = 1] OR [a:b = 2]) WITHIN 600 SECONDS REPEATS 5 TIMES", "([a:b = [{number 1}]] OR [a:b = [{number 2}]]) WITHIN REPEATS"},
		{"[a:b = true] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'", "[a:b = [{boolean true}]] START"},
		{"[file:hashes.'SHA-256' = 'ab' AND file:hashes.MD5 IN ('x', 'y')]", "[(file:hashes.SHA-256 = [{text ab}] AND file:hashes.MD5 IN [{text x} {text y}])]"},
		{`[windows-registry-key:key = 'HKLM\\Soft\'ware' AND windows-registry-key:values[*].name NOT = 'x']`, `[(windows-registry-key:key = [{text HKLM\Soft'ware}] AND NOT windows-registry-key:values[*].name = [{text x}])]`},
		{"[a:b[0].c NOT LIKE 'x%' /* why */ AND a:d MATCHES '^x$'] // end", "[(NOT a:b[0].c LIKE [{text x%}] AND a:d MATCHES [{text ^x$}])]"},
		{"[EXISTS a:b OR NOT EXISTS a:c]", "[(a:b EXISTS [] OR NOT a:c EXISTS [])]"},
		{"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'curl']", "[network-traffic:extensions.http-request-ext.request_header.User-Agent = [{text curl}]]"},
		{"[a:b = h'ffee' OR a:b = b'AA==' OR a:b = t'2026-01-01T00:00:00Z']", "[(a:b = [{binary ffee}] OR a:b = [{binary AA==}] OR a:b = [{timestamp 2026-01-01T00:00:00Z}])]"},
		{"[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "[ipv4-addr:value ISSUBSET [{text 198.51.100.0/24}]]"},
	} {
		e, err := Parse(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
		} else if got := e.written(); got != c.want {
			t.Errorf("%s is\n%s, not\n%s", c.pattern, got, c.want)
		}
	}
}

// TestParseErrors: an error says where and what is wrong.
func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{"", "at character 1: the end is not expected here, but [ or ("},
		{"[a:b = 'x'", "at character 11: the end is not expected here, but ]"},
		{"[a:b = 'x]", "at character 8: a quote is not closed"},
		{"[a:b 'x']", `at character 6: 'x' is not expected here, but a comparison such as =`},
		{"[a = 'x']", `at character 4: "=" is not expected here, but :`},
		{"[a:b = x]", `at character 8: "x" is not expected here, but a value`},
		{"[a:b = 'x'] [a:b = 'y']", `at character 13: "[" is not expected here, but AND, OR, FOLLOWEDBY or the end`},
		{"[ä:b = 'x']", "at character 2: 'ä' is not expected here"},
		{"[a:b IN 'x']", "at character 9: 'x' is not expected here, but ("},
		{"[a:b = 'x'] /* ", "at character 13: a comment is not closed"},
		{"[a:b[x] = 1]", `at character 6: "x" is not expected here, but a number or *`},
		{strings.Repeat("(", 1000), "at character 101: brackets are nested more than 100 deep"},
		{"[" + strings.Repeat("(", 1000), "at character 101: brackets are nested more than 100 deep"},
	} {
		if _, err := Parse(c.pattern); err == nil || err.Error() != c.want {
			t.Errorf("%.30s: %v, not %s", c.pattern, err, c.want)
		}
	}
}

// FuzzParse: no pattern breaks the parser, and what it makes of one has a comparison at
// each end of the tree.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"[ipv4-addr:value = '198.51.100.1' OR ipv4-addr:value IN ('a','b')]", `[file:name = 'a\'b\\c']`, "[a:b[*].'c' NOT EXISTS",
		"([a:b = 1] FOLLOWEDBY [a:b = 2]) WITHIN 5 SECONDS", "[a:b = t'x' /* */]//", "((((", "[a:b=-1.5.5]", "[\xff:b = 1]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		e, err := Parse(pattern)
		if err != nil {
			return
		}
		if strings.Contains(e.written(), "()") {
			t.Errorf("%q has an empty part", pattern)
		}
	})
}
