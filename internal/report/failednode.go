package report

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// end is how the other end of an association is written in the manifest of what
// failed: what exists by its ID, a group of the same file by its key, anything
// else in full. It is nil for a group that a flag has left out.
func (f *failedWriter) end(as *plan.Association) *yaml.Node {
	if as.Object > 0 {
		return f.objectEnd(as)
	}
	if as.Key == "" {
		return byID(as.ID)
	}
	r := f.byKey[as.Key]
	switch {
	case r != nil && inFile(r):
		return str(as.Key)
	case r != nil && r.ID != 0:
		return byID(r.ID)
	case as.ID != 0:
		return byID(as.ID)
	}
	return nil
}

func (f *failedWriter) objectEnd(as *plan.Association) *yaml.Node {
	o := f.ledger.Plan.Objects[as.Object-1]
	if id := f.ledger.Objects[as.Object-1].ID; id != 0 {
		return byID(id)
	}
	switch {
	case o.ID != 0:
		return byID(o.ID)
	case o.Definition != nil:
		return objectNode(o.Definition)
	case o.Kind != intel.KindGroup:
		return nil
	}
	if xid, ok := strings.CutPrefix(o.Written, "xid:"); ok {
		return withOwner(mapping("xid", str(xid)), o.Owner)
	}
	return withOwner(mapping("type", str(o.Type), "name", str(o.Name)), o.Owner)
}

func withOwner(n *yaml.Node, owner string) *yaml.Node {
	if owner != "" {
		add(n, "owner", str(owner))
	}
	return n
}

// objectNode is an object that does not exist, with all that it says.
func objectNode(o *intel.Object) *yaml.Node {
	n := mapping()
	if o.Type != "" {
		add(n, "type", str(o.Type))
	}
	for _, v := range objectValues(o) {
		add(n, v.Name, str(v.Value))
	}
	if o.Kind == intel.KindIndicator {
		withOwner(n, o.Owner)
	}
	for _, f := range o.Fields {
		if f.Name == "xid" && strings.HasPrefix(f.Value, intel.XIDPrefix) {
			continue // made from the name, and made again
		}
		add(n, f.Name, str(f.Value))
	}
	var tags []*yaml.Node
	for _, t := range o.Tags {
		tags = append(tags, tagNode(t))
	}
	addList(n, "tags", tags, false)
	addList(n, "securityLabels", strs(o.SecurityLabels), false)
	addList(n, "attributes", attributeNodes(o.Attributes), false)
	return n
}

// objectValues are the fields that name an object: the parts of an indicator
// that has several, a summary, a case's name.
func objectValues(o *intel.Object) intel.Fields {
	if o.Kind == intel.KindCase {
		return intel.Fields{{Name: "name", Value: o.Summary}}
	}
	if t, ok := intel.IndicatorTypeNamed(o.Type, nil); ok && o.Kind == intel.KindIndicator && len(t.Values) > 1 && len(t.Values) == len(o.Values) {
		var out intel.Fields
		for i, v := range o.Values {
			if v != "" {
				out = append(out, intel.Field{Name: t.Values[i], Value: v})
			}
		}
		return out
	}
	return intel.Fields{{Name: "summary", Value: o.Summary}}
}

func attributeNodes(ats []intel.Attribute) []*yaml.Node {
	var out []*yaml.Node
	for _, at := range ats {
		n := mapping("type", str(at.Type), "value", str(at.Value))
		if at.Source != "" {
			add(n, "source", str(at.Source))
		}
		if at.Default != nil {
			add(n, "default", boolean(*at.Default))
		}
		if at.Pinned != nil {
			add(n, "pinned", boolean(*at.Pinned))
		}
		addList(n, "securityLabels", strs(at.SecurityLabels), false)
		out = append(out, n)
	}
	return out
}

func tagNode(t intel.Tag) *yaml.Node {
	if t.TechniqueID != "" {
		n := mapping("techniqueId", str(t.TechniqueID))
		n.Style = yaml.FlowStyle
		return n
	}
	return str(t.Name)
}

func byID(id int64) *yaml.Node {
	n := mapping("id", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(id, 10)})
	n.Style = yaml.FlowStyle
	return n
}

func boolean(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

// str is a text that is read back as exactly that text. Lines are written as
// lines where nothing can get lost on the way, else as an escaped text.
func str(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(s, "\uFFFD")}
	lines := strings.Contains(s, "\n")
	switch {
	case lines && isProse(s):
		n.Style = yaml.LiteralStyle
	case lines || s == "<<" || s != strings.TrimSpace(s) || unsafeAt(s) >= 0:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// isProse reports whether a text can be written as a block of lines: its line
// ends are plain, no line begins or ends with blanks that would count, nothing
// is invisible.
func isProse(s string) bool {
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		if line == "" || line[0] == ' ' || line[len(line)-1] == ' ' {
			return false
		}
		if unsafeAt(line) >= 0 {
			return false
		}
	}
	return true
}

func strs(list []string) []*yaml.Node {
	var out []*yaml.Node
	for _, s := range list {
		out = append(out, str(s))
	}
	return out
}

// mapping is a mapping of names and nodes, one after the other.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(pairs); i += 2 {
		add(n, pairs[i].(string), pairs[i+1].(*yaml.Node))
	}
	return n
}

func add(n *yaml.Node, name string, value *yaml.Node) {
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
}

func list(nodes ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: nodes}
}

// addList adds a list that has entries, or that is explicitly empty.
func addList(n *yaml.Node, name string, nodes []*yaml.Node, named bool) {
	if len(nodes) > 0 || named {
		l := list(nodes...)
		if len(nodes) == 0 {
			l.Style = yaml.FlowStyle
		}
		add(n, name, l)
	}
}
