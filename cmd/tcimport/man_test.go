package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// manPages are the man pages by name, written with a date.
func manPages(t *testing.T) map[string]string {
	t.Helper()
	p := &program{lookupEnv: func(name string) (string, bool) { return "1790000000", name == "SOURCE_DATE_EPOCH" }}
	dir := filepath.Join(t.TempDir(), "man1")
	written, err := p.writePages(newRootForTests(), dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, path := range written.(pagesResult) {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = string(page)
	}
	return out
}

// requests are lines of roff that are no text; escapes are what text has for some
// characters, and for fonts.
var (
	requests = regexp.MustCompile(`(?m)^\.[a-zA-Z].*$`)
	fonts    = regexp.MustCompile(`\\f[BIR]`)
	escapes  = strings.NewReplacer(`\e`, `\`, `\-`, "-", `\(aq`, "'", `\(ga`, "`", `\(ha`, "^", `\(ti`, "~", `\&`, "")
)

// TestManPages: there is a page of each command, which has every word of its help, its
// examples as they stand, and all sections; and the same program writes the same pages.
func TestManPages(t *testing.T) {
	pages := manPages(t)
	root := newRootForTests()
	for _, cmd := range append(root.Commands(), root) {
		if !cmd.IsAvailableCommand() && cmd.Name() != "help" && cmd != root {
			continue
		}
		name := pageName(cmd) + ".1"
		page := pages[name]
		if !strings.HasPrefix(page, ".TH "+strings.ToUpper(pageName(cmd))+` 1 "2026-09-21" `) {
			t.Errorf("%s begins with %.80q", name, page)
		}
		text := escapes.Replace(fonts.ReplaceAllString(requests.ReplaceAllString(page, ""), ""))
		words := " " + strings.Join(strings.Fields(text), " ") + " "
		if cmd != root { // its sections are in another order
			if long := strings.Join(strings.Fields(cmd.Long), " "); !strings.Contains(words, long) {
				t.Errorf("%s does not say: %s", name, long)
			}
		}
		for line := range strings.Lines(cmd.LocalFlags().FlagUsages()) {
			if usage := strings.Join(strings.Fields(line), " "); !strings.Contains(words, " "+usage+" ") {
				t.Errorf("%s does not have the flag %s", name, usage)
			}
		}
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			if !strings.Contains(text, "\n"+strings.TrimSpace(line)+"\n") {
				t.Errorf("%s does not have the example %s", name, line)
			}
		}
		for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"} {
			if !strings.Contains(page, "\n.SH "+section+"\n") {
				t.Errorf("%s has no %s", name, section)
			}
		}
	}
	for _, name := range []string{"tcimport.1", "tcimport-apply.1", "tcimport-plan.1", "tcimport-undo.1"} {
		for _, section := range []string{"ENVIRONMENT", "FILES"} {
			if !strings.Contains(pages[name], "\n.SH "+section+"\n") {
				t.Errorf("%s has no %s", name, section)
			}
		}
	}
	for name, page := range manPages(t) {
		if page != pages[name] {
			t.Errorf("%s differs the second time", name)
		}
	}
}

// TestManPagesAreSound has mandoc read the pages, where it is installed.
func TestManPagesAreSound(t *testing.T) {
	mandoc, err := exec.LookPath("mandoc")
	if err != nil {
		t.Skip("mandoc is not installed")
	}
	for name, page := range manPages(t) {
		cmd := exec.Command(mandoc, "-T", "lint", "-W", "warning")
		cmd.Stdin = strings.NewReader(page)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
