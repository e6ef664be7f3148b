package reader

import (
	"bufio"
	"slices"
	"strings"
	"testing"
)

func TestList(t *testing.T) {
	for _, c := range []struct {
		sep, cell string
		want      []string
	}{
		{"|", "", nil},
		{"|", " | ||", nil},
		{"|", " a | b ", []string{"a", "b"}},
		{"|", `a\|b|c`, []string{"a|b", "c"}},
		{"|", `a\\|b`, []string{`a\|b`}},
		{"|", `C:\x|d`, []string{`C:\x`, "d"}},
		{"|", `a\`, []string{`a\`}},
		{"|", `a\|`, []string{"a|"}},
		{";", `a\;b;c|d`, []string{"a;b", "c|d"}},
		{", ", "a, b,c", []string{"a", "b,c"}},
	} {
		m := &mapper{loader: newLoader(Options{ListSeparator: c.sep})}
		if got := m.list(c.cell); !slices.Equal(got, c.want) {
			t.Errorf("%q at %q: got %q, want %q", c.cell, c.sep, got, c.want)
		}
	}
}

func TestFindDelimiter(t *testing.T) {
	for _, c := range []struct {
		text string
		want rune
	}{
		{"a,b\n;;;;", ','},
		{"a;b,c;d\n", ';'},
		{"\n\r\na\tb\n", '\t'},
		{"\"a,b,c\";d\n", ';'},
		{"\"a\n,,,\";d\n", ';'},
		{"single\n", ','},
		{"", ','},
	} {
		got, err := findDelimiter(bufio.NewReader(strings.NewReader(c.text)))
		if got != c.want || err != nil {
			t.Errorf("%q: got %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

func TestSplitDocuments(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"a: b\n", []string{"a: b\n"}},
		{"--- {a: b}\n", []string{"--- {a: b}\n"}},
		{"# c\n%YAML 1.1\n---\na\n---\nb", []string{"# c\n%YAML 1.1\n---\na\n", "---\nb"}},
		{"a\n...\nb\n", []string{"a\n...\n", "b\n"}},
		{"a\n---b\n", []string{"a\n---b\n"}},
		{"---\r\na\r\n---\r\nb\r\n", []string{"---\r\na\r\n", "---\r\nb\r\n"}},
	} {
		var got []string
		line := 1
		for _, p := range splitDocuments([]byte(c.text)) {
			if p.line != line {
				t.Errorf("%q: part at line %d, want %d", c.text, p.line, line)
			}
			line += strings.Count(string(p.text), "\n")
			if len(p.text) > 0 {
				got = append(got, string(p.text))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
