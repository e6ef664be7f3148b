package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// repository is where README.md and docs/ are.
const repository = "../.."

// documents are the paths of README.md, CHANGELOG.md and of what lies in docs/, below the
// repository.
func documents(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(repository, "docs", "*.md"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	out := []string{"README.md", "CHANGELOG.md"}
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

// ofSamples reports whether the block shows a part of a sample.
func (b fenced) ofSamples() bool { return strings.HasPrefix(b.file, "samples/") }

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

// TestDocumentedExcerpts holds what the documents show of the samples to these: a
// block of code with the name of a sample behind its fence is a part of it.
func TestDocumentedExcerpts(t *testing.T) {
	for _, name := range documents(t) {
		for _, b := range blocks(document(t, name)) {
			if b.ofSamples() && !strings.Contains(document(t, b.file), strings.Join(b.text, "\n")+"\n") {
				t.Errorf("%s:%d: %s does not have these lines", name, b.line, b.file)
			}
		}
	}
}
