package reader

import (
	"regexp"

	"gopkg.in/yaml.v3"

	"tcimport/internal/message"
)

// commented matches an entry whose value is a comment, but probably meant as a
// value: #12 is a reference by ID, and tags may begin with #.
var commented = regexp.MustCompile(`[-:]\s+(#\S+)\s*$`)

var idComment = regexp.MustCompile(`^#\d+$`)

// warnComment reports an empty entry that was probably meant to have a value:
// to YAML, - #12 is an empty item and a comment.
func (d *document) warnComment(n *yaml.Node) {
	if n.Value != "" {
		return // ~ or null
	}
	m := commented.FindSubmatch(d.textOf(n.Line))
	if m == nil {
		return
	}
	value := string(m[1])
	if idComment.MatchString(value) {
		d.errorf(n, "%s is a comment to YAML: put it in quotes, or write {id: %s}", value, value[1:])
		return
	}
	d.out.problems.Warnf(d.pos(n), "%s is a comment to YAML, so this entry is empty: put it in quotes if it is meant", message.Clip(value))
}

// textOf is the text of a line, counted from 1.
func (d *document) textOf(line int) []byte {
	if d.ends == nil {
		for i, c := range d.text {
			if c == '\n' {
				d.ends = append(d.ends, i)
			}
		}
		d.ends = append(d.ends, len(d.text))
	}
	if d.lines != nil && line <= len(d.lines) {
		line = d.lines[line-1]
	}
	if line < 1 || line > len(d.ends) {
		return nil
	}
	start := 0
	if line > 1 {
		start = d.ends[line-2] + 1
	}
	return d.text[start:d.ends[line-1]]
}
