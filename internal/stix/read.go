package stix

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"tcimport/internal/convert"
	"tcimport/internal/message"
)

// maxObject is how many bytes an object may have.
const maxObject = 32 << 20

// rawProperty is a property as an object has it.
type rawProperty struct {
	name  string
	value json.RawMessage
}

// stream reads the objects of one file.
type stream struct {
	c     *Converter
	in    *limited
	dec   *json.Decoder
	last  string // the object before
	found int    // objects and bundles
}

// Read reads the objects of a file.
func (c *Converter) Read(r io.Reader) error {
	in := bufio.NewReaderSize(r, 64<<10)
	if err := checkForm(in); err != nil {
		return err
	}
	s := &stream{c: c, in: &limited{r: in}}
	s.dec = json.NewDecoder(s.in)
	if err := s.documents(); err != nil {
		offset := s.dec.InputOffset()
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			offset = syntax.Offset
		} else if errors.Is(err, io.ErrUnexpectedEOF) {
			offset = s.in.at
		}
		err = explained(err)
		if s.last != "" {
			err = fmt.Errorf("behind %s: %w", message.Quote(s.last), err)
		}
		return &convert.PlaceError{Offset: offset, Err: err}
	}
	return nil
}

// documents reads what is at the top: bundles, lists, or objects one behind the other.
func (s *stream) documents() error {
	for {
		t, err := s.dec.Token()
		switch {
		case err == io.EOF && s.found == 0:
			return errors.New("the file is empty")
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case t == json.Delim('{'):
			err = s.document()
		case t == json.Delim('['):
			err = s.list(s.documentOf)
		default:
			err = fmt.Errorf("this is no STIX, but the value %s", message.Quote(fmt.Sprint(t)))
		}
		if err != nil {
			return err
		}
		s.found++
	}
}

// list reads the entries of a list up to its end.
func (s *stream) list(entry func() error) error {
	for s.dec.More() {
		if err := entry(); err != nil {
			return err
		}
	}
	_, err := s.dec.Token()
	return err
}

// documentOf reads an entry of a list at the top.
func (s *stream) documentOf() error {
	t, err := s.dec.Token()
	switch {
	case err != nil:
		return err
	case t != json.Delim('{'):
		return fmt.Errorf("the list contains %s, which is no STIX object", message.Quote(fmt.Sprint(t)))
	}
	return s.document()
}

// document reads a bundle or an object at the top. The objects of a bundle are read one
// by one.
func (s *stream) document() error {
	s.in.mark(s.dec.InputOffset())
	var own []rawProperty
	bundle := false
	for s.dec.More() {
		t, err := s.dec.Token()
		if err != nil {
			return err
		}
		p := rawProperty{name: t.(string)}
		if p.name != "objects" {
			err = s.dec.Decode(&p.value)
		} else {
			var list bool
			list, err = s.objects(&p.value)
			bundle = bundle || list
		}
		if err != nil {
			return err
		}
		if p.value != nil {
			own = append(own, p)
		}
	}
	if _, err := s.dec.Token(); err != nil {
		return err
	}
	typ, _ := textOf(find(own, "type"))
	switch {
	case bundle && typ != "" && typ != "bundle":
		return fmt.Errorf("an object of type %s has a list of objects, as only a bundle has", message.Quote(typ))
	case bundle || typ == "bundle": // without a type, this is an envelope of TAXII
		return nil
	}
	return s.object(own)
}

// objects reads the property objects: the list of a bundle, or what an observed-data of
// STIX 2.0 has, which becomes the value.
func (s *stream) objects(value *json.RawMessage) (list bool, err error) {
	t, err := s.dec.Token()
	switch {
	case err != nil:
		return false, err
	case t == json.Delim('['):
		return true, s.list(s.element)
	case t != json.Delim('{'):
		*value, err = json.Marshal(t)
		return false, err
	}
	out := []byte{'{'}
	err = s.list(func() error {
		name, err := s.dec.Token()
		if err != nil {
			return err
		}
		var v json.RawMessage
		if err := s.dec.Decode(&v); err != nil {
			return err
		}
		quoted, err := json.Marshal(name)
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, quoted...), ':'), v...)
		return err
	})
	*value = append(out, '}')
	return false, err
}

// element reads an object of a bundle.
func (s *stream) element() error {
	s.in.mark(s.dec.InputOffset())
	var raw json.RawMessage
	if err := s.dec.Decode(&raw); err != nil {
		return err
	}
	if raw[0] != '{' {
		return fmt.Errorf("the list of objects contains %s, which is no object", message.Quote(string(raw)))
	}
	properties, err := split(raw)
	if err != nil {
		return err
	}
	return s.object(properties)
}

// object takes an object.
func (s *stream) object(properties []rawProperty) error {
	for _, p := range properties {
		if !utf8.Valid(p.value) || !utf8.ValidString(p.name) {
			return fmt.Errorf("%s contains a byte that is not UTF-8: convert the file to UTF-8 first, as with iconv -f WINDOWS-1252 -t UTF-8", message.Quote(p.name))
		}
	}
	id, err := s.c.object(properties)
	if err != nil {
		return err
	}
	s.last = id
	return nil
}

// split gives the properties of an object in their order.
func split(raw []byte) ([]rawProperty, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var out []rawProperty
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		p := rawProperty{name: name.(string)}
		if err := dec.Decode(&p.value); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func find(properties []rawProperty, name string) json.RawMessage {
	for _, p := range properties {
		if p.name == name {
			return p.value
		}
	}
	return nil
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

func (l *limited) mark(at int64) { l.begun = at }
