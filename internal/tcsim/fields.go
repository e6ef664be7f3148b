package tcsim

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// field is one JSON key of an endpoint: what OPTIONS says about it, what a write
// checks and how an answer prints it. The tables are in fields_*.go, in the
// order in which answers print the keys. To add a field, add a row there; a
// keyword of TQL for it is a word in data/keywords.txt.
type field struct {
	key      string
	typ      string   // as OPTIONS names it: String, Integer, Boolean, Date, BigDecimal, or an object name
	types    []string // types of object that have it; nil = all
	required bool     // on POST, for the types it applies to
	create   bool     // cannot be updated
	readOnly bool
	own      bool                // has rules of its own: not checked or stored with the rest
	min, max int                 // length of a string, or range of a number
	values   []string            // accepted values
	valuesOf map[string][]string // and those of single types
	anyCase  bool                // values are accepted in any case and stored as listed

	readOnlyFor, requiredFor []string // conditionalReadOnly, conditionalRequired in OPTIONS
	nullFor                  []string // types of object for which null is documented

	list    bool // {"data":[...]} of objects of the kind of
	of      kind
	maxSize int // of a list in a request

	show    string           // the name in fields= that shows it; "" = always, hidden = never
	unasked func(*call) bool // shows it all the same
	notOld  bool             // servers of the 6.5 era did not have it
	get     getter           // its value, if that is not stored under its key
	print   printer          // or what prints it
}

const hidden = "-"

func (f *field) applies(typ string) bool { return f.types == nil || slices.Contains(f.types, typ) }

// fieldTable is the table of one kind, with what each type prints.
type fieldTable struct {
	all    []field
	lists  []*field
	byType map[string][]*field
}

func newFieldTable(all []field) fieldTable {
	t := fieldTable{all: all, byType: map[string][]*field{"": nil}}
	for i := range all {
		if all[i].get == nil {
			all[i].get = stored(all[i].key, value{})
		}
		if all[i].list && all[i].print == nil {
			t.lists = append(t.lists, &all[i])
		}
		for _, typ := range all[i].types {
			t.byType[typ] = nil
		}
	}
	for typ := range t.byType {
		for i := range all {
			if f := &all[i]; (!f.list || f.print != nil) && f.show != hidden && f.applies(typ) {
				t.byType[typ] = append(t.byType[typ], f)
			}
		}
	}
	return t
}

// printed are the scalars that an answer has for a type of object.
func (t *fieldTable) printed(typ string) []*field {
	if fs, ok := t.byType[typ]; ok {
		return fs
	}
	return t.byType[""]
}

// row is the row of a key: that of the type, if there are several.
func (t *fieldTable) row(key, typ string) *field {
	var found *field
	for i := range t.all {
		if f := &t.all[i]; f.key == key && (found == nil || f.applies(typ)) {
			found = f
		}
	}
	return found
}

// check checks the value of a key of kind k and gives its stored form. A key
// without a row is a text without limits.
func (c *call) check(k kind, key string, v any) any {
	spec := field{key: key, typ: "String"}
	if f := c.st.fields[k].row(key, ""); f != nil {
		spec = c.limited(k, *f)
	}
	return c.checkValue(&spec, v)
}

// limited is a row with the limits that switches change.
func (c *call) limited(k kind, f field) field {
	if k == kGroup && f.key == "name" && c.sw.NameLimit > 0 {
		f.max = c.sw.NameLimit
	}
	f.anyCase = f.anyCase || k == kGroup && f.key == "type" && c.sw.GroupTypeCase == "any"
	return f
}

// write is the common part of POST and PUT: it checks the scalars of the body
// and stores them in o.fields. It does not touch lists.
func (t *tx) write(o *object, body dict, post bool) {
	var values dict
	rows := t.c.st.fields[o.kind].all
	for i := range rows {
		f, v := &rows[i], body.get(rows[i].key)
		switch {
		case f.list || f.readOnly || f.own || !f.applies(o.typ): // keys of another type are ignored like unknown ones
		case v == nil:
			t.absent(o, f, body.has(f.key), post)
		case slices.Contains(f.readOnlyFor, o.typ) && !t.conditional(o, f, post):
		case f.create && !post: // not updatable: ignored, like any key that the call does not know
		default:
			values = append(values, member{f.key, t.c.checkValue(f.narrowed(o.typ), v)})
		}
	}
	if len(values) > 0 {
		t.change(o, func() {
			for _, m := range values {
				o.fields.set(m.key, m.value)
			}
		})
	}
}

// narrowed is the row with the values of one type.
func (f *field) narrowed(typ string) *field {
	if f.valuesOf[typ] == nil {
		return f
	}
	narrow := *f
	narrow.values = f.valuesOf[typ]
	return &narrow
}

func (t *tx) absent(o *object, f *field, given, post bool) {
	if post && f.required {
		panic(missingData(f.key))
	}
	// An Event's status cannot go back to None (groups/event_status.rst).
	if given && !post && o.typ == "Event" && f.key == "status" && o.fields.get("status") != nil {
		panic(badRequest("The status of an Event cannot be set back to None."))
	}
}

// conditional says whether a field that is read-only for the type of o is written
// all the same. OPTIONS 7.11 flags status as conditionalReadOnly for Document,
// Report and Task, while the docs list it as a POST field of a Task.
func (t *tx) conditional(o *object, f *field, post bool) bool {
	switch {
	case o.typ == "Task" && post && t.c.sw.TaskStatus != "refused":
		return true
	case o.typ != "Task" && t.c.sw.ReadOnlyStatus == "ignored":
		return false
	}
	panic(badRequest("The field '%s' is read-only for the type '%s'.", f.key, o.typ))
}

// checkValue checks one value and gives its stored form.
func (c *call) checkValue(f *field, v any) any {
	switch f.typ {
	case "Boolean":
		return checkBool(f, v)
	case "Date":
		s, ok := v.(string)
		if !ok {
			panic(badRequest("The field '%s' must be a date.", f.key))
		}
		return c.parseDate(f.key, s)
	case "Integer", "Long":
		n, ok := toInteger(v)
		if !ok || f.max > 0 && (n < int64(f.min) || n > int64(f.max)) {
			panic(badRequest("The value of the field '%s' is not valid.", f.key))
		}
		return n
	case "BigDecimal":
		return checkDecimal(f, v)
	case "String", "Base64":
		s, ok := v.(string)
		if !ok {
			panic(badRequest("The field '%s' must be a string.", f.key))
		}
		if f.typ == "Base64" {
			if _, err := base64.StdEncoding.DecodeString(s); err != nil {
				panic(badRequest("The field '%s' must be base64.", f.key))
			}
		}
		return checkString(f, s)
	}
	data, err := json.Marshal(v) // an object, kept as it came (assignments)
	if err != nil {
		panic(badRequest("The value of the field '%s' is not valid.", f.key))
	}
	return json.RawMessage(data)
}

func checkBool(f *field, v any) any {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		if b := strings.ToLower(v); b == "true" || b == "false" {
			return b == "true"
		}
	}
	panic(badRequest("The field '%s' must be true or false.", f.key))
}

func checkDecimal(f *field, v any) any {
	var n json.Number
	switch v := v.(type) {
	case json.Number:
		n = v
	case string:
		n = json.Number(v)
	}
	x, err := n.Float64()
	if err != nil || x < float64(f.min) || x > float64(f.max) {
		panic(badRequest("The value of the field '%s' must lie between %d and %d.", f.key, f.min, f.max))
	}
	return x
}

func checkString(f *field, s string) string {
	n := len(s)
	if f.max > 0 && n > f.max || n < 4*f.min {
		n = utf8.RuneCountInString(s)
	}
	if n < f.min {
		panic(badRequest("The field '%s' must have at least %d character(s).", f.key, f.min))
	}
	if f.max > 0 && n > f.max {
		panic(badRequest("The field '%s' must not have more than %d characters.", f.key, f.max))
	}
	for _, v := range f.values {
		if v == s || f.anyCase && strings.EqualFold(v, s) {
			return v
		}
	}
	if f.values == nil {
		return s
	}
	panic(badRequest("The value '%s' is not valid for the field '%s'. Valid values: %s.", s, f.key, strings.Join(f.values, ", ")))
}

// dateForms are the forms of dates in requests. The first two are documented
// (groups/fields.rst); the rest is leniency that no source denies.
var dateForms = []string{
	"2006-01-02", "2006-01-02T15:04:05Z",
	time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05-07:00",
}

func (c *call) parseDate(key, s string) any {
	forms, text := dateForms, strings.TrimSpace(s)
	if c.strict || c.sw.RequestDates == "strict" {
		forms, text = dateForms[:2], s
	}
	d, ok := parseTime(text, forms)
	if !ok {
		panic(refusal(http.StatusBadRequest, codeFormat, "The value '%s' of the field '%s' is not a valid date.", s, key))
	}
	return d.Add(time.Duration(c.sw.DateShift) * time.Minute)
}

func parseTime(s string, forms []string) (time.Time, bool) {
	for _, f := range forms {
		if d, err := time.Parse(f, s); err == nil {
			return d.UTC().Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}
