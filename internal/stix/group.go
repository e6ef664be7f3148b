package stix

import (
	"encoding/json"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

func readName(d *draft, raw json.RawMessage) (err error) {
	d.group.Name, err = textOf(raw)
	return err
}

// attribute reads a text as an attribute.
func attribute(typ string) func(*draft, json.RawMessage) error {
	return func(d *draft, raw json.RawMessage) error {
		text, err := textOf(raw)
		if err != nil {
			return err
		}
		return d.attribute(typ, text)
	}
}

// attribute adds an attribute, unless it says nothing. convert.Tidy removes doubles.
func (b *content) attribute(typ, value string) error {
	value, err := convert.AttributeText(typ, value)
	if value != "" && err == nil {
		b.group.Attributes = append(b.group.Attributes, intel.Attribute{Type: typ, Value: value})
	}
	return err
}

// readFact reads a property without a place of its own: a text, a list or a number.
func readFact(name string) func(*draft, json.RawMessage) error {
	return func(d *draft, raw json.RawMessage) error {
		list, err := textsOf(raw)
		if err != nil {
			return err
		}
		sep := ": "
		if len(list) == 1 && strings.Contains(list[0], "\n") {
			sep = ":\n"
		}
		return d.attribute(convert.Analysis, title(name)+sep+strings.Join(list, ", "))
	}
}

// date reads a time as a field.
func date(field string) func(*draft, json.RawMessage) error {
	return func(d *draft, raw json.RawMessage) error {
		text, err := timeOf(raw)
		if err != nil {
			return err
		}
		spec, _ := intel.GroupField(field)
		value, err := spec.Canonical(text)
		if err != nil {
			return errTime
		}
		d.group.Fields = append(d.group.Fields, intel.Field{Name: field, Value: value})
		return nil
	}
}

func readRevoked(d *draft, raw json.RawMessage) (err error) {
	d.revoked, err = decode[bool](raw, errBool)
	return err
}

func readDeprecated(d *draft, raw json.RawMessage) (err error) {
	d.deprecated, err = decode[bool](raw, errBool)
	return err
}

func readCreator(d *draft, raw json.RawMessage) error {
	ids, err := d.refsOf(raw)
	if len(ids) > 0 {
		d.creator = ids[0]
	}
	return err
}

func readMarkings(d *draft, raw json.RawMessage) (err error) {
	d.markings, err = d.refsOf(raw)
	return err
}

func readFrom(d *draft, raw json.RawMessage) error {
	ids, err := d.refsOf(raw)
	if len(ids) > 0 {
		d.from = ids[0]
	}
	return err
}

func readTo(d *draft, raw json.RawMessage) error {
	ids, err := d.refsOf(raw)
	if len(ids) > 0 {
		d.to = ids[0]
	}
	return err
}

func readRefs(d *draft, raw json.RawMessage) error {
	refs, err := d.refsOf(raw)
	d.refs = append(d.refs, refs...)
	return err
}

func readTags(d *draft, raw json.RawMessage) error {
	list, err := textsOf(raw)
	for _, tag := range list {
		if long := d.tag(tag); long != nil {
			err = long
		}
	}
	return err
}

// tag adds a tag, unless it says nothing. convert.Tidy removes doubles.
func (b *content) tag(name string) error {
	name, err := convert.TagText(name)
	if name != "" && err == nil {
		b.group.Tags = append(b.group.Tags, intel.Tag{Name: name})
	}
	return err
}

// readAliases reads other names. ATT&CK repeats the name as the first of them.
func readAliases(d *draft, raw json.RawMessage) error {
	list, err := textsOf(raw)
	name, _ := textOf(convert.Find(d.all, "name"))
	for _, alias := range list {
		if strings.TrimSpace(alias) == name {
			continue
		}
		if long := d.attribute(convert.Aliases, alias); long != nil {
			err = long
		}
	}
	return err
}

func readPhases(d *draft, raw json.RawMessage) (err error) {
	d.phases, err = decode[[]phase](raw, errForm)
	return err
}

func readShortname(d *draft, raw json.RawMessage) (err error) {
	d.shortname, err = textOf(raw)
	return err
}

func readDomains(d *draft, raw json.RawMessage) (err error) {
	d.domains, err = textsOf(raw)
	if err != nil {
		return err
	}
	return readTags(d, raw)
}

// readNote reads a part of what somebody says of others.
func readNote(d *draft, raw json.RawMessage) error {
	text, err := textOf(raw)
	if d.note != "" && text != "" {
		d.note += "\n\n"
	}
	d.note += text
	return err
}

// finish completes an object whose properties were read.
func (d *draft) finish() {
	if d.content == nil {
		return
	}
	if d.kind.group != "" {
		d.group.Type = d.kind.group
		if d.group.Name == "" {
			d.group.Name = d.id
		}
	}
	switch {
	case d.kind.name == "indicator":
		d.readSigns()
	case d.kind.name == "marking-definition":
		d.readLabel()
	case d.kind.isObservable():
		d.observe(d.kind.name, d.all, "")
	}
	for _, add := range []struct {
		is  bool
		tag string
	}{{d.revoked, "revoked"}, {d.deprecated, "deprecated"}} {
		if add.is {
			_ = d.tag(add.tag)
		}
	}
	if n := len(d.note); n > 0 {
		if _, err := convert.AttributeText(convert.Analysis, d.note); err != nil {
			d.omit("content", err.Error(), 1)
			d.note = message.Clip(d.note)
		}
	}
}
