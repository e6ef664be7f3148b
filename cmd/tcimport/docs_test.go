package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcimport/internal/intel"
	"tcimport/internal/tcsim"
)

// repository is where README.md and docs/ are.
const repository = "../.."

// documents are the paths of README.md and of what lies in docs/, below the
// repository.
func documents(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(repository, "docs", "*.md"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	out := []string{"README.md"}
	for _, path := range found {
		out = append(out, "docs/"+filepath.Base(path))
	}
	return out
}

func document(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fenced is a block of code in a document.
type fenced struct {
	line     int // of its first line
	language string
	file     string // second word behind the fence: the name that the text tells to save it under
	text     []string
}

func blocks(text string) []fenced {
	var out []fenced
	var open *fenced
	for i, line := range strings.Split(text, "\n") {
		info, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && open == nil:
			words := append(strings.Fields(info), "", "")
			open = &fenced{line: i + 2, language: words[0], file: words[1]}
		case isFence:
			out = append(out, *open)
			open = nil
		case open != nil:
			open.text = append(open.text, line)
		}
	}
	return out
}

// step is a command line of a document, and the output that the document shows.
type step struct {
	line    int
	command string
	code    int
	output  []string
}

// steps are the command lines of a console block: those that begin with "$ ",
// each with the lines below it. One that fails is followed by echo $?.
func (b fenced) steps() []step {
	var out []step
	for i, line := range b.text {
		command, ok := strings.CutPrefix(line, "$ ")
		switch {
		case ok:
			out = append(out, step{line: b.line + i, command: command})
		case len(out) > 1 && out[len(out)-1].command == "echo $?":
			out = out[:len(out)-1]
			out[len(out)-1].code, _ = strconv.Atoi(line)
		case len(out) > 0:
			out[len(out)-1].output = append(out[len(out)-1].output, line)
		}
	}
	return out
}

// session is a shell in which the command lines of one document are run, one
// after the other.
type session struct {
	dir string
	env []string
}

// instanceInDocs is what the documents call the user's own instance; a simulated
// one stands in for it.
const instanceInDocs = "https://app.threatconnect.com/api"

func newSession(t *testing.T) *session {
	s := &session{dir: t.TempDir()}
	if err := os.CopyFS(filepath.Join(s.dir, "samples"), os.DirFS(filepath.Join(repository, "samples"))); err != nil {
		t.Fatal(err)
	}
	s.write(t, ".threatconnect-token", tcsim.DemoToken+"\n")
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TC_") && !strings.HasPrefix(v, "TCIMPORT_") {
			s.env = append(s.env, v)
		}
	}
	// With the race detector each process would sleep for a second at its end.
	s.env = append(s.env, "HOME="+s.dir, "XDG_STATE_HOME=", "GORACE=atexit_sleep_ms=0")
	return s
}

func (s *session) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a command line and gives its exit code and what it printed.
func (s *session) run(t *testing.T, command string) (int, string) {
	t.Helper()
	if assignment, ok := strings.CutPrefix(command, "export "); ok {
		name, value, _ := strings.Cut(assignment, "=")
		code, value := s.shell(t, "printf %s "+value)
		s.env = append(s.env, name+"="+value)
		return code, ""
	}
	return s.shell(t, command)
}

func (s *session) shell(t *testing.T, command string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, s.env, &out, &out
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), out.String()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, out.String()
}

// TestDocumentedCommands runs every command line of the console blocks, in the
// order of the document, and holds exit code and output to what is shown. A
// block of another language with a file name behind it is that file.
func TestDocumentedCommands(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	for _, name := range documents(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(tcsim.New(tcsim.Config{}))
			defer srv.Close()
			s := newSession(t)
			for _, b := range blocks(document(t, name)) {
				if b.file != "" {
					s.write(t, b.file, strings.Join(b.text, "\n")+"\n")
				}
				if b.language != "console" {
					continue
				}
				for _, st := range b.steps() {
					at := fmt.Sprintf("%s:%d: %s", name, st.line, st.command)
					code, out := s.run(t, strings.ReplaceAll(st.command, instanceInDocs, srv.URL+"/api"))
					out = strings.ReplaceAll(out, srv.URL, "https://app.threatconnect.com")
					if code != st.code {
						t.Errorf("%s\nexits with %d, not %d:\n%s", at, code, st.code, out)
					}
					if !shows(out, st.output) {
						t.Errorf("%s\nprints\n%s\nnot\n%s", at, out, strings.Join(st.output, "\n"))
					}
				}
			}
		})
	}
}

// shows reports whether out is what a document shows of it. "…" stands for
// anything within a line, on a line of its own for any lines. What shows nothing
// says nothing.
func shows(out string, shown []string) bool {
	for len(shown) > 0 && strings.TrimSpace(shown[len(shown)-1]) == "" {
		shown = shown[:len(shown)-1]
	}
	if len(shown) == 0 {
		return true
	}
	var pattern strings.Builder
	pattern.WriteString("^")
	for _, line := range shown {
		if line == "…" {
			pattern.WriteString(`(?:[^\n]*\n)*?`)
			continue
		}
		parts := strings.Split(strings.TrimRight(line, " "), "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern.WriteString(strings.Join(parts, `[^\n]*`) + ` *\n`)
	}
	pattern.WriteString("$")
	return regexp.MustCompile(pattern.String()).MatchString(strings.TrimRight(out, "\n") + "\n")
}

// TestDocumentedManifests checks that every whole manifest in the documents
// that is not the start of a console session is valid by itself.
func TestDocumentedManifests(t *testing.T) {
	for _, name := range documents(t) {
		for _, b := range blocks(document(t, name)) {
			if b.language != "yaml" || b.file != "" || b.text[0] != "version: 1" {
				continue
			}
			dir := t.TempDir()
			path := filepath.Join(dir, "manifest.yaml")
			if err := os.WriteFile(path, []byte(strings.Join(b.text, "\n")), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("tcimport", "validate", path)
			cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s:%d: %v\n%s", name, b.line, err, bytes.ReplaceAll(out, []byte(dir), nil))
			}
		}
	}
}

var (
	links    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headings = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// TestDocumentedLinks follows the links between documents.
func TestDocumentedLinks(t *testing.T) {
	for _, name := range documents(t) {
		for _, m := range links.FindAllStringSubmatch(document(t, name), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			path := name
			if target != "" {
				path = filepath.Join(filepath.Dir(name), target)
			}
			if _, err := os.Stat(filepath.Join(repository, path)); err != nil {
				t.Errorf("%s: %s leads nowhere", name, m[1])
				continue
			}
			if anchor != "" && !slices.Contains(anchors(document(t, path)), anchor) {
				t.Errorf("%s: %s has no heading for #%s", name, path, anchor)
			}
		}
	}
}

// anchors are the names by which links lead to headings.
func anchors(text string) []string {
	var out []string
	for _, m := range headings.FindAllStringSubmatch(text, -1) {
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-', r == '_':
				return r
			case r == ' ':
				return '-'
			}
			return -1
		}, strings.ToLower(m[1])))
	}
	return out
}

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

// TestDocumentedTables holds the tables of docs/manifest.md to those of package
// intel. A failure prints the row as it should be.
func TestDocumentedTables(t *testing.T) {
	text := document(t, "docs/manifest.md")
	want := func(row string) {
		t.Helper()
		if !strings.Contains(text, row+"\n") {
			t.Errorf("docs/manifest.md should have the row\n%s", row)
		}
	}
	common := intel.GroupTypes[0].AllFields()
	for _, f := range common {
		want(fieldRow("every type", f))
	}
	for _, g := range intel.GroupTypes {
		for _, f := range g.Fields {
			want(fieldRow(g.Name, f))
		}
	}
	for _, k := range intel.Kinds[1:] {
		for _, f := range intel.ObjectFields(k) {
			want(fieldRow(string(k), f))
		}
	}
	for _, i := range intel.IndicatorTypes {
		want(fmt.Sprintf("| %s | `%s` |", i.Name, strings.Join(i.Values, "`, `")))
	}
	for _, v := range intel.VictimAssetTypes {
		qualifier := "–"
		if v.Qualifier != "" {
			qualifier = "`" + v.Qualifier + "`"
		}
		want(fmt.Sprintf("| %s | `%s` | %s |", v.Name, v.Value, qualifier))
	}
}

// fieldRow is the row of a table for a field.
func fieldRow(of string, f intel.FieldSpec) string {
	var what []string
	switch f.Kind {
	case intel.Text:
		switch {
		case f.Values != nil:
			what = append(what, "one of "+strings.Join(f.Values, ", "))
			if f.Advisory {
				what = append(what, "or one of the instance's own")
			}
		case f.MinLen > 0:
			what = append(what, fmt.Sprintf("text, %d to %d characters", f.MinLen, f.MaxLen))
		case f.MaxLen > 0:
			what = append(what, fmt.Sprintf("text, at most %d characters", f.MaxLen))
		default:
			what = append(what, "text")
		}
	case intel.Bool:
		what = append(what, "`true` or `false`")
	case intel.Integer, intel.Decimal:
		number := map[intel.FieldKind]string{intel.Integer: "whole number", intel.Decimal: "number"}[f.Kind]
		if f.Max > 0 {
			number += fmt.Sprintf(", %d to %d", f.Min, f.Max)
		} else {
			number += fmt.Sprintf(" from %d", f.Min)
		}
		what = append(what, number)
	case intel.Date:
		what = append(what, "date")
	case intel.JSON:
		what = append(what, "list, as YAML or JSON")
	}
	if f.Required {
		what = append(what, "required")
	}
	if f.CreateOnly {
		what = append(what, "only on create")
	}
	return fmt.Sprintf("| %s | `%s` | %s |", of, f.Name, strings.Join(what, "; "))
}

// TestDocumentedMessages looks for the messages that docs/troubleshooting.md
// explains in the sources: what stands in code in its headings, "…" for what
// differs.
func TestDocumentedMessages(t *testing.T) {
	var sources strings.Builder
	err := filepath.WalkDir(repository, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		sources.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("`([^`]+)`")
	for _, h := range headings.FindAllStringSubmatch(document(t, "docs/troubleshooting.md"), -1) {
		for _, m := range code.FindAllStringSubmatch(h[1], -1) {
			for _, part := range strings.Split(m[1], "…") {
				if part = strings.Trim(part, " :()"); len(part) > 3 && !strings.Contains(sources.String(), part) {
					t.Errorf("docs/troubleshooting.md explains %q, but no source says %q", m[1], part)
				}
			}
		}
	}
}

// TestDocumentedArchitecture holds the package map of docs/architecture.md to
// the one that rules_test.go enforces, and the versions of libraries to go.mod.
func TestDocumentedArchitecture(t *testing.T) {
	text := document(t, "docs/architecture.md")
	for name, imports := range packageMap(t) {
		for i := range imports {
			imports[i] = strings.TrimPrefix(imports[i], "internal/")
		}
		may := "–"
		if len(imports) > 0 {
			may = strings.Join(imports, ", ")
		}
		if row := fmt.Sprintf("| `%s` | %s |", name, may); !strings.Contains(text, row) {
			t.Errorf("docs/architecture.md should have a row that begins\n%s", row)
		}
	}
	requirement := regexp.MustCompile(`(?m)^\t?(?:require )?(\S+\.\S+/\S+) (v\S+)( // indirect)?$`)
	for _, m := range requirement.FindAllStringSubmatch(document(t, "go.mod"), -1) {
		module, version, indirect := m[1], m[2], m[3] != ""
		row := fmt.Sprintf("| `%s` | %s |", module, version)
		switch {
		case strings.Contains(text, row):
		case strings.Contains(text, "| `"+module+"` |"), !indirect:
			t.Errorf("docs/architecture.md should have a row that begins\n%s", row)
		}
	}
}

// packageMap reads the variable edges of rules_test.go.
func packageMap(t *testing.T) map[string][]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(repository, "rules_test.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := func(e ast.Expr) string {
		s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	out := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "edges" {
			return true
		}
		for _, e := range spec.Values[0].(*ast.CompositeLit).Elts {
			pair := e.(*ast.KeyValueExpr)
			list := []string{}
			for _, v := range pair.Value.(*ast.CompositeLit).Elts {
				list = append(list, text(v))
			}
			out[text(pair.Key)] = list
		}
		return false
	})
	if len(out) == 0 {
		t.Fatal("rules_test.go has no edges")
	}
	return out
}
