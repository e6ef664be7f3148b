package schema

import (
	"bytes"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"

	"tcimport/internal/testkit"
)

const repository = "../.."

// TestLargeManifestsOfTheRepository: what validate takes of all manifests that there are in
// samples, documents, scripts and goldens is valid by the schema.
func TestLargeManifestsOfTheRepository(t *testing.T) {
	testkit.SkipUnderRace(t)
	s := compiled(t)
	taken := 0
	folder := func(name, dir string) {
		for _, path := range manifestsIn(t, dir) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			taken += checkAll(t, s, name+": "+filepath.Base(path), path, text)
		}
	}
	folder("samples", filepath.Join(repository, "samples"))
	for _, path := range glob(t, "cmd/tcimport/testdata/script/*.txtar", "internal/*/testdata/*.txtar") {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for _, f := range a.Files {
			write(t, dir, f.Name, f.Data)
		}
		folder(path, dir)
	}
	for _, path := range glob(t, "README.md", "docs/*.md") {
		folder(path, blocksOf(t, path))
	}
	if taken < 300 {
		t.Errorf("validate takes %d manifests of the repository and their parts: there are more", taken)
	}
}

// TestFuzzedManifests: the same of the seeds and corpora of the reader's fuzz target.
func TestFuzzedManifests(t *testing.T) {
	s := compiled(t)
	taken := 0
	seed := regexp.MustCompile(`(?m)^\s*f\.Add\(\[\]byte\((".*")\)\)$`)
	source, err := os.ReadFile(filepath.Join(repository, "internal/reader/fuzz_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, m := range seed.FindAllStringSubmatch(string(source), -1) {
		texts = append(texts, m[1])
	}
	for _, path := range glob(t, "internal/reader/testdata/fuzz/FuzzYAML/*") {
		corpus, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(string(corpus), "\n[]byte(")
		texts = append(texts, strings.TrimSuffix(strings.TrimSpace(text), ")"))
	}
	for _, quoted := range texts {
		text, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		taken += checkAll(t, s, "a corpus", "-", []byte(text))
	}
	if taken < 40 {
		t.Errorf("validate takes %d manifests of the corpora and their parts: there are more", taken)
	}
}

// FuzzManifest: the same of any text.
func FuzzManifest(f *testing.F) {
	s := compiled(f)
	f.Add([]byte("groups: [{type: TOOL, name: 007, tags: [~, 1e3], firstSeen: 2020-01-01, associatedIndicators: [{type: X, y: 1}]}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			t.Skip()
		}
		check(t, s, "a text", "-", text)
	})
}

// checkAll checks a manifest, and each entry of its lists with all its keys and with one of
// them: manifests that are wrong have right parts, too. It gives how many validate takes.
func checkAll(t *testing.T, s *jsonschema.Resolved, name, path string, text []byte) (taken int) {
	t.Helper()
	if check(t, s, name, path, text) {
		taken++
	}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var n yaml.Node
		if d.Decode(&n) != nil {
			return taken
		}
		for key, list := range pairs(n.Content[0]) {
			if list.Kind != yaml.SequenceNode {
				continue
			}
			for _, entry := range list.Content {
				for _, part := range partsOf(entry) {
					one, err := yaml.Marshal(map[string][]*yaml.Node{key.Value: {part}})
					if err == nil && check(t, s, "a part of "+name, "-", one) {
						taken++
					}
				}
			}
		}
	}
}

// partsOf are an entry, and what names it with each of its other keys.
func partsOf(entry *yaml.Node) []*yaml.Node {
	parts := []*yaml.Node{entry}
	var named, others []*yaml.Node
	for k, v := range pairs(entry) {
		if slices.Contains([]string{"type", "name", "key", "group", "<<"}, k.Value) {
			named = append(named, k, v)
		} else {
			others = append(others, k, v)
		}
	}
	for i := 0; i < len(others); i += 2 {
		parts = append(parts, &yaml.Node{Kind: yaml.MappingNode, Content: slices.Concat(named, others[i:i+2])})
	}
	return parts
}

func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(k, v *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// TestLargeRealManifests: the same of the real data, which other tests hold to be valid.
func TestLargeRealManifests(t *testing.T) {
	testkit.SkipUnderRace(t)
	s := compiled(t)
	paths := manifestsIn(t, testkit.DataDir(t, ""))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(s, text); err != nil {
			t.Errorf("%s is not valid: %v", path, err)
		}
	}
	if len(paths) == 0 {
		t.Error("there is no manifest in the real data")
	}
}

// manifestsIn are the YAML files of a folder and those below.
func manifestsIn(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && d.Type().IsRegular() && (ext == ".yaml" || ext == ".yml") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func glob(t *testing.T, patterns ...string) (paths []string) {
	t.Helper()
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: nothing, %v", pattern, err)
		}
		paths = append(paths, found...)
	}
	return paths
}

func write(t *testing.T, dir, name string, text []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.Base(name))
	if filepath.IsLocal(name) {
		path = filepath.Join(dir, name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// blocksOf is a folder with the blocks of code of a document: those that the text names
// under their names.
func blocksOf(t *testing.T, document string) string {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	fence := regexp.MustCompile("(?ms)^```(\\w+)(?: (\\S+))?\n(.*?)^```$")
	for i, m := range fence.FindAllStringSubmatch(string(text), -1) {
		name := m[2]
		if name == "" {
			name = strconv.Itoa(i) + "." + m[1]
		}
		write(t, dir, name, []byte(m[3]))
	}
	return dir
}
