package reader

import (
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"
)

// asJSON is a node as JSON, for the few fields that the API takes structured.
// Only here the type of a plain scalar matters.
func asJSON(n *yaml.Node) string {
	out, err := json.Marshal(jsonValue(n))
	if err != nil {
		panic(err) // texts, valid JSON, and lists and mappings of them
	}
	return string(out)
}

func jsonValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		mapping := map[string]any{}
		for k, v := range pairs(n) {
			mapping[k.Value] = jsonValue(v)
		}
		return mapping
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, jsonValue(deref(c)))
		}
		return list
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool", "!!int", "!!float":
		if s := strings.ToLower(n.Value); json.Valid([]byte(s)) {
			return json.RawMessage(s)
		}
	}
	return n.Value
}
