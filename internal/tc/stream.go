package tc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// stream reads the JSON of an answer value by value, so that no page is ever held as
// text. Each value is checked as encoding/json would check it, in the pass that finds
// its end. A page has tens of megabytes: the time for it is the time of its passes.
type stream struct {
	r   io.Reader
	buf []byte // what was read and is not taken yet is buf[at:]
	at  int
	err error // of r, once it has ended
}

const readAhead = 64 << 10

func newStream(r io.Reader) *stream { return &stream{r: r, buf: make([]byte, 0, readAhead)} }

// fill reads more. It reports whether there was more.
func (s *stream) fill() bool {
	if s.at > 0 {
		s.buf, s.at = s.buf[:copy(s.buf, s.buf[s.at:])], 0
	}
	if len(s.buf) == cap(s.buf) {
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	for s.err == nil {
		var n int
		n, s.err = s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if n > 0 {
			return true
		}
	}
	return false
}

// grow reads as much again as there is, or a megabyte of it: each scan of a value starts
// at its beginning, so a long one must not be scanned after each read. It reports whether
// there was more.
func (s *stream) grow() bool {
	held := len(s.buf) - s.at
	for want := held + min(held, 1<<20); len(s.buf)-s.at < want && s.fill(); {
	}
	return len(s.buf)-s.at > held
}

// ended is the error where the text ends too early.
func (s *stream) ended() error {
	if s.err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return s.err
}

// peek is the next byte that is no white space.
func (s *stream) peek() (byte, error) {
	for {
		for ; s.at < len(s.buf); s.at++ {
			if !isBlank(s.buf[s.at]) {
				return s.buf[s.at], nil
			}
		}
		if !s.fill() {
			return 0, s.ended()
		}
	}
}

// skip takes the byte want; it is an error where another one is next.
func (s *stream) skip(want byte) error {
	got, err := s.peek()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("invalid character %q where %q has to be", got, want)
	}
	s.at++
	return nil
}

// more goes to the next entry of a list or object, or behind its end. It reports
// whether there is an entry.
func (s *stream) more(first bool, end byte) (bool, error) {
	next, err := s.peek()
	switch {
	case err != nil:
		return false, err
	case next == end:
		s.at++
		return false, nil
	case first:
		return true, nil
	}
	return true, s.skip(',')
}

// value takes the next value. It is good until the stream is read further.
func (s *stream) value() (value, error) {
	if _, err := s.peek(); err != nil {
		return nil, err
	}
	for {
		end := scanValue(s.buf, s.at, 0)
		switch {
		case end == broken:
			var v json.RawMessage
			if err := json.NewDecoder(bytes.NewReader(s.buf[s.at:])).Decode(&v); err != nil {
				return nil, err // it says what is wrong
			}
			return nil, errors.New("invalid JSON")
		case end == unfinished:
			if !s.grow() {
				return nil, s.ended()
			}
		case end == len(s.buf) && s.err == nil: // a number can go on
			s.fill()
		default:
			v := value(s.buf[s.at:end])
			s.at = end
			return v, nil
		}
	}
}

// What scanValue gives in the place of an end.
const (
	unfinished = -1 // the text ends before the value
	broken     = -2 // it is no JSON
)

const maxDepth = 10_000 // as encoding/json has it

// scanValue is the end of the JSON value that starts at b[i], behind white space.
func scanValue(b []byte, i, depth int) int {
	i = skipSpace(b, i)
	if i == len(b) {
		return unfinished
	}
	switch c := b[i]; c {
	case '"':
		return scanString(b, i)
	case '{', '[':
		if depth == maxDepth {
			return broken
		}
		return scanEntries(b, i, depth+1)
	case 't':
		return scanWord(b, i, "true")
	case 'f':
		return scanWord(b, i, "false")
	case 'n':
		return scanWord(b, i, "null")
	}
	return scanNumber(b, i)
}

// scanEntries is the end of the object or list that starts at b[i].
func scanEntries(b []byte, i, depth int) int {
	object := b[i] == '{'
	end := b[i] + 2 // of { or [ in ASCII
	for first := true; ; first = false {
		i = skipSpace(b, i+1)
		if i == len(b) {
			return unfinished
		}
		if first && b[i] == end {
			return i + 1
		}
		if object {
			if b[i] != '"' {
				return broken
			}
			if i = scanString(b, i); i < 0 {
				return i
			}
			if i = skipSpace(b, i); i == len(b) {
				return unfinished
			}
			if b[i] != ':' {
				return broken
			}
			i++
		}
		if i = scanValue(b, i, depth); i < 0 {
			return i
		}
		if i = skipSpace(b, i); i == len(b) {
			return unfinished
		}
		switch b[i] {
		case end:
			return i + 1
		case ',':
		default:
			return broken
		}
	}
}

// special are the bytes that end a run of plain ones in a string.
var special = func() (is [256]bool) {
	for c := range 0x20 {
		is[c] = true
	}
	is['"'], is['\\'] = true, true
	return is
}()

// scanString is the end of the string that starts at b[i].
func scanString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		if !special[b[i]] {
			continue
		}
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			if i++; i == len(b) {
				return unfinished
			}
			if b[i] == 'u' {
				for range 4 {
					if i++; i == len(b) {
						return unfinished
					}
					if c := b[i] | 0x20; !isDigit(b[i]) && (c < 'a' || c > 'f') {
						return broken
					}
				}
			} else if bytes.IndexByte([]byte(`"\/bfnrt`), b[i]) < 0 {
				return broken
			}
		default:
			return broken
		}
	}
	return unfinished
}

func scanWord(b []byte, i int, word string) int {
	for k := range len(word) {
		if i+k == len(b) {
			return unfinished
		}
		if b[i+k] != word[k] {
			return broken
		}
	}
	return i + len(word)
}

// scanNumber is the end of the number that starts at b[i]. One that the text ends with
// can go on.
func scanNumber(b []byte, i int) int {
	digits := func() bool {
		from := i
		for i < len(b) && isDigit(b[i]) {
			i++
		}
		return i > from
	}
	at := func(chars string) bool {
		if i < len(b) && bytes.IndexByte([]byte(chars), b[i]) >= 0 {
			i++
			return true
		}
		return false
	}
	at("-")
	ok := at("0") || digits()
	if ok && at(".") {
		ok = digits()
	}
	if ok && at("eE") {
		at("+-")
		ok = digits()
	}
	switch {
	case ok:
		return i
	case i == len(b):
		return unfinished
	}
	return broken
}
