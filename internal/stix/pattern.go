package stix

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/stixpattern"
)

// sign is one of the values that an indicator or observable means.
type sign struct {
	object *intel.Object
	beside []term // what else it says of it
}

// languages are the languages of patterns that are rules, and how Signatures call them.
var languages = map[string]struct{ fileType, extension string }{
	"yara": {"YARA", ".yar"}, "sigma": {"Sigma", ".yml"}, "snort": {"Snort", ".rules"}, "suricata": {"Suricata", ".rules"},
	"spl": {"SPL", ".spl"}, "pcre": {"Regex", ".txt"},
}

func readPattern(d *draft, raw json.RawMessage) (err error) {
	d.pattern, err = decode[string](raw, errText)
	return err
}

func readPatternType(d *draft, raw json.RawMessage) (err error) {
	d.language, err = textOf(raw)
	d.language = strings.ToLower(d.language)
	return err
}

func readTitle(d *draft, raw json.RawMessage) (err error) {
	return readName(d, raw)
}

func readConfidence(d *draft, raw json.RawMessage) error {
	n, err := decode[json.Number](raw, errNumber)
	if err != nil {
		return err
	}
	d.group.Fields = append(d.group.Fields, intel.Field{Name: "confidence", Value: n.String()})
	return nil
}

// readSigns finds out what an indicator means.
func (d *draft) readSigns() {
	language, isRule := languages[d.language]
	switch {
	case d.pattern == "":
		d.fault = "it has no pattern"
	case isRule:
		d.signature(language.fileType, language.extension)
	case d.language != "" && d.language != "stix":
		d.fault = "there is no Signature for its pattern_type"
		d.example = &convert.Case{ID: d.id, Detail: message.Clip(d.language)}
	default:
		d.compare()
	}
	d.pattern = ""
}

// signature makes a group of a rule. A group has no confidence.
func (d *draft) signature(fileType, extension string) {
	d.group.Type = "Signature"
	if d.group.Name == "" {
		d.group.Name = d.id
	}
	var fields intel.Fields
	for _, f := range d.group.Fields {
		if f.Name == "confidence" {
			d.omit("confidence", noPlace, 1)
		} else {
			fields = append(fields, f)
		}
	}
	d.group.Fields = append(fields,
		intel.Field{Name: "fileName", Value: d.id + extension},
		intel.Field{Name: "fileType", Value: fileType},
		intel.Field{Name: "fileText", Value: d.pattern})
}

// compare finds the values of a pattern. What cannot be one value is left out, each with
// its reason.
func (d *draft) compare() {
	e, err := stixpattern.Parse(d.pattern)
	if err != nil {
		d.fault, d.example = "its pattern is not valid", &convert.Case{ID: d.id, Detail: err.Error()}
		return
	}
	var failed []omission
	for _, a := range ofExpression(e) {
		o, beside, err := a.indicator()
		if err != nil {
			failed = append(failed, omission{"pattern", err.Error(), 1, []convert.Case{{ID: d.id, Detail: message.Clip(d.pattern)}}})
			continue
		}
		d.signs = append(d.signs, sign{o, beside})
		for _, t := range beside {
			d.omit("pattern", t.String()+" beside a hash", 1)
		}
	}
	if len(d.signs) == 0 && len(failed) > 0 {
		d.fault, d.example = failed[0].reason, &failed[0].cases[0]
		return
	}
	for _, l := range failed {
		d.omits = add(d.omits, l)
	}
	d.describe()
}

// describe puts the name before the description of an indicator.
func (d *draft) describe() {
	name := d.group.Name
	for _, s := range d.signs {
		if strings.EqualFold(s.object.Summary, name) {
			name = "" // it is the value
		}
	}
	for i := range d.group.Attributes {
		if at := &d.group.Attributes[i]; at.Type == convert.Description && name != "" {
			if !strings.Contains(at.Value, name) {
				at.Value = name + "\n\n" + at.Value
			}
			return
		}
	}
	if err := d.attribute(convert.Description, name); err != nil {
		d.omit("name", err.Error(), 1)
	}
}

// alternative is one of the ways to match a pattern: terms that have to hold together, or
// the reason why that cannot be one value.
type alternative struct {
	terms  []term
	reason string
}

func (a alternative) indicator() (*intel.Object, []term, error) {
	if a.reason != "" {
		return nil, nil, errors.New(a.reason)
	}
	return indicator(a.terms)
}

// maxAlternatives is how many ways to match a pattern are looked at.
const maxAlternatives = 100000

var tooMany = []alternative{{reason: "it can be matched in too many ways"}}

// ofExpression are the alternatives of observations.
func ofExpression(e *stixpattern.Expression) (out []alternative) {
	switch {
	case len(e.Qualifiers) > 0:
		return []alternative{{reason: e.Qualifiers[0] + " is not one value"}}
	case e.Test != nil:
		return ofTest(e.Test)
	case e.Operator != stixpattern.Or:
		return []alternative{{reason: string(e.Operator) + " of observations is not one value"}}
	}
	for _, p := range e.Parts {
		out = append(out, ofExpression(p)...)
	}
	return out
}

// ofTest are the alternatives of a test.
func ofTest(t *stixpattern.Test) []alternative {
	switch t.Operator {
	case "":
		return ofComparison(t.Comparison)
	case stixpattern.Or:
		var out []alternative
		for _, p := range t.Parts {
			out = append(out, ofTest(p)...)
		}
		return out
	}
	out := []alternative{{}}
	for _, p := range t.Parts {
		more := ofTest(p)
		if len(out)*len(more) > maxAlternatives {
			return tooMany
		}
		var both []alternative
		for _, a := range out {
			for _, b := range more {
				both = append(both, a.and(b))
			}
		}
		out = both
	}
	return out
}

// and is what a and b mean together.
func (a alternative) and(b alternative) alternative {
	if a.reason == "" {
		a.reason = b.reason
	}
	return alternative{append(a.terms[:len(a.terms):len(a.terms)], b.terms...), a.reason}
}

// ofComparison are the alternatives of a comparison.
func ofComparison(c *stixpattern.Comparison) []alternative {
	network := c.Operator == "ISSUBSET" && (c.Object == "ipv4-addr" || c.Object == "ipv6-addr") && c.Path == "value"
	switch {
	case c.Not:
		return []alternative{{reason: "NOT is not one value"}}
	case c.Operator != "=" && c.Operator != "IN" && !network:
		return []alternative{{reason: c.Operator + " is not one value"}}
	}
	var out []alternative
	for _, v := range c.Values {
		if v.Kind == stixpattern.Encoded {
			out = append(out, alternative{reason: fmt.Sprintf("a %s value", v.Kind)})
			continue
		}
		out = append(out, alternative{terms: []term{{c.Object, c.Path, v.Text}}})
	}
	return out
}
