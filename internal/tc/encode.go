package tc

import (
	"encoding/json"
	"fmt"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/jsonwriter"
)

// MaxEntries is how many entries one write can have in one list. Instances publish
// 1,000 for some lists and nothing for the others.
const MaxEntries = 500

// encoder writes the body of a request. Its first error stays: what follows is written in
// vain.
type encoder struct {
	jsonwriter.Writer
	update bool // lists name their mode, and fields for creates only are refused
	custom []intel.IndicatorType
	err    error
}

func (c *Client) newEncoder(update bool) *encoder {
	e := &encoder{update: update, Writer: jsonwriter.Writer{Buf: make([]byte, 0, 1024)}}
	if custom := c.custom.Load(); custom != nil {
		e.custom = *custom
	}
	return e
}

func (e *encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
}

// body is what was written.
func (e *encoder) body() ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return e.Bytes(), nil
}

// isEmpty reports whether the body has no members.
func (e *encoder) isEmpty() bool { return string(e.Buf) == "{}," }

// group is the body of a create or an update. An update never names xid, type or
// owner: they cannot be changed.
func (e *encoder) group(w intel.GroupWrite) {
	t, ok := intel.GroupTypeNamed(w.Type)
	if !ok {
		e.fail("%q is not a group type", w.Type)
		return
	}
	e.Open('{')
	e.NonEmpty("name", w.Name)
	if !e.update {
		e.Text("type", t.Name)
		e.Text("ownerName", w.Owner)
		e.NonEmpty("xid", w.XID)
	}
	e.fields(intel.KindGroup.Scalars(t.Name), w.Fields)
	e.tags(w.Tags, w.TagMode)
	e.labels(w.SecurityLabels, w.LabelMode)
	e.list("attributes", w.AttributeMode, len(w.Attributes), func(i int) {
		switch a := w.Attributes[i]; {
		case w.AttributeMode == intel.ModeDelete && a.ID == 0:
			e.fail("an attribute of type %q cannot be deleted without its ID", a.Type)
		case a.ID != 0:
			e.entry("id", a.ID)
		default:
			e.attribute(a.Attribute)
		}
	})
	e.links(w)
	e.Close('}')
}

// list writes a list of n entries: none without entries, and with its mode on an
// update, because instances differ in what they do without one.
func (e *encoder) list(key string, mode intel.Mode, n int, entry func(i int)) {
	switch {
	case n == 0:
		return
	case n > MaxEntries:
		e.fail("%s has %d entries: one request takes %d at most", key, n, MaxEntries)
	case e.update && mode != intel.ModeAppend && mode != intel.ModeDelete && mode != intel.ModeReplace:
		e.fail("%s has no mode", key)
	}
	e.Key(key)
	e.Open('{')
	e.List("data", n, entry)
	if e.update {
		e.Text("mode", string(mode))
	}
	e.Close('}')
}

// entry is an entry of a list that an ID names.
func (e *encoder) entry(key string, id int64) {
	e.Open('{')
	e.Int(key, id)
	e.Close('}')
}

// named is an entry of a list that a text names.
func (e *encoder) named(key, name string) {
	e.Open('{')
	e.Text(key, name)
	e.Close('}')
}

func (e *encoder) links(w intel.GroupWrite) {
	for _, k := range intel.Kinds {
		var links []*intel.LinkWrite
		for i := range w.Links {
			if w.Links[i].Kind == k {
				links = append(links, &w.Links[i])
			}
		}
		e.list(k.AssociationField(), w.LinkModes[k], len(links), func(i int) {
			switch l := links[i]; {
			case l.ID != 0:
				// Nothing else may stand beside an ID: an instance would take an indicator's
				// value for a change of it.
				e.entry("id", l.ID)
			case l.New == nil || w.LinkModes[k] == intel.ModeDelete:
				e.fail("an association does not say with which %s", k.Spec().Name)
			default:
				e.newObject(l.New)
			}
		})
	}
}

// tags are named by technique if they have one, but deleted by name.
func (e *encoder) tags(tags []intel.Tag, mode intel.Mode) {
	e.list("tags", mode, len(tags), func(i int) {
		if t := tags[i]; t.TechniqueID != "" && (mode != intel.ModeDelete || t.Name == "") {
			e.named("techniqueId", t.TechniqueID)
		} else {
			e.named("name", t.Name)
		}
	})
}

func (e *encoder) labels(names []string, mode intel.Mode) {
	e.list("securityLabels", mode, len(names), func(i int) { e.named("name", names[i]) })
}

// attribute is a new attribute.
func (e *encoder) attribute(a intel.Attribute) {
	e.Open('{')
	e.Text("type", a.Type)
	e.attributeParts(a)
	if len(a.SecurityLabels) > 0 {
		e.Key("securityLabels")
		e.Open('{')
		e.List("data", len(a.SecurityLabels), func(i int) { e.named("name", a.SecurityLabels[i]) })
		e.Close('}')
	}
	e.Close('}')
}

// attributeUpdate is the body that changes an attribute. Its type cannot be changed.
func (e *encoder) attributeUpdate(a intel.Attribute) {
	e.Open('{')
	e.attributeParts(a)
	e.labels(a.SecurityLabels, intel.ModeReplace)
	e.Close('}')
}

func (e *encoder) attributeParts(a intel.Attribute) {
	e.Text("value", a.Value)
	e.NonEmpty("source", a.Source)
	e.flag("default", a.Default)
	e.flag("pinned", a.Pinned)
}

func (e *encoder) flag(name string, f intel.Flag) {
	if f != intel.Unsaid {
		e.Literal(name, f.String())
	}
}

func (e *encoder) fields(specs map[string]*intel.FieldSpec, fields intel.Fields) {
	for _, f := range fields {
		switch spec := specs[f.Name]; {
		case spec == nil:
			e.fail("%q is not a field of this type", f.Name)
		case spec.CreateOnly && e.update:
			e.fail("the field %q cannot be updated", f.Name)
		default:
			e.field(spec, f.Value)
		}
	}
}

// field writes the canonical text of a field in the type that the API has for it.
func (e *encoder) field(spec *intel.FieldSpec, text string) {
	switch spec.Kind {
	case intel.Text, intel.Date:
		e.Text(spec.Name, text)
		return
	case intel.Bool:
		if text != "true" && text != "false" {
			e.fail("field %q: %q is neither true nor false", spec.Name, text)
		}
	case intel.Integer, intel.Decimal, intel.JSON:
		if !json.Valid([]byte(text)) {
			e.fail("field %q: %q is not valid JSON", spec.Name, text)
		}
		if spec.Kind != intel.JSON && strings.Trim(text, "+-.0123456789eE") != "" {
			e.fail("field %q: %q is not a number", spec.Name, text)
		}
	default:
		panic(fmt.Sprintf("tc: unknown kind of field %d", spec.Kind))
	}
	e.Literal(spec.Name, text)
}
