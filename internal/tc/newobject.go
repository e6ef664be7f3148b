package tc

import "tcimport/internal/intel"

// newObject is an object that is created together with its association.
func (e *encoder) newObject(o *intel.Object) {
	e.Open('{')
	if o.Kind.Spec().Owned {
		// Without an owner, the object would go to the API user's Organization, whatever
		// the owner of the group is.
		if o.Owner == "" {
			e.fail("the new %s %q has no owner", o.Kind.Spec().Name, o.Summary)
		}
		e.Text("ownerName", o.Owner)
	}
	if o.Type != "" {
		e.Text("type", o.Type)
	}
	if o.Kind != intel.KindIndicator {
		e.Text(o.Kind.Spec().NameField(o.Type), o.Summary)
	} else {
		e.indicatorValues(o)
	}
	e.objectFields(o, false)
	e.Close('}')
}

// indicatorValues writes each part of an indicator's summary under its own key. A type
// of the instance's own that this client has not asked for has generic keys.
func (e *encoder) indicatorValues(o *intel.Object) {
	names := []string{"value1", "value2", "value3"}
	t, known := intel.IndicatorTypeNamed(o.Type, e.custom)
	if known {
		names = t.Values
	}
	values := o.Values()
	if len(values) == 0 {
		values = []string{o.Summary}
		if known && len(names) > 1 {
			var err error
			if values, err = t.Parse(o.Summary); err != nil {
				e.fail("%w", err)
			}
		}
	}
	if len(values) > len(names) {
		e.fail("the %s %q has %d values: its type has %d", o.Type, o.Summary, len(values), len(names))
		return
	}
	given := false
	needsValueName := known && t.Name == "Registry Key"
	for i, v := range values {
		if v != "" {
			e.Text(names[i], v)
			given = true
			needsValueName = needsValueName && names[i] != "Value Name"
		}
	}
	if !given {
		e.fail("an indicator of type %s has no value", o.Type)
	}
	if needsValueName {
		e.Text("Value Name", " ") // the default value of a key; the field is required
	}
}

// objectFields writes the fields, tags, labels and attributes of an object. The object can
// be new in the update of a group, so update says which of the two it is.
func (e *encoder) objectFields(o *intel.Object, update bool) {
	e.fields(o.Kind.Scalars(o.Type), o.Fields())
	outer := e.update
	e.update = update
	e.tags(o.Tags(), intel.ModeAppend)
	e.labels(o.SecurityLabels(), intel.ModeAppend)
	e.list("attributes", intel.ModeAppend, len(o.Attributes()), func(i int) { e.attribute(o.Attributes()[i]) })
	e.update = outer
}
