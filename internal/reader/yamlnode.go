package reader

import (
	"bytes"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

func (d *document) pos(n *yaml.Node) intel.Pos {
	return intel.At(d.file, d.line(n.Line), n.Column)
}

// line is the line of the file for a line as the YAML package counts them.
func (d *document) line(n int) int {
	if d.lines != nil && n > 0 {
		n = d.lines[min(n, len(d.lines))-1]
	}
	return d.first + n - 1
}

// editorLines maps lines as YAML counts them to lines of an editor: in YAML a
// lone carriage return, NEL and the Unicode line and paragraph separators end
// lines, too. It is nil if both agree.
func editorLines(text []byte) []int {
	if !hasYAMLLineEnds(text) {
		return nil
	}
	line := 1
	out := []int{1}
	for _, end := range yamlLineEnd.FindAllIndex(text, -1) {
		if text[end[1]-1] == '\n' {
			line++
		}
		out = append(out, line)
	}
	return out
}

var yamlLineEnd = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")

func hasYAMLLineEnds(text []byte) bool {
	for _, end := range []string{"\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(text, []byte(end)) {
			return true
		}
	}
	return bytes.Count(text, []byte("\r")) != bytes.Count(text, []byte("\r\n"))
}

func (d *document) errorf(n *yaml.Node, format string, args ...any) {
	d.out.errorf(d.pos(n), format, args...)
}

// unknown reports the unknown key k of where.
func (d *document) unknown(k *yaml.Node, where string, known []string) {
	d.errorf(k, "%s has no field %s%s", where, message.Quote(k.Value), d.suggestion(k.Value, known))
}

// isMapping reports whether n is a mapping, as what must be.
func (d *document) isMapping(n *yaml.Node, what, form string) bool {
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "%s must be a mapping like %s, not %s", what, form, describe(n))
	}
	return n.Kind == yaml.MappingNode
}

// deref is the node that an alias refers to.
func deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// isNull reports whether n is null, ~ or empty, and not in quotes.
func isNull(n *yaml.Node) bool {
	n = deref(n)
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

func isMerge(key *yaml.Node) bool { return key.Tag == "!!merge" }

// pairs are the keys and values of a mapping and of the mappings that it
// merges: its own keys first, then those of merged mappings that it does not
// have. No value is an alias.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(k, v *yaml.Node) bool) {
		var merged []*yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := deref(n.Content[i]), deref(n.Content[i+1])
			switch {
			case isMerge(k) && v.Kind == yaml.SequenceNode:
				merged = append(merged, v.Content...)
			case isMerge(k):
				merged = append(merged, v)
			case !yield(k, v):
				return
			}
		}
		if len(merged) == 0 {
			return
		}
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			seen[deref(n.Content[i]).Value] = true
		}
		for _, m := range merged {
			for k, v := range pairs(deref(m)) {
				if !seen[k.Value] {
					seen[k.Value] = true
					if !yield(k, v) {
						return
					}
				}
			}
		}
	}
}

// scalar is the text of a scalar as written; false for null, and for any other
// node, which is reported. n may be nil.
func (d *document) scalar(n *yaml.Node, field string) (string, bool) {
	switch {
	case n == nil:
		return "", false
	case n.Kind != yaml.ScalarNode:
		d.errorf(n, "%s must be one value, not %s", field, describe(n))
		return "", false
	case isNull(n):
		return "", false
	}
	return n.Value, n.Value != ""
}

// name is a scalar without surrounding blanks.
func (d *document) name(n *yaml.Node, field string) string {
	s, _ := d.scalar(n, field)
	return strings.TrimSpace(s)
}

// list returns the entries of a list without null ones. n may be nil.
func (d *document) list(n *yaml.Node, field, of string) []*yaml.Node {
	if n == nil || isNull(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		d.errorf(n, "%s must be a list of %s, not %s", field, of, describe(n))
		return nil
	}
	out := make([]*yaml.Node, 0, len(n.Content))
	for _, c := range n.Content {
		if c = deref(c); !isNull(c) {
			out = append(out, c)
		} else {
			d.warnComment(c)
		}
	}
	return out
}

// describe is a node in words, for messages.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		if len(n.Content) == 0 {
			return "an empty mapping"
		}
		return fmt.Sprintf("a mapping (%s: …)", message.Clip(n.Content[0].Value))
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		if isNull(n) {
			return "nothing"
		}
		return "the text " + message.Quote(n.Value)
	}
	return "another kind of value"
}
