package tc

import (
	"fmt"

	"tcimport/internal/intel"
)

// newObject is an object that is created together with its association.
func (e *encoder) newObject(o *intel.Object) error {
	e.open('{')
	if o.Kind.Spec().Owned {
		// Without an owner, the object would go to the API user's Organization, whatever
		// the owner of the group is.
		if o.Owner == "" {
			return fmt.Errorf("the new %s %q has no owner", o.Kind.Spec().Name, o.Summary)
		}
		e.text("ownerName", o.Owner)
	}
	if o.Type != "" {
		e.text("type", o.Type)
	}
	if o.Kind != intel.KindIndicator {
		e.text(o.Kind.Spec().NameField(o.Type), o.Summary)
	} else if err := e.indicatorValues(o); err != nil {
		return err
	}
	if err := e.objectFields(o, false); err != nil {
		return err
	}
	e.close('}')
	return nil
}

// indicatorValues writes each part of an indicator's summary under its own key. A type
// of the instance's own that this client has not asked for has generic keys.
func (e *encoder) indicatorValues(o *intel.Object) error {
	names := []string{"value1", "value2", "value3"}
	t, known := intel.IndicatorTypeNamed(o.Type, e.custom)
	if known {
		names = t.Values
	}
	values := o.Values
	if len(values) == 0 && len(names) > 1 && known {
		parsed, err := t.Parse(o.Summary)
		if err != nil {
			return err
		}
		values = parsed
	} else if len(values) == 0 {
		values = []string{o.Summary}
	}
	if len(values) > len(names) {
		return fmt.Errorf("the %s %q has %d values: its type has %d", o.Type, o.Summary, len(values), len(names))
	}
	given := false
	needsValueName := known && t.Name == "Registry Key"
	for i, v := range values {
		if v != "" {
			e.text(names[i], v)
			given = true
			needsValueName = needsValueName && names[i] != "Value Name"
		}
	}
	if !given {
		return fmt.Errorf("an indicator of type %s has no value", o.Type)
	}
	if needsValueName {
		e.text("Value Name", " ") // the default value of a key; the field is required
	}
	return nil
}

// objectFields writes the fields, tags, labels and attributes of an object. The object can
// be new in the update of a group, so update says which of the two it is.
func (e *encoder) objectFields(o *intel.Object, update bool) error {
	if err := e.fields(o.Kind.Scalars(o.Type), o.Fields); err != nil {
		return err
	}
	outer := e.update
	e.update = update
	defer func() { e.update = outer }()
	if err := e.tags(o.Tags, intel.ModeAppend); err != nil {
		return err
	}
	if err := e.labels(o.SecurityLabels, intel.ModeAppend); err != nil {
		return err
	}
	return e.list("attributes", intel.ModeAppend, len(o.Attributes), func(i int) error {
		e.attribute(o.Attributes[i])
		return nil
	})
}
