package tc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"tcimport/internal/intel"
)

// MaxEntries is how many entries one write can carry in one list. Instances
// publish 1,000 for some lists and nothing for the others.
const MaxEntries = 500

// object is a JSON object of a request. Its keys go out in alphabetical order.
type object map[string]any

func (o object) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// encoder makes requests of what is to be written.
type encoder struct {
	update bool // lists name their mode, what is for creates only is refused
	custom []intel.IndicatorType
}

func (c *Client) newEncoder(update bool) *encoder {
	e := &encoder{update: update}
	if custom := c.custom.Load(); custom != nil {
		e.custom = *custom
	}
	return e
}

// group is the body of a create or an update. An update never names xid, type or
// owner: they cannot be changed.
func (e *encoder) group(w intel.GroupWrite) (object, error) {
	t, ok := intel.GroupTypeNamed(w.Type)
	if !ok {
		return nil, fmt.Errorf("%q is not a group type", w.Type)
	}
	body := object{}
	if w.Name != "" {
		body["name"] = w.Name
	}
	if !e.update {
		body["type"] = t.Name
		body["ownerName"] = w.Owner
		if w.XID != "" {
			body["xid"] = w.XID
		}
	}
	if err := e.fields(body, intel.KindGroup.Scalars(t.Name), w.Fields); err != nil {
		return nil, err
	}
	if err := e.metadata(body, w); err != nil {
		return nil, err
	}
	return body, e.links(body, w)
}

func (e *encoder) metadata(body object, w intel.GroupWrite) error {
	if err := e.list(body, "tags", w.TagMode, tags(w.Tags, w.TagMode)); err != nil {
		return err
	}
	if err := e.list(body, "securityLabels", w.LabelMode, labels(w.SecurityLabels)); err != nil {
		return err
	}
	var attributes []object
	for _, a := range w.Attributes {
		switch {
		case w.AttributeMode == intel.ModeDelete && a.ID == 0:
			return fmt.Errorf("an attribute of type %q cannot be deleted without its ID", a.Type)
		case a.ID != 0:
			attributes = append(attributes, object{"id": a.ID})
		default:
			attributes = append(attributes, attribute(a.Attribute))
		}
	}
	return e.list(body, "attributes", w.AttributeMode, attributes)
}

// list puts a list into body: none without entries, and with its mode on an
// update, as instances differ in what they do without one.
func (e *encoder) list(body object, key string, mode intel.Mode, entries []object) error {
	switch {
	case len(entries) == 0:
		return nil
	case len(entries) > MaxEntries:
		return fmt.Errorf("%s has %d entries: one request takes %d at most", key, len(entries), MaxEntries)
	}
	list := object{"data": entries}
	if e.update {
		if mode != intel.ModeAppend && mode != intel.ModeDelete && mode != intel.ModeReplace {
			return fmt.Errorf("%s has no mode", key)
		}
		list["mode"] = mode
	}
	body[key] = list
	return nil
}

func (e *encoder) links(body object, w intel.GroupWrite) error {
	entries := map[intel.Kind][]object{}
	for _, l := range w.Links {
		if l.ID != 0 {
			// Beside an ID nothing else may stand: an indicator's value would be taken
			// for a change of it.
			entries[l.Kind] = append(entries[l.Kind], object{"id": l.ID})
			continue
		}
		if l.New == nil || w.LinkModes[l.Kind] == intel.ModeDelete {
			return fmt.Errorf("an association does not say with which %s", l.Kind.Spec().Name)
		}
		entry, err := e.inline(l.New)
		if err != nil {
			return err
		}
		entries[l.Kind] = append(entries[l.Kind], entry)
	}
	for _, k := range intel.Kinds {
		if err := e.list(body, k.AssociationField(), w.LinkModes[k], entries[k]); err != nil {
			return err
		}
	}
	return nil
}

// tags are named by technique where they have one, but deleted by name.
func tags(ts []intel.Tag, mode intel.Mode) []object {
	var out []object
	for _, t := range ts {
		if t.TechniqueID != "" && (mode != intel.ModeDelete || t.Name == "") {
			out = append(out, object{"techniqueId": t.TechniqueID})
		} else {
			out = append(out, object{"name": t.Name})
		}
	}
	return out
}

func labels(names []string) []object {
	var out []object
	for _, name := range names {
		out = append(out, object{"name": name})
	}
	return out
}

func attribute(a intel.Attribute) object {
	body := object{"type": a.Type, "value": a.Value}
	if a.Source != "" {
		body["source"] = a.Source
	}
	if a.Default != nil {
		body["default"] = *a.Default
	}
	if a.Pinned != nil {
		body["pinned"] = *a.Pinned
	}
	if len(a.SecurityLabels) > 0 {
		body["securityLabels"] = object{"data": labels(a.SecurityLabels)}
	}
	return body
}

func (e *encoder) fields(body object, specs map[string]*intel.FieldSpec, fields intel.Fields) error {
	for _, f := range fields {
		spec := specs[f.Name]
		if spec == nil {
			return fmt.Errorf("%q is not a field of this type", f.Name)
		}
		if spec.CreateOnly && e.update {
			return fmt.Errorf("the field %q cannot be updated", f.Name)
		}
		v, err := fieldValue(spec, f.Value)
		if err != nil {
			return fmt.Errorf("field %q: %w", f.Name, err)
		}
		body[f.Name] = v
	}
	return nil
}

// fieldValue is how canonical text travels.
func fieldValue(spec *intel.FieldSpec, text string) (any, error) {
	switch spec.Kind {
	case intel.Text, intel.Date:
		return text, nil
	case intel.Bool:
		if text != "true" && text != "false" {
			return nil, fmt.Errorf("%q is neither true nor false", text)
		}
		return text == "true", nil
	case intel.Integer, intel.Decimal, intel.JSON:
		if !json.Valid([]byte(text)) {
			return nil, fmt.Errorf("%q is not valid JSON", text)
		}
		if spec.Kind != intel.JSON && strings.Trim(text, "+-.0123456789eE") != "" {
			return nil, fmt.Errorf("%q is not a number", text)
		}
		return json.RawMessage(text), nil
	}
	panic(fmt.Sprintf("tc: unknown kind of field %d", spec.Kind))
}
