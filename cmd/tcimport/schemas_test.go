package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/rogpeppe/go-internal/testscript"
)

// schemaOf names the schema in docs/schemas of a document by a member that only such
// documents have. What has none of them is an error.
var schemaOf = []struct{ member, name string }{
	{"planId", "plan"}, {"rows", "report"}, {"checks", "check"}, {"kinds", "conversion"}, {"leftOut", "export"}, {"indicators", "validation"}, {"manifest", "init"}, {"platform", "version"},
	{"help", "help"}, {"script", "completion"}, {"pages", "man"}, {"TC_TOKEN", "sim"}, {"error", "error"},
}

func schemaNames() []string {
	var out []string
	for _, s := range schemaOf {
		out = append(out, s.name)
	}
	return out
}

// schemas are those of docs/schemas, compiled.
var schemas = sync.OnceValues(func() (map[string]*jsonschema.Resolved, error) {
	out := map[string]*jsonschema.Resolved{}
	for _, name := range schemaNames() {
		var s jsonschema.Schema
		text, err := os.ReadFile(schemaPath(name))
		if err == nil {
			err = json.Unmarshal(text, &s)
		}
		if err == nil {
			out[name], err = s.Resolve(nil)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
})

func schemaPath(name string) string { return filepath.Join(repository, "docs/schemas", name+".json") }

// checkDocument holds a document to the schema that describes it.
func checkDocument(t testing.TB, from, text string) {
	t.Helper()
	all, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Errorf("%s: %v\n%s", from, err, text)
		return
	}
	if doc["$schema"] != nil {
		return // of the command schema, whose tests check it
	}
	for _, s := range schemaOf {
		summary, _ := doc["summary"].(map[string]any)
		if doc[s.member] == nil && summary[s.member] == nil {
			continue
		}
		if err := all[s.name].Validate(doc); err != nil {
			t.Errorf("%s is not what docs/schemas/%s.json describes: %v\n%.2000s", from, s.name, err, text)
		}
		seen.Lock()
		defer seen.Unlock()
		seen.note(s.name, doc)
		return
	}
	t.Errorf("%s: no schema of docs/schemas describes\n%.2000s", from, text)
}

// recorded is main. Tests that name a folder find there what commands have printed.
func recorded() {
	dir := os.Getenv(documentsDir)
	if dir == "" {
		main()
	}
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	stdout, copied := os.Stdout, make(chan struct{})
	os.Stdout = w
	var text strings.Builder
	go func() {
		defer close(copied)
		_, _ = io.Copy(io.MultiWriter(stdout, &text), r)
	}()
	code := start()
	w.Close()
	<-copied
	if strings.HasPrefix(text.String(), "{") {
		f, err := os.CreateTemp(dir, strings.NewReplacer("/", "_", " ", "_").Replace(fmt.Sprintf("%.80s", strings.Join(os.Args[1:], " ")))+"-*.json")
		if err != nil {
			panic(err)
		}
		if _, err := f.WriteString(text.String()); err != nil {
			panic(err)
		}
		f.Close()
	}
	os.Exit(code)
}

const documentsDir = "DOCUMENTS_OF_TESTS"

// produced are the documents that the commands of scripts print, and the plans and reports
// that they save.
type produced struct {
	t   *testing.T
	dir string
}

// newProduced holds what a test makes to the schemas once its scripts have ended.
func newProduced(t *testing.T) *produced {
	d := &produced{t: t, dir: t.TempDir()}
	t.Cleanup(func() { d.check(d.dir, "") })
	return d
}

// of records what a script makes.
func (d *produced) of(env *testscript.Env) {
	env.Setenv(documentsDir, d.dir)
	env.Defer(func() { d.check(env.WorkDir, env.WorkDir) })
}

// check checks the documents in a folder. Scripts have other files of JSON, too; those are
// known by what saved plans and reports begin with.
func (d *produced) check(dir, script string) {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		isPlan, isReport := strings.HasPrefix(string(text), `{"version":1,`) || strings.HasPrefix(string(text), "{\n\"version\":1,"), strings.Contains(string(text), "\n  \"rows\": [")
		if script != "" && !isPlan && !isReport || !json.Valid(text) {
			return nil
		}
		checkDocument(d.t, path, string(text))
		return nil
	})
	if err != nil {
		d.t.Error(err)
	}
}

// seen is what the documents of all tests have had.
var seen = struct {
	sync.Mutex
	coverage
}{coverage: coverage{}}

// unseen are members that depend on how a program was built.
var unseen = []string{"version.commit", "version.date", "version.modified"}

// covered are tests behind which each member that docs/schemas describe was in a document
// of one of them: what is described is what there is.
type covered struct{ *testing.M }

func (m covered) Run() int {
	code := m.M.Run()
	if code != 0 || flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.skip").Value.String() != "" || flag.Lookup("test.list").Value.String() != "" {
		return code // not all have run
	}
	for _, name := range schemaNames() {
		for _, path := range seen.missing(name) {
			if !slices.Contains(unseen, path) {
				fmt.Fprintf(os.Stderr, "docs/schemas/%s.json describes %s, which no document of any test has\n", name, path)
				code = 1
			}
		}
	}
	return code
}

// coverage are the properties of schemas that documents have, by the paths of the schemas.
type coverage map[string]bool

func (c coverage) note(name string, doc any) {
	root := rawSchema(name)
	c.walk(name, root, name, doc)
}

// walk notes which properties of a part of a schema a value has.
func (c coverage) walk(schema string, part map[string]any, path string, value any) {
	for name := range definitions(part) {
		c.walk(schema, definition(schema, name), schema+"#"+name, value)
	}
	switch v := value.(type) {
	case map[string]any:
		properties, _ := part["properties"].(map[string]any)
		for name, member := range v {
			if p, ok := properties[name].(map[string]any); ok {
				at := path + "." + name
				c[at] = true
				c.walk(schema, p, at, member)
			} else if p, ok := part["additionalProperties"].(map[string]any); ok {
				c.walk(schema, p, path+".*", member)
			}
		}
	case []any:
		if p, ok := part["items"].(map[string]any); ok {
			for _, entry := range v {
				c.walk(schema, p, path+"[]", entry)
			}
		}
	}
}

// missing are the properties that a schema describes and no document had.
func (c coverage) missing(schema string) []string {
	root := rawSchema(schema)
	var out []string
	var look func(part map[string]any, path string)
	look = func(part map[string]any, path string) {
		properties, _ := part["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			at := path + "." + name
			if !c[at] {
				out = append(out, at)
				continue
			}
			look(properties[name].(map[string]any), at)
		}
		if p, ok := part["items"].(map[string]any); ok {
			look(p, path+"[]")
		}
		if p, ok := part["additionalProperties"].(map[string]any); ok {
			look(p, path+".*")
		}
	}
	look(root, schema)
	named, _ := root["definitions"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(named)) {
		look(definition(schema, name), schema+"#"+name)
	}
	return out
}

// definitions are the names of the definitions that a part of a schema refers to.
func definitions(part map[string]any) map[string]bool {
	out := map[string]bool{}
	refer := func(p map[string]any) {
		if ref, ok := p["$ref"].(string); ok {
			out[strings.TrimPrefix(ref, "#/definitions/")] = true
		}
	}
	refer(part)
	for _, p := range listOf(part["allOf"]) {
		refer(p.(map[string]any))
	}
	return out
}

func listOf(v any) []any {
	l, _ := v.([]any)
	return l
}

func definition(schema, name string) map[string]any {
	return rawSchema(schema)["definitions"].(map[string]any)[name].(map[string]any)
}

var rawSchemas sync.Map

func rawSchema(name string) map[string]any {
	if s, ok := rawSchemas.Load(name); ok {
		return s.(map[string]any)
	}
	var s map[string]any
	text, err := os.ReadFile(schemaPath(name))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		panic(err)
	}
	rawSchemas.Store(name, s)
	return s
}
