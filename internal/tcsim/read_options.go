package tcsim

import (
	"maps"
	"slices"
	"strings"
)

// describe answers OPTIONS on an endpoint: an object keyed by field, without
// data and status around it (OPTIONS recording 7.11). ?show=readonly adds the
// read-only fields.
func (c *call) describe() *answer {
	show, _ := c.param("show")
	fields := map[string]any{}
	for _, f := range slices.Backward(c.st.fields[c.res.kind].all) { // of two types with one key the first is shown
		switch {
		case f.readOnly && !strings.EqualFold(show, "readonly"):
		case f.list:
			fields[f.key] = map[string]any{"data": []any{describeField(&f)}}
		default:
			f = c.limited(c.res.kind, *c.st.fields[c.res.kind].row(f.key, ""))
			fields[f.key] = describeField(&f)
		}
	}
	return jsonAnswer(fields)
}

// describeField has the keys of OPTIONS that say more than their absence.
func describeField(f *field) map[string]any {
	d := map[string]any{"name": f.key, "type": f.typ, "required": f.required, "description": "The " + titled(f.key) + " of the item."}
	add := func(key string, v any, given bool) {
		if given {
			d[key] = v
		}
	}
	text, number := f.typ == "String" && f.max > 0, (f.typ == "Integer" || f.typ == "BigDecimal") && f.max > 0
	add("conditionalRequired", true, f.requiredFor != nil)
	add("readOnly", true, f.readOnly)
	add("conditionalReadOnly", f.readOnlyFor, f.readOnlyFor != nil)
	add("updatable", false, f.create && !f.required)
	add("appliesTo", f.types, f.types != nil)
	add("maxLength", f.max, text)
	add("minLength", f.min, text)
	add("maxValue", f.max, number)
	add("minValue", f.min, number)
	add("maxSize", f.maxSize, f.maxSize > 0)
	add("allowableValues", f.values, f.values != nil)
	return d
}

// counted is the envelope of the other answers to OPTIONS.
func counted[T any](data []T) *answer {
	return jsonAnswer(map[string]any{"data": data, "count": len(data), "status": "Success"})
}

// describeFields answers OPTIONS .../fields: the names for fields=.
func (c *call) describeFields() *answer {
	var data []map[string]any
	for _, name := range c.fieldNames() {
		data = append(data, map[string]any{"name": name, "description": "Includes the " + titled(name), "includedByDefault": false})
	}
	return counted(data)
}

// describeTQL answers OPTIONS .../tql: the keywords.
func (c *call) describeTQL() *answer {
	type word struct {
		Keyword     string `json:"keyword"`
		Name        string `json:"name"`
		Type        string `json:"type"`
		Description string `json:"description"`
		Groupable   bool   `json:"groupable"`
		Targetable  bool   `json:"targetable"`
	}
	var data []word
	for _, key := range slices.Sorted(maps.Keys(c.res.keywords)) {
		k := c.res.keywords[key]
		data = append(data, word{Keyword: k.name, Name: titled(k.name), Type: k.typ, Description: "The " + titled(k.name) + " of the item."})
	}
	return counted(data)
}

// titled makes "dateAdded" into "Date Added".
func titled(keyword string) string {
	var b strings.Builder
	for i, r := range keyword {
		switch {
		case i == 0:
			b.WriteString(strings.ToUpper(string(r)))
			continue
		case r >= 'A' && r <= 'Z':
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// eventTypeCategories answers GET /v3/groups/eventTypeCategories, whose shape is
// undocumented.
func (c *call) eventTypeCategories() *answer {
	if c.sw.EventTypeShape == "missing" {
		panic(errNotFound())
	}
	var data []any
	for _, t := range c.st.types.eventTypes {
		switch c.sw.EventTypeShape {
		case "strings":
			data = append(data, t)
		case "values":
			data = append(data, map[string]string{"value": t})
		default:
			data = append(data, map[string]string{"name": t})
		}
	}
	return jsonAnswer(map[string]any{"data": data, "status": "Success"})
}
