package tcsim

import (
	"net/http"
	"strconv"
	"time"
)

// printer prints what is more than one value, or faster than a value is made.
type printer = func(c *call, e *encoder, o *object, sel selection)

// writeObject prints o as a JSON object: the rows of its field table.
func (c *call) writeObject(e *encoder, o *object, sel selection) {
	table := &c.st.fields[o.kind]
	e.open('{')
	for _, f := range table.printed(o.typ) {
		switch {
		case !c.shows(f, sel):
		case f.print != nil:
			f.print(c, e, o, sel)
		default:
			c.writeValue(e, o, f.key, f.get(c, o))
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

func (c *call) shows(f *field, sel selection) bool {
	switch {
	case f.notOld && c.sw.OldShapes:
		return false
	case f.unasked != nil && f.unasked(c):
		return true
	}
	return f.show == "" || sel.has(f.show)
}

func (c *call) writeValue(e *encoder, o *object, key string, v value) {
	switch v.kind {
	case valueText:
		e.str(key, v.s)
	case valueRaw:
		e.key(key)
		e.buf = append(e.buf, v.s...)
	case valueBool:
		e.bool(key, v.i != 0)
	case valueInteger:
		e.int(key, v.i)
	case valueID:
		c.id(e, key, v.i)
	case valueDecimal:
		e.key(key)
		e.buf = strconv.AppendFloat(e.buf, v.f, 'f', 2, 64)
	case valueDate:
		c.date(e, o.kind, key, v)
	}
}

// Printers of the field tables.

func webLink(path string) printer {
	return func(c *call, e *encoder, o *object, _ selection) {
		e.link("webLink", c.baseURL(), "/#/details/", path, "/", itoa(o.id), "/overview")
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
func votes(c *call, _ *object) value {
	if c.sw.VotesAsNumbers {
		return integer(0)
	}
	return text("0")
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
