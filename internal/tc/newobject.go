package tc

import (
	"fmt"

	"tcimport/internal/intel"
)

// inline is an object that is made together with its association.
func (e *encoder) inline(o *intel.Object) (object, error) {
	body := object{}
	if o.Kind.Spec().Owned {
		// Without it the object would go to the API user's Organization, whatever
		// the owner of the group is.
		if o.Owner == "" {
			return nil, fmt.Errorf("the new %s %q has no owner", o.Kind.Spec().Name, o.Summary)
		}
		body["ownerName"] = o.Owner
	}
	if o.Type != "" {
		body["type"] = o.Type
	}
	if o.Kind != intel.KindIndicator {
		body[o.Kind.Spec().NameField(o.Type)] = o.Summary
	} else if err := e.indicatorValues(body, o); err != nil {
		return nil, err
	}
	if err := e.fields(body, o.Kind.Scalars(o.Type), o.Fields); err != nil {
		return nil, err
	}
	return body, e.objectMetadata(body, o, false)
}

// indicatorValues puts each part of an indicator's summary under its own key: a
// type of the instance's own that this client has not asked for has generic ones.
func (e *encoder) indicatorValues(body object, o *intel.Object) error {
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
	for i, v := range values {
		if v != "" {
			body[names[i]] = v
			given = true
		}
	}
	if !given {
		return fmt.Errorf("an indicator of type %s has no value", o.Type)
	}
	if _, ok := body["Value Name"]; known && t.Name == "Registry Key" && !ok {
		body["Value Name"] = " " // the default value of a key; the field is required
	}
	return nil
}

// objectMetadata puts tags, labels and attributes into body.
func (e *encoder) objectMetadata(body object, o *intel.Object, update bool) error {
	outer := e.update
	e.update = update
	defer func() { e.update = outer }()
	var attributes []object
	for _, a := range o.Attributes {
		attributes = append(attributes, attribute(a))
	}
	if err := e.list(body, "tags", intel.ModeAppend, tags(o.Tags, intel.ModeAppend)); err != nil {
		return err
	}
	if err := e.list(body, "securityLabels", intel.ModeAppend, labels(o.SecurityLabels)); err != nil {
		return err
	}
	return e.list(body, "attributes", intel.ModeAppend, attributes)
}
