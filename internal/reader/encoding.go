package reader

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"tcimport/internal/csvscan"
)

// decoded is r as UTF-8 without its byte order mark. Only a mark identifies
// UTF-16; text without one stays as it is, and is checked line by line.
func decoded(r io.Reader) (io.Reader, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	head, err := br.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(head, []byte{0, 0, 0xFE, 0xFF}):
		return nil, errors.New("the file is UTF-32: save it as UTF-8")
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		br.Discard(3)
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		br.Discard(2)
		return &utf16Reader{r: br, line: 1}, nil
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		br.Discard(2)
		return &utf16Reader{r: br, big: true, line: 1}, nil
	}
	return br, nil
}

// utf16Reader reads UTF-16 as UTF-8. It fails at invalid text, where most
// decoders insert replacement characters.
type utf16Reader struct {
	r    *bufio.Reader
	big  bool
	line int
	buf  []byte // what did not fit
	err  error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.buf) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.fill()
	}
	n := copy(p, u.buf)
	u.buf = u.buf[n:]
	return n, nil
}

// fill decodes up to a few thousand units.
func (u *utf16Reader) fill() {
	out := make([]byte, 0, 4096)
	for len(out) < cap(out)-utf8.UTFMax && u.err == nil {
		var c rune
		if c, u.err = u.next(); u.err == nil {
			if c == '\n' {
				u.line++
			}
			out = utf8.AppendRune(out, c)
		}
	}
	u.buf = out
}

func (u *utf16Reader) next() (rune, error) {
	c, err := u.unit()
	if err != nil || !utf16.IsSurrogate(c) {
		return c, err
	}
	low, err := u.unit()
	if err != nil && err != io.EOF {
		return 0, err
	}
	r := utf16.DecodeRune(c, low)
	if r == utf8.RuneError {
		return 0, u.fail("an incomplete surrogate pair")
	}
	return r, nil
}

func (u *utf16Reader) unit() (rune, error) {
	a, err := u.r.ReadByte()
	if err != nil {
		return 0, err
	}
	b, err := u.r.ReadByte()
	if err == io.EOF {
		return 0, u.fail("an incomplete character at the end")
	}
	if err != nil {
		return 0, err
	}
	if u.big {
		return rune(a)<<8 | rune(b), nil
	}
	return rune(b)<<8 | rune(a), nil
}

func (u *utf16Reader) fail(what string) error {
	return failAt(u.line, what+": this is not UTF-16 as its byte order mark says")
}

// failAt is an error at a line, after which nothing of a file can be read.
func failAt(line int, message string) error {
	return &csvscan.Error{Place: csvscan.Place{Line: line}, Message: message, Last: true}
}

// readText is all text of r as UTF-8, without a byte order mark.
func readText(r io.Reader) ([]byte, error) {
	r, err := decoded(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if what := badLine(line); what != "" {
			return nil, failAt(n, what)
		}
	}
	return text, nil
}

// badLine is the reason why text is not UTF-8, "" if it is.
func badLine(text []byte) string {
	if bytes.IndexByte(text, 0) >= 0 {
		return "a NUL byte: the file must be UTF-8, or UTF-16 with a byte order mark"
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return fmt.Sprintf("the byte 0x%X is not UTF-8: save the file as UTF-8 (spreadsheets: CSV UTF-8), or convert it: iconv -f WINDOWS-1252 -t UTF-8", text[i])
		}
		i += size
	}
	return ""
}
