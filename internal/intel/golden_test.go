package intel

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/golden"
)

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
	golden.File(t, name, b.String())
}

// unescape puts what a line of text cannot hold in the place of its name in
// braces.
func unescape(s string) string {
	return strings.NewReplacer(`{tab}`, "\t", `{lf}`, "\n", `{crlf}`, "\r\n", `{sp}`, " ", `{esc}`, "\x1b", `{bad}`, "\xff",
		`{x40}`, strings.Repeat("x", 40), `{x64}`, strings.Repeat("x", 64), `{300}`, strings.Repeat("a", 300)).Replace(s)
}
