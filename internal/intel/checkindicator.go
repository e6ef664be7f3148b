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
	fields, pos := k.valueFields(o, t)
	values := k.values(o, t, fields, pos)
	if k.failed {
		return
	}
	if d := o.Details; d != nil {
		d.Fields = slices.DeleteFunc(d.Fields, func(f Field) bool { return isValue(f.Name) })
	}
	o.Summary = t.Summary(values)
	o.SetValues(values)
	if t.warning != nil {
		if text := t.warning(values[0]); text != "" {
			k.warnf(pos, "%s %s %s", t.Name, message.Quote(o.Summary), text)
		}
	}
}

// valueFields are the fields that hold the values, nil if there are none, and the place of
// the last one.
func (k *check) valueFields(o *Object, t *IndicatorType) (fields []Field, last Pos) {
	for _, f := range o.Fields() {
		i := t.valueIndex(f.Name)
		if i < 0 {
			continue
		}
		if fields == nil {
			fields = make([]Field, t.size())
		}
		if have := fields[i]; have.Value != "" && strings.TrimSpace(have.Value) != strings.TrimSpace(f.Value) {
			k.errorf(f.Pos, "%s %s of %s is given twice: %s is %s",
				f.Name, message.Quote(f.Value), message.Article(t.Name), have.Name, message.Quote(have.Value))
			continue
		}
		fields[i], last = f, f.Pos
	}
	return fields, last
}

// values are the canonical values of an indicator, from its value fields and its summary
// together.
func (k *check) values(o *Object, t *IndicatorType, fields []Field, last Pos) []string {
	summary := strings.TrimSpace(o.Summary)
	if summary == "" && fields == nil {
		k.errorf(Pos{}, "%s needs %s, or a summary", message.Article(t.Name), t.fieldsText())
		return nil
	}
	values := make([]string, t.size()) // of the summary first
	if summary != "" {
		parts, err := t.split(summary)
		if err != nil {
			k.errorf(Pos{}, "%s %s %s", t.Name, message.Quote(summary), err)
			return nil
		}
		for i, part := range parts {
			if values[i], err = t.canonicalPart(i, part); err != nil && len(parts) > 1 {
				k.errorf(Pos{}, "%s %s: its %s %s", t.Name, message.Quote(summary), t.valueName(i), err)
			} else if err != nil {
				k.errorf(Pos{}, "%s %s %s", t.Name, message.Quote(summary), err)
			}
		}
	}
	for i, f := range fields {
		v, err := t.canonicalPart(i, f.Value)
		switch there := values[i]; {
		case err != nil && f.Value == "":
			k.errorf(last, "%s of %s %s", t.valueName(i), message.Article(t.Name), err)
		case err != nil:
			k.errorf(f.Pos, "%s %s of %s %s", f.Name, message.Quote(f.Value), message.Article(t.Name), err)
		case v == "" || k.failed:
		case summary != "" && !(there == "" && t.anyOf) && t.key(there) != t.key(v):
			k.errorf(f.Pos, "%s %s of %s differs from its summary %s: remove one of them",
				t.valueName(i), message.Quote(f.Value), message.Article(t.Name), message.Quote(summary))
		default:
			values[i] = v
		}
	}
	return values
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
	if i := slices.Index(t.Values, name); i >= 0 {
		return i
	}
	if name == "hostname" && t.Name == "Host" {
		return 0
	}
	if i := slices.Index(genericValues, name); i < t.size() {
		return i
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
	for i := range o.Fields() {
		f := &o.Fields()[i]
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
	o.SetValues(values)
}
