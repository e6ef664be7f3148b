package reader

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"tcimport/internal/message"
)

// maxExpanded is how many nodes the aliases of a document may expand to: each
// alias is read as if it were written out.
const maxExpanded = 1_000_000

// maxDepth is how deep lists and mappings may be nested.
const maxDepth = 100

// checkStructure checks the YAML before anything is read from it: repeated
// keys, tags, merge keys, aliases. It reports whether the document can be
// read.
func (d *document) checkStructure(root *yaml.Node) bool {
	s := &structure{d: d, sizes: map[*yaml.Node]int{}}
	s.check(root, 0)
	if s.expanded > maxExpanded {
		d.errorf(root, "the aliases of this document expand to more than %d values: write them out, or split the document", maxExpanded)
		return false
	}
	return !s.fatal
}

type structure struct {
	d        *document
	sizes    map[*yaml.Node]int // of what anchors name; 0 while it is being counted
	expanded int                // nodes that aliases expand to
	fatal    bool
}

// check checks n and gives its size with all aliases expanded.
func (s *structure) check(n *yaml.Node, depth int) int {
	if depth > maxDepth {
		if !s.fatal {
			s.d.errorf(n, "nested more than %d deep", maxDepth)
		}
		s.fatal = true
		return 0
	}
	if n.Anchor != "" {
		s.sizes[n] = 0
	}
	s.tag(n)
	size := 1
	switch n.Kind {
	case yaml.AliasNode:
		return s.alias(n)
	case yaml.MappingNode:
		s.keys(n)
		fallthrough
	case yaml.SequenceNode:
		for _, c := range n.Content {
			size = min(size+s.check(c, depth+1), maxExpanded+1)
		}
	}
	if n.Anchor != "" {
		s.sizes[n] = size
	}
	return size
}

func (s *structure) alias(n *yaml.Node) int {
	size := s.sizes[n.Alias]
	if size == 0 {
		s.d.errorf(n, "the anchor %q contains itself", n.Value)
		s.fatal = true
	}
	s.expanded = min(s.expanded+size, maxExpanded+1)
	return size
}

func (s *structure) tag(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str" {
		s.d.errorf(n, "the YAML tag %s is not supported: every value is text as it is written; remove the tag", n.Tag)
	}
}

// keys checks the keys of a mapping.
func (s *structure) keys(n *yaml.Node) {
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := deref(n.Content[i])
		s.key(k, n.Content[i+1])
		if k.Kind != yaml.ScalarNode {
			continue
		}
		if first := seen[k.Value]; first != nil {
			s.d.errorf(k, "%s is given twice, first on line %d", message.Quote(k.Value), s.d.line(first.Line))
		} else {
			seen[k.Value] = k
		}
	}
}

func (s *structure) key(k, v *yaml.Node) {
	switch {
	case k.Kind != yaml.ScalarNode:
		s.d.errorf(k, "a key must be one name, not %s", describe(k))
		s.fatal = true
	case isMerge(k):
		if what := notMergeable(deref(v)); what != "" {
			s.d.errorf(v, "<< needs a mapping or a list of mappings, not %s", what)
			s.fatal = true
		}
	}
}

// notMergeable describes a value that a merge key cannot have; "" if it can.
func notMergeable(v *yaml.Node) string {
	switch v.Kind {
	case yaml.MappingNode:
		return ""
	case yaml.SequenceNode:
		for _, c := range v.Content {
			if c = deref(c); c.Kind != yaml.MappingNode {
				return fmt.Sprintf("a list with %s", describe(c))
			}
		}
		return ""
	}
	return describe(v)
}
