package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Transcript checks a golden that holds its own input: run gets each line of
// testdata/name that begins with "> ", unescaped, and its answer stands below.
// Blank lines and lines with # stay.
func Transcript(t testing.TB, name string, run func(input string) string) {
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
			for answer := range strings.Lines(run(unescape(strings.TrimPrefix(line, "> ")))) {
				fmt.Fprintf(&b, "  %s\n", strings.TrimRight(answer, "\n"))
			}
		case line == "", strings.HasPrefix(line, "#"):
			fmt.Fprintf(&b, "%s\n", line)
		}
	}
	File(t, name, b.String())
}

// unescape replaces {tab} and the like, names of what a line cannot hold.
func unescape(s string) string {
	return strings.NewReplacer(`{tab}`, "\t", `{lf}`, "\n", `{crlf}`, "\r\n", `{sp}`, " ", `{esc}`, "\x1b", `{bad}`, "\xff",
		`{x40}`, strings.Repeat("x", 40), `{x64}`, strings.Repeat("x", 64), `{300}`, strings.Repeat("a", 300)).Replace(s)
}
