package celltemplate

import (
	"strings"
	"testing"
	"unicode/utf8"
)

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

func FuzzTemplate(f *testing.F) {
	f.Add("{{ .a | trim | trunc 3 }}{{ range splitList \",\" .b }}{{ . }}{{ end }}", "x, y")
	f.Add(`{{ isoDate "2006-01-02" .a }}{{ index . "b" | upper }}{{ $.a }}`, "2021-11-03")
	f.Add("{{ range until 10 }}{{ range until 10 }}{{ repeat 3 $.a }}{{ end }}{{ end }}", "ü")
	f.Fuzz(func(t *testing.T, text, cell string) {
		if len(text) > 200 || len(cell) > 200 || !utf8.ValidString(text) || !utf8.ValidString(cell) {
			t.Skip()
		}
		tmpl, problems := Compile(text, Columns{"a": 1, "b": 1}, "|")
		if len(problems) > 0 {
			return
		}
		s, err := tmpl.Execute(map[string]string{"a": cell, "b": "b"})
		if err == nil && !utf8.ValidString(s) {
			t.Errorf("%q is no text", s)
		}
	})
}
