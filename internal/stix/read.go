package stix

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"tcimport/internal/convert"
	"tcimport/internal/message"
)

// stream reads the objects of one file.
type stream struct {
	*convert.Stream
	c     *Converter
	found int // objects and bundles
}

// Read reads the objects of a file.
func (c *Converter) Read(r io.Reader) error {
	in, err := convert.NewStream(r, "STIX")
	if err != nil {
		return err
	}
	s := &stream{Stream: in, c: c}
	if err := s.documents(); err != nil {
		return s.Explain(err)
	}
	return nil
}

// documents reads what is at the top: bundles, lists, or objects one behind the other.
func (s *stream) documents() error {
	for {
		t, err := s.Token()
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
			err = s.List(s.documentOf)
		default:
			err = fmt.Errorf("this is no STIX, but the value %s", message.Quote(fmt.Sprint(t)))
		}
		if err != nil {
			return err
		}
		s.found++
	}
}

// documentOf reads an entry of a list at the top.
func (s *stream) documentOf() error {
	t, err := s.Token()
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
	s.Begin()
	var own []convert.Property
	bundle := false
	for s.More() {
		t, err := s.Token()
		if err != nil {
			return err
		}
		p := convert.Property{Name: t.(string)}
		if p.Name != "objects" {
			err = s.Decode(&p.Value)
		} else {
			var list bool
			list, err = s.objects(&p.Value)
			bundle = bundle || list
		}
		if err != nil {
			return err
		}
		if p.Value != nil {
			own = append(own, p)
		}
	}
	if _, err := s.Token(); err != nil {
		return err
	}
	typ, _ := textOf(convert.Find(own, "type"))
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
	t, err := s.Token()
	switch {
	case err != nil:
		return false, err
	case t == json.Delim('['):
		return true, s.List(s.element)
	case t != json.Delim('{'):
		*value, err = json.Marshal(t)
		return false, err
	}
	out := []byte{'{'}
	err = s.List(func() error {
		name, err := s.Token()
		if err != nil {
			return err
		}
		var v json.RawMessage
		if err := s.Decode(&v); err != nil {
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
	s.Begin()
	var raw json.RawMessage
	if err := s.Decode(&raw); err != nil {
		return err
	}
	if raw[0] != '{' {
		return fmt.Errorf("the list of objects contains %s, which is no object", message.Quote(string(raw)))
	}
	properties, err := convert.Properties(raw)
	if err != nil {
		return err
	}
	return s.object(properties)
}

// object takes an object.
func (s *stream) object(properties []convert.Property) error {
	if err := convert.CheckText(properties); err != nil {
		return err
	}
	id, err := s.c.object(properties)
	if err != nil {
		return err
	}
	s.Last = id
	return nil
}
