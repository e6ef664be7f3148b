package reader

import (
	"bytes"
	"iter"
	"maps"
	"regexp"
	"runtime"
	"slices"

	"gopkg.in/yaml.v3"

	"tcimport/internal/workers"
)

// A tree of nodes takes thirty times the memory of its text. So the long lists of a
// large document, groups and associations, are parsed in chunks of a few hundred
// entries, and the rest of the document without them.
//
// A chunk ends before an entry of the list: a dash at the indentation of the first
// entry. If the parser accepts a chunk as complete, that dash is the next entry
// of the whole document, too: scalars and mappings within an entry are indented
// deeper, and a chunk that ends within quotes or brackets is not complete. If a chunk is
// not complete, or has an alias of an anchor in another one, the document is read as
// a whole.
const (
	chunkSize   = 128 << 10
	chunkedFrom = 1 << 20 // size of the smallest document that is read in chunks
)

// listText is the place of a long list in the text of a document.
type listText struct {
	keyLine int // of the document
	chunks  []chunk
	end     int // offset
}

type chunk struct{ line, start int }

// text is the text of chunk i.
func (l *listText) text(document []byte, i int) []byte {
	end := l.end
	if i+1 < len(l.chunks) {
		end = l.chunks[i+1].start
	}
	return document[l.chunks[i].start:end]
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
		case current.chunks == nil && isEntry:
			indent = column
			current.chunks = []chunk{{line, start}}
			continue
		case current.chunks != nil && column == indent && isEntry:
			if start-current.chunks[len(current.chunks)-1].start >= size {
				current.chunks = append(current.chunks, chunk{line, start})
			}
			continue
		case current.chunks != nil && column > indent:
			continue
		default:
			current.end, current = start, nil
		}
		if m := listKey.FindSubmatch(trimmed); m != nil {
			current = &listText{keyLine: line, end: len(text)}
			out[string(m[1])] = current
		}
	}
	maps.DeleteFunc(out, func(_ string, l *listText) bool { return l.chunks == nil })
	return out
}

// blankLists is the text with the lists replaced by blank lines, so that every
// other line keeps its number.
func blankLists(text []byte, lists map[string]*listText) []byte {
	var out []byte
	at := 0
	inOrder := func(a, b *listText) int { return a.keyLine - b.keyLine }
	for _, l := range slices.SortedFunc(maps.Values(lists), inOrder) {
		start := l.chunks[0].start
		out = append(out, text[at:start]...)
		out = append(out, bytes.Repeat([]byte{'\n'}, bytes.Count(text[start:l.end], []byte{'\n'}))...)
		at = l.end
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
	try := *d
	try.lists = lists
	if try.checkStructure(root) {
		if try.manifest(root); !try.chunkFailed {
			return true
		}
	}
	*d.out = before
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
		for c, tree := range l.parsed(text) {
			root, err := tree.root, tree.err
			if d.chunkFailed || err != nil || root == nil || root.Kind != yaml.SequenceNode {
				d.chunkFailed = true
				return
			}
			d.first, d.text, d.ends = first+c.line-1, tree.text, nil
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

// tree is the text of a chunk, and what the parser makes of it.
type tree struct {
	text []byte
	root *yaml.Node
	err  error
}

// parsed returns the chunks in order, each with its tree. While the caller reads
// one, goroutines parse the next: the parser takes most of the time.
func (l *listText) parsed(document []byte) iter.Seq2[chunk, tree] {
	return func(yield func(chunk, tree) bool) {
		trees := make(chan chan tree, max(runtime.GOMAXPROCS(0)-1, 1))
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			for i := range l.chunks {
				one := make(chan tree, 1)
				select {
				case trees <- one:
				case <-stop:
					return
				}
				go func() {
					t := tree{text: l.text(document, i)}
					t.err = workers.Do(func() (err error) {
						t.root, err = parseYAML(t.text)
						return err
					})
					one <- t
				}()
			}
		}()
		for _, c := range l.chunks {
			if !yield(c, <-<-trees) {
				return
			}
		}
	}
}
