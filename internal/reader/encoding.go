package reader

import (
	"bufio"
	"bytes"
	"encoding/binary"
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
		return newUTF16Reader(br, binary.LittleEndian), nil
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return newUTF16Reader(br, binary.BigEndian), nil
	}
	return br, nil
}

// utf16Reader reads UTF-16 as UTF-8. It fails at invalid text, where most
// decoders insert replacement characters.
type utf16Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	unit  [2]byte
	line  int
	err   error
}

func newUTF16Reader(r *bufio.Reader, order binary.ByteOrder) io.Reader {
	r.Discard(2) // the mark
	return bufio.NewReader(&utf16Reader{r: r, order: order, line: 1})
}

// Read needs room for one character at least, which a bufio.Reader always has.
func (u *utf16Reader) Read(p []byte) (int, error) {
	p = p[:0:len(p)]
	for u.err == nil && len(p)+utf8.UTFMax <= cap(p) {
		var c rune
		if c, u.err = u.next(); u.err == nil {
			p = utf8.AppendRune(p, c)
		}
		if c == '\n' {
			u.line++
		}
	}
	return len(p), u.err
}

func (u *utf16Reader) next() (rune, error) {
	c, err := u.half()
	if err != nil || !utf16.IsSurrogate(c) {
		return c, err
	}
	low, err := u.half()
	if err != nil && err != io.EOF {
		return 0, err
	}
	r := utf16.DecodeRune(c, low)
	if r == utf8.RuneError {
		return 0, u.fail("an incomplete surrogate pair")
	}
	return r, nil
}

// half is a character, or one of the two surrogates of one.
func (u *utf16Reader) half() (rune, error) {
	_, err := io.ReadFull(u.r, u.unit[:])
	if err == io.ErrUnexpectedEOF {
		err = u.fail("an incomplete character at the end")
	}
	return rune(u.order.Uint16(u.unit[:])), err
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
