package plan

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
)

// WriteGzip writes what Write does, compressed. A plan takes about a sixth of its size then,
// and the same plan gives the same bytes.
func (p *Plan) WriteGzip(w io.Writer, more ...Member) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if err := p.Write(z, more...); err != nil {
		return err
	}
	return z.Close()
}

// gzipBegins begins every gzip file, and no JSON.
var gzipBegins = []byte{0x1f, 0x8b}

// plain is the content of a file that may be compressed: its content says so, whatever
// its name is.
func plain(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if begin, _ := b.Peek(len(gzipBegins)); !bytes.Equal(begin, gzipBegins) {
		return b, nil
	}
	return gzip.NewReader(b)
}
