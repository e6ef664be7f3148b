// Package jsonwriter appends JSON to a buffer, text for text as encoding/json writes it
// without HTML escapes. It looks at no types, because a run writes a body and two records of
// the journal for each group.
package jsonwriter

import (
	"strconv"
	"unicode/utf8"
)

// Writer appends JSON to Buf. Every value ends in a comma; Close and Bytes take the last
// one away.
type Writer struct{ Buf []byte }

// Bytes is the JSON so far.
func (w *Writer) Bytes() []byte { return w.Buf[:len(w.Buf)-1] }

// Open begins an object or an array.
func (w *Writer) Open(bracket byte) { w.Buf = append(w.Buf, bracket) }

// Close ends an object or an array.
func (w *Writer) Close(bracket byte) {
	if last := len(w.Buf) - 1; w.Buf[last] == ',' {
		w.Buf = w.Buf[:last]
	}
	w.Buf = append(w.Buf, bracket, ',')
}

// Key begins a member of an object. Its value has to follow.
func (w *Writer) Key(name string) {
	w.quote(name)
	w.Buf = append(w.Buf, ':')
}

// Text is a member with a text.
func (w *Writer) Text(key, value string) {
	w.Key(key)
	w.String(value)
}

// Literal is a member whose value is JSON already.
func (w *Writer) Literal(key, value string) {
	w.Key(key)
	w.Buf = append(w.Buf, value...)
	w.Buf = append(w.Buf, ',')
}

// Int is a member with a number.
func (w *Writer) Int(key string, value int64) {
	w.Key(key)
	w.Buf = strconv.AppendInt(w.Buf, value, 10)
	w.Buf = append(w.Buf, ',')
}

// Bool is a member with true or false.
func (w *Writer) Bool(key string, value bool) { w.Literal(key, strconv.FormatBool(value)) }

// String is a text by itself.
func (w *Writer) String(s string) {
	w.quote(s)
	w.Buf = append(w.Buf, ',')
}

// quote writes what encoding/json writes without HTML escapes.
func (w *Writer) quote(s string) {
	b := append(w.Buf, '"')
	done := 0 // s[:done] is in b
	for i := 0; i < len(s); {
		if plain[s[i]] {
			i++
			continue
		}
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
	w.Buf = append(append(b, s[done:]...), '"')
}

// plain are the bytes that stand for themselves.
var plain = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

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
