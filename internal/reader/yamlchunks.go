package reader

import (
	"bytes"
	"iter"
	"regexp"

	"gopkg.in/yaml.v3"
)

// A tree of nodes takes thirty times the memory of its text. The long lists of a
// large document, groups and associations, are therefore parsed a few hundred
// entries at a time, and everything else with those lists left out.
//
// The text is cut before an entry of such a list: a dash at the indentation of
// the first. Where the parser takes a chunk for complete, that dash is the next
// entry in the whole document too: a scalar or a mapping within an entry is
// indented deeper, and within quotes or brackets the chunk would not be
// complete. So if any chunk is not, or names an anchor of another, the document
// is read as a whole after all.
const (
	chunkSize   = 256 << 10
	chunkedFrom = 1 << 20 // size of documents that are read so
)

// listText is the text of a long list.
type listText struct {
	keyLine int    // of the document
	cuts    []part // where each chunk starts; the text is filled in at the end
	end     int
	from    []int // offsets of the chunks
}

var listKey = regexp.MustCompile(`^(groups|associations):(\s+#.*)?$`)

// listTexts finds the block lists of groups and associations.
func listTexts(text []byte, size int) map[string]*listText {
	out := map[string]*listText{}
	var current *listText
	indent, line, at := 0, 0, 0
	for raw := range bytes.Lines(text) {
		line++
		start := at
		at += len(raw)
		trimmed := bytes.TrimRight(raw, " \t\r\n")
		content := bytes.TrimLeft(trimmed, " ")
		column := len(trimmed) - len(content)
		if len(content) == 0 || content[0] == '#' {
			continue
		}
		isEntry := content[0] == '-' && (len(content) == 1 || content[1] == ' ')
		switch {
		case current == nil:
		case len(current.from) == 0 && isEntry:
			indent = column
			current.cut(start, line)
			continue
		case len(current.from) > 0 && column == indent && isEntry:
			if start-current.from[len(current.from)-1] >= size {
				current.cut(start, line)
			}
			continue
		case len(current.from) > 0 && column > indent:
			continue
		default:
			current.end, current = start, nil
		}
		if m := listKey.FindSubmatch(trimmed); m != nil {
			current = &listText{keyLine: line, end: len(text)}
			out[string(m[1])] = current
		}
	}
	for key, l := range out {
		if len(l.from) == 0 {
			delete(out, key)
			continue
		}
		for i := range l.cuts {
			end := l.end
			if i+1 < len(l.from) {
				end = l.from[i+1]
			}
			l.cuts[i].text = text[l.from[i]:end]
		}
	}
	return out
}

func (l *listText) cut(offset, line int) {
	l.from = append(l.from, offset)
	l.cuts = append(l.cuts, part{line: line})
}

// blankLists is the text with the lists replaced by blank lines, so that every
// other line keeps its number.
func blankLists(text []byte, lists map[string]*listText) []byte {
	var out []byte
	at := 0
	for at < len(text) {
		var next *listText
		for _, l := range lists {
			if l.from[0] >= at && (next == nil || l.from[0] < next.from[0]) {
				next = l
			}
		}
		if next == nil {
			break
		}
		out = append(out, text[at:next.from[0]]...)
		lines := bytes.Count(text[next.from[0]:next.end], []byte{'\n'})
		out = append(out, bytes.Repeat([]byte{'\n'}, lines)...)
		at = next.end
	}
	return append(out, text[at:]...)
}

// readInChunks reads a large document chunk by chunk, and reports whether that
// succeeded. If not, nothing has changed.
func (d *document) readInChunks() bool {
	if len(d.text) < d.chunkedFrom || d.lines != nil {
		return false
	}
	lists := listTexts(d.text, d.chunkSize)
	if len(lists) == 0 {
		return false
	}
	root, err := parseYAML(blankLists(d.text, lists))
	if err != nil || root == nil || root.Kind != yaml.MappingNode {
		return false
	}
	if !listsAreAt(lists, root) {
		return false
	}
	before := *d.out
	d.lists = lists
	if d.checkStructure(root) {
		d.manifest(root)
	} else {
		d.chunkFailed = true
	}
	d.lists = nil
	if !d.chunkFailed {
		return true
	}
	*d.out = before
	d.groups, d.defaultGroup, d.owner, d.chunkFailed = nil, nil, "", false
	return false
}

// listsAreAt reports whether each list is the value of a key of root at its
// line.
func listsAreAt(lists map[string]*listText, root *yaml.Node) bool {
	found := 0
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		if l := lists[k.Value]; l != nil {
			if k.Kind != yaml.ScalarNode || k.Line != l.keyLine || !isNull(v) {
				return false
			}
			found++
		}
	}
	return found == len(lists)
}

// entries are the entries of the list at n, which may be read in chunks.
func (d *document) entries(n *yaml.Node, field, of string) iter.Seq[*yaml.Node] {
	return func(yield func(*yaml.Node) bool) {
		l := d.lists[field]
		if l == nil {
			for _, c := range d.list(n, field, of) {
				if !yield(c) {
					return
				}
			}
			return
		}
		first, text := d.first, d.text
		defer func() { d.first, d.text, d.ends = first, text, nil }()
		for _, chunk := range l.cuts {
			root, err := parseYAML(chunk.text)
			if d.chunkFailed || err != nil || root == nil || root.Kind != yaml.SequenceNode {
				d.chunkFailed = true
				return
			}
			d.first, d.text, d.ends = first+chunk.line-1, chunk.text, nil
			if !d.checkStructure(root) {
				d.chunkFailed = true
				return
			}
			for _, c := range d.list(root, field, of) {
				if !yield(c) {
					return
				}
			}
		}
	}
}
