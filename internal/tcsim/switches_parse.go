package tcsim

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"strconv"
	"strings"
)

// SwitchDoc describes one switch.
type SwitchDoc struct {
	Name    string   // as in --switch name=value
	Values  []string // the choices, the default first, or one word for the kind of value
	Default string
	Text    string // one line: the open question and its answers
}

// SwitchNames lists all switches in the order of the Switches struct.
func SwitchNames() []SwitchDoc {
	t := reflect.TypeFor[Switches]()
	docs := make([]SwitchDoc, 0, t.NumField())
	for i := range t.NumField() {
		docs = append(docs, switchDoc(t.Field(i)))
	}
	return docs
}

func switchDoc(f reflect.StructField) SwitchDoc {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	d := SwitchDoc{Name: name, Text: f.Tag.Get("doc")}
	switch f.Type.Kind() {
	case reflect.String:
		d.Values = strings.Split(f.Tag.Get("values"), "|")
		d.Default = d.Values[0]
		if len(d.Values) == 1 {
			d.Default = "none" // any text
		}
	case reflect.Bool:
		d.Values, d.Default = []string{"false", "true"}, "false"
	case reflect.Map:
		d.Values, d.Default = []string{"OLD>NEW"}, "none"
	default:
		d.Values, d.Default = []string{"NUMBER"}, "0"
	}
	return d
}

// ParseSwitch sets the switch named in "name=value". A bad name or value is an
// error that lists the known ones.
func ParseSwitch(s *Switches, nameEqualsValue string) error {
	name, value, ok := strings.Cut(nameEqualsValue, "=")
	if !ok {
		return fmt.Errorf("switch %q: want name=value", nameEqualsValue)
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		d := switchDoc(v.Type().Field(i))
		if d.Name == name {
			return setSwitch(v.Field(i), d, value)
		}
	}
	return fmt.Errorf("unknown switch %q; known: %s", name, strings.Join(switchNameList(), ", "))
}

func switchNameList() []string {
	var names []string
	for _, d := range SwitchNames() {
		names = append(names, d.Name)
	}
	return names
}

func setSwitch(f reflect.Value, d SwitchDoc, value string) error {
	switch f.Kind() {
	case reflect.Bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("switch %s: %q is not true or false", d.Name, value)
		}
		f.SetBool(b)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Errorf("switch %s: %q is not a number", d.Name, value)
		}
		f.SetInt(n)
	case reflect.Map:
		from, to, ok := strings.Cut(value, ">")
		if !ok || from == "" || to == "" {
			return fmt.Errorf("switch %s: want OLD>NEW, got %q", d.Name, value)
		}
		// The map may be shared with a copy of the Switches: never write into it.
		rules := map[string]string{}
		maps.Copy(rules, f.Interface().(map[string]string))
		rules[from] = to
		f.Set(reflect.ValueOf(rules))
	default:
		return setEnumSwitch(f, d, value)
	}
	return nil
}

func setEnumSwitch(f reflect.Value, d SwitchDoc, value string) error {
	if len(d.Values) == 1 {
		f.SetString(value)
		return nil
	}
	for i, v := range d.Values {
		if v != value {
			continue
		}
		if i == 0 {
			value = "" // the default is always the zero value, so Switches compare equal
		}
		f.SetString(value)
		return nil
	}
	return fmt.Errorf("switch %s: unknown value %q; known: %s", d.Name, value, strings.Join(d.Values, ", "))
}

// normalize checks every enumerated field and writes defaults as "".
func (s *Switches) normalize() error {
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() != reflect.String || f.String() == "" {
			continue
		}
		if err := setEnumSwitch(f, switchDoc(v.Type().Field(i)), f.String()); err != nil {
			return err
		}
	}
	return nil
}

// decodeSwitches reads Switches as JSON; unknown names are errors.
func decodeSwitches(r io.Reader) (Switches, error) {
	var s Switches
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return Switches{}, fmt.Errorf("switches: %w; known: %s", err, strings.Join(switchNameList(), ", "))
	}
	return s, s.normalize()
}
