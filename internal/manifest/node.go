package manifest

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// Node is a piece of YAML.
type Node = yaml.Node

// Encode writes a node, each line behind indent.
func Encode(w io.Writer, indent string, n *Node) error {
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return err
	}
	if err := e.Close(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		if line != "\n" {
			line = indent + line
		}
		if _, err := io.WriteString(w, escaped(line)); err != nil {
			return err
		}
	}
	return nil
}

// escaped is a line of YAML with what cannot be seen, or changes how the rest is
// shown, as an escape: Text has put it in double quotes.
func escaped(line string) string {
	if !strings.ContainsFunc(line, hidden) {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		if hidden(r) {
			fmt.Fprintf(&b, `\U%08x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool { return r >= utf8.RuneSelf && invisible(r) }

// Text is a text that is read back as exactly that text. Lines are written as
// lines where nothing can get lost on the way, else as an escaped text.
func Text(s string) *Node {
	n := &Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(s, "\uFFFD")}
	lines := strings.Contains(s, "\n")
	switch {
	case lines && isProse(s):
		n.Style = yaml.LiteralStyle
	case lines || s == "<<" || isOldBool(s) || s != strings.TrimSpace(s) || strings.ContainsFunc(s, invisible):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// isOldBool reports whether s is a boolean to the YAML of old, which editors and
// other programs speak still.
func isOldBool(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return false
}

// isProse reports whether a text can be written as a block of lines: its line
// ends are plain, the first line shows the indentation, no line ends with blanks
// that nobody would see, nothing is invisible.
func isProse(s string) bool {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	if first := lines[0]; first == "" || first[0] == ' ' || first[0] == '\t' || lines[len(lines)-1] == "" {
		return false
	}
	for _, line := range lines {
		if line != strings.TrimRight(line, " \t") {
			return false
		}
		for _, r := range line {
			if r != '\t' && invisible(r) {
				return false
			}
		}
	}
	return true
}

func invisible(r rune) bool { return !message.Visible(r) }

// Texts are texts as entries of a list.
func Texts(list []string) []*Node {
	var out []*Node
	for _, s := range list {
		out = append(out, Text(s))
	}
	return out
}

// Bool is true or false.
func Bool(b bool) *Node {
	return &Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

// ByID is what exists on the instance, named by its ID.
func ByID(id int64) *Node {
	return inLine(Mapping("id", &Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(id, 10)}))
}

// Noted is a node with words for people behind it.
func Noted(n *Node, words string) *Node {
	n.LineComment = strings.TrimSuffix(commentLine(words), "\n")
	return n
}

func inLine(n *Node) *Node {
	n.Style = yaml.FlowStyle
	return n
}

// Mapping is a mapping of names and nodes, one after the other.
func Mapping(pairs ...any) *Node {
	n := &Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(pairs); i += 2 {
		Add(n, pairs[i].(string), pairs[i+1].(*Node))
	}
	return n
}

// Add adds a name and its value to a mapping.
func Add(n *Node, name string, value *Node) {
	n.Content = append(n.Content, Text(name), value)
}

// List is a list of nodes.
func List(nodes ...*Node) *Node {
	return &Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: nodes}
}

// AddList adds a list that has entries, or that is named although it has none.
func AddList(n *Node, name string, nodes []*Node, named bool) {
	if len(nodes) > 0 || named {
		l := List(nodes...)
		if len(nodes) == 0 {
			l.Style = yaml.FlowStyle
		}
		Add(n, name, l)
	}
}

// Tags are tags as entries of a list.
func Tags(tags []intel.Tag) []*Node {
	var out []*Node
	for _, t := range tags {
		switch {
		case t.TechniqueID != "":
			out = append(out, inLine(Mapping(intel.TechniqueField, Text(t.TechniqueID))))
		case intel.ParseTag(t.Name).Name == "":
			out = append(out, inLine(Mapping("name", Text(t.Name))))
		default:
			out = append(out, Text(t.Name))
		}
	}
	return out
}

// Attributes are attributes as entries of a list.
func Attributes(ats []intel.Attribute) []*Node {
	var out []*Node
	for _, at := range ats {
		n := Mapping("type", Text(at.Type), "value", Text(at.Value))
		if at.Source != "" {
			Add(n, "source", Text(at.Source))
		}
		if at.Default != nil {
			Add(n, "default", Bool(*at.Default))
		}
		if at.Pinned != nil {
			Add(n, "pinned", Bool(*at.Pinned))
		}
		AddList(n, "securityLabels", Texts(at.SecurityLabels), false)
		out = append(out, n)
	}
	return out
}
