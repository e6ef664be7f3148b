package tcsim

import (
	"net/http"
	"strconv"
	"time"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func appendDecimal(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'f', 2, 64) }

// writeObject prints o as a JSON object.
func (c *call) writeObject(e *encoder, o *object, sel selection, write func(*call, *encoder, *object, selection)) {
	e.open('{')
	write(c, e, o, sel)
	e.close('}')
}

// writeHead prints the keys that groups and indicators begin with. Servers of
// the 6.5 era had no ownerId.
func (c *call) writeHead(e *encoder, o *object) {
	c.id(e, "id", o.id)
	if !c.sw.OldShapes {
		c.id(e, "ownerId", ownerID(o.owner))
	}
	e.str("ownerName", ownerName(o.owner))
	c.date(e, "dateAdded", o.added)
}

func (c *call) writeWebLink(e *encoder, o *object, path, view string) {
	e.key("webLink")
	e.link(c.baseURL(), "/#/details/", path, "/")
	e.buf = strconv.AppendInt(e.buf, o.id, 10)
	e.buf = append(e.buf, '/')
	e.buf = append(append(e.buf, view...), '"')
}

// link opens a string and appends parts that need no escapes.
func (e *encoder) link(parts ...string) {
	e.buf = append(e.buf, '"')
	for _, p := range parts {
		e.buf = append(e.buf, p...)
	}
}

// writeUser prints who made o. Where the caller does not administer the owner
// only id and userName are told (specify_owner.rst).
func (c *call) writeUser(e *encoder, key string, o *object) {
	u := o.by
	if u == nil {
		return
	}
	e.key(key)
	e.open('{')
	c.id(e, "id", u.ID)
	e.str("userName", u.UserName)
	if c.administers(o.owner) {
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

func (c *call) administers(o *Owner) bool {
	return o == nil || c.sw.OldShapes || c.user.roleIn(o) == roleOrgAdmin
}

// writeVotes: the samples of the docs print the counts as strings, while
// OPTIONS calls them Integer.
func (c *call) writeVotes(e *encoder) {
	for _, k := range []string{"upVoteCount", "downVoteCount"} {
		if c.sw.VotesAsNumbers {
			e.int(k, 0)
		} else {
			e.str(k, "0")
		}
	}
}

// writeLists prints the nested lists that fields= asks for; old servers print
// them always, and with a count.
func (c *call) writeLists(e *encoder, o *object, lists []nestedList, sel selection) {
	if c.inNested && !c.nestedLists {
		return
	}
	for i := range lists {
		l := &lists[i]
		if sel.has(l.key) || c.sw.OldShapes && !c.inNested {
			c.writeList(e, o, l, sel[l.key])
		}
	}
}

func (c *call) writeList(e *encoder, o *object, l *nestedList, sel selection) {
	ids := c.st.members(o, l.kind)
	res := c.s.byKind[l.kind]
	mark := len(e.buf)
	e.key(l.key)
	e.open('{')
	e.key("data")
	e.open('[')
	inNested, nestedLists := c.inNested, c.nestedLists
	c.inNested, c.nestedLists = true, len(sel) > 0
	n := 0
	for _, id := range ids {
		if c.sw.NestedCap > 0 && n >= c.sw.NestedCap {
			break
		}
		other := c.st.get(l.kind, id)
		if other == nil || !c.visible(other) {
			continue // an owner that the user may not read is left out
		}
		if c.nestedLate(o, other) {
			continue
		}
		c.writeObject(e, other, sel, res.write)
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
	since, ok := c.st.linkedAt[linkEnds{o.kind, other.kind, o.id, other.id}]
	if other.parent == o && other.born != 0 {
		since, ok = other.bornAt, true
	}
	return ok && c.now.Sub(since) < time.Duration(c.sw.NestedDelayMS)*time.Millisecond
}

// emptyList: several forms of an empty list are seen over the versions.
func (c *call) emptyList(e *encoder, key string) {
	switch c.sw.EmptyNested {
	case "absent":
	case "null":
		e.key(key)
		e.buf = append(e.buf, "null"...)
	case "data":
		e.key(key)
		e.buf = append(e.buf, `{"data":[]}`...)
	case "count":
		e.key(key)
		e.buf = append(e.buf, `{"count":0}`...)
	default:
		e.key(key)
		e.buf = append(e.buf, "{}"...)
	}
}
