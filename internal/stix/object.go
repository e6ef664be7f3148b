package stix

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/message"
)

// Why objects are left out before anybody looks at what they say.
const (
	olderVersion = "there is a newer version of it"
	sameAgain    = "it is there more than once"
	otherContent = "it is there with other content and the same date of modification"
	noID         = "it has no ID such as TYPE--UUID"
	noType       = "its type is not one"
	twice        = "a property is there twice"
)

var (
	typeForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{2,249}$`)
	idForm   = regexp.MustCompile(`^[a-z][a-z0-9_-]*--[0-9A-Za-z][0-9A-Za-z._-]*$`)
)

// maxID is how long an ID may be.
const maxID = 300

// object takes an object, and returns its ID. An error means that this is no STIX.
func (c *Converter) object(properties []convert.Property) (string, error) {
	if c.read++; c.opt.Progress != nil && c.read%1000 == 0 {
		c.opt.Progress(c.read)
	}
	id, _ := textOf(convert.Find(properties, "id"))
	typ, err := textOf(convert.Find(properties, "type"))
	if err != nil {
		return "", c.notSTIX(properties)
	}
	if !typeForm.MatchString(typ) {
		c.ledger.Read("object")
		c.ledger.LeaveOut("object", noType, convert.Case{ID: message.Clip(id), Detail: message.Clip(typ)})
		return "", nil
	}
	c.ledger.Read(typ)
	if len(id) > maxID || !idForm.MatchString(id) || !strings.HasPrefix(id, typ+"--") {
		c.ledger.LeaveOut(typ, noID, convert.Case{ID: message.Clip(id)})
		return "", nil
	}
	c.keep(c.draftOf(id, kindOf(typ), properties))
	return id, nil
}

// notSTIX says what an object without a type is.
func (c *Converter) notSTIX(properties []convert.Property) error {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return convert.Find(properties, name) == nil })
	}
	switch {
	case has("Event"), has("response"), has("values", "uuid"), has("info", "Attribute"):
		return errors.New("this is of MISP, not STIX")
	case has("error"):
		return fmt.Errorf("this is no STIX, but an error: %s", message.Clip(string(convert.Find(properties, "error"))))
	case len(properties) == 0:
		return errors.New("an object is empty")
	}
	return fmt.Errorf("this is no STIX: an object has no type, but %s", message.Quote(properties[0].Name))
}

// keep keeps an object, unless a newer version is there.
func (c *Converter) keep(o *object) {
	n := c.number(o.id)
	have := c.objects[n]
	switch {
	case have.kind == nil || o.modified > have.modified:
		if have.kind != nil {
			c.ledger.LeaveOut(have.kind.name, olderVersion)
		}
		c.objects[n] = o
	case o.modified < have.modified:
		c.ledger.LeaveOut(o.kind.name, olderVersion)
	case o.digest == have.digest:
		c.ledger.LeaveOut(o.kind.name, sameAgain)
	default:
		c.ledger.LeaveOut(o.kind.name, otherContent, convert.Case{ID: o.id})
	}
}

// draftOf reads the properties of an object.
func (c *Converter) draftOf(id string, k *kind, properties []convert.Property) *object {
	o := &object{id: id, kind: k, digest: digest(c.seed, properties)}
	o.modified = instant(convert.Find(properties, "modified"))
	d := &draft{converter: c, object: o, all: properties}
	if k.reason == "" && !k.bare {
		d.content = &content{}
	}
	seen := map[string]bool{}
	for _, p := range properties {
		if seen[p.Name] {
			o.fault, o.example = twice, &convert.Case{ID: id, Detail: message.Clip(p.Name)}
			return o
		}
		seen[p.Name] = true
		d.property(p)
	}
	d.finish()
	o.omits = c.omitted.keep(d.omits)
	o.content = d.content
	return o
}

// draft is an object that is being read.
type draft struct {
	*object
	*content
	converter *Converter
	all       []convert.Property
	omits     []omission
}

func (d *draft) property(p convert.Property) {
	rule := d.kind.property(p.Name)
	switch {
	case rule.read != nil:
		if convert.IsNothing(p.Value) {
			return
		}
		if err := rule.read(d, p.Value); err != nil {
			d.omit(p.Name, err.Error(), 1, convert.Case{ID: d.id, Detail: message.Clip(string(p.Value))})
		}
	case rule.read == nil && !rule.known && !convert.IsNothing(p.Value) && d.kind.reason == "":
		d.omit(p.Name, rule.left(), 1)
	}
}

// omit notes that a property is left out.
func (d *draft) omit(property, reason string, n int, cases ...convert.Case) {
	d.omits = add(d.omits, omission{message.Clip(property), message.Clip(reason), n, cases})
}

// add adds an omission to a list, which has each property and reason once.
func add(list []omission, more omission) []omission {
	for i := range list {
		have := &list[i]
		if have.property != more.property || have.reason != more.reason {
			continue
		}
		have.n += more.n
		for _, c := range more.cases {
			if n := len(have.cases); n == 0 || have.cases[n-1] != c {
				have.cases = append(have.cases, c)
			}
		}
		return list
	}
	return append(list, more)
}

// keep is a list, or an equal one that was kept before.
func (o *omissions) keep(list []omission) *[]omission {
	if len(list) == 0 {
		return nil
	}
	var key strings.Builder
	for _, l := range list {
		if len(l.cases) > 0 {
			return &list
		}
		fmt.Fprintf(&key, "%s\x00%s\x00%d\x00", l.property, l.reason, l.n)
	}
	if *o == nil {
		*o = omissions{}
	}
	if have, ok := (*o)[key.String()]; ok {
		return have
	}
	(*o)[key.String()] = &list
	return &list
}

// refs reads the IDs of objects.
func (d *draft) refsOf(raw json.RawMessage) ([]int32, error) {
	ids, err := textsOf(raw)
	var out []int32
	for _, id := range ids {
		if len(id) > maxID || !idForm.MatchString(id) {
			err = errors.New("it does not name an ID such as TYPE--UUID")
			continue
		}
		out = append(out, d.converter.number(id))
	}
	return out, err
}
