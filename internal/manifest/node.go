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

// node is a piece of YAML.
type node = yaml.Node

// encode writes a node, each line behind indent.
func encode(w io.Writer, indent string, n *node) error {
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

// escaped is a line of YAML with escapes for invisible characters. text has
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

// text is a text that reads back as exactly that text: as lines where that is
// safe, else in double quotes.
func text(s string) *node {
	n := &node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(s, "\uFFFD")}
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

// texts are texts as entries of a list.
func texts(entries []string) []*node {
	var out []*node
	for _, s := range entries {
		out = append(out, text(s))
	}
	return out
}

func addFlag(n *node, key string, f intel.Flag) {
	if f != intel.Unsaid {
		add(n, key, &node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: f.String()})
	}
}

// byID is an object of the instance by its ID.
func byID(id int64) *node {
	return inLine(add(mapping(), "id", &node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(id, 10)}))
}

func inLine(n *node) *node {
	n.Style = yaml.FlowStyle
	return n
}

func mapping() *node { return &node{Kind: yaml.MappingNode, Tag: "!!map"} }

// add adds a name and its value to a mapping.
func add(n *node, name string, value *node) *node {
	n.Content = append(n.Content, text(name), value)
	return n
}

// addText adds a name and a text, unless the text is empty.
func addText(n *node, name, value string) *node {
	if value == "" {
		return n
	}
	return add(n, name, text(value))
}

func list(nodes ...*node) *node {
	return &node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: nodes}
}

// addList adds a list that has entries or, with named, an empty one.
func addList(n *node, name string, entries []*node, named bool) {
	switch {
	case len(entries) > 0:
		add(n, name, list(entries...))
	case named:
		add(n, name, inLine(list()))
	}
}

// tagNodes are tags as entries of a list.
func tagNodes(tags []intel.Tag) []*node {
	var out []*node
	for _, t := range tags {
		switch {
		case t.TechniqueID != "":
			out = append(out, inLine(addText(mapping(), intel.TechniqueField, t.TechniqueID)))
		case looksLikeTechnique(t):
			out = append(out, inLine(addText(mapping(), "name", t.Name)))
		default:
			out = append(out, text(t.Name))
		}
	}
	return out
}

// attributeNodes are attributes as entries of a list.
func attributeNodes(attributes []intel.Attribute) []*node {
	var out []*node
	for _, at := range attributes {
		n := add(add(mapping(), "type", text(at.Type)), "value", text(at.Value))
		addText(n, "source", at.Source)
		addFlag(n, "default", at.Default)
		addFlag(n, "pinned", at.Pinned)
		addList(n, "securityLabels", texts(at.SecurityLabels), false)
		out = append(out, n)
	}
	return out
}

// Entry is a name and a text as a line of a mapping. Both read back as they are.
func Entry(name, value string) string {
	oneLine := func(s string) *node {
		n := text(s)
		if n.Style == yaml.LiteralStyle {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n
	}
	var b strings.Builder
	n := mapping()
	n.Content = []*node{oneLine(name), oneLine(value)}
	if err := encode(&b, "", n); err != nil {
		panic(err) // a text can be written
	}
	return strings.TrimSuffix(b.String(), "\n")
}
