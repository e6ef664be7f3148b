package stix

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// The types of attributes that every instance has.
const (
	description = "Description"
	source      = "Source"
	aliases     = "Aliases"
	externalID  = "External ID"
	analysis    = "Additional Analysis and Context"
)

// attributeOrder is the order in which a manifest has attributes.
var attributeOrder = []string{description, source, externalID, aliases, analysis}

// tidy brings what is kept into an order that does not depend on the order of the
// properties, each once.
func (b *content) tidy() {
	slices.SortStableFunc(b.group.Attributes, func(x, y intel.Attribute) int {
		byType := slices.Index(attributeOrder, x.Type) - slices.Index(attributeOrder, y.Type)
		return cmp.Or(byType, strings.Compare(x.Value, y.Value))
	})
	b.group.Attributes = slices.CompactFunc(b.group.Attributes, func(x, y intel.Attribute) bool { return x.Type == y.Type && x.Value == y.Value })
	slices.SortFunc(b.group.Tags, func(x, y intel.Tag) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), strings.Compare(x.Name, y.Name))
	})
	b.group.Tags = slices.CompactFunc(b.group.Tags, func(x, y intel.Tag) bool { return strings.EqualFold(x.Name, y.Name) })
	slices.Sort(b.group.SecurityLabels)
}

// attributeMax is how many characters an attribute may have, as instances come.
var attributeMax = map[string]int{description: 65535, analysis: 65535, source: 500, externalID: 500, aliases: 500}

// tagMax is how many characters a tag may have.
const tagMax = 128

// tooLong is an error about a text of more than most characters, nil if it is not.
func tooLong(text string, most int) error {
	if len(text) <= most || utf8.RuneCountInString(text) <= most {
		return nil
	}
	return fmt.Errorf("it has more than %d characters", most)
}

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

// attribute adds an attribute, unless it says nothing. tidy removes doubles.
func (b *content) attribute(typ, value string) error {
	value = strings.TrimSpace(value)
	if err := tooLong(value, attributeMax[typ]); err != nil {
		return err
	}
	if value != "" {
		b.group.Attributes = append(b.group.Attributes, intel.Attribute{Type: typ, Value: value})
	}
	return nil
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
		return d.attribute(analysis, title(name)+sep+strings.Join(list, ", "))
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

// tag adds a tag, unless it says nothing. tidy removes doubles.
func (b *content) tag(name string) error {
	name = strings.TrimSpace(name)
	if err := tooLong(name, tagMax); err != nil {
		return err
	}
	if name != "" {
		b.group.Tags = append(b.group.Tags, intel.Tag{Name: name})
	}
	return nil
}

// readAliases reads other names. ATT&CK repeats the name as the first of them.
func readAliases(d *draft, raw json.RawMessage) error {
	list, err := textsOf(raw)
	name, _ := textOf(convert.Find(d.all, "name"))
	for _, alias := range list {
		if strings.TrimSpace(alias) == name {
			continue
		}
		if long := d.attribute(aliases, alias); long != nil {
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
		if err := tooLong(d.note, attributeMax[analysis]); err != nil {
			d.omit("content", err.Error(), 1)
			d.note = message.Clip(d.note)
		}
	}
}
