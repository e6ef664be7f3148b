package reader

import (
	"bytes"
	"errors"
	"io"

	"tcimport/internal/intel"
)

// Sample is the beginning of a CSV of another system, as an entry of sources reads it.
type Sample struct {
	Header    []string
	Rows      [][]string
	Delimiter rune
	Own       bool           // the columns are those of a manifest
	Cut       bool           // the CSV has more rows
	Bad       intel.Problems // of rows that cannot be read
}

// Beginning says where a Sample comes from.
type Beginning struct {
	Text      []byte // of the file, as it is
	Cut       bool   // the file has more
	File      string
	Encoding  string // as a source names it
	Delimiter rune   // 0 finds it from the header
	Rows      int    // how many of them are wanted
}

// Sample reads the header and the first rows. An error is the reason why a manifest could
// not read the file either.
func (b Beginning) Sample() (*Sample, intel.Problems) {
	l := newLoader(Options{Delimiter: b.Delimiter})
	out := &output{}
	end := &cutOff{cut: b.Cut}
	t := l.newTable(io.MultiReader(bytes.NewReader(b.Text), end), b.File, b.Encoding, out)
	switch {
	case t == nil && end.met:
		out.problems = nil
		out.errorf(intel.At(b.File, 1, 0), "the first line is longer than %d MiB: a CSV begins with a header", len(b.Text)>>20)
		fallthrough
	case t == nil:
		return nil, append(l.problems, out.problems...)
	case holdsReport(t.header):
		out.errorf(intel.At(b.File, 1, 0), "this is the report of a run, not a CSV of another system: give it as --id-map")
		return nil, out.problems
	}
	s := &Sample{Header: t.header, Delimiter: t.comma}
	s.Own = t.isOwn()
	for len(s.Rows) < b.Rows {
		r, ok := t.next()
		if !ok {
			break
		}
		if len(r.errors) > 0 {
			s.Bad = append(s.Bad, r.errors...)
			continue
		}
		s.Rows = append(s.Rows, r.cells)
	}
	_, more := t.next()
	s.Cut = more || end.met
	for _, p := range out.problems {
		if !p.Warning && !end.met {
			s.Bad = append(s.Bad, p)
		}
	}
	return s, nil
}

// isOwn reports whether the header is that of a manifest.
func (t *table) isOwn() bool {
	wrong, l := &output{}, layoutOf(t.header)
	found, unknown := l.find(headings{t.header, t.headingPos, wrong.errorf})
	l.checkRequired(found, func(format string, args ...any) { wrong.errorf(t.headingPos(0), format, args...) })
	return wrong.errors == 0 && len(unknown) == 0
}

// cutOff ends a text: with io.EOF, or, if the file goes on, with an error, so that half a
// row is not taken for one.
type cutOff struct{ cut, met bool }

var errCutOff = errors.New("the file goes on")

func (c *cutOff) Read([]byte) (int, error) {
	if !c.cut {
		return 0, io.EOF
	}
	c.met = true
	return 0, errCutOff
}
