package reader

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"tcimport/internal/csvscan"
	"tcimport/internal/testkit"
)

// TestLargeInputIsRefused: what is larger than any sensible manifest is refused,
// with its place.
func TestLargeInputIsRefused(t *testing.T) {
	testkit.SkipUnderRace(t)
	big := strings.Repeat("x", csvscan.MaxCell+1)
	bomb := "version: 1\nx0: &x0 [a,a,a,a,a,a,a,a,a,a]\n"
	for i := 1; i < 9; i++ {
		a := fmt.Sprintf("*x%d", i-1)
		bomb += fmt.Sprintf("x%d: &x%d [%s]\n", i, i, strings.Join([]string{a, a, a, a, a, a, a, a, a, a}, ","))
	}
	for _, c := range []struct{ name, file, text, want string }{
		{"cell", "a.csv", "type,name\nThreat," + big + "\nThreat\n", "a.csv:2:8: a cell of more than 16 MiB\na.csv:3: the row has 1 cell, the header 2"},
		{"quote", "a.csv", "type,name\nThreat,\"" + strings.Repeat("line\n", csvscan.MaxCell/5) + big, "a.csv:2:8: the quote that opens here is not closed within 16 MiB"},
		{"line", "a.csv", "type,name\n" + strings.Repeat("a,", csvscan.MaxRecord/2+1), "a.csv:2: a line of more than 64 MiB"},
		{"columns", "a.csv", "type,name" + strings.Repeat(",a", csvscan.MaxColumns) + "\n", "a.csv:1: the header has 16386 columns: at most 16384 are accepted"},
		{"cells", "a.csv", "type,name\nThreat,x" + strings.Repeat(",", 99_999) + "\nThreat,\"y\nz\"" + strings.Repeat(",\"\"", 99_999),
			"a.csv:2: the row has 100001 cells, the header 2: put a cell that contains the delimiter in quotes\n" +
				"a.csv:3: the row has 100001 cells, the header 2: put a cell that contains the delimiter in quotes"},
		{"cut cell", "a.csv", "type,name\nThreat," + strings.Repeat("ü", 32767) + "\n", `a.csv:2:8: warning: "name" has exactly 32,767 characters: a spreadsheet cuts longer cells, check that the text is complete`},
		{"text file", "a.yaml", "groups: [{type: Signature, name: a, fileTextFrom: big.txt}]", `a.yaml:1:51: fileTextFrom "big.txt": larger than 10 MiB`},
		{"aliases", "a.yaml", bomb, "a.yaml:1:1: the aliases of this document expand to more than 1000000 values: write them out, or split the document"},
		{"depth", "a.yaml", "groups: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "a.yaml:1:109: nested more than 100 deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "big.txt", strings.Repeat("x", maxText+1))
			write(t, c.file, c.text)
			_, problems := Read([]string{c.file}, Options{})
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			if s := strings.Join(got, "\n"); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestLargeEmptyCellsCostNothing: what is kept of a row is what the header has columns
// for.
func TestLargeEmptyCellsCostNothing(t *testing.T) {
	testkit.SkipUnderRace(t) // it counts what is allocated
	for _, text := range []string{
		"type,name\n" + strings.Repeat(",", 4<<20),
		"type,name\n" + strings.Repeat("ä,", 2<<20),
		"type,name\n" + strings.Repeat("\"\",", 1<<20),
		strings.Repeat(",", 4<<20),
		"type,name\n" + strings.Repeat(strings.Repeat(",", 63)+"\n", 1<<16),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Read([]string{"-"}, Options{InputFormat: formatCSV, Stdin: strings.NewReader(text)})
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 40 {
			t.Errorf("%.20q: %d MiB for %d MiB", text, used, len(text)>>20)
		}
	}
}

// A file is refused by its size before it is read.
func TestHugeFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.csv")
	write(t, name, "")
	if err := os.Truncate(name, maxFile+1); err != nil {
		t.Skip(err)
	}
	_, problems := Read([]string{name}, Options{})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "larger than 1024 MiB") {
		t.Errorf("got %v", problems)
	}
}

func TestFlags(t *testing.T) {
	_, problems := Read([]string{"-"}, Options{InputFormat: "csv", Delimiter: 'ü', ListSeparator: `\`, Stdin: strings.NewReader("type,name\n")})
	got := ""
	for _, p := range problems {
		got += p.String() + "\n"
	}
	want := "--delimiter: 'ü' cannot be a delimiter: use a comma, a semicolon, a tab or another ASCII character except a quote\n" +
		"--list-separator: \"\\\\\" cannot separate lists: it is empty, a space, or has a backslash, which escapes it\n"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
