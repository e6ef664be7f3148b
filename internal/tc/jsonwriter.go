package tc

import (
	"strconv"
	"unicode/utf8"
)

// jsonWriter appends JSON to a buffer. Every value ends in a comma; close and bytes take
// the last one away. There is no reflection, because a run encodes a body for each write.
type jsonWriter struct{ buf []byte }

// bytes is the JSON so far.
func (w *jsonWriter) bytes() []byte { return w.buf[:len(w.buf)-1] }

// open begins an object or an array.
func (w *jsonWriter) open(bracket byte) { w.buf = append(w.buf, bracket) }

// close ends an object or an array.
func (w *jsonWriter) close(bracket byte) {
	if last := len(w.buf) - 1; w.buf[last] == ',' {
		w.buf = w.buf[:last]
	}
	w.buf = append(w.buf, bracket, ',')
}

// key begins a member of an object. Its value has to follow.
func (w *jsonWriter) key(name string) {
	w.quote(name)
	w.buf = append(w.buf, ':')
}

// text is a member with a text.
func (w *jsonWriter) text(key, value string) {
	w.key(key)
	w.string(value)
}

// literal is a member whose value is JSON already.
func (w *jsonWriter) literal(key, value string) {
	w.key(key)
	w.buf = append(w.buf, value...)
	w.buf = append(w.buf, ',')
}

// int is a member with a number.
func (w *jsonWriter) int(key string, value int64) {
	w.key(key)
	w.buf = strconv.AppendInt(w.buf, value, 10)
	w.buf = append(w.buf, ',')
}

// bool is a member with true or false.
func (w *jsonWriter) bool(key string, value bool) { w.literal(key, strconv.FormatBool(value)) }

// string is a text by itself.
func (w *jsonWriter) string(s string) {
	w.quote(s)
	w.buf = append(w.buf, ',')
}

// quote writes what encoding/json writes without HTML escapes.
func (w *jsonWriter) quote(s string) {
	b := append(w.buf, '"')
	done := 0 // s[:done] is in b
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		if escape := escapeOf(c, size); escape != "" {
			b = append(append(b, s[done:i]...), escape...)
			done = i + size
		}
		i += size
	}
	w.buf = append(append(b, s[done:]...), '"')
}

// escapeOf is the escape of a character that takes size bytes in a text, "" if it needs
// none.
func escapeOf(c rune, size int) string {
	switch {
	case c == '"':
		return `\"`
	case c == '\\':
		return `\\`
	case c < ' ':
		return controlEscapes[c]
	case c == utf8.RuneError && size == 1: // not UTF-8
		return `\ufffd`
	case c == '\u2028':
		return `\u2028`
	case c == '\u2029':
		return `\u2029`
	}
	return ""
}

var controlEscapes = func() (out [' ']string) {
	const hex = "0123456789abcdef"
	for c := range out {
		out[c] = `\u00` + string(hex[c>>4]) + string(hex[c&15])
	}
	out['\b'], out['\f'], out['\n'], out['\r'], out['\t'] = `\b`, `\f`, `\n`, `\r`, `\t`
	return out
}()
