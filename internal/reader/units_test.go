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

func TestIsoDate(t *testing.T) {
	for _, c := range []struct{ layout, value, want, err string }{
		{"2006-01-02", "", "", ""},
		{"2006-01-02", "  ", "", ""},
		{"01/02/2006", " 11/03/2021 ", "2021-11-03", ""},
		{"2 Jan 06", "3 Nov 21", "2021-11-03", ""},
		{"2006-01-02 15:04", "2021-11-03 14:05", "2021-11-03T14:05:00Z", ""},
		{"2006-01-02T15:04:05.000-07:00", "2021-11-03T14:05:00.250+02:00", "2021-11-03T14:05:00.25+02:00", ""},
		{"2006-01-02 3PM", "2021-11-03 4AM", "2021-11-03T04:00:00Z", ""},
		{"2006-01-02 15:04 MST", "2021-11-03 14:05 UTC", "2021-11-03T14:05:00Z", ""},
		{"2006-01-02 15:04 MST", "2021-11-03 14:05 CST", "", "has several meanings"},
		{"01/02/2006", "31/02/2021", "", "does not fit the layout"},
		{"2006-01-02", "2021-02-31", "", "does not fit the layout"},
		{"15:04", "14:05", "", "has no year: write it as 2 January 2006, 15:04:05, looks"},
		{"dd.MM.yyyy", "03.11.2021", "", `write it as 2 January 2006 looks: "02.01.2006"`},
		{"yyyy-mm-dd", "2021-11-03", "", `looks: "2006-01-02"`},
		{"YYYY-MM-DD hh:mm:ss", "2021-11-03", "", `looks: "2006-01-02 15:04:05"`},
		{"%d/%m/%y", "03/11/21", "", `looks: "02/01/06"`},
	} {
		got, err := isoDate(c.layout, c.value)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("isoDate %q %q: got %q, %v; want %q, %s", c.layout, c.value, got, err, c.want, c.err)
		}
	}
}

func TestTextFunctions(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{truncate(3, "größer"), "grö"},
		{truncate(-3, "größe"), "öße"},
		{truncate(9, "ab"), "ab"},
		{truncate(-9, "ab"), "ab"},
		{truncate(0, "ab"), ""},
		{substring(1, 3, "größe"), "rö"},
		{substring(-1, 2, "größe"), "gr"},
		{substring(2, -1, "größe"), "öße"},
		{substring(9, 3, "ab"), ""},
		{folded(" Event_Date-X\u00a0"), "eventdatex"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestFunctions(t *testing.T) {
	for _, name := range []string{"env", "expandenv", "getHostByName", "now", "ago", "randInt"} {
		if _, ok := baseFunctions[name]; ok {
			t.Errorf("%s is not left out", name)
		}
	}
	for name := range baseFunctions {
		if strings.Contains(strings.ToLower(name), "rand") || strings.Contains(name, "uuid") {
			t.Errorf("%s depends on chance", name)
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
