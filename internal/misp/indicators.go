package misp

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// candidate is an indicator that attributes mean together.
type candidate struct {
	typ    string
	value  string
	fields intel.Fields
	facts  []string
	from   []*attribute
}

// mainFirst are types of indicators in the order in which facts of an object belong to
// them; other types follow.
var mainFirst = []string{"File", "URL", "Registry Key", "Email Subject", "EmailAddress", "Host", "Address"}

// candidates are what a part means, and the attributes that are not indicators.
func (p *part) candidates() (out []*candidate, beside []*attribute) {
	var file, key *candidate
	for _, a := range p.attributes {
		if a.fault != "" || a.carried {
			continue
		}
		places := placesOf(a.typ)
		values := divided(a.value, places)
		var own []*candidate
		var facts []string
		for i, place := range places {
			switch {
			case place.fact != "" && values[i] != "":
				facts = append(facts, place.fact+": "+values[i])
			case place.indicator == "File" && slices.Contains(partsOfFiles, p.name), place.indicator == "", values[i] == "":
			case place.indicator == "File" && p.isObject() && file != nil && file.lacks(place.field):
				own = append(own, file.with(place.field, values[i]))
			case place.indicator == "File":
				file = (&candidate{typ: "File"}).with(place.field, values[i])
				out, own = append(out, file), append(own, file)
			case place.field != "":
				key = (&candidate{typ: place.indicator}).with(place.field, values[i])
				out, own = append(out, key), append(own, key)
			default:
				one := single(place.indicator, values[i])
				out, own = append(out, one), append(own, one)
			}
		}
		for _, o := range own {
			o.from = append(o.from, a)
			o.facts = append(o.facts, facts...)
		}
		if len(own) == 0 {
			beside = append(beside, a)
		}
	}
	beside = p.complete(file, key, beside)
	slices.SortStableFunc(out, func(a, b *candidate) int { return mainRank(a.typ) - mainRank(b.typ) })
	return out, beside
}

func mainRank(typ string) int {
	if i := slices.Index(mainFirst, typ); i >= 0 {
		return i
	}
	return len(mainFirst)
}

func (c *candidate) lacks(field string) bool { _, ok := c.fields.Get(field); return !ok }

func (c *candidate) with(field, value string) *candidate {
	c.fields = append(c.fields, intel.Field{Name: field, Value: strings.TrimSpace(value)})
	return c
}

// complete gives a File its size, and a Registry Key the name and type of its value.
func (p *part) complete(file, key *candidate, beside []*attribute) (rest []*attribute) {
	for _, a := range beside {
		switch {
		case file != nil && a.relation == "size-in-bytes" && file.lacks("size"):
			file.with("size", a.value).from = append(file.from, a)
		case key != nil && a.relation == "name" && p.name == "registry-key" && key.lacks("Value Name"):
			key.with("Value Name", a.value).from = append(key.from, a)
		case key != nil && a.relation == "data-type" && key.lacks("Value Type"):
			key.with("Value Type", a.value).from = append(key.from, a)
		default:
			rest = append(rest, a)
		}
	}
	return rest
}

// single is an indicator of one value. Whether it is an address or a network, the value
// shows.
func single(typ, value string) *candidate {
	value = strings.TrimSpace(value)
	switch prefix, err := netip.ParsePrefix(value); {
	case typ == "Address" && err == nil && prefix.IsSingleIP():
		value = prefix.Addr().String()
	case typ == "Address" && strings.Contains(value, "/"):
		typ = "CIDR"
	case typ == "ASN" && !strings.HasPrefix(strings.ToUpper(value), "AS"):
		value = "ASN" + value
	}
	return &candidate{typ: typ, value: value}
}

// object is the indicator in the form of a manifest.
func (c *candidate) object(p *part) *intel.Object {
	o := &intel.Object{Type: c.typ, Summary: c.value}
	d := intel.Details{Fields: slices.Clone(c.fields)}
	if c.typ == "Registry Key" {
		for _, missing := range []intel.Field{{Name: "Value Name", Value: " "}, {Name: "Value Type", Value: "REG_NONE"}} {
			if c.lacks(missing.Name) {
				d.Fields = append(d.Fields, missing)
			}
		}
	}
	seen := func(name string, of func(*attribute) string, part string, least bool) {
		best := part
		for _, a := range c.from {
			if v := of(a); v != "" && (best == "" || best < v != least) {
				best = v
			}
		}
		if best != "" {
			d.Fields = append(d.Fields, intel.Field{Name: name, Value: best})
		}
	}
	seen("firstSeen", func(a *attribute) string { return a.first }, p.first, true)
	seen("lastSeen", func(a *attribute) string { return a.last }, p.last, false)
	seen("externalLastModified", func(a *attribute) string { return a.modified }, "", false)
	for _, a := range c.from {
		a.omits = append(a.omits, addTags(a.tags, &d.Tags, &d.SecurityLabels)...)
		a.describe(&d.Attributes, p.comment)
		if a.deleted {
			_ = convert.AddTag(&d.Tags, "deleted")
		}
	}
	for _, fact := range c.facts {
		if err := convert.AddAttribute(&d.Attributes, analysis, fact); err != nil {
			c.from[0].omits = append(c.from[0].omits, omission{"value", err.Error(), nil})
		}
	}
	o.SetDetails(d)
	return o
}

// describe adds what people say of an attribute, and of its object.
func (a *attribute) describe(to *[]intel.Attribute, object string) {
	text := strings.TrimSpace(object + "\n\n" + a.comment)
	if object == a.comment {
		text = object
	}
	if err := convert.AddAttribute(to, convert.Description, text); err != nil {
		a.omits = append(a.omits, omission{"comment", err.Error(), &convert.Case{ID: a.id}})
	}
}

// addIndicators adds the indicators of a part to the manifest. What else the part says,
// is said of the first of them.
func (c *Converter) addIndicators(p *part) {
	candidates, beside := p.candidates()
	var main *intel.Object
	var err error
	for _, one := range candidates {
		o := one.object(p)
		first := o.Clone()
		i, problem := c.manifest.Indicator(o)
		for _, a := range one.from {
			switch {
			case problem == nil:
				a.carried = true
				a.indicators = append(a.indicators, i)
			case a.carried || len(placesOf(a.typ)) > 1:
				a.omits = append(a.omits, omission{"value", notValid, &convert.Case{ID: a.id, Detail: problem.Error()}})
			default:
				a.fail(notValid, convert.Case{ID: a.id, Detail: problem.Error()})
			}
		}
		if problem == nil && main == nil {
			main = first
		}
		err = cmp.Or(err, problem)
	}
	for _, a := range p.attributes { // of two values, none is valid
		if n := len(a.omits); !a.carried && a.fault == "" && n > 0 && a.omits[n-1].reason == notValid {
			a.fail(notValid, *a.omits[n-1].example)
		}
	}
	for _, a := range beside {
		c.addFact(p, a, main)
	}
}

const notValid = "the value is not valid"

// addFact says of an indicator what an attribute beside it says.
func (c *Converter) addFact(p *part, a *attribute, main *intel.Object) {
	reason := cmp.Or(placesOf(a.typ)[0].reason, onlyBeside)
	if slices.Contains(partsOfFiles, p.name) && placesOf(a.typ)[0].indicator == "File" {
		reason = partOfFile
	}
	if main == nil || a.value == "" {
		a.fail(reason)
		return
	}
	o := main.Clone()
	d := *o.More()
	d.Attributes, d.Tags, d.SecurityLabels = nil, nil, nil
	if err := convert.AddAttribute(&d.Attributes, analysis, title(cmp.Or(a.relation, a.typ))+": "+a.value); err != nil {
		a.fail(err.Error(), convert.Case{ID: a.id, Detail: message.Clip(a.value)})
		return
	}
	o.SetDetails(d)
	i, err := c.manifest.Indicator(o)
	if err != nil {
		a.fail(reason)
		return
	}
	a.carried = true
	a.indicators = append(a.indicators, i)
	a.unplaced()
}

// unplaced notes what an attribute says that only an indicator of its own has a place for.
func (a *attribute) unplaced() {
	if a.comment != "" {
		a.omits = append(a.omits, omission{"comment", noPlace, nil})
	}
	if len(a.tags) > 0 {
		a.omits = append(a.omits, omission{"Tag", noPlace, nil})
	}
}
