package tcsim

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// fieldSpec is one JSON key of an endpoint: what OPTIONS tells about it and
// what writes check.
type fieldSpec struct {
	key       string
	typ       string   // as OPTIONS names it: String, Integer, Boolean, Date, BigDecimal, or an object name
	appliesTo []string // types that have it; nil = all
	required  bool     // on POST, for the types it applies to
	create    bool     // cannot be updated
	readOnly  bool
	own       bool                // has rules of its own: not checked or stored with the rest
	min, max  int                 // length of a string, or range of a number
	values    []string            // accepted values
	valuesOf  map[string][]string // and those of single types
	readOnlyFor,
	requiredFor []string // conditionalReadOnly, conditionalRequired in OPTIONS
	anyCase bool // values are accepted in any case and stored as listed
	list    bool // {"data":[...]}
	maxSize int  // of a list in a request
	desc    string
}

func (f *fieldSpec) applies(typ string) bool {
	return f.appliesTo == nil || slices.Contains(f.appliesTo, typ)
}

// fieldDoc is a name for the fields parameter.
type fieldDoc struct {
	name, desc string
	byDefault  bool
}

// write is the common part of POST and PUT: it checks the scalars of the body
// against specs and stores them in o.fields. It does not touch lists.
func (t *tx) write(o *object, specs []fieldSpec, body map[string]any, post bool) *apiError {
	values := map[string]any{}
	for i := range specs {
		f := &specs[i]
		if f.list || f.readOnly || f.own {
			continue
		}
		v, given := body[f.key]
		if !f.applies(o.typ) {
			continue // keys of another type are ignored like unknown ones
		}
		if !given || v == nil {
			if err := t.absent(o, f, given, post); err != nil {
				return err
			}
			continue
		}
		if slices.Contains(f.readOnlyFor, o.typ) {
			if err := t.conditionalReadOnly(o, f, post); err != nil {
				return err
			}
			if !(post && o.typ == "Task") {
				continue
			}
		}
		if f.create && !post {
			continue // not updatable: ignored, like any key that the call does not know
		}
		if of := f.valuesOf[o.typ]; of != nil {
			narrow := *f
			narrow.values = of
			f = &narrow
		}
		checked, err := t.c.checkValue(f, v)
		if err != nil {
			return err
		}
		values[f.key] = checked
	}
	if err := t.c.unknownKeys(o.typ, specs, body); err != nil {
		return err
	}
	if len(values) == 0 {
		return nil
	}
	t.change(o, func() {
		if o.fields == nil {
			o.fields = map[string]any{}
		}
		maps.Copy(o.fields, values)
	})
	return nil
}

func (t *tx) absent(o *object, f *fieldSpec, given, post bool) *apiError {
	if post && f.required {
		return missingData(f.key)
	}
	// An Event's status cannot go back to None (groups/event_status.rst).
	if given && !post && o.typ == "Event" && f.key == "status" && o.fields["status"] != nil {
		return badRequest("The status of an Event cannot be set back to None.")
	}
	return nil
}

// conditionalReadOnly: OPTIONS 7.11 flags status as conditionalReadOnly for
// Document, Report and Task, while the docs list it as a POST field of a Task.
func (t *tx) conditionalReadOnly(o *object, f *fieldSpec, post bool) *apiError {
	if o.typ == "Task" && post && t.c.sw.TaskStatus != "refused" {
		return nil
	}
	if o.typ != "Task" && t.c.sw.ReadOnlyStatus == "ignored" {
		return nil
	}
	return badRequest("The field '%s' is read-only for the type '%s'.", f.key, o.typ)
}

// unknownKeys refuses keys that the endpoint does not have, by switch.
func (c *call) unknownKeys(typ string, specs []fieldSpec, body map[string]any) *apiError {
	if c.sw.UnknownKeys != "refused" {
		return nil
	}
	for key := range body {
		known := key == "mode" || key == "ownerName" || key == "ownerId"
		for i := range specs {
			known = known || specs[i].key == key && specs[i].applies(typ)
		}
		if !known {
			return badRequest("The field '%s' is not valid.", key)
		}
	}
	return nil
}

// checkValue checks one value and gives its stored form.
func (c *call) checkValue(f *fieldSpec, v any) (any, *apiError) {
	switch f.typ {
	case "Boolean":
		return checkBool(f, v)
	case "Date":
		s, ok := v.(string)
		if !ok {
			return nil, badRequest("The field '%s' must be a date.", f.key)
		}
		return c.parseDate(f.key, s)
	case "Integer", "Long", "Short":
		n, err := toID(v)
		if err != nil || f.max > 0 && (n < int64(f.min) || n > int64(f.max)) {
			return nil, badRequest("The value of the field '%s' is not valid.", f.key)
		}
		return n, nil
	case "BigDecimal":
		return checkDecimal(f, v)
	case "String", "Base64":
		s, ok := v.(string)
		if !ok {
			return nil, badRequest("The field '%s' must be a string.", f.key)
		}
		if _, err := base64.StdEncoding.DecodeString(s); err != nil && f.typ == "Base64" {
			return nil, badRequest("The field '%s' must be base64.", f.key)
		}
		return checkString(f, s)
	}
	raw, err := json.Marshal(v) // an object, kept as it came (assignments)
	if err != nil {
		return nil, badRequest("The field '%s' is not valid.", f.key)
	}
	return json.RawMessage(raw), nil
}

func checkBool(f *fieldSpec, v any) (any, *apiError) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		if b := strings.ToLower(v); b == "true" || b == "false" {
			return b == "true", nil
		}
	}
	return nil, badRequest("The field '%s' must be true or false.", f.key)
}

func checkDecimal(f *fieldSpec, v any) (any, *apiError) {
	var n json.Number
	switch v := v.(type) {
	case json.Number:
		n = v
	case string:
		n = json.Number(v)
	}
	x, err := n.Float64()
	if err != nil || x < float64(f.min) || x > float64(f.max) {
		return nil, badRequest("The value of the field '%s' must lie between %d and %d.", f.key, f.min, f.max)
	}
	return x, nil
}

func checkString(f *fieldSpec, s string) (any, *apiError) {
	n := utf8.RuneCountInString(s)
	if n < f.min {
		return nil, badRequest("The field '%s' must have at least %d character(s).", f.key, f.min)
	}
	if f.max > 0 && n > f.max {
		return nil, badRequest("The field '%s' must not have more than %d characters.", f.key, f.max)
	}
	if f.values == nil || slices.Contains(f.values, s) {
		return s, nil
	}
	if f.anyCase {
		for _, v := range f.values {
			if strings.EqualFold(v, s) {
				return v, nil
			}
		}
	}
	return nil, badRequest("The value '%s' is not valid for the field '%s'. Valid values: %s.", s, f.key, strings.Join(f.values, ", "))
}

// dateForms are the forms of dates in requests. The first two are documented
// (groups/fields.rst); the rest is leniency that no source denies.
var dateForms = []string{
	"2006-01-02", "2006-01-02T15:04:05Z",
	time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05-07:00",
}

func (c *call) parseDate(key, s string) (any, *apiError) {
	forms := dateForms
	if c.sw.RequestDates == "strict" {
		forms = dateForms[:2]
	}
	if d, ok := parseTime(strings.TrimSpace(s), forms); ok {
		return d, nil
	}
	return nil, &apiError{http.StatusBadRequest, codeFormat, "The value '" + s + "' of the field '" + key + "' is not a valid date."}
}

func parseTime(s string, forms []string) (time.Time, bool) {
	for _, f := range forms {
		if d, err := time.Parse(f, s); err == nil {
			return d.UTC().Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}

func (c *call) writeValue(e *encoder, key string, v any) {
	switch v := v.(type) {
	case string:
		e.str(key, v)
	case bool:
		e.bool(key, v)
	case int64:
		e.int(key, v)
	case float64:
		e.key(key)
		e.buf = appendDecimal(e.buf, v)
	case time.Time:
		c.date(e, key, v)
	case json.RawMessage:
		e.key(key)
		e.buf = append(e.buf, v...)
	}
}
