package tcsim

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// encoder appends JSON text. It is written by hand because keys keep the order
// of the API's samples and a page may hold 10,000 groups with nested lists.
type encoder struct{ buf []byte }

func (e *encoder) sep() {
	if n := len(e.buf); n > 0 {
		switch e.buf[n-1] {
		case '{', '[', ':', ',':
		default:
			e.buf = append(e.buf, ',')
		}
	}
}

func (e *encoder) open(c byte)  { e.sep(); e.buf = append(e.buf, c) }
func (e *encoder) close(c byte) { e.buf = append(e.buf, c) }

// key begins a member. Keys are those of the tables: they need no escapes.
func (e *encoder) key(k string) {
	e.sep()
	e.buf = append(append(append(e.buf, '"'), k...), '"', ':')
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func (e *encoder) str(k, v string) {
	e.key(k)
	e.quote(v)
}

// link writes a text of parts that need no escapes; pages are full of them.
func (e *encoder) link(key string, parts ...string) {
	e.key(key)
	e.buf = append(e.buf, '"')
	for _, p := range parts {
		e.buf = append(e.buf, p...)
	}
	e.buf = append(e.buf, '"')
}

// opt writes the key only if there is a value.
func (e *encoder) opt(k, v string) {
	if v != "" {
		e.str(k, v)
	}
}

func (e *encoder) int(k string, v int64) {
	e.key(k)
	e.buf = strconv.AppendInt(e.buf, v, 10)
}

func (e *encoder) bool(k string, v bool) {
	e.key(k)
	e.buf = strconv.AppendBool(e.buf, v)
}

func (e *encoder) quote(s string) {
	plain := utf8.ValidString(s)
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] >= ' ' && s[i] != '"' && s[i] != '\\'
	}
	if plain {
		e.buf = append(append(append(e.buf, '"'), s...), '"')
		return
	}
	text, _ := json.Marshal(s) // escapes more than it must, which is JSON all the same
	e.buf = append(e.buf, text...)
}

// id writes an ID, as a string where the switch asks for it.
func (c *call) id(e *encoder, k string, id int64) {
	if c.sw.IDsAsStrings {
		e.str(k, strconv.FormatInt(id, 10))
		return
	}
	e.int(k, id)
}

// date writes a date the way intel objects show it: RFC 3339, UTC, whole
// seconds. The other forms have been seen in samples of the docs. Case objects
// show a fraction of two or three digits (case_management/cases/create.rst).
func (c *call) date(e *encoder, k kind, key string, t time.Time) {
	form, suffix := "2006-01-02T15:04:05", "Z"
	switch {
	case (k == kCase || k == kArtifact) && t.Nanosecond()/int(time.Millisecond)%10 != 0:
		form += ".000"
	case k == kCase || k == kArtifact || c.sw.Dates == "fraction":
		form += ".00"
	case c.sw.Dates == "space":
		suffix = "Z "
	case c.sw.Dates == "glued":
		suffix = "11:04:12Z"
	}
	e.key(key)
	e.buf = append(t.AppendFormat(append(e.buf, '"'), form), suffix...)
	e.buf = append(e.buf, '"')
}
