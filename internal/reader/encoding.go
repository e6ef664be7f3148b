package reader

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"tcimport/internal/csvscan"
	"tcimport/internal/message"
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
		return newUTF16Reader(br, binary.LittleEndian), nil
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		br.Discard(2)
		return newUTF16Reader(br, binary.BigEndian), nil
	}
	return br, nil
}

// decodedAs is r as UTF-8, if name is the name of its encoding in the Encoding Standard of
// the WHATWG. An empty name leaves it to decoded. check is the reason why a line is not in
// this encoding, "" if it is.
func decodedAs(name string, r io.Reader) (text io.Reader, check func(line []byte) string, err error) {
	if name == "" {
		text, err = decoded(r)
		return text, badLine, err
	}
	e, err := encodingNamed(name)
	if err != nil {
		return nil, nil, err
	}
	name, _ = htmlindex.Name(e)
	br := bufio.NewReaderSize(r, 64<<10)
	head, err := br.Peek(3)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	for _, mark := range []struct{ encoding, bytes string }{{"utf-8", "\xEF\xBB\xBF"}, {"utf-16le", "\xFF\xFE"}, {"utf-16be", "\xFE\xFF"}} {
		if strings.HasPrefix(string(head), mark.bytes) {
			if mark.encoding != name {
				return nil, nil, fmt.Errorf("the file begins with the byte order mark of %s, not of %s: leave encoding out", mark.encoding, name)
			}
			br.Discard(len(mark.bytes))
		}
	}
	switch name {
	case "utf-8":
		return br, badLine, nil
	case "utf-16le":
		return newUTF16Reader(br, binary.LittleEndian), badLine, nil
	case "utf-16be":
		return newUTF16Reader(br, binary.BigEndian), badLine, nil
	}
	return e.NewDecoder().Reader(br), func(line []byte) string { return badCharacter(line, name) }, nil
}

// encodingNamed is an encoding of the Encoding Standard of the WHATWG.
func encodingNamed(name string) (encoding.Encoding, error) {
	e, err := htmlindex.Get(name)
	if err != nil || e == encoding.Replacement {
		return nil, fmt.Errorf("the encoding %s is not known: write a name like windows-1252, iso-8859-15, shift_jis or utf-16le", message.Quote(name))
	}
	return e, nil
}

// badCharacter is the reason why a decoded text cannot have been in an encoding, "" if it
// can. Decoders put replacement characters, or controls that no text has, for what is not
// in an encoding.
func badCharacter(text []byte, encoding string) string {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError || r == 0 || 0x80 <= r && r < 0xA0 {
			return fmt.Sprintf("the text is not %s: check the encoding of the source", encoding)
		}
		i += size
	}
	return ""
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
	return failAt(u.line, what+": this is not UTF-16")
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
			return fmt.Sprintf("the byte 0x%X is not UTF-8: save the file as UTF-8 (spreadsheets: CSV UTF-8), or convert it: iconv -f WINDOWS-1252 -t UTF-8; sources can also name the encoding of a CSV", text[i])
		}
		i += size
	}
	return ""
}
