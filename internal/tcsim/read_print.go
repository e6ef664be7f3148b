package tcsim

import (
	"encoding/json"
	"net/http"
	"time"
)

// printer prints what is not stored under the key of its field.
type printer = func(c *call, e *encoder, o *object, sel selection)

// writeObject prints o as a JSON object: the rows of its field table.
func (c *call) writeObject(e *encoder, o *object, sel selection) {
	table := &c.st.fields[o.kind]
	e.open('{')
	for _, f := range table.printed(o.typ) {
		if f.show != "" && !sel.has(f.show) {
			continue
		}
		if f.print != nil {
			f.print(c, e, o, sel)
		} else if v := o.fields.get(f.key); v != nil {
			c.writeValue(e, f.key, v)
		}
	}
	if !c.inNested || c.nestedLists {
		for _, l := range table.lists {
			if sel.has(l.key) || c.sw.OldShapes && !c.inNested {
				c.writeList(e, o, l, sel[l.key])
			}
		}
	}
	e.close('}')
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

// Printers of the field tables.

func idOf(key string, id func(o *object) int64) printer {
	return func(c *call, e *encoder, o *object, _ selection) { c.id(e, key, id(o)) }
}

// textOf prints a text, if there is one.
func textOf(key string, text func(c *call, o *object) string) printer {
	return func(c *call, e *encoder, o *object, _ selection) { e.opt(key, text(c, o)) }
}

func dateOf(key string, at func(o *object) moment) printer {
	return func(c *call, e *encoder, o *object, _ selection) { c.date(e, key, at(o).time()) }
}

// stored prints the stored value, or another where there is none.
func stored(key string, otherwise any) printer {
	return func(c *call, e *encoder, o *object, _ selection) {
		v := o.fields.get(key)
		if v == nil {
			v = otherwise
		}
		c.writeValue(e, key, v)
	}
}

// unlessEmpty prints a stored text, if there is one.
func unlessEmpty(key string) printer {
	return textOf(key, func(_ *call, o *object) string { return o.str(key) })
}

// unlessOld leaves out what servers of the 6.5 era did not have.
func unlessOld(p printer) printer {
	return func(c *call, e *encoder, o *object, sel selection) {
		if !c.sw.OldShapes {
			p(c, e, o, sel)
		}
	}
}

func nameOf(_ *call, o *object) string  { return o.name }
func typeOf(_ *call, o *object) string  { return o.typ }
func xidOf(_ *call, o *object) string   { return o.xid }
func ownerOf(_ *call, o *object) string { return ownerName(o.owner) }
func ownerIDOf(o *object) int64         { return ownerID(o.owner) }
func parentIDOf(o *object) int64        { return o.parent.id }
func addedOf(o *object) moment          { return o.added }
func editedOf(o *object) moment         { return o.edited }

// always prints a text even if it is empty.
func always(key string, text func(c *call, o *object) string) printer {
	return func(c *call, e *encoder, o *object, _ selection) { e.str(key, text(c, o)) }
}

func webLink(path string) printer {
	return func(c *call, e *encoder, o *object, _ selection) {
		e.key("webLink")
		e.link(c.baseURL(), "/#/details/", path, "/")
		e.buf = append(appendInt(e.buf, o.id), `/overview"`...)
	}
}

// userOf prints who made o. Where the caller does not administer the owner only
// id and userName are shown (specify_owner.rst).
func userOf(key string) printer {
	return func(c *call, e *encoder, o *object, _ selection) {
		u := o.by
		if u == nil {
			return
		}
		e.key(key)
		e.open('{')
		c.id(e, "id", u.ID)
		e.str("userName", u.UserName)
		if o.owner == nil || c.sw.OldShapes || c.user.roleIn(o.owner) == roleOrgAdmin {
			e.opt("firstName", u.FirstName)
			e.opt("lastName", u.LastName)
			e.opt("pseudonym", u.Pseudonym)
			if c.sw.OldShapes {
				e.str("systemRole", u.SystemRole)
			}
			e.str("owner", u.Organization)
		}
		e.close('}')
	}
}

// votes: the samples of the docs print the counts as strings, while OPTIONS
// calls them Integer.
func votes(key string) printer {
	return func(c *call, e *encoder, _ *object, _ selection) {
		if c.sw.VotesAsNumbers {
			e.int(key, 0)
		} else {
			e.str(key, "0")
		}
	}
}

// caseDateOf prints a date as case objects show it: with a fraction of two or
// three digits (developer docs, case_management/cases/create.rst).
func caseDateOf(key string, at func(o *object) time.Time) printer {
	return func(_ *call, e *encoder, o *object, _ selection) {
		t := at(o)
		if t.IsZero() {
			return
		}
		s := t.UTC().Format("2006-01-02T15:04:05.000Z")
		if s[len(s)-2] == '0' {
			s = s[:len(s)-2] + "Z"
		}
		e.str(key, s)
	}
}

// Nested lists.

// writeList prints one nested list. Old servers print a count with it.
func (c *call) writeList(e *encoder, o *object, l *field, sel selection) {
	mark := len(e.buf)
	e.key(l.key)
	e.open('{')
	e.key("data")
	e.open('[')
	inNested, nestedLists := c.inNested, c.nestedLists
	c.inNested, c.nestedLists = true, len(sel) > 0
	n := 0
	for _, other := range o.linked(l.of) {
		if c.sw.NestedCap > 0 && n >= c.sw.NestedCap {
			break
		}
		// What lies in an owner that the user may not read is left out.
		if !c.visible(other) || c.nestedLate(o, other) {
			continue
		}
		c.writeObject(e, other, sel)
		n++
	}
	c.inNested, c.nestedLists = inNested, nestedLists
	if n == 0 {
		e.buf = e.buf[:mark]
		c.emptyList(e, l.key)
		return
	}
	e.close(']')
	if c.sw.OldShapes {
		e.int("count", int64(n))
	}
	e.close('}')
}

// nestedLate hides new entries of nested lists from reads, where the switch
// delays them. The answer of a write shows what it has written.
func (c *call) nestedLate(o, other *object) bool {
	if c.sw.NestedDelayMS == 0 || c.r.Method != http.MethodGet {
		return false
	}
	since, ok := c.st.linkedAt[[2]*object{o, other}]
	if other.parent == o && other.born != 0 {
		since, ok = other.added.time(), true
	}
	return ok && c.within(since, c.sw.NestedDelayMS)
}

// within says whether less than so many milliseconds have passed since then.
func (c *call) within(since time.Time, ms int) bool {
	return c.now.Sub(since) < time.Duration(ms)*time.Millisecond
}

var emptyForms = map[string]string{"": "{}", "null": "null", "data": `{"data":[]}`, "count": `{"count":0}`}

// emptyList: several forms of an empty list are seen over the versions.
func (c *call) emptyList(e *encoder, key string) {
	if form := emptyForms[c.sw.EmptyNested]; form != "" {
		e.key(key)
		e.buf = append(e.buf, form...)
	}
}
