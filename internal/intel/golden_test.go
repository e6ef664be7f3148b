package intel

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files under testdata")

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wantLines, gotLines := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(wantLines), len(gotLines)) {
		w, g := "(end)", "(end)"
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if w != g {
			t.Fatalf("%s:%d (run with -update to rewrite)\n got %s\nwant %s", path, i+1, g, w)
		}
	}
}

// scripted runs a golden file that holds its own input: each line that begins
// with "> " is given to run, whose answer stands below it. Blank lines and
// lines with # stay.
func scripted(t *testing.T, name string, run func(input string) string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "> "):
			fmt.Fprintf(&b, "%s\n", line)
			for answer := range strings.Lines(run(strings.TrimPrefix(line, "> "))) {
				fmt.Fprintf(&b, "  %s\n", strings.TrimRight(answer, "\n"))
			}
		case line == "", strings.HasPrefix(line, "#"):
			fmt.Fprintf(&b, "%s\n", line)
		}
	}
	golden(t, name, b.String())
}

// unescape puts what a line of text cannot hold in the place of its name in
// braces.
func unescape(s string) string {
	return strings.NewReplacer(`{tab}`, "\t", `{lf}`, "\n", `{crlf}`, "\r\n", `{sp}`, " ", `{esc}`, "\x1b", `{bad}`, "\xff",
		`{x40}`, strings.Repeat("x", 40), `{x64}`, strings.Repeat("x", 64), `{300}`, strings.Repeat("a", 300)).Replace(s)
}
