package tcsim

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// encoder appends JSON text. It is written by hand because keys keep the order
// of the API's samples and a page may hold 10,000 groups with nested lists.
type encoder struct {
	buf     []byte
	day     int64  // of the date before, in days since 1970
	dayText []byte // and its text: the dates of a page are of few days
}

// partSize is how much of a long answer is made before it is sent.
const partSize = 64 << 10

// send writes what there is, so that the buffer is free again. The last byte
// stays: it says whether a comma comes next.
func (e *encoder) send(w io.Writer) bool {
	last := len(e.buf) - 1
	_, err := w.Write(e.buf[:last])
	e.buf[0] = e.buf[last]
	e.buf = e.buf[:1]
	return err == nil
}

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
	if plain(s) {
		e.buf = append(append(append(e.buf, '"'), s...), '"')
		return
	}
	text, _ := json.Marshal(s) // escapes more than it must, which is JSON all the same
	e.buf = append(e.buf, text...)
}

// plain says whether a text needs no escapes.
func plain(s string) bool {
	for i := range len(s) {
		switch b := s[i]; {
		case b >= utf8.RuneSelf:
			return utf8.ValidString(s[i:]) && !strings.ContainsFunc(s[i:], func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
		case b < ' ' || b == '"' || b == '\\':
			return false
		}
	}
	return true
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
func (c *call) date(e *encoder, k kind, key string, v value) {
	e.key(key)
	e.buf = append(e.buf, '"')
	e.second(v.i)
	millis := v.nanos / int64(time.Millisecond)
	switch {
	case (k == kCase || k == kArtifact) && millis%10 != 0:
		e.buf = append(e.buf, '.')
		e.digits(millis / 10)
		e.buf = append(e.buf, byte('0'+millis%10))
	case k == kCase || k == kArtifact || c.sw.Dates == "fraction":
		e.buf = append(e.buf, '.')
		e.digits(millis / 10)
	}
	suffix := "Z"
	switch {
	case k == kCase || k == kArtifact:
	case c.sw.Dates == "space":
		suffix = "Z "
	case c.sw.Dates == "glued":
		suffix = "11:04:12Z"
	}
	e.buf = append(append(e.buf, suffix...), '"')
}

// second writes a day and a time, as in 2021-11-03T14:57:45.
func (e *encoder) second(unix int64) {
	const perDay = 24 * 60 * 60
	ofDay := ((unix % perDay) + perDay) % perDay
	if day := (unix - ofDay) / perDay; e.dayText == nil || e.day != day {
		e.day, e.dayText = day, time.Unix(unix, 0).UTC().AppendFormat(e.dayText[:0], "2006-01-02T")
	}
	e.buf = append(e.buf, e.dayText...)
	e.digits(ofDay / 3600)
	e.buf = append(e.buf, ':')
	e.digits(ofDay / 60 % 60)
	e.buf = append(e.buf, ':')
	e.digits(ofDay % 60)
}

// digits writes a number below 100 in two digits.
func (e *encoder) digits(n int64) { e.buf = append(e.buf, byte('0'+n/10), byte('0'+n%10)) }
