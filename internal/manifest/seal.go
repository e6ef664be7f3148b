package manifest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	checksum "hash"
	"io"
	"strings"

	"tcimport/internal/message"
)

// sealPrefix begins the last line of a manifest that tcimport wrote.
const sealPrefix = "# SHA-256 of the lines above, as tcimport wrote them: "

// sealed writes a manifest that ends in a digest: it shows later whether somebody
// has edited the file, which is then not replaced.
type sealed struct {
	w   io.Writer
	sum checksum.Hash
}

func newSealed(w io.Writer) *sealed { return &sealed{w: w, sum: sha256.New()} }

func (s *sealed) Write(p []byte) (int, error) {
	s.sum.Write(p)
	return s.w.Write(p)
}

// close writes the last line.
func (s *sealed) close() error {
	_, err := io.WriteString(s.w, sealPrefix+hex.EncodeToString(s.sum.Sum(nil))+"\n")
	return err
}

// Origin describes where a manifest comes from.
type Origin struct {
	FirstLine string // its text, "" if it is no comment
	Edited    bool   // it is not as tcimport wrote it
}

// Is reports whether the first line is this one, or begins with it.
func (o Origin) Is(first string) bool {
	line := strings.TrimPrefix(comment(first), "# ")
	return line != "" && strings.HasPrefix(o.FirstLine, line)
}

// ReadOrigin reads the origin of a manifest. It stops at the beginning of a file
// that has none, and reads a long line in parts, because any file can be given as
// a manifest.
func ReadOrigin(r io.Reader) (Origin, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	var o Origin
	var last []byte
	sum := sha256.New()
	for n := 0; ; n++ {
		part, err := in.ReadSlice('\n')
		if n == 0 {
			first, ok := bytes.CutPrefix(part, []byte("# "))
			if !ok && (err == nil || err == io.EOF || err == bufio.ErrBufferFull) {
				return Origin{Edited: true}, nil
			}
			o.FirstLine = strings.TrimRight(string(first), "\r\n")
		}
		if len(part) > 0 {
			sum.Write(last)
			last = append(last[:0], part...)
		}
		switch err {
		case nil, bufio.ErrBufferFull:
		case io.EOF:
			o.Edited = string(last) != sealPrefix+hex.EncodeToString(sum.Sum(nil))+"\n"
			return o, nil
		default:
			return o, err
		}
	}
}

// comment is a comment of one line. Parts of it can come from a server.
func comment(text string) string { return "# " + message.Escaped(text) }
