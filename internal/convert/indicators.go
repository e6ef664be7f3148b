package convert

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/canonical"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// Indicator is an indicator of a manifest. Several objects of a source can be one.
type Indicator struct {
	object *intel.Object
	merged *Indicator // the indicator that this one turned out to be
}

// String is the indicator as Type:summary.
func (i *Indicator) String() string { return i.whole().object.Type + ":" + i.whole().object.Summary }

// whole is the indicator that i is a part of.
func (i *Indicator) whole() *Indicator {
	for i.merged != nil {
		i = i.merged
	}
	return i
}

// ref names the indicator. Only its first mention has more than type and value: a
// manifest says everything once.
func (i *Indicator) ref(written map[*Indicator]bool) intel.Ref {
	o := *i.object
	if written[i] {
		o.Details = nil
		if !o.Split {
			o.SetDetails(intel.Details{Values: i.object.Values()})
		}
	}
	written[i] = true
	return intel.Ref{Kind: intel.KindIndicator, End: &intel.End{Object: &o}}
}

// indicators are the indicators of a manifest by the keys of their values.
type indicators map[string]*Indicator

// Indicator is the indicator that an object describes. Objects that describe one are
// merged: a manifest has one rating and the like for each. An error says why the value is
// none of its type.
func (m *Manifest) Indicator(o *intel.Object) (*Indicator, error) {
	o.Kind = intel.KindIndicator
	t, ok := intel.IndicatorTypeNamed(o.Type, nil)
	if !ok {
		return nil, fmt.Errorf("not every instance has the type of indicator %s", message.Quote(o.Type))
	}
	if err := m.accept(o); err != nil {
		return nil, err
	}
	var found []*Indicator
	keys := t.Keys(o.Values())
	for n, k := range keys {
		keys[n] = o.Type + "\x00" + k
		if i := m.indicators[keys[n]]; i != nil && !slices.Contains(found, i.whole()) {
			found = append(found, i.whole())
		}
	}
	values := slices.Clone(o.Values())
	for _, i := range found {
		if err := unite(t, values, i.object.Values()); err != nil {
			return nil, err
		}
	}
	whole := &Indicator{object: o}
	if len(found) > 0 {
		whole = found[0]
		merge(whole.object.More(), o)
	}
	for _, i := range found[min(1, len(found)):] {
		merge(whole.object.More(), i.object)
		i.merged = whole
	}
	whole.object.Summary = t.Summary(values)
	whole.object.SetValues(values)
	if m.indicators == nil {
		m.indicators = indicators{}
	}
	for _, k := range keys {
		m.indicators[k] = whole
	}
	return whole, nil
}

// accept brings an object into canonical form. A defanged value is the one that it
// stands for.
func (m *Manifest) accept(o *intel.Object) error {
	var ps intel.Problems
	written := *o.Clone()
	m.check().Object(o, &ps)
	err := firstError(ps)
	if err == nil {
		return nil
	}
	meant, defanged := canonical.Refang(written.Summary)
	if !defanged {
		return err
	}
	*o = written
	o.Summary = meant
	ps = nil
	m.check().Object(o, &ps)
	return firstError(ps)
}

// unite adds values to those of the same thing: a File has one hash of each kind.
func unite(t *intel.IndicatorType, values, more []string) error {
	for i, v := range more {
		switch {
		case values[i] == "":
			values[i] = v
		case v != "" && len(values) > 1 && !strings.EqualFold(values[i], v):
			return fmt.Errorf("%s of %s is %s, but another object says %s", t.Values[i], message.Article(t.Name), message.Quote(values[i]), message.Quote(v))
		}
	}
	return nil
}

// merge adds what o says to the details of the same indicator.
func merge(d *intel.Details, o *intel.Object) {
	for _, f := range o.Fields() {
		i := slices.IndexFunc(d.Fields, func(have intel.Field) bool { return have.Name == f.Name })
		if i < 0 {
			d.Fields = append(d.Fields, f)
		} else if prefer(f, d.Fields[i].Value) {
			d.Fields[i].Value = f.Value
		}
	}
	for _, t := range o.Tags() {
		if !slices.Contains(d.Tags, t) {
			d.Tags = append(d.Tags, t)
		}
	}
	for _, l := range o.SecurityLabels() {
		if !slices.Contains(d.SecurityLabels, l) {
			d.SecurityLabels = append(d.SecurityLabels, l)
		}
	}
	for _, at := range o.Attributes() {
		same := func(have intel.Attribute) bool { return have.Type == at.Type && have.Value == at.Value }
		if slices.ContainsFunc(d.Attributes, same) {
			continue
		}
		if slices.ContainsFunc(d.Attributes, func(have intel.Attribute) bool { return have.Type == at.Type }) {
			at.Default = intel.Unsaid // the first one is
		}
		d.Attributes = append(d.Attributes, at)
	}
}

// prefer reports whether a field says more than another value of it: the greatest number,
// the first day something was seen or added, the last day otherwise.
func prefer(f intel.Field, have string) bool {
	spec := intel.KindIndicator.Scalars("")[f.Name]
	switch {
	case f.Name == "firstSeen" || f.Name == "externalDateAdded":
		return f.Value < have
	case spec.Kind == intel.Date:
		return f.Value > have
	case spec.Kind == intel.Integer || spec.Kind == intel.Decimal:
		more, _ := strconv.ParseFloat(f.Value, 64)
		less, _ := strconv.ParseFloat(have, 64)
		return more > less
	}
	return false
}

// SetActive says whether an indicator is active. Without a word, it is.
func (i *Indicator) SetActive(active bool) {
	d := i.whole().object.More()
	d.Fields = slices.DeleteFunc(d.Fields, func(f intel.Field) bool { return f.Name == "active" })
	if !active {
		d.Fields = append(d.Fields, intel.Field{Name: "active", Value: "false"})
	}
}
