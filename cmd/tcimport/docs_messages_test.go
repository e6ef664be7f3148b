package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestDocumentedMessages looks for the messages that docs/troubleshooting.md
// explains, what stands in code in its headings, among the texts that the program
// can print. "…" stands for what differs.
func TestDocumentedMessages(t *testing.T) {
	texts := texts(t)
	code := regexp.MustCompile("`([^`]+)`")
	for _, h := range headings.FindAllStringSubmatch(document(t, "docs/troubleshooting.md"), -1) {
		for _, m := range code.FindAllStringSubmatch(h[1], -1) {
			for _, part := range strings.Split(m[1], "…") {
				if part = strings.Trim(part, " :()"); len(part) > 3 && !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, part) }) {
					t.Errorf("docs/troubleshooting.md explains %q, but nothing prints %q", m[1], part)
				}
			}
		}
	}
}

// texts are the string literals of the program: not of its tests, and not of the
// simulated instance, which speaks for an instance.
func texts(t *testing.T) []string {
	t.Helper()
	var out []string
	for path, file := range sources(t, "cmd", "internal") {
		if strings.Contains(filepath.ToSlash(path), "internal/tcsim/") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := literal(n); ok {
				out = append(out, s)
			}
			return true
		})
	}
	return out
}

// ofTests are the packages that only tests import.
var ofTests = []string{"golden", "testkit"}

// sources are the Go files below folders of the repository, without tests.
func sources(t *testing.T, folders ...string) map[string]*ast.File {
	t.Helper()
	out := map[string]*ast.File{}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(repository, folder), func(path string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() && slices.Contains(ofTests, d.Name()) {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			out[path], err = parser.ParseFile(token.NewFileSet(), path, nil, 0)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// literal is the text of a string in Go source.
func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
