// Package schema makes the JSON Schema of YAML manifests, for editors, from the tables by
// which manifests are read (package reader) and checked (package intel).
//
// What validate takes is valid by the schema, and a misspelt name never is. Beyond that the
// schema leaves to validate what it cannot say: a definition of a key may lack what another
// definition or the defaults have, and blanks around a text do not count.
//
// The schema is of draft-07, the newest that all common editors support. Its patterns keep
// to what ECMAScript (with the flag u or without it), RE2 and others read in the same way.
package schema

import (
	"bytes"
	"encoding/json"

	"tcimport/internal/intel"
	"tcimport/internal/reader"
)

// Manifest is the schema of a document of a manifest, as indented JSON.
func Manifest() []byte {
	root := document()
	root.Draft = "http://json-schema.org/draft-07/schema#"
	root.Definitions = definitions()
	compact, err := marshal(root)
	if err != nil {
		panic(err) // texts, numbers, and lists and mappings of them
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", "  "); err != nil {
		panic(err)
	}
	return append(out.Bytes(), '\n')
}

// definitions are what several places refer to.
func definitions() members {
	out := members{
		{"text", anyText},
		{"flag", aFlag},
		{"date", aDate},
		{"nothing", nothing},
		{"group", group()},
		{"tags", list(tag())},
		{"securityLabels", list(securityLabel())},
		{"attributes", list(attribute())},
	}
	for _, k := range intel.Kinds {
		out = append(out, member{k.Spec().Entry(), end(k)}, member{k.Spec().Field, list(ref(k.Spec().Entry()))})
	}
	return out
}

func ref(definition string) *node { return &node{Ref: "#/definitions/" + definition} }

func list(items *node) *node { return &node{Type: []string{"array", "null"}, Items: items} }

// mapping is a mapping that has no other keys than properties.
func mapping(properties members) *node {
	return refusing(&node{Properties: properties, AdditionalProperties: never}, "object", "array", "string", "number", "boolean")
}

// of are the schemas of keys, which schemas has by name. It has to have each: a new key of
// a table needs its schema.
func of(keys []reader.Key, schemas map[string]*node) members {
	out := make(members, len(keys))
	for i, k := range keys {
		n := schemas[k.Name]
		if n == nil {
			panic("schema: nothing says what the key " + k.Name + " may have")
		}
		out[i] = member{k.Name, n.about(sentences(k.About))}
	}
	return out
}
