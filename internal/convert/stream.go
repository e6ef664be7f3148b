package convert

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"tcimport/internal/message"
)

// maxObject is how many bytes an object may have.
const maxObject = 32 << 20

// Property is a property as an object has it.
type Property struct {
	Name  string
	Value json.RawMessage
}

// Stream reads a file of JSON object by object.
type Stream struct {
	*json.Decoder
	Last string // the ID of the object before, for messages

	in *limited
}

// NewStream makes a stream of a file that has to be JSON in UTF-8.
func NewStream(r io.Reader, format string) (*Stream, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if err := checkForm(in, format); err != nil {
		return nil, err
	}
	s := &Stream{in: &limited{r: in}}
	s.Decoder = json.NewDecoder(s.in)
	return s, nil
}

// Explain is an error with its place, and with the object before.
func (s *Stream) Explain(err error) error {
	offset := s.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = syntax.Offset
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		offset = s.in.at
	}
	err = explained(err)
	if s.Last != "" {
		err = fmt.Errorf("behind %s: %w", message.Quote(s.Last), err)
	}
	return &PlaceError{Offset: offset, Err: err}
}

// Begin begins an object: how large it may be is counted from here.
func (s *Stream) Begin() { s.in.begun = s.InputOffset() }

// List reads the entries of a list, or of an object, up to its end.
func (s *Stream) List(entry func() error) error {
	for s.More() {
		if err := entry(); err != nil {
			return err
		}
	}
	_, err := s.Token()
	return err
}

// Properties gives the properties of an object in their order.
func Properties(raw []byte) ([]Property, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var out []Property
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		p := Property{Name: name.(string)}
		if err := dec.Decode(&p.Value); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// CheckText refuses properties that are not UTF-8.
func CheckText(properties []Property) error {
	for _, p := range properties {
		if !utf8.Valid(p.Value) || !utf8.ValidString(p.Name) {
			return fmt.Errorf("%s contains a byte that is not UTF-8: convert the file to UTF-8 first, as with iconv -f WINDOWS-1252 -t UTF-8", message.Quote(p.Name))
		}
	}
	return nil
}

// Find is the value of a property, nil if it is not there.
func Find(properties []Property, name string) json.RawMessage {
	for _, p := range properties {
		if p.Name == name {
			return p.Value
		}
	}
	return nil
}

// IsNothing reports whether a value says nothing, so that nothing is lost without it.
func IsNothing(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", `""`, "[]", "{}":
		return true
	}
	return false
}

// limited bounds how much is read for one object.
type limited struct {
	r     io.Reader
	at    int64
	begun int64 // where the object begins
}

var errObjectTooLarge = fmt.Errorf("an object has more than %d MiB", maxObject>>20)

func (l *limited) Read(p []byte) (int, error) {
	if l.at-l.begun > maxObject {
		return 0, errObjectTooLarge
	}
	n, err := l.r.Read(p)
	l.at += int64(n)
	return n, err
}
