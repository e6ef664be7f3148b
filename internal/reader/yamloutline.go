package reader

import (
	"bufio"
	"bytes"
	"errors"
	"hash/maphash"
	"io"
	"maps"
	"regexp"
)

// outline is a document without the entries of its long lists.
type outline struct {
	rest  []byte // every other line keeps its number: the lines of the lists are blank
	lists map[string]*listText
}

// listText is the place of a long list in a document.
type listText struct {
	keyLine int // of the document
	chunks  []chunk
}

// chunk is the place of a part of a list, and the hash of its text: a file can change
// before it is read again.
type chunk struct {
	line  int
	start int64
	size  int
	sum   uint64
}

var (
	chunkSeed = maphash.MakeSeed()

	errOutline = errors.New("the text cannot be read in chunks")
	errChanged = errors.New("the file has changed while it was read")
)

// read is the text of the chunk.
func (c chunk) read(document io.ReaderAt) ([]byte, error) {
	text := make([]byte, c.size)
	if n, err := document.ReadAt(text, c.start); n < c.size {
		return nil, err
	}
	if maphash.Bytes(chunkSeed, text) != c.sum {
		return nil, errChanged
	}
	return text, nil
}

var listKey = regexp.MustCompile(`^(groups|indicators|associations):(\s+#.*)?$`)

// outlineOf reads a document line by line for its block lists of groups and
// associations, and cuts these into chunks of a size. It gives up at a line that accept
// refuses.
func outlineOf(text io.Reader, size int, accept func(line []byte) bool) (*outline, error) {
	o := &outliner{size: size, outline: outline{lists: map[string]*listText{}}}
	o.hash.SetSeed(chunkSeed)
	r := bufio.NewReaderSize(text, 64<<10)
	var long []byte
	for {
		line, err := r.ReadSlice('\n')
		if err == bufio.ErrBufferFull || len(long) > 0 {
			long = append(long, line...)
			if err == bufio.ErrBufferFull {
				continue
			}
			line = long
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if len(line) > 0 {
			if accept != nil && !accept(line) {
				return nil, errOutline
			}
			o.add(line)
		}
		if err == io.EOF {
			break
		}
		long = long[:0]
	}
	o.endList()
	maps.DeleteFunc(o.lists, func(_ string, l *listText) bool { return l.chunks == nil })
	return &o.outline, nil
}

// outliner makes an outline of lines.
type outliner struct {
	outline
	size    int
	line    int
	at      int64     // offset of the line
	current *listText // the list that the lines are in
	indent  int       // of its entries
	hash    maphash.Hash
}

// add adds the next line.
func (o *outliner) add(raw []byte) {
	o.line++
	o.place(raw)
	if o.current != nil && o.current.chunks != nil {
		o.hash.Write(raw)
		if raw[len(raw)-1] == '\n' {
			o.rest = append(o.rest, '\n')
		}
	} else {
		o.rest = append(o.rest, raw...)
	}
	o.at += int64(len(raw))
}

// place finds out whether a line begins a list or a chunk, or ends a list.
func (o *outliner) place(raw []byte) {
	trimmed := bytes.TrimRight(raw, " \t\r\n")
	content := bytes.TrimLeft(trimmed, " ")
	column := len(trimmed) - len(content)
	if len(content) == 0 || content[0] == '#' {
		return
	}
	isEntry := content[0] == '-' && (len(content) == 1 || content[1] == ' ')
	switch l := o.current; {
	case l == nil:
	case l.chunks == nil && isEntry:
		o.indent = column
		o.beginChunk()
		return
	case l.chunks != nil && column == o.indent && isEntry:
		if o.at-l.chunks[len(l.chunks)-1].start >= int64(o.size) {
			o.endChunk()
			o.beginChunk()
		}
		return
	case l.chunks != nil && column > o.indent:
		return
	default:
		o.endList()
	}
	if column == 0 { // most lines are deeper
		if m := listKey.FindSubmatch(trimmed); m != nil {
			o.current = &listText{keyLine: o.line}
			o.lists[string(m[1])] = o.current
		}
	}
}

func (o *outliner) beginChunk() {
	o.current.chunks = append(o.current.chunks, chunk{line: o.line, start: o.at})
}

func (o *outliner) endChunk() {
	c := &o.current.chunks[len(o.current.chunks)-1]
	c.size, c.sum = int(o.at-c.start), o.hash.Sum64()
	o.hash.Reset()
}

func (o *outliner) endList() {
	if o.current != nil && o.current.chunks != nil {
		o.endChunk()
	}
	o.current = nil
}
