package reader

import (
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

var attributeNames = keyNames(AttributeKeys)

// attributes reads a list of attributes.
func (d *document) attributes(n *yaml.Node) []intel.Attribute {
	list := d.list(n, fieldAttributes, "entries like {type: Description, value: …}")
	out := make([]intel.Attribute, 0, len(list))
	for _, c := range list {
		if !d.isMapping(c, "an attribute", "{type: Description, value: …}") {
			continue
		}
		if a, ok := d.attribute(c); ok {
			out = append(out, a)
		}
	}
	return out
}

func (d *document) attribute(n *yaml.Node) (intel.Attribute, bool) {
	a := intel.Attribute{Pos: d.pos(n)}
	before := d.out.errors
	values := 0
	for k, v := range pairs(n) {
		switch k.Value {
		case "type":
			a.Type = d.texts.once(d.name(v, "the type of an attribute"))
		case "value":
			if s, ok := d.scalar(v, "the value of an attribute"); ok {
				a.Value = s
				values++
			}
		case "valueFrom":
			if s, ok := d.textFrom(v, "valueFrom"); ok {
				a.Value = s
				values++
			}
		case "source":
			a.Source, _ = d.scalar(v, "the source of an attribute")
		case "default":
			a.Default = d.flag(v, "default")
		case "pinned":
			a.Pinned = d.flag(v, "pinned")
		case fieldSecurityLabels:
			a.SecurityLabels, _ = d.labels(v)
		default:
			d.unknown(k, "an attribute", attributeNames)
		}
	}
	if d.out.errors > before {
		return a, false
	}
	switch {
	case a.Type == "":
		d.errorf(n, "an attribute needs a type, like {type: Description, value: …}")
	case values == 0:
		d.errorf(n, "the attribute %s has no value", message.Quote(a.Type))
	case values > 1:
		d.errorf(n, "the attribute %s has both value and valueFrom: remove one of them", message.Quote(a.Type))
	default:
		return a, true
	}
	return a, false
}

func (d *document) flag(n *yaml.Node, field string) intel.Flag {
	s, ok := d.scalar(n, field)
	switch {
	case !ok:
	case strings.EqualFold(s, "true"):
		return intel.Yes
	case strings.EqualFold(s, "false"):
		return intel.No
	default:
		d.errorf(n, "%s must be true or false, not %s", field, message.Quote(s))
	}
	return intel.Unsaid
}

// textFrom reads the file that n names.
func (d *document) textFrom(n *yaml.Node, field string) (string, bool) {
	path := d.name(n, field)
	if path == "" {
		return "", false
	}
	text, err := d.textFile(d.dir, path)
	if err != nil {
		d.errorf(n, "%s %s: %v", field, message.Quote(path), err)
		return "", false
	}
	return text, true
}
