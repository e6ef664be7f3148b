package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/testkit"
)

// TestMain runs the test binary in a role if it is told so: it is what the program
// under test starts as its children.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		main()
		return
	}
	os.Exit(m.Run())
}

var figure = regexp.MustCompile(`^[0-9][0-9,.]*( s| MiB)?$`)

// TestLargeTables: make bench, with small manifests, has a row of each command, a figure
// in each cell, and as many requests as the API demands. It leaves no file behind.
func TestLargeTables(t *testing.T) {
	testkit.SkipUnderRace(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	for _, c := range []struct {
		args []string
		rows []string
	}{
		{[]string{"-quick"}, []string{"bare parse, YAML", "bare parse, CSV", "bare loop of the writes", "bare loop of the reads", "`validate`, YAML", "`validate`, CSV",
			"`plan`, empty instance", "`plan --out`", "`apply` of new groups", "`plan` without changes", "`apply` without changes", "chain", "star", "grid", "random", "shared", "reports"}},
		{[]string{"-million", "-groups", "200"}, []string{"`validate`, YAML", "`plan`, YAML", "`apply`, YAML", "`validate`, CSV", "`plan`, CSV", "`apply`, CSV"}},
	} {
		var out, progress strings.Builder
		if err := run(t.Context(), c.args, &out, &progress); err != nil {
			t.Fatalf("%v: %v\n%s", c.args, err, progress.String())
		}
		for _, name := range c.rows {
			if !slices.ContainsFunc(strings.Split(out.String(), "\n"), func(line string) bool { return strings.HasPrefix(line, "| "+name) }) {
				t.Errorf("%v prints no row of %s", c.args, name)
			}
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| ---") && !strings.Contains(line, "÷") {
				checkRow(t, line)
			}
		}
		t.Log(out.String())
	}
	if left, err := filepath.Glob(filepath.Join(tmp, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func checkRow(t *testing.T, line string) {
	cells := strings.Split(strings.Trim(line, "| "), " | ")
	if len(cells) < 9 {
		t.Errorf("a row of %d cells: %s", len(cells), line)
	}
	for _, cell := range cells[1:] {
		if !figure.MatchString(cell) {
			t.Errorf("%q is no figure: %s", cell, line)
		}
	}
}
