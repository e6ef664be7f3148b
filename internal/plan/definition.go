package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// A definition is written as a manifest writes the object: the API's field names
// with their values beside type and summary. The names are sorted, so that a
// plan that is read back and written again is the same text, which its planId
// depends on.

// errOlder is a plan in the form that held definitions under Go's names.
var errOlder = errors.New("it was saved by an older version of tcimport: plan again")

// savedObject is the form of an Object that is saved.
type savedObject struct {
	FullObject
	Definition map[string]any `json:"definition,omitzero"` // it may be empty
}

// saved is the form of o that is saved. The short form has no text that is made of
// type and name, and no part of the definition that the object has, too.
func (o *Object) saved(short bool) savedObject {
	out := savedObject{FullObject: o.Full()}
	if o.Definition == nil {
		return out
	}
	out.Definition = definitionOf(o.Definition)
	if !short {
		return out
	}
	if isPlain(out.Written, out.Type, out.Name) {
		out.Written = ""
	}
	for name, has := range out.shared() {
		switch text, _ := out.Definition[name].(string); {
		case text == has:
			delete(out.Definition, name)
		case text == "":
			out.Definition[name] = "" // not the one of the object
		}
	}
	return out
}

// shared are the parts that an object and its definition have both.
func (o *FullObject) shared() map[string]string {
	return map[string]string{"type": o.Type, o.Kind.Spec().NameField(o.Type): o.Name, "owner": o.Owner}
}

// MarshalJSON writes the definition with the API's field names.
func (o *Object) MarshalJSON() ([]byte, error) {
	var e encoder
	e.object(o)
	return e.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (o *Object) UnmarshalJSON(data []byte) error {
	var in struct {
		FullObject
		Definition map[string]json.RawMessage `json:"definition"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	_, older := in.Definition["Kind"]
	switch {
	case in.Kind == 0:
		return errors.New("an object has no kind")
	case older:
		return errOlder
	case in.Definition == nil:
		*o = *in.Object()
		return nil
	}
	if in.Written == "" {
		in.Written = plainText(in.Type, in.Name)
	}
	for name, text := range in.shared() {
		if _, given := in.Definition[name]; !given && text != "" {
			in.Definition[name], _ = json.Marshal(text) // a text always can be
		}
	}
	var err error
	if in.FullObject.Definition, err = readDefinition(in.Kind, in.Definition); err != nil {
		return fmt.Errorf("the definition of %s %s: %w", in.Kind, message.Quote(in.Written), err)
	}
	d := in.FullObject.Definition
	d.Written, d.Pos, d.Own = in.Written, intel.Pos(in.Source), in.Own
	*o = *in.Object()
	return nil
}

// parts are the parts of a definition that are neither values nor fields.
func parts(o *intel.Object, d *intel.Details) map[string]any {
	return map[string]any{"type": &o.Type, o.Kind.Spec().NameField(o.Type): &o.Summary, "owner": &o.Owner,
		"tags": &d.Tags, "securityLabels": &d.SecurityLabels, "attributes": &d.Attributes}
}

func definitionOf(o *intel.Object) map[string]any {
	m := map[string]any{}
	for _, f := range o.Fields() {
		m[f.Name] = scalarJSON(o, f)
	}
	values := o.Values()
	for i, name := range valueNames(o.Kind, o.Type, len(values)) {
		if i < len(values) && (values[i] != "" || name == genericValue(i)) {
			m[name] = values[i] // the number of values is part of a type that is not known here
		}
	}
	d := intel.Details{Tags: o.Tags(), SecurityLabels: o.SecurityLabels(), Attributes: o.Attributes()}
	for name, part := range parts(o, &d) {
		if value := reflect.ValueOf(part).Elem(); !isEmpty(value) {
			m[name] = value.Interface()
		}
	}
	return m
}

func readDefinition(kind intel.Kind, m map[string]json.RawMessage) (*intel.Object, error) {
	o := &intel.Object{Kind: kind}
	var err error
	take := func(name string, into any) {
		raw, ok := m[name]
		if !ok || err != nil {
			return
		}
		delete(m, name)
		if uerr := json.Unmarshal(raw, into); uerr != nil {
			err = fmt.Errorf("%s: %w", name, uerr)
		}
	}
	take("type", &o.Type)
	var d intel.Details
	for name, part := range parts(o, &d) {
		take(name, part)
	}
	names := valueNames(kind, o.Type, len(m))
	values, n := make([]string, len(names)), 0
	for i, name := range names {
		if _, ok := m[name]; ok {
			take(name, &values[i])
			n = i + 1
		}
	}
	if n > 0 && names[0] != genericValue(0) {
		n = len(names)
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		value, serr := scalarText(m[name])
		if serr != nil && err == nil {
			err = fmt.Errorf("%s: %w", name, serr)
		}
		d.Fields = append(d.Fields, intel.Field{Name: name, Value: value})
	}
	o.SetDetails(d)
	if n > 0 {
		o.SetValues(values[:n])
	}
	return o, err
}

// valueNames are the API's names for the n values of an indicator: those of its
// type, or the generic ones of a type that only an instance knows.
func valueNames(kind intel.Kind, typ string, n int) []string {
	if kind != intel.KindIndicator {
		return nil
	}
	if t, ok := intel.IndicatorTypeNamed(typ, nil); ok {
		return t.Values
	}
	names := make([]string, n)
	for i := range names {
		names[i] = genericValue(i)
	}
	return names
}

func genericValue(i int) string { return "value" + strconv.Itoa(i+1) }

// scalarJSON is the value of a field as the API's type has it, if its text is one.
func scalarJSON(o *intel.Object, f intel.Field) any {
	switch spec := o.Kind.Scalars(o.Type)[f.Name]; {
	case spec == nil:
	case spec.Kind == intel.Bool && (f.Value == "true" || f.Value == "false"):
		return f.Value == "true"
	case (spec.Kind == intel.Integer || spec.Kind == intel.Decimal) && json.Valid([]byte(f.Value)) && strings.Trim(f.Value, "0123456789.") == "":
		return json.Number(f.Value)
	}
	return f.Value
}

// scalarText is the text of a string, a number or a boolean.
func scalarText(raw json.RawMessage) (string, error) {
	switch raw[0] {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case '{', '[', 'n':
		return "", fmt.Errorf("%s is not a text, a number or a boolean", message.Quote(string(raw)))
	}
	return string(raw), nil
}
