package main

import (
	"encoding/json"
	"go/ast"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcimport/internal/plan"
	"tcimport/internal/report"
)

var flagInText = regexp.MustCompile(`(^|[\s\x60(|])(--[a-z][a-z0-9-]+)`)

// otherFlags are flags of other programs that the documents mention.
var otherFlags = []string{"--some-flag"}

// TestDocumentedFlags holds the documents to the commands: each command and
// each flag is in them, and no flag that there is not.
func TestDocumentedFlags(t *testing.T) {
	var all strings.Builder
	for _, name := range documents(t) {
		all.WriteString(document(t, name) + "\n")
	}
	mentioned := map[string]bool{}
	for _, m := range flagInText.FindAllStringSubmatch(all.String(), -1) {
		mentioned[m[2]] = true
	}
	known := map[string]bool{}
	for _, f := range otherFlags {
		known[f] = true
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		path := cmd.CommandPath()
		if words := strings.Fields(path); len(words) == 2 && !strings.Contains(all.String(), path) {
			t.Errorf("%s is not documented", path)
		}
		cmd.InitDefaultHelpFlag()
		visit := func(f *pflag.Flag) {
			known["--"+f.Name] = true
			if !mentioned["--"+f.Name] {
				t.Errorf("%s --%s is not documented: %s", path, f.Name, f.Usage)
			}
		}
		cmd.Flags().VisitAll(visit)
		cmd.PersistentFlags().VisitAll(visit)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk((&program{lookupEnv: func(string) (string, bool) { return "", false }}).newRoot())
	for f := range mentioned {
		if !known[f] {
			t.Errorf("the documents name %s, which no command has", f)
		}
	}
}

var section = regexp.MustCompile(`^###? (.*)\n`)

// reference is docs/reference.md by its headings of the second and third level.
func reference(t *testing.T) map[string]string {
	t.Helper()
	out, heading := map[string]string{}, ""
	for line := range strings.Lines(document(t, "docs/reference.md")) {
		if m := section.FindStringSubmatch(line); m != nil {
			heading = m[1]
		}
		out[heading] += line
	}
	return out
}

// tableRows are the cells of the tables in a text, without their heads.
func tableRows(text string) [][]string {
	var out [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			continue
		}
		line = strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00")
		cells := strings.Split(line, "|")
		for i, c := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(c, "\x00", "|"))
		}
		if strings.HasPrefix(cells[0], "---") {
			out = out[:len(out)-1]
			continue
		}
		out = append(out, cells)
	}
	return out
}

var (
	inCode      = regexp.MustCompile("`([^`]+)`")
	flagInTable = regexp.MustCompile("--([a-z][a-z-]+)")
)

// TestReferenceFlags holds the tables of flags to the commands: a heading names
// commands, and the tables below headings that name a command have each of its
// flags, no other, and their defaults.
func TestReferenceFlags(t *testing.T) {
	documented := map[string]map[string]flagRow{} // command -> flag
	for heading, text := range reference(t) {
		rest, ok := strings.CutPrefix(heading, "Flag")
		if !ok {
			continue
		}
		commands := inCode.FindAllStringSubmatch(rest, -1)
		if strings.HasSuffix(rest, "of all commands") {
			commands = [][]string{{"", ""}}
		}
		for _, c := range commands {
			if documented[c[1]] == nil {
				documented[c[1]] = map[string]flagRow{}
			}
			for _, row := range tableRows(text) {
				named := flagInTable.FindAllStringSubmatch(row[0], -1)
				for _, f := range named {
					documented[c[1]][f[1]] = flagRow{strings.Trim(row[1], "`"), row[0], len(named) == 1}
				}
			}
		}
	}
	root := (&program{lookupEnv: func(string) (string, bool) { return "", false }}).newRoot()
	compareFlags(t, "", root.PersistentFlags(), documented[""])
	for _, cmd := range root.Commands() {
		own := cmd.LocalNonPersistentFlags()
		if len(cmd.Commands()) > 0 {
			own = cmd.Commands()[0].LocalNonPersistentFlags()
		}
		compareFlags(t, cmd.Name(), own, documented[cmd.Name()])
	}
}

// flagRow is the row of a flag.
type flagRow struct {
	value string // the default
	cell  string // the first one
	alone bool   // no other flag is in it
}

func compareFlags(t *testing.T, command string, flags *pflag.FlagSet, documented map[string]flagRow) {
	t.Helper()
	left := maps.Clone(documented)
	flags.VisitAll(func(f *pflag.Flag) {
		row, ok := documented[f.Name]
		delete(left, f.Name)
		switch {
		case f.Name == "help":
		case !ok:
			t.Errorf("docs/reference.md has no row for --%s of %q: %s", f.Name, command, f.Usage)
		case !sameDefault(f, row.value):
			t.Errorf("docs/reference.md: the default of --%s of %q is %q, not %q", f.Name, command, f.DefValue, row.value)
		case row.alone && f.Value.Type() != "bool" && !strings.HasPrefix(row.cell, "`--"+f.Name+" "+f.Value.Type()+"`"):
			t.Errorf("docs/reference.md: %s should be `--%s %s`, as help has it", row.cell, f.Name, f.Value.Type())
		}
	})
	for f := range left {
		t.Errorf("docs/reference.md: %q has no flag --%s", command, f)
	}
}

// sameDefault compares the default of a flag with what a table has. One that is
// nothing may be described there.
func sameDefault(f *pflag.Flag, documented string) bool {
	switch f.DefValue {
	case "", "false", "[]", "0s":
		return true
	}
	if d, err := time.ParseDuration(f.DefValue); err == nil {
		shown, err := time.ParseDuration(documented)
		return err == nil && shown == d
	}
	return documented == f.DefValue
}

// TestDocumentedExitCodes holds the tables of exit codes, and the one that help
// prints, to the codes of the program.
func TestDocumentedExitCodes(t *testing.T) {
	var want []string
	for path, file := range sources(t, "cmd") {
		if filepath.Base(path) != "exit.go" {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "code") && len(spec.Values) == 1 {
				want = append(want, spec.Values[0].(*ast.BasicLit).Value)
			}
			return true
		})
	}
	if len(want) < 9 {
		t.Fatalf("exit.go has the codes %v", want)
	}
	number := regexp.MustCompile(`\d+`)
	check := func(where string, first []string) {
		t.Helper()
		var got []string
		for _, cell := range first {
			got = append(got, number.FindAllString(cell, -1)...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has the exit codes %v, not %v", where, got, want)
		}
	}
	firstCells := func(text string) []string {
		var out []string
		for _, row := range tableRows(text) {
			out = append(out, row[0])
		}
		return out
	}
	check("docs/reference.md", firstCells(reference(t)["Exit codes"]))
	var help []string
	for line := range strings.Lines(exitCodes) {
		before, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		help = append(help, before)
	}
	check("--help", help[1:])
}

// TestDocumentedEnvironment holds the table of environment variables to those
// that the program looks at.
func TestDocumentedEnvironment(t *testing.T) {
	read := map[string]bool{"TCIMPORT_SOME_FLAG": true, "HTTPS_PROXY": true, "HTTP_PROXY": true, "NO_PROXY": true}
	for _, file := range sources(t, "cmd", "internal") {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			fn, ok := call.Fun.(*ast.SelectorExpr)
			name, isText := literal(call.Args[0])
			if !ok || !isText {
				return true
			}
			switch fn.Sel.Name {
			case "secret":
				read[name], read[name+"_FILE"] = true, true
			case "env", "lookupEnv", "Getenv", "LookupEnv":
				read[name] = true
			}
			return true
		})
	}
	documented := map[string]bool{}
	for _, row := range tableRows(reference(t)["Environment"]) {
		for _, m := range inCode.FindAllStringSubmatch(row[0], -1) {
			documented[m[1]] = true
		}
	}
	if !maps.Equal(read, documented) {
		t.Errorf("docs/reference.md has the variables\n%v\nthe program looks at\n%v", slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(read)))
	}
	for name := range documented {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(environmentHelp) {
			t.Errorf("--help does not name %s", name)
		}
	}
}

// TestDocumentedFiles holds what docs/reference.md says of the content of files to
// what writes them.
func TestDocumentedFiles(t *testing.T) {
	text := document(t, "docs/reference.md")
	var header strings.Builder
	if err := (&report.Report{}).WriteCSV(&header); err != nil {
		t.Fatal(err)
	}
	columns := strings.Split(strings.TrimSpace(header.String()), ",")
	for _, want := range []string{"\n`" + strings.Join(columns[:12], ",") + "`\n", "(`" + strings.Join(columns[12:], "`, `") + "`)"} {
		if !strings.Contains(text, want) {
			t.Errorf("docs/reference.md should have the columns %s", want)
		}
	}
	var written strings.Builder
	if err := (metrics{}).write(&written); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`# TYPE (\S+)`).FindAllStringSubmatch(written.String(), -1) {
		if m[1] != lastSuccess && !strings.Contains(text, "| `"+m[1]+"` |") {
			t.Errorf("docs/reference.md has no row for the metric %s", m[1])
		}
	}
	if !strings.Contains(text, "| `"+lastSuccess+"` |") {
		t.Errorf("docs/reference.md has no row for the metric %s", lastSuccess)
	}
	for _, suffix := range []string{".journal", ".applied", ".lock", ".report.csv", ".failed.yaml"} {
		if !strings.Contains(text, "`tcimport-…"+suffix+"`") {
			t.Errorf("docs/reference.md does not say what tcimport-…%s is", suffix)
		}
	}
}

// TestDocumentedPlan holds the fields of a plan in JSON that docs/reference.md
// lists to those that there are.
func TestDocumentedPlan(t *testing.T) {
	fields := func(v any) map[string]bool {
		out := map[string]bool{}
		for i := range reflect.TypeOf(v).NumField() {
			if name, _, _ := strings.Cut(reflect.TypeOf(v).Field(i).Tag.Get("json"), ","); name != "-" {
				out[name] = true
			}
		}
		if text, err := json.Marshal(v); err == nil { // has what is not a field of its own
			var more map[string]any
			if json.Unmarshal(text, &more) == nil {
				for name := range more {
					out[name] = true
				}
			}
		}
		return out
	}
	text := reference(t)["The plan"]
	for of, v := range map[string]any{"`summary`": plan.Summary{}, "an action": plan.FullAction{}, "a change": plan.FullChange{}, "an association": plan.FullAssociation{}} {
		has := fields(v)
		var named []string
		for _, row := range tableRows(text) {
			if row[0] == of {
				for _, m := range inCode.FindAllStringSubmatch(row[1], -1) {
					named = append(named, m[1])
				}
			}
		}
		if len(named) < 4 {
			t.Errorf("docs/reference.md lists no fields of %s", of)
		}
		for _, n := range named {
			if !has[n] {
				t.Errorf("docs/reference.md: %s has no field %s", of, n)
			}
		}
		if of == "`summary`" && len(named) != len(has) {
			t.Errorf("docs/reference.md lists %d fields of the summary, of %d", len(named), len(has))
		}
	}
}
