package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// encoder appends JSON, text for text as encoding/json writes it. A plan has millions
// of values, and encoding/json looks at the type of each.
type encoder struct {
	bytes.Buffer
	html  bool // texts are escaped for HTML, as json.Marshal does
	short bool // without what Read can tell from the rest
	first bool // no member of the innermost object is written yet
}

func (e *encoder) begin() { e.WriteByte('{'); e.first = true }
func (e *encoder) end()   { e.WriteByte('}'); e.first = false }

func (e *encoder) name(name string) {
	if !e.first {
		e.WriteByte(',')
	}
	e.first = false
	e.WriteByte('"')
	e.WriteString(name)
	e.WriteString(`":`)
}

// text adds a member that is left out if it is empty.
func (e *encoder) text(name, value string) {
	if value != "" {
		e.name(name)
		e.quote(value)
	}
}

func (e *encoder) number(name string, n int64) {
	if n != 0 {
		e.name(name)
		e.Write(strconv.AppendInt(e.AvailableBuffer(), n, 10))
	}
}

func (e *encoder) flag(name string, is bool) {
	if is {
		e.name(name)
		e.WriteString("true")
	}
}

// list adds a list that is left out if it is empty.
func (e *encoder) list(name string, n int, entry func(i int)) {
	if n == 0 {
		return
	}
	e.name(name)
	e.WriteByte('[')
	for i := range n {
		if i > 0 {
			e.WriteByte(',')
		}
		entry(i)
	}
	e.WriteByte(']')
}

// member adds a member of any type, if has is true.
func (e *encoder) member(name string, value any, has bool) {
	if has {
		e.name(name)
		e.any(value)
	}
}

// quote adds a text. Most need no escapes.
func (e *encoder) quote(s string) {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == '"', c == '\\', e.html && (c == '<' || c == '>' || c == '&'):
			e.any(s)
			return
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	if !ascii && (!utf8.ValidString(s) || strings.ContainsAny(s, "\u2028\u2029")) {
		e.any(s)
		return
	}
	e.WriteByte('"')
	e.WriteString(s)
	e.WriteByte('"')
}

// any adds a value as encoding/json writes it.
func (e *encoder) any(v any) {
	j := json.NewEncoder(e)
	j.SetEscapeHTML(e.html)
	if err := j.Encode(v); err != nil {
		panic(fmt.Sprintf("plan: %v", err)) // every field can be encoded
	}
	e.Truncate(e.Len() - 1) // the line break
}

func (e *encoder) action(a *Action) {
	e.begin()
	e.name("action")
	e.quote(string(a.Verb))
	e.name("key")
	e.quote(a.Key)
	e.name("type")
	e.quote(a.Type)
	e.name("name")
	e.quote(a.Name)
	e.name("owner")
	e.quote(a.Owner)
	e.number("id", a.ID)
	e.list("changes", len(a.Changes), func(i int) { e.change(&a.Changes[i]) })
	e.list("associations", len(a.Associations), func(i int) { e.association(&a.Associations[i], a.Verb.Writes()) })
	e.name("source")
	e.quote(a.Source.String())
	e.text("reason", a.Reason())
	e.member("candidates", a.Candidates(), len(a.Candidates()) > 0)
	e.member("notes", a.Notes(), len(a.Notes()) > 0)
	e.text("xid", a.XID)
	e.flag("ownXid", a.OwnXID)
	e.text("webLink", a.WebLink())
	e.flag("deletedOnServer", a.Deleted)
	e.text("called", a.Called())
	e.number("order", int64(a.Order))
	e.text("state", a.State())
	if c := a.Compared(); len(c.Fields) > 0 || c.Lists != 0 || c.Paged != 0 {
		e.name("compared")
		e.begin()
		e.list("fields", len(c.Fields), func(i int) { e.quote(c.Fields[i]) })
		e.number("lists", int64(c.Lists))
		e.number("paged", int64(c.Paged))
		e.end()
	}
	e.member("applied", a.Baseline(), len(a.Baseline()) > 0)
	e.list("hadTags", len(a.HadTags()), func(i int) { e.quote(a.HadTags()[i]) })
	e.member("wanted", a.Wanted(), a.Wanted() != nil)
	e.flag("dropped", a.Dropped)
	e.flag("reference", a.Reference)
	e.end()
}

func (e *encoder) change(c *Change) {
	e.begin()
	e.name("field")
	e.quote(c.Field())
	e.name("op")
	e.quote(c.Op.String())
	e.text("old", c.Old())
	e.text("new", c.New())
	e.member("attribute", c.attribute, c.attribute != nil)
	e.text("drift", c.Drift.String())
	e.end()
}

// association adds an association of an action. One that is not made has no op, so that
// those which have one are those that are counted. The short form has no text that is
// made of type and name.
func (e *encoder) association(as *Association, writes bool) {
	e.begin()
	e.name("kind")
	e.quote(as.Kind.String())
	e.text("type", as.Type())
	e.text("name", as.Name())
	e.text("owner", as.Owner())
	e.number("id", as.ID())
	e.name("state")
	e.quote(as.State.String())
	if as.Op != Add || as.State != Missing && writes {
		e.text("op", as.Op.String())
	}
	e.text("key", as.Key())
	e.number("object", int64(as.place))
	if !e.short || as.Op != Add || !as.isPlain() {
		e.text("written", as.Written())
	}
	e.text("reason", as.Reason())
	e.text("drift", as.Drift.String())
	e.end()
}
