package reader

import (
	"bytes"
	"io"
	"iter"
	"os"
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
// a whole. So it is where an alias may mean an anchor within a list before it.
//
// The text itself need not be in memory: a file is read twice, for its outline and for
// its chunks.
const (
	chunkSize   = 128 << 10
	chunkedFrom = 1 << 20 // size of the smallest document that is read in chunks
)

// readInChunks reads a large document chunk by chunk, and reports whether that
// succeeded. If not, nothing has changed.
func (d *document) readInChunks() bool {
	if len(d.text) < d.chunkedFrom || d.lines != nil {
		return false
	}
	o, err := outlineOf(bytes.NewReader(d.text), d.chunkSize, nil)
	return err == nil && d.readOutlined(bytes.NewReader(d.text), o)
}

// readFileInChunks does so with a file that is one large document, whose text is not
// kept in memory.
func (l *loader) readFileInChunks(in *input) bool {
	if in.name == stdinName {
		return false
	}
	info, err := os.Stat(in.name)
	if err != nil || !info.Mode().IsRegular() || info.Size() < int64(l.chunkedFrom) || info.Size() > maxFile {
		return false
	}
	f, err := os.Open(in.name)
	if err != nil {
		return false
	}
	defer f.Close()
	text := io.NewSectionReader(f, 0, info.Size())
	var mark [3]byte
	if n, _ := text.ReadAt(mark[:], 0); n == 3 && mark == [3]byte{0xEF, 0xBB, 0xBF} {
		text = io.NewSectionReader(f, 3, info.Size()-3)
	}
	content := false
	o, err := outlineOf(text, l.chunkSize, func(line []byte) bool {
		switch {
		case badLine(line) != "" || hasYAMLLineEnds(line) || isMarker(line, "..."):
			return false
		case isMarker(line, "---") && content:
			return false
		}
		content = content || !isPreamble(line)
		return true
	})
	// A file that has become longer, or is another one since, is read as a whole.
	if now, statErr := f.Stat(); err != nil || statErr != nil || now.Size() != info.Size() {
		return false
	}
	d := &document{loader: l, out: in.out, file: in.name, dir: in.dir(), first: 1, text: o.rest}
	return d.readOutlined(text, o)
}

// readOutlined reads a document by its outline.
func (d *document) readOutlined(text io.ReaderAt, o *outline) bool {
	if len(o.lists) == 0 {
		return false
	}
	root, err := parseYAML(o.rest)
	if err != nil || root == nil || root.Kind != yaml.MappingNode {
		return false
	}
	if !listsAreAt(o.lists, root) || o.hasAliasBehind(root) {
		return false
	}
	before := *d.out
	try := *d
	try.lists, try.whole = o.lists, text
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

// hasAliasBehind reports whether there is an alias behind the first list. The anchor that
// it means can be in a list, also where an anchor before the list has the same name.
func (o *outline) hasAliasBehind(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		for _, l := range o.lists {
			if n.Line > l.keyLine {
				return true
			}
		}
	}
	return slices.ContainsFunc(n.Content, o.hasAliasBehind)
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
		for c, tree := range l.parsed(d.whole) {
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
func (l *listText) parsed(document io.ReaderAt) iter.Seq2[chunk, tree] {
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
					var t tree
					t.err = workers.Do(func() (err error) {
						if t.text, err = l.chunks[i].read(document); err == nil {
							t.root, err = parseYAML(t.text)
						}
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
