package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// notRun are the beginnings of command lines that no test of the documents runs, and why
// not.
var notRun = map[string]string{
	"make demo":                              "CI runs it",
	"make test":                              "CI runs it",
	"make browser":                           "CI runs it",
	"make soak":                              "more rounds of tests that make test runs",
	"make crash":                             "more rounds of tests that make test runs",
	"make faults":                            "more rounds of tests that make test runs",
	"make engines":                           "more rounds of tests that make test runs",
	"make mishaps":                           "a test that make test runs",
	"make fuzz":                              "as long as one likes",
	"make bench":                             "takes long, and its figures depend on the machine",
	"make benchmarks":                        "takes long, and its figures depend on the machine",
	"make release":                           "needs a clone without changes",
	"make release-check":                     "CI runs it for one platform",
	"go test":                                "CI runs all tests; their other rounds and benchmarks take long",
	"TEST_ROUNDS=10 go test":                 "more rounds of tests that CI runs",
	"go run ./internal/bigmanifest/generate": "makes large files; tests of bigmanifest make smaller ones",
	"docker build":                           "needs Docker, and the network for its base image",
	"iconv":                                  "a program of the system",
	"tcimport show plan.json | less":         "waits for keys",
}

// excuse is the beginning of a command line that notRun has.
func excuse(line string) (string, bool) {
	for begin := range notRun {
		if line == begin || strings.HasPrefix(line, begin+" ") {
			return begin, true
		}
	}
	return "", false
}

// shownLine is a command line of a document, wherever it stands.
type shownLine struct {
	at, text string
	run      bool // TestDocumentedCommands runs it
}

var (
	// programs are the first words of command lines, behind assignments.
	programs   = regexp.MustCompile(`^([A-Z_]+=\S* )*(tcimport|make|go|git|docker|sh|bash|curl|kubectl|systemctl|crontab|iconv|export|man|source|sudo) `)
	codeInText = regexp.MustCompile("`([^`]+)`")
	// placeholders are words that stand for something, as in tcimport undo REPORT.
	placeholders = regexp.MustCompile(`(^|[\s\[=])[A-Z][A-Z]+\b|\.\.\.|…`)
	columnsApart = regexp.MustCompile(`\s{2,}.*$`)
)

// shownLines are those of a document: in blocks of code, indented, and within a
// sentence or a table.
func shownLines(name, text string) []shownLine {
	var out []shownLine
	add := func(line int, text string, run bool) {
		text = strings.TrimSpace(text)
		if run || programs.MatchString(text) {
			out = append(out, shownLine{fmt.Sprintf("%s:%d", name, line), text, run})
		}
	}
	inBlock := map[int]bool{}
	for _, b := range blocks(text) {
		for i, line := range b.text {
			inBlock[b.line+i] = true
			if b.language != "console" && !b.ofSamples() {
				before, _, _ := strings.Cut(line, "  # ")
				add(b.line+i, columnsApart.ReplaceAllString(strings.TrimSpace(before), ""), false)
			}
		}
		inBlock[b.line-1] = true
		if b.language == "console" {
			for _, st := range b.steps() {
				add(st.line, st.command, true)
			}
		}
	}
	for i, line := range strings.Split(text, "\n") {
		switch {
		case inBlock[i+1]:
		case strings.HasPrefix(line, "    "):
			add(i+1, columnsApart.ReplaceAllString(strings.TrimSpace(line), ""), false)
		default:
			for _, m := range codeInText.FindAllStringSubmatch(line, -1) {
				add(i+1, m[1], false)
			}
		}
	}
	return out
}

// helpLines are the command lines of the examples of each help, which TestHelpExamples
// runs, and those in their texts.
func helpLines() []shownLine {
	var out []shownLine
	for _, cmd := range commandTree(newRootForTests()) {
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			out = append(out, shownLine{"--help of " + cmd.CommandPath(), strings.TrimSpace(line), true})
		}
		for line := range strings.SplitSeq(cmd.Long, "\n") {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "tcimport ") && !strings.HasPrefix(line, "tcimport reads ") {
				out = append(out, shownLine{"--help of " + cmd.CommandPath(), line, false})
			}
		}
	}
	return out
}

// TestCommandLinesAreRun: every command line of the documents and of help is run by a
// test, as it stands or as the beginning of one that is; or it has placeholders, and fits
// the command; or notRun says why not.
func TestCommandLinesAreRun(t *testing.T) {
	all := helpLines()
	for _, name := range documents(t) {
		all = append(all, shownLines(name, document(t, name))...)
	}
	var run []string
	for _, c := range all {
		if c.run {
			run = append(run, c.text)
		}
	}
	if len(run) < 100 {
		t.Errorf("%d command lines are run", len(run))
	}
	root := newRootForTests()
	unused := maps.Clone(notRun)
	for _, c := range all {
		begin, excused := excuse(c.text)
		delete(unused, begin)
		words := strings.Fields(c.text)
		isOurs := words[0] == "tcimport"
		switch {
		case c.run && excused:
			t.Errorf("%s: %s is run: it needs no reason", c.at, c.text)
		case c.run, excused, slices.Contains(run, c.text):
		case isOurs && (len(words) == 2 || placeholders.MatchString(c.text)):
			checkUsage(t, root, c)
		case words[0] == "export" && strings.HasPrefix(c.text, "export TC_"):
		default:
			t.Errorf("%s: no test runs %s: show it in a console block, or say in notRun why it is not run", c.at, c.text)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("no document has the command line %s", line)
	}
}

// checkUsage holds the form of a command to the commands and their flags.
func checkUsage(t *testing.T, root *cobra.Command, c shownLine) {
	t.Helper()
	words := strings.Fields(c.text)[1:]
	cmd, _, err := root.Find(words[:1])
	switch {
	case strings.HasPrefix(words[0], "-"):
		cmd = root
	case err != nil || cmd == root:
		t.Errorf("%s: there is no command %s", c.at, c.text)
		return
	}
	for _, w := range words {
		if flag, ok := strings.CutPrefix(w, "--"); ok {
			flag, _, _ = strings.Cut(flag, "=")
			if cmd.Flags().Lookup(flag) == nil && cmd.InheritedFlags().Lookup(flag) == nil && flag != "help" {
				t.Errorf("%s: %s: there is no flag --%s", c.at, c.text, flag)
			}
		}
	}
}

// TestDocumentedTargets: a command line of make is one of a target that there is, and one
// of go names packages and tests that there are.
func TestDocumentedTargets(t *testing.T) {
	makefile := document(t, "Makefile")
	for _, name := range documents(t) {
		for _, c := range shownLines(name, document(t, name)) {
			words := strings.Fields(c.text)
			if words[0] == "make" && !strings.Contains(makefile, "\n"+words[1]+":") {
				t.Errorf("%s: there is no target %s", c.at, words[1])
			}
			for _, w := range words {
				if strings.HasPrefix(w, "./") && slices.Contains(words, "go") {
					if found, _ := filepath.Glob(filepath.Join(repository, w, "*.go")); found == nil {
						t.Errorf("%s: there is no package %s", c.at, w)
					}
				}
			}
		}
	}
}
