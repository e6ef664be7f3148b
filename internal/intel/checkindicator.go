package intel

import (
	"slices"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// indicator brings an indicator into canonical form.
func (k *check) indicator(o *Object) {
	t, ok := IndicatorTypeNamed(o.Type, k.custom)
	if !ok {
		k.unknownIndicator(o)
		return
	}
	o.Type, k.what = t.Name, t.Name
	isValue := func(name string) bool { return t.valueIndex(name) >= 0 }
	k.scalars(o, isValue, func(name string) string { return k.fieldHint(t, name) })
	w := k.writtenValue(o, t)
	values := k.canonicalValues(t, &w)
	if k.failed {
		return
	}
	o.Values, o.Summary = values, t.Summary(values)
	o.Fields = slices.DeleteFunc(o.Fields, func(f Field) bool { return isValue(f.Name) })
	if t.warning != nil {
		if text := t.warning(values[0]); text != "" {
			k.warnf(w.pos, "%s %s %s", t.Name, message.Quote(o.Summary), text)
		}
	}
}

// writtenValue is the value of an indicator in a manifest: a summary, value
// fields, or both.
type writtenValue struct {
	summary string
	values  []string // of the value fields; nil if there are none
	fields  []Field  // the field of each value
	pos     Pos      // of the last value field
}

// writtenValue separates the value from the other fields.
func (k *check) writtenValue(o *Object, t *IndicatorType) writtenValue {
	w := writtenValue{summary: strings.TrimSpace(o.Summary)}
	for _, f := range o.Fields {
		i := t.valueIndex(f.Name)
		if i < 0 {
			continue
		}
		if w.values == nil {
			w.values = make([]string, max(len(t.Values), 1))
			w.fields = make([]Field, len(w.values))
		}
		if w.values[i] != "" && strings.TrimSpace(w.values[i]) != strings.TrimSpace(f.Value) {
			k.errorf(f.Pos, "%s %s of %s is given twice: %s is %s",
				f.Name, message.Quote(f.Value), message.Article(t.Name), w.fields[i].Name, message.Quote(w.values[i]))
			continue
		}
		w.values[i], w.fields[i], w.pos = f.Value, f, f.Pos
	}
	return w
}

// canonicalValues gives the canonical values, from the summary and the value
// fields together.
func (k *check) canonicalValues(t *IndicatorType, w *writtenValue) []string {
	if w.summary == "" && w.values == nil {
		k.errorf(Pos{}, "%s needs %s, or a summary", message.Article(t.Name), t.fieldsText())
		return nil
	}
	fromFields, fromSummary := k.valuesOfFields(t, w), k.valuesOfSummary(t, w)
	switch {
	case k.failed:
		return nil
	case fromFields == nil:
		return fromSummary
	case fromSummary == nil:
		return fromFields
	}
	for i, v := range fromSummary {
		switch {
		case fromFields[i] == "":
			fromFields[i] = v
		case v != "" && t.key(v) != t.key(fromFields[i]), v == "" && !t.anyOf:
			k.errorf(w.fields[i].Pos, "%s %s of %s differs from its summary %s: remove one of them",
				t.Values[i], message.Quote(w.values[i]), message.Article(t.Name), message.Quote(w.summary))
		}
	}
	return fromFields
}

func (k *check) valuesOfFields(t *IndicatorType, w *writtenValue) []string {
	return t.canonicalParts(w.values, func(i int, err error) {
		if w.values[i] == "" {
			k.errorf(w.pos, "%s of %s %s", t.valueName(i), message.Article(t.Name), err)
		} else {
			k.errorf(w.fields[i].Pos, "%s %s of %s %s", w.fields[i].Name, message.Quote(w.values[i]), message.Article(t.Name), err)
		}
	})
}

func (k *check) valuesOfSummary(t *IndicatorType, w *writtenValue) []string {
	if w.summary == "" {
		return nil
	}
	values, err := t.split(w.summary)
	if err != nil {
		k.errorf(Pos{}, "%s %s %s", t.Name, message.Quote(w.summary), err)
		return nil
	}
	return t.canonicalParts(values, func(i int, err error) {
		if len(values) > 1 {
			k.errorf(Pos{}, "%s %s: its %s %s", t.Name, message.Quote(w.summary), t.valueName(i), err)
		} else {
			k.errorf(Pos{}, "%s %s %s", t.Name, message.Quote(w.summary), err)
		}
	})
}

// fieldHint ends a message about a field that the type does not have.
func (k *check) fieldHint(t *IndicatorType, name string) string {
	for i := range IndicatorTypes {
		if IndicatorTypes[i].valueIndex(name) >= 0 && !slices.Contains(genericValues, name) {
			return ": it is a field of " + message.Article(IndicatorTypes[i].Name) + "; " + message.Article(t.Name) + " has " + t.fieldsText()
		}
	}
	known := slices.Clone(t.Values)
	for _, f := range indicatorFields {
		known = append(known, f.Name)
	}
	if hint := message.DidYouMean(spelling.Nearest(name, known)); hint != "" {
		return hint
	}
	return ": its value goes into " + t.fieldsText()
}

// valueIndex is the value that a field of this name holds, or -1. The API's own
// examples spell hostName in two ways.
func (t *IndicatorType) valueIndex(name string) int {
	for i, v := range t.Values {
		if v == name {
			return i
		}
	}
	for i, v := range genericValues {
		if v == name && i < max(len(t.Values), 1) {
			return i
		}
	}
	if name == "hostname" && t.Name == "Host" {
		return 0
	}
	return -1
}

func (t *IndicatorType) valueName(i int) string {
	if i < len(t.Values) {
		return t.Values[i]
	}
	return genericValues[i]
}

// fieldsText names the value fields in messages.
func (t *IndicatorType) fieldsText() string {
	if len(t.Values) == 0 {
		return genericValues[0]
	}
	if t.anyOf {
		return message.Join(t.Values, "or")
	}
	return strings.Join(t.Values, ", ")
}

// unknownIndicator keeps an indicator of a type that is not built in as it is
// written. Its value fields stay in Fields: only the instance knows them.
func (k *check) unknownIndicator(o *Object) {
	k.what = "indicator of type " + o.Type
	if o.Type == "" {
		k.errorf(Pos{}, "an indicator needs a type: %s, or one of the instance's own", strings.Join(k.indicatorNames, ", "))
		return
	}
	names := openNames{what: "indicator type %s", builtIn: k.indicatorNames}
	if k.custom != nil {
		names.instance = k.indicatorNames
	}
	if k.openName(Pos{}, o.Type, names); k.failed {
		return
	}
	var values []string
	for i := range o.Fields {
		f := &o.Fields[i]
		if spec, ok := findField(indicatorFields, f.Name); ok && spec.only == "" {
			k.field(f, spec)
		} else {
			values = append(values, strings.TrimSpace(f.Value))
		}
	}
	if values == nil {
		o.Summary = strings.TrimSpace(o.Summary)
		if o.Summary == "" {
			k.errorf(Pos{}, "%s needs a value or a summary", message.Article(k.what))
			return
		}
		values = []string{o.Summary}
	} else if o.Summary == "" {
		o.Summary = strings.Join(values, partSeparator)
	}
	o.Values = values
}
