package schema

import (
	"bytes"
	"encoding/json"
)

// node is a schema, with the keywords of draft-07 that a manifest needs.
type node struct {
	Draft       string `json:"$schema,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Ref         string `json:"$ref,omitempty"`

	Type      any    `json:"type,omitempty"` // the name of one, or a list
	Enum      []any  `json:"enum,omitempty"`
	Pattern   string `json:"pattern,omitempty"`
	MaxLength int    `json:"maxLength,omitempty"`
	Minimum   *int64 `json:"minimum,omitempty"`
	Maximum   *int64 `json:"maximum,omitempty"`
	Items     *node  `json:"items,omitempty"`

	Required             []string `json:"required,omitempty"`
	Properties           members  `json:"properties,omitempty"`
	PatternProperties    members  `json:"patternProperties,omitempty"`
	AdditionalProperties *node    `json:"additionalProperties,omitempty"`

	AnyOf []*node `json:"anyOf,omitempty"`
	AllOf []*node `json:"allOf,omitempty"`
	If    *node   `json:"if,omitempty"`
	Then  *node   `json:"then,omitempty"`
	Else  *node   `json:"else,omitempty"`

	Examples    []any   `json:"examples,omitempty"`
	Definitions members `json:"definitions,omitempty"`

	never bool // nothing is valid
}

// member is a schema with the name that it has in another.
type member struct {
	name   string
	schema *node
}

// members keep the order in which they are listed.
type members []member

var never = &node{never: true}

// MarshalJSON writes the schema, false for one that nothing fits.
func (n *node) MarshalJSON() ([]byte, error) {
	if n.never {
		return []byte("false"), nil
	}
	type plain node // without this method
	return marshal((*plain)(n))
}

// MarshalJSON writes the members in their order.
func (ms members) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	separator := byte('{')
	for _, m := range ms {
		name, err := marshal(m.name)
		if err != nil {
			return nil, err
		}
		schema, err := m.schema.MarshalJSON()
		if err != nil {
			return nil, err
		}
		out.WriteByte(separator)
		out.Write(name)
		out.WriteByte(':')
		out.Write(schema)
		separator = ','
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// marshal keeps < and & as they are: people read the schema, too.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// about is a schema with a description. In a reference, this is the only word beside $ref:
// draft-07 ignores what else stands there.
func (n *node) about(markdown string) *node {
	out := *n
	out.Description = plain(markdown)
	return &out
}
