package misp

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tcimport/internal/canonical"
	"tcimport/internal/convert"
	"tcimport/internal/message"
)

// values are the properties of an object by their names. MISP writes numbers and flags
// as numbers, as texts, or as true and false.
type values map[string]json.RawMessage

// form is the form of a value.
type form string

const (
	anyForm form = ""
	aText   form = "a text"
	aFlag   form = "true or false"
	aTime   form = "a time"
	aList   form = "a list"
)

// has reports whether a value has a form.
func (f form) has(raw json.RawMessage) bool {
	switch f {
	case aText:
		_, ok := scalar(raw)
		return ok
	case aFlag:
		s, ok := scalar(raw)
		return ok && slices.Contains([]string{"true", "false", "0", "1", ""}, strings.ToLower(s))
	case aTime:
		s, ok := scalar(raw)
		return ok && (s == "" || s == "0" || moment(s) != "")
	case aList:
		return len(raw) > 0 && raw[0] == '['
	}
	return true
}

// scalar is a text, number, true or false as a text.
func scalar(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 {
		return "", false
	}
	switch raw[0] {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return strings.TrimSpace(s), err == nil
	case '{', '[', 'n':
		return "", false
	}
	return string(raw), true // a number, true or false
}

// moment is a time as manifests have it: MISP writes seconds since 1970, days, and ISO
// times. It is "" if the text is none of these.
func moment(s string) string {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n <= 0 || n > 253402300799 { // the end of the year 9999
			return ""
		}
		return time.Unix(n, 0).UTC().Format(time.RFC3339)
	}
	if t, err := canonical.Date(s); err == nil {
		return t
	}
	if t, err := canonical.Date(strings.Replace(s, "+0000", "Z", 1)); err == nil {
		return t
	}
	return ""
}

func (v values) text(name string) string {
	s, _ := scalar(v[name])
	return s
}

func (v values) flag(name string) bool {
	s := strings.ToLower(v.text(name))
	return s == "true" || s == "1"
}

func (v values) time(name string) string { return moment(v.text(name)) }

// number is a number of seconds, or 0.
func (v values) number(name string) int64 {
	n, _ := strconv.ParseInt(v.text(name), 10, 64)
	return n
}

// texts are the texts of a list, or one text.
func (v values) texts(name string) (out []string) {
	var list []json.RawMessage
	if json.Unmarshal(v[name], &list) != nil {
		list = []json.RawMessage{v[name]}
	}
	for _, raw := range list {
		if s, ok := scalar(raw); ok && s != "" {
			out = append(out, s)
		}
	}
	return out
}

// list are the objects of a list, or one object alone.
func (v values) list(name string) (out []values) {
	var list []json.RawMessage
	if json.Unmarshal(v[name], &list) != nil {
		list = []json.RawMessage{v[name]}
	}
	for _, raw := range list {
		var one values
		if json.Unmarshal(raw, &one) == nil && one != nil {
			out = append(out, one)
		}
	}
	return out
}

// object is an object within.
func (v values) object(name string) values {
	var one values
	_ = json.Unmarshal(v[name], &one)
	return one
}

// maxID is how long an ID may be.
const maxID = 100

// id is a UUID in one spelling, or "" if it is none.
func id(s string) string {
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return ""
		}
	}
	if len(s) > maxID {
		return ""
	}
	return strings.ToLower(s)
}

// isUUID reports whether a text has the form of a UUID.
func isUUID(s string) bool { return len(s) == 36 && strings.Count(s, "-") == 4 && id(s) != "" }

// take makes values of the properties of an object. What is not known, and what has
// another form, is left out and noted.
func take(class, id string, properties []convert.Property) (v values, omits []omission) {
	v = values{}
	for _, p := range properties {
		rule, ok := ruleOf(class, p.Name)
		switch {
		case convert.IsNothing(p.Value):
		case !ok:
			omits = append(omits, omission{message.Clip(p.Name), noPlace, nil})
		case rule.reason != "":
			omits = append(omits, omission{p.Name, rule.reason, nil})
		case !rule.form.has(p.Value):
			omits = append(omits, omission{p.Name, "it is not " + string(rule.form), &convert.Case{ID: id, Detail: message.Clip(string(p.Value))}})
		default:
			v[p.Name] = p.Value
		}
	}
	return v, omits
}

// properties are the values as properties.
func (v values) properties() []convert.Property {
	out := make([]convert.Property, 0, len(v))
	for _, name := range slices.Sorted(maps.Keys(v)) {
		out = append(out, convert.Property{Name: name, Value: v[name]})
	}
	return out
}
