package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"gopkg.in/yaml.v3"

	"tcimport/internal/golden"
	"tcimport/internal/intel"
	"tcimport/internal/reader"
)

// TestPrintedSchema holds the schema in docs/ to the one that the command prints.
func TestPrintedSchema(t *testing.T) {
	golden.File(t, "../../../docs/schemas/manifest.json", string(Manifest()))
}

// TestEverythingIsDescribed: each key that editors offer has a text that says what it is.
func TestEverythingIsDescribed(t *testing.T) {
	described := 0
	var walk func(path string, v any)
	walk = func(path string, v any) {
		object, _ := v.(map[string]any)
		for name, inner := range object {
			walk(path+"/"+name, inner)
		}
		list, _ := v.([]any)
		for i, inner := range list {
			walk(path+"/"+strconv.Itoa(i), inner)
		}
		properties, _ := object["properties"].(map[string]any)
		for name, p := range properties {
			if text, _ := p.(map[string]any)["description"].(string); text != "" {
				described++
				if strings.Contains(text, "`") || strings.Contains(text, "](") || strings.HasSuffix(text, "..") {
					t.Errorf("%s/%s: %q is not plain", path, name, text)
				}
			} else if !strings.HasSuffix(path, "/if") {
				t.Errorf("%s/%s has no description", path, name)
			}
		}
	}
	var doc any
	if err := json.Unmarshal(Manifest(), &doc); err != nil {
		t.Fatal(err)
	}
	walk("", doc)
	if described < 200 {
		t.Errorf("%d keys are described", described)
	}
}

// compiled is the schema as a validator has it, which knows nothing of how it is made.
func compiled(t testing.TB) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(Manifest(), &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// takes is the error of validate for a manifest, nil if it takes it.
func takes(path string, stdin []byte) error {
	opt := reader.Options{Stdin: bytes.NewReader(stdin)}
	if path == "-" {
		opt.InputFormat = "yaml"
	}
	m, problems := reader.Read([]string{path}, opt)
	_, more := intel.Assemble(m, intel.Options{})
	if problems = append(problems, more...); problems.Errors() > 0 {
		return fmt.Errorf("%v", problems)
	}
	return nil
}

// valid is the error of the schema for the documents of a manifest, nil if they are valid.
func valid(s *jsonschema.Resolved, text []byte) error {
	if json.Valid(text) { // YAML's parser does not know all escapes of JSON
		var doc any
		if err := json.Unmarshal(text, &doc); err != nil {
			return err
		}
		return s.Validate(doc)
	}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var n yaml.Node
		switch err := d.Decode(&n); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("it is no YAML: %w", err)
		}
		for _, see := range []func(*yaml.Node) any{typed12, textOnly} {
			if err := s.Validate(seen(&n, see)); err != nil {
				return err
			}
		}
	}
}

// seen is a node as a validator sees it: with aliases and merge keys carried out, and
// scalars as see makes them.
func seen(n *yaml.Node, see func(*yaml.Node) any) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return seen(n.Content[0], see)
	case yaml.AliasNode:
		return seen(n.Alias, see)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = seen(c, see)
		}
		return list
	case yaml.MappingNode:
		own, merged := map[string]any{}, map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			k, v := n.Content[i], seen(n.Content[i+1], see)
			if k.Tag != "!!merge" {
				own[k.Value] = v
				continue
			}
			maps, ok := v.([]any)
			if !ok {
				maps = []any{v}
			}
			for _, m := range maps {
				for k, v := range m.(map[string]any) {
					if _, ok := merged[k]; !ok {
						merged[k] = v
					}
				}
			}
		}
		for k, v := range own {
			merged[k] = v
		}
		return merged
	}
	return see(n)
}

// typed12 is a scalar as YAML 1.2 has it: dates are texts.
func typed12(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool", "!!int", "!!float":
		var v any
		if err := n.Decode(&v); err != nil {
			return n.Value
		}
		if f, ok := v.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
			return 1e300
		}
		return v
	}
	return n.Value
}

// textOnly is a scalar of an editor that sees texts alone.
func textOnly(n *yaml.Node) any {
	if n.ShortTag() == "!!null" {
		return nil
	}
	return n.Value
}

// check reports a manifest that validate takes and that is not valid, and whether validate
// takes it.
func check(t *testing.T, s *jsonschema.Resolved, name, path string, text []byte) bool {
	t.Helper()
	if takes(path, text) != nil {
		return false
	}
	if err := valid(s, text); err != nil {
		t.Errorf("validate takes %s, but it is not valid:\n%s\n%v", name, clip(text), err)
	}
	return true
}

func clip(text []byte) string {
	const most = 2000
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return strings.TrimSpace(string(text))
}
