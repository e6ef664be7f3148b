package tc

import (
	"bytes"
	"encoding/json"
	"iter"
	"math"
	"strconv"
	"unicode/utf8"
)

// value is one JSON value of an answer, still as text. It was checked when it was read
// (stream.go). Answers come in so many shapes, and the fields that matter depend so much
// on the type of the object, that structs with tags would have to be decoded several
// times over.
type value []byte

// kind is the first byte: { [ " t f n or that of a number; 0 for no value.
func (v value) kind() byte {
	if len(v) == 0 {
		return 0
	}
	return v[0]
}

func (v value) null() bool { return len(v) == 0 || v[0] == 'n' }

// text is a string's text, a number or boolean as written, "" for all else.
func (v value) text() string {
	switch v.kind() {
	case 0, 'n', '{', '[':
		return ""
	case 't':
		return "true"
	case 'f':
		return "false"
	case '"':
		if len(v) < 2 {
			return ""
		}
		inner := v[1 : len(v)-1]
		if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
			return string(inner)
		}
		var s string
		if json.Unmarshal(v, &s) != nil {
			return ""
		}
		return s
	}
	return string(v)
}

// int reads a number, or a string that holds one.
func (v value) int() (int64, bool) {
	if n, ok := v.digits(); ok {
		return n, true
	}
	s := v.text()
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	// 3.0 and 3e2 are whole numbers too; beyond 2^53 a float is not exact.
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// digits reads a number of digits alone, as IDs are.
func (v value) digits() (n int64, ok bool) {
	if len(v) == 0 || len(v) > 18 {
		return 0, false
	}
	for _, c := range v {
		if !isDigit(c) {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

func (v value) bool() bool { return v.text() == "true" }

// members are those of an object, none of anything else.
func (v value) members() iter.Seq2[[]byte, value] {
	return func(yield func([]byte, value) bool) {
		for rest := v.first(); rest.kind() == '"'; {
			key, from := rest.key()
			n := from.end()
			if n == 0 || !yield(key, from[:n]) {
				return
			}
			rest = skipBlank(from[n:], ',')
		}
	}
}

// first is the text from the first key of an object on.
func (v value) first() value {
	if v.kind() != '{' {
		return nil
	}
	return skipBlank(v[1:], ',')
}

// key is the key that v starts with, and the text from its value on.
func (v value) key() (key []byte, from value) {
	n := stringEnd(v)
	if key = v[1 : n-1]; bytes.IndexByte(key, '\\') >= 0 {
		key = []byte(v[:n].text())
	}
	return key, skipBlank(v[n:], ':')
}

// elements are those of an array, none of anything else.
func (v value) elements() iter.Seq[value] {
	return func(yield func(value) bool) {
		if v.kind() != '[' {
			return
		}
		rest := v[1:]
		for {
			rest = skipBlank(rest, ',')
			n := rest.end()
			if n == 0 || !yield(rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

// get is the member called name; nothing if there is none.
func (v value) get(name string) value {
	from := v.from(name)
	return from[:from.end()]
}

// from is the text from the value of the member called name on; nothing if there is
// none. To go through the entries of a long list, its end need not be known.
func (v value) from(name string) value {
	for rest := v.first(); rest.kind() == '"'; {
		key, from := rest.key()
		if string(key) == name {
			return from
		}
		rest = skipBlank(from[from.end():], ',')
	}
	return nil
}

// skipBlank drops white space and the separator sep.
func skipBlank(v value, sep byte) value {
	for len(v) > 0 && (v[0] == sep || isBlank(v[0])) {
		v = v[1:]
	}
	return v
}

// end is the length of the value that v starts with; 0 at the end of an object,
// an array or the text.
func (v value) end() int {
	switch v.kind() {
	case 0, '}', ']', ',', ':':
		return 0
	case '"':
		return stringEnd(v)
	case '{', '[':
		depth := 0
		for i := 0; i < len(v); i++ {
			switch v[i] {
			case '"':
				i += stringEnd(v[i:]) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(v)
	}
	if n := bytes.IndexAny(v, ",]} \n\t\r"); n > 0 {
		return n
	}
	return len(v)
}

// stringEnd is the length of the string that v starts with, quotes included.
func stringEnd(v value) int {
	for i := 1; ; {
		n := bytes.IndexByte(v[i:], '"')
		if n < 0 {
			return len(v)
		}
		i += n + 1
		escapes := 0
		for v[i-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func skipSpace(b []byte, i int) int {
	for i < len(b) && isBlank(b[i]) {
		i++
	}
	return i
}
