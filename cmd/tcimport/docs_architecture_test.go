package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

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

// TestDocumentedPaths looks for the Go files that the documents name.
func TestDocumentedPaths(t *testing.T) {
	path := regexp.MustCompile("`([a-z_/]+\\.go)`")
	for _, name := range documents(t) {
		for _, m := range path.FindAllStringSubmatch(document(t, name), -1) {
			found := slices.ContainsFunc([]string{"", "internal", "cmd/tcimport"}, func(folder string) bool {
				_, err := os.Stat(filepath.Join(repository, folder, m[1]))
				return err == nil
			})
			if !found {
				t.Errorf("%s names %s, which does not exist", name, m[1])
			}
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
