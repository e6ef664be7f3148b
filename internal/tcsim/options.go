package tcsim

import (
	"net/http"
	"slices"
	"strings"
)

// describe answers OPTIONS on an endpoint: an object keyed by field, without
// data and status around it (OPTIONS recording 7.11). ?show=readonly adds the
// read-only fields.
func (c *call) describe() (*answer, *apiError) {
	show, _ := c.param("show")
	all := strings.EqualFold(show, "readonly")
	specs := slices.Clone(c.specs(c.res.kind))
	slices.SortFunc(specs, func(a, b fieldSpec) int { return strings.Compare(a.key, b.key) })
	e := &encoder{}
	e.open('{')
	for i := range specs {
		f := &specs[i]
		if f.readOnly && !all {
			continue
		}
		e.key(f.key)
		if f.list {
			e.raw(`{"data":[`)
			writeSpec(e, f)
			e.close(']')
			e.close('}')
			continue
		}
		writeSpec(e, f)
	}
	e.close('}')
	return &answer{http.StatusOK, http.Header{}, e.buf}, nil
}

func writeSpec(e *encoder, f *fieldSpec) {
	e.open('{')
	e.bool("required", f.required)
	if f.requiredFor != nil {
		e.bool("conditionalRequired", true)
	}
	if f.readOnly {
		e.bool("readOnly", true)
	}
	if f.readOnlyFor != nil {
		e.strings("conditionalReadOnly", f.readOnlyFor)
	}
	if f.create && !f.required {
		e.bool("updatable", false)
	}
	if f.appliesTo != nil {
		e.strings("appliesTo", f.appliesTo)
	}
	switch f.typ {
	case "String":
		if f.max > 0 {
			e.int("maxLength", int64(f.max))
			e.int("minLength", int64(f.min))
		}
	case "Integer", "BigDecimal":
		if f.max > 0 {
			e.int("maxValue", int64(f.max))
			e.int("minValue", int64(f.min))
		}
	}
	if f.maxSize > 0 {
		e.int("maxSize", int64(f.maxSize))
	}
	if f.values != nil {
		e.strings("allowableValues", f.values)
	}
	e.opt("description", f.desc)
	e.str("name", f.key)
	e.str("type", f.typ)
	e.close('}')
}

func (e *encoder) strings(key string, values []string) {
	e.key(key)
	e.open('[')
	for _, v := range values {
		e.sep()
		e.quote(v)
	}
	e.close(']')
}

// describeFields answers OPTIONS .../fields: the names for fields=.
func (c *call) describeFields() (*answer, *apiError) {
	e := &encoder{}
	e.open('{')
	e.key("data")
	e.open('[')
	for _, d := range c.res.extra {
		e.open('{')
		e.str("description", d.desc)
		e.bool("includedByDefault", d.byDefault)
		e.str("name", d.name)
		e.close('}')
	}
	e.close(']')
	e.int("count", int64(len(c.res.extra)))
	return c.success(e, http.StatusOK, ""), nil
}

// describeTQL answers OPTIONS .../tql: the keywords.
func (c *call) describeTQL() (*answer, *apiError) {
	names := make([]string, 0, len(c.res.keywords))
	for n := range c.res.keywords {
		names = append(names, n)
	}
	slices.Sort(names)
	e := &encoder{}
	e.open('{')
	e.key("data")
	e.open('[')
	for _, n := range names {
		k := c.res.keywords[n]
		e.open('{')
		e.str("keyword", k.name)
		e.str("name", titled(k.name))
		e.str("type", k.typ)
		e.str("description", "The "+titled(k.name)+" of the item.")
		e.bool("groupable", false)
		e.bool("targetable", false)
		e.close('}')
	}
	e.close(']')
	e.int("count", int64(len(names)))
	return c.success(e, http.StatusOK, ""), nil
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
func (c *call) eventTypeCategories() (*answer, *apiError) {
	if c.sw.EventTypeShape == "missing" {
		return nil, errNotFound()
	}
	e := &encoder{}
	e.open('{')
	e.key("data")
	e.open('[')
	for _, t := range c.st.types.eventTypes {
		switch c.sw.EventTypeShape {
		case "strings":
			e.sep()
			e.quote(t)
		case "values":
			e.open('{')
			e.str("value", t)
			e.close('}')
		default:
			e.open('{')
			e.str("name", t)
			e.close('}')
		}
	}
	e.close(']')
	return c.success(e, http.StatusOK, ""), nil
}
