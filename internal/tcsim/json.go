package tcsim

import (
	"encoding/json"
	"slices"
	"strconv"
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

// MarshalJSON keeps the order of the keys.
func (d dict) MarshalJSON() ([]byte, error) {
	var e encoder
	e.open('{')
	for _, m := range d {
		data, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		e.sep()
		e.quote(m.key)
		e.buf = append(append(e.buf, ':'), data...)
	}
	e.close('}')
	return e.buf, nil
}

// required is a text that must be there.
func (d dict) required(key string) string {
	s := d.str(key)
	if s == "" {
		panic(missingData(key))
	}
	return s
}

// id reads an ID given as a number or, as one client does, as a string.
func (d dict) id(key string) int64 {
	n, ok := toInteger(d.get(key))
	if !ok {
		panic(badRequest("The field '%s' must be an integer.", key))
	}
	return n
}

// toInteger takes 50.0 too, as some languages print it.
func toInteger(v any) (int64, bool) {
	switch v := v.(type) {
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if f, err2 := v.Float64(); err != nil && err2 == nil && f == float64(int64(f)) {
			return int64(f), true
		}
		return n, err == nil
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
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
func parseObject(text string, strict bool) dict {
	r := jsonReader{text: text, strict: strict, open: make([]member, 0, 8)}
	v := r.value(0)
	d, ok := v.(dict)
	if !ok {
		panic(badRequest("The request body could not be parsed as a JSON object."))
	}
	if r.skip(); r.at < len(r.text) {
		panic(badRequest("The request body holds more than one JSON value: the second one begins at byte %d.", r.at))
	}
	return d
}

type jsonReader struct {
	text   string
	at     int
	strict bool
	open   []member // of the objects that are being read, the innermost last
	done   []member // of objects that have been read: many are in one piece of memory
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

func (r *jsonReader) value(depth int) any {
	r.skip()
	if r.at == len(r.text) || depth > maxJSONDepth {
		panic(r.broken())
	}
	switch r.text[r.at] {
	case '{':
		return r.object(depth)
	case '[':
		return r.list(depth)
	case '"':
		return strings.Clone(r.string()) // what is stored must not keep the body
	}
	return r.word()
}

func (r *jsonReader) object(depth int) any {
	r.at++
	start := len(r.open)
	for first := true; !r.next('}'); first = false {
		if !first && !r.next(',') {
			panic(r.broken())
		}
		r.skip()
		key := r.string()
		if !r.next(':') {
			panic(r.broken())
		}
		v := r.value(depth + 1)
		if r.strict && v == nil && key != "status" { // of that, checkKeys knows whether it may be
			panic(mustNotBeNull(key))
		}
		switch d := dict(r.open[start:]); {
		case !d.has(key):
			r.open = append(r.open, member{key, v})
		case r.strict:
			panic(badRequest("The field '%s' is given twice.", key))
		default:
			d.set(key, v)
		}
	}
	return r.close(start)
}

// close ends the innermost object, whose members begin at start.
func (r *jsonReader) close(start int) dict {
	n := len(r.open) - start
	if cap(r.done)-len(r.done) < n {
		r.done = make([]member, 0, max(n, 8, min(2*cap(r.done), 64)))
	}
	r.done = append(r.done, r.open[start:]...)
	r.open = r.open[:start]
	return slices.Clip(dict(r.done[len(r.done)-n:]))
}

func mustNotBeNull(key string) *apiError { return badRequest("The field '%s' must not be null.", key) }

func (r *jsonReader) list(depth int) any {
	r.at++
	list := make([]any, 0, 4)
	for first := true; !r.next(']'); first = false {
		if !first && !r.next(',') {
			panic(r.broken())
		}
		v := r.value(depth + 1)
		list = append(list, v)
	}
	return list
}

// string reads a string; without escapes it is a part of the text.
func (r *jsonReader) string() string {
	if r.at == len(r.text) || r.text[r.at] != '"' {
		panic(r.broken())
	}
	escaped := false
	for end := r.at + 1; end < len(r.text); end++ {
		switch b := r.text[end]; {
		case b < ' ':
			panic(r.broken())
		case b == '\\':
			escaped = true
			end++
		case b == '"':
			return r.unquote(end+1, escaped)
		}
	}
	panic(r.broken())
}

func (r *jsonReader) unquote(end int, escaped bool) string {
	s := r.text[r.at+1 : end-1]
	if !utf8.ValidString(s) {
		if r.strict {
			panic(badRequest("The request body is not UTF-8 (the text at byte %d).", r.at))
		}
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	if escaped {
		var plain string // a variable of its own: its address makes it garbage
		if json.Unmarshal([]byte(`"`+s+`"`), &plain) != nil {
			panic(r.broken())
		}
		s = plain
	}
	r.at = end
	return s
}

// word reads true, false, null or a number.
func (r *jsonReader) word() any {
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
			panic(r.broken())
		}
		v = json.Number(strings.Clone(word))
	}
	r.at = end
	return v
}

func plainNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return len(s) > 0 && s[0] != '0'
}
