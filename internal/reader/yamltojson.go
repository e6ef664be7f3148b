package reader

import (
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"
)

// asJSON is a node as JSON, for the few fields that the API takes structured.
// Only here the type of a plain scalar matters.
func asJSON(n *yaml.Node) string {
	var b strings.Builder
	writeJSON(&b, n)
	return b.String()
}

func writeJSON(b *strings.Builder, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		first := true
		for k, v := range pairs(n) {
			if !first {
				b.WriteByte(',')
			}
			first = false
			b.WriteString(jsonText(k.Value))
			b.WriteByte(':')
			writeJSON(b, v)
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, c := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, deref(c))
		}
		b.WriteByte(']')
	default:
		b.WriteString(jsonScalar(n))
	}
}

func jsonScalar(n *yaml.Node) string {
	switch n.Tag {
	case "!!null":
		return "null"
	case "!!bool", "!!int", "!!float":
		if s := strings.ToLower(n.Value); json.Valid([]byte(s)) {
			return s
		}
	}
	return jsonText(n.Value)
}

func jsonText(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always marshals
	}
	return string(out)
}
