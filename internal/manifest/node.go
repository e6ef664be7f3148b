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

// escaped is a line of YAML with escapes for invisible characters. Text has
// put them in double quotes.
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

// Text is a text that reads back as exactly that text: as lines where that is
// safe, else in double quotes.
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

// isOldBool reports whether YAML 1.1, which some programs still read, takes s
// for a boolean.
func isOldBool(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return false
}

// isProse reports whether a text can be a block of lines: plain line ends, a
// first line that shows the indentation, no blanks at line ends, no invisible
// characters.
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

// ByID is an object of the instance by its ID.
func ByID(id int64) *Node {
	return inLine(Mapping("id", &Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(id, 10)}))
}

// WithComment is a node with a comment behind it.
func WithComment(n *Node, text string) *Node {
	n.LineComment = strings.TrimSuffix(commentLine(text), "\n")
	return n
}

func inLine(n *Node) *Node {
	n.Style = yaml.FlowStyle
	return n
}

// Mapping is a mapping of alternating names and nodes.
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

// AddList adds a list that has entries or, with named, an empty one.
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
