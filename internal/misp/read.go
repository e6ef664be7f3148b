package misp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"tcimport/internal/convert"
	"tcimport/internal/message"
)

// maxDepth is how deep documents are within each other: a list of answers with events.
const maxDepth = 6

// stream reads one file.
type stream struct {
	*convert.Stream
	c     *Converter
	depth int
	found int // documents
}

// document is a JSON object that is or contains events, clusters or an index.
type document struct {
	own      []convert.Property // what is not read piece by piece
	parts    []*part
	clusters []values
	inner    bool // it contains documents
	index    bool // of a feed
	digest   uint64
}

// Read reads a file.
func (c *Converter) Read(r io.Reader) error {
	in, err := convert.NewStream(r, "MISP")
	if err != nil {
		return err
	}
	s := &stream{Stream: in, c: c}
	for err == nil {
		err = s.value()
		if err == nil {
			s.found++
		}
	}
	switch {
	case err == io.EOF && s.found > 0:
		return nil
	case err == io.EOF:
		return errors.New("the file is empty")
	}
	return s.Explain(err)
}

// progress reports now and then how much was read.
func (c *Converter) progress() {
	if c.read++; c.opt.Progress != nil && c.read%1000 == 0 {
		c.opt.Progress(c.read)
	}
}

// value reads a document, or a list of documents.
func (s *stream) value() error {
	t, err := s.Token()
	switch {
	case err != nil:
		return err
	case s.depth >= maxDepth:
		return errors.New("an object is nested too deeply")
	case t == json.Delim('{'):
		s.depth++
		err = s.document()
		s.depth--
		return err
	case t == json.Delim('['):
		s.depth++
		err = s.List(s.value)
		s.depth--
		return err
	}
	return fmt.Errorf("this is not of MISP, but the value %s", message.Quote(fmt.Sprint(t)))
}

// document reads a document behind its beginning.
func (s *stream) document() error {
	s.Begin()
	d := &document{}
	err := s.List(func() error {
		t, err := s.Token()
		if err != nil {
			return err
		}
		return s.property(d, t.(string))
	})
	if err != nil {
		return err
	}
	if err := convert.CheckText(d.own); err != nil {
		return err
	}
	return s.c.document(d)
}

// property reads a property of a document.
func (s *stream) property(d *document, name string) error {
	s.Begin()
	switch name {
	case "Event", "response":
		d.inner = true
		return s.value()
	case "Attribute":
		return s.pieces(d, func(p []convert.Property) {
			a, of := s.c.attribute(p)
			d.parts = append(d.parts, s.c.alone(a, of))
			s.Last = a.id
		})
	case "Object":
		return s.pieces(d, func(p []convert.Property) {
			o := s.c.object(p)
			d.parts = append(d.parts, o)
			s.Last = o.id
		})
	case "GalaxyCluster", "values":
		return s.pieces(d, func(p []convert.Property) {
			v := values{}
			for _, one := range p {
				v[one.Name] = one.Value
			}
			d.clusters = append(d.clusters, v)
			s.Last = v.text("uuid")
		})
	}
	p := convert.Property{Name: name}
	if err := s.Decode(&p.Value); err != nil {
		return err
	}
	var entry values
	if isUUID(name) && json.Unmarshal(p.Value, &entry) == nil && entry["timestamp"] != nil {
		d.index = true
		s.c.index[id(name)] = max(s.c.index[id(name)], entry.number("timestamp"))
		return nil
	}
	d.digest += s.c.sum(name, p.Value)
	d.own = append(d.own, p)
	return nil
}

// pieces reads a list of objects, or one object alone, each by itself.
func (s *stream) pieces(d *document, take func([]convert.Property)) error {
	var raw json.RawMessage
	one := func() error {
		s.Begin()
		raw = nil
		if err := s.Decode(&raw); err != nil {
			return err
		}
		if raw[0] != '{' {
			return fmt.Errorf("a list of objects contains %s, which is no object", message.Quote(message.Clip(string(raw))))
		}
		return s.piece(d, raw, take)
	}
	// What follows is known only when it is read: a list is one value for each entry.
	t, err := s.Token()
	switch {
	case err != nil:
		return err
	case t == nil:
		return nil
	case t == json.Delim('['):
		return s.List(one)
	case t != json.Delim('{'):
		return fmt.Errorf("%s is no object", message.Quote(fmt.Sprint(t)))
	}
	var p []convert.Property
	err = s.List(func() error {
		name, err := s.Token()
		if err != nil {
			return err
		}
		p = append(p, convert.Property{Name: name.(string)})
		return s.Decode(&p[len(p)-1].Value)
	})
	if err != nil {
		return err
	}
	if err := convert.CheckText(p); err != nil {
		return err
	}
	take(p)
	return nil
}

// piece takes one of the objects that a document contains.
func (s *stream) piece(d *document, raw json.RawMessage, take func([]convert.Property)) error {
	p, err := convert.Properties(raw)
	if err != nil {
		return err
	}
	if err := convert.CheckText(p); err != nil {
		return err
	}
	d.digest += s.c.sum("", raw)
	take(p)
	return nil
}

// document takes what a document was.
func (c *Converter) document(d *document) error {
	v := values{}
	for _, p := range d.own {
		v[p.Name] = p.Value
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if v[name] == nil {
				return false
			}
		}
		return true
	}
	switch {
	case has("info"):
		c.event(d)
	case len(d.clusters) > 0:
		for _, cl := range d.clusters {
			c.cluster(cl, v.text("type"), true)
		}
		c.leaveEvent(d.parts, "its event is not in the input")
	case len(d.parts) > 0:
		c.loose = append(c.loose, d.parts...)
	case d.inner, d.index, len(d.own) == 0:
	case has("type", "name", "uuid") || has("namespace") || has("Galaxy"):
		c.ledger.Read("galaxy")
		c.ledger.LeaveOut("galaxy", "it has no clusters")
	case v.text("type") == "bundle", has("spec_version"):
		return errors.New("this is of STIX, not MISP")
	case has("errors") || has("message"):
		return fmt.Errorf("this is not of MISP, but a message: %s", message.Clip(v.text("message")))
	default:
		return fmt.Errorf("this is not of MISP: an object has no info, response or values, but %s", message.Quote(d.own[0].Name))
	}
	return nil
}
