package tcsim

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// dict is a JSON object: its keys in the order of the text. The objects of
// requests have few keys, for which a list costs a tenth of a map.
type dict []member

type member struct {
	key   string
	value any // nil, bool, string, json.Number, []any or dict; of stored fields also int64, float64, time.Time
}

func (d dict) get(key string) any {
	for i := range d {
		if d[i].key == key {
			return d[i].value
		}
	}
	return nil
}

func (d dict) has(key string) bool {
	return slices.ContainsFunc(d, func(m member) bool { return m.key == key })
}

// str is the first of the keys that holds a text.
func (d dict) str(keys ...string) string {
	for _, k := range keys {
		if s, ok := d.get(k).(string); ok && s != "" {
			return s
		}
	}
	return ""
}

func (d *dict) set(key string, value any) {
	for i := range *d {
		if (*d)[i].key == key {
			(*d)[i].value = value
			return
		}
	}
	*d = append(*d, member{key, value})
}

// without is a copy less some keys.
func (d dict) without(keys ...string) dict {
	return slices.DeleteFunc(slices.Clone(d), func(m member) bool { return slices.Contains(keys, m.key) })
}

// parseObject reads the JSON object of a request. Strict mode also refuses what
// most readers of JSON let pass: keys given twice, null, broken UTF-8.
func parseObject(data []byte, strict bool) (dict, *apiError) {
	r := jsonReader{text: string(data), strict: strict}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	d, ok := v.(dict)
	if !ok {
		return nil, badRequest("The request body could not be parsed as a JSON object.")
	}
	if r.skip(); r.at < len(r.text) {
		return nil, badRequest("The request body holds more than one JSON value: the second one begins at byte %d.", r.at)
	}
	return d, nil
}

type jsonReader struct {
	text   string
	at     int
	strict bool
}

const maxJSONDepth = 100 // a guard of the simulator's own stack

func (r *jsonReader) broken() *apiError {
	return badRequest("The request body could not be parsed as a JSON object: unexpected text at byte %d.", r.at)
}

func (r *jsonReader) skip() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// next skips blanks and takes one byte, if it is this one.
func (r *jsonReader) next(b byte) bool {
	r.skip()
	if r.at < len(r.text) && r.text[r.at] == b {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) value(depth int) (any, *apiError) {
	r.skip()
	if r.at == len(r.text) || depth > maxJSONDepth {
		return nil, r.broken()
	}
	switch r.text[r.at] {
	case '{':
		return r.object(depth)
	case '[':
		return r.list(depth)
	case '"':
		s, err := r.string()
		return strings.Clone(s), err // what is stored must not keep the body
	}
	return r.word()
}

func (r *jsonReader) object(depth int) (any, *apiError) {
	r.at++
	d := make(dict, 0, 8>>min(depth, 2)) // wrappers and entries have few keys
	for first := true; !r.next('}'); first = false {
		if !first && !r.next(',') {
			return nil, r.broken()
		}
		r.skip()
		key, err := r.string()
		if err != nil {
			return nil, err
		}
		if !r.next(':') {
			return nil, r.broken()
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if r.strict && d.has(key) {
			return nil, badRequest("The field '%s' is given twice.", key)
		}
		if r.strict && v == nil {
			return nil, badRequest("The field '%s' must not be null.", key)
		}
		d.set(key, v)
	}
	return d, nil
}

func (r *jsonReader) list(depth int) (any, *apiError) {
	r.at++
	list := []any{}
	for first := true; !r.next(']'); first = false {
		if !first && !r.next(',') {
			return nil, r.broken()
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// string reads a string; without escapes it is a part of the text.
func (r *jsonReader) string() (string, *apiError) {
	if r.at == len(r.text) || r.text[r.at] != '"' {
		return "", r.broken()
	}
	escaped := false
	for end := r.at + 1; end < len(r.text); end++ {
		switch b := r.text[end]; {
		case b < ' ':
			return "", r.broken()
		case b == '\\':
			escaped = true
			end++
		case b == '"':
			return r.unquote(end+1, escaped)
		}
	}
	return "", r.broken()
}

func (r *jsonReader) unquote(end int, escaped bool) (string, *apiError) {
	s := r.text[r.at+1 : end-1]
	if !utf8.ValidString(s) {
		if r.strict {
			return "", badRequest("The request body is not UTF-8 (the text at byte %d).", r.at)
		}
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	if escaped {
		var plain string // a variable of its own: its address makes it garbage
		if json.Unmarshal([]byte(`"`+s+`"`), &plain) != nil {
			return "", r.broken()
		}
		s = plain
	}
	r.at = end
	return s, nil
}

// word reads true, false, null or a number.
func (r *jsonReader) word() (any, *apiError) {
	end := r.at
	for end < len(r.text) && strings.IndexByte(" \t\r\n,:]}", r.text[end]) < 0 {
		end++
	}
	word := r.text[r.at:end]
	var v any
	switch word {
	case "true", "false":
		v = word == "true"
	case "null":
	default:
		if !plainNumber(word) && !json.Valid([]byte(word)) {
			return nil, r.broken()
		}
		v = json.Number(strings.Clone(word))
	}
	r.at = end
	return v, nil
}

func plainNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return len(s) > 0 && s[0] != '0'
}
