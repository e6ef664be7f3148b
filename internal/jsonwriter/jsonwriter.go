// Package jsonwriter appends JSON to a buffer, text for text as encoding/json writes it.
// It looks at no types, because a run writes a body, two records of the journal and an
// action of the plan for each group.
package jsonwriter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Writer appends JSON to Buf. Every value ends in a comma; Close and Bytes take the last
// one away.
type Writer struct {
	Buf  []byte
	HTML bool // escape <, > and &, as json.Marshal does
}

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

// NonEmpty is a member with a text, left out if it is empty.
func (w *Writer) NonEmpty(key, value string) {
	if value != "" {
		w.Text(key, value)
	}
}

// NonZero is a member with a number, left out if it is 0.
func (w *Writer) NonZero(key string, n int64) {
	if n != 0 {
		w.Int(key, n)
	}
}

// True is a member with true, left out if is is false.
func (w *Writer) True(key string, is bool) {
	if is {
		w.Bool(key, is)
	}
}

// List is a member with n entries, left out if there are none.
func (w *Writer) List(key string, n int, entry func(i int)) {
	if n == 0 {
		return
	}
	w.Key(key)
	w.Open('[')
	for i := range n {
		entry(i)
	}
	w.Close(']')
}

// Texts is a member with texts, left out if there are none.
func (w *Writer) Texts(key string, values []string) {
	w.List(key, len(values), func(i int) { w.String(values[i]) })
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

// Any is a value of any type, by encoding/json. It panics if the type has no JSON.
func (w *Writer) Any(value any) {
	out := bytes.NewBuffer(w.Buf)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(w.HTML)
	if err := e.Encode(value); err != nil {
		panic(fmt.Sprintf("jsonwriter: %v", err))
	}
	w.Buf = out.Bytes()
	w.Buf[len(w.Buf)-1] = ',' // in place of the line break
}

func (w *Writer) quote(s string) {
	b := append(w.Buf, '"')
	done := 0 // s[:done] is in b
	for i := 0; i < len(s); {
		if plain[s[i]] && !(w.HTML && isMarkup[s[i]]) {
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

// isMarkup are the bytes that are escaped for HTML only.
var isMarkup = [256]bool{'<': true, '>': true, '&': true}

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
	case c < utf8.RuneSelf:
		return asciiEscapes[c]
	case c == utf8.RuneError && size == 1: // not UTF-8
		return `\ufffd`
	case c == '\u2028':
		return `\u2028`
	case c == '\u2029':
		return `\u2029`
	}
	return ""
}

var asciiEscapes = func() (out [utf8.RuneSelf]string) {
	const hex = "0123456789abcdef"
	for c := range out {
		out[c] = `\u00` + string(hex[c>>4]) + string(hex[c&15])
	}
	out['\b'], out['\f'], out['\n'], out['\r'], out['\t'] = `\b`, `\f`, `\n`, `\r`, `\t`
	out['"'], out['\\'] = `\"`, `\\`
	return out
}()
