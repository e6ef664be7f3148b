package stix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/message"
)

// readObjects reads the objects that an observed-data of STIX 2.0 contains.
func readObjects(d *draft, raw json.RawMessage) error {
	objects, err := decode[map[string]json.RawMessage](raw, errForm)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		properties, err := properties(objects[name])
		if err != nil {
			return errForm
		}
		typ, _ := textOf(convert.Find(properties, "type"))
		if before := len(d.signs); !kindOf(typ).isObservable() {
			d.omit("objects", fmt.Sprintf("%s: %s", typ, noIndicatorType), 1)
		} else if d.observe(typ, properties, "objects: "); len(d.signs) == before {
			d.omit("objects", fmt.Sprintf("%s: it has no value that is an indicator", typ), 1)
		}
	}
	return nil
}

// properties are those of a JSON value that has to be an object.
func properties(raw json.RawMessage) ([]convert.Property, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return nil, errForm
	}
	return convert.Properties(raw)
}

// observe finds the values of an observable. within begins the names of properties that
// are left out.
func (d *draft) observe(typ string, all []convert.Property, within string) {
	var terms []term
	used := map[string]bool{}
	for _, p := range places {
		if p.object != typ || strings.Contains(p.path, "_ref.") {
			continue
		}
		steps := strings.Split(p.path, ".")
		first := strings.TrimSuffix(steps[0], "[*]")
		used[first] = true
		if raw := convert.Find(all, first); raw != nil && first == steps[0] {
			for _, value := range dig(raw, steps[1:]) {
				terms = append(terms, term{typ, p.path, value})
			}
		}
	}
	sets := [][]term{terms}
	if typ == "windows-registry-key" {
		sets = d.registryValues(terms, convert.Find(all, "values"))
	}
	for _, set := range sets {
		if len(set) == 0 {
			continue
		}
		if o, _, err := indicator(set); err == nil {
			d.signs = append(d.signs, sign{object: o})
		}
	}
	d.otherHashes(convert.Find(all, "hashes"), within)
	if within == "" {
		return
	}
	for _, p := range all {
		if !used[p.Name] && p.Name != "type" && !convert.IsNothing(p.Value) {
			d.omit(strings.TrimSuffix(within, ": "), typ+"."+p.Name+": "+noPlace, 1)
		}
	}
}

// otherHashes counts the hashes that a File has no place for.
func (d *draft) otherHashes(raw json.RawMessage, within string) {
	hashes, _ := decode[map[string]json.RawMessage](raw, errForm)
	for _, name := range slices.Sorted(maps.Keys(hashes)) {
		if _, ok := placeOf("file", "hashes."+name); !ok {
			d.omit(strings.TrimSuffix(within, ": ")+"hashes", "a File has no "+message.Clip(name), 1)
		}
	}
}

// dig gives the values that a path leads to: a text or a number.
func dig(raw json.RawMessage, steps []string) []string {
	for _, step := range steps {
		fields, err := decode[map[string]json.RawMessage](raw, errForm)
		if err != nil {
			return nil
		}
		raw = nil
		for name, value := range fields {
			if hashName(name) == hashName(step) {
				raw = value
			}
		}
	}
	if text, err := textOf(raw); err == nil && text != "" {
		return []string{text}
	}
	if n, err := decode[json.Number](raw, errNumber); err == nil && n != "" {
		return []string{n.String()}
	}
	return nil
}

// registryValues are the terms of a key, once for each of its values.
func (d *draft) registryValues(key []term, raw json.RawMessage) [][]term {
	list, err := decode[[]struct {
		Name string `json:"name"`
		Data any    `json:"data"`
		Type string `json:"data_type"`
	}](raw, errForm)
	if err != nil || len(list) == 0 || len(key) == 0 {
		return [][]term{key}
	}
	var out [][]term
	for _, v := range list {
		set := append([]term(nil), key...)
		if v.Name != "" {
			set = append(set, term{"windows-registry-key", "values[*].name", v.Name})
		}
		if v.Type != "" {
			set = append(set, term{"windows-registry-key", "values[*].data_type", v.Type})
		}
		if v.Data != nil {
			d.omit("values.data", noPlace, 1)
		}
		out = append(out, set)
	}
	return out
}
