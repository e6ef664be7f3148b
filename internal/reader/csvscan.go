package reader

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

const (
	maxCell   = 16 << 20 // bytes of one cell
	maxRecord = 64 << 20 // bytes of one record

	maxColumns = 16_384 // as many as spreadsheets have
)

// scanner splits CSV into records. encoding/csv does not do here: it does not
// say where a quote was opened that is never closed, and looks for its end
// through the whole file; it takes a file with lone carriage returns for one
// record, and changes line ends within quotes.
//
// Whatever is wrong with a record, the scanner goes on with the next line.
type scanner struct {
	r     *bufio.Reader
	comma byte
	line  int // of the text in buf

	buf    []byte // one line, with its end
	ascii  bool   // buf is ASCII, so that columns are bytes
	seen   int    // how much of buf is counted, otherwise
	column int    // characters in it

	width  int    // cells that are kept of a record; the others are counted
	count  int    // cells of the record
	blank  bool   // there is nothing in any of them
	record []byte // the cells, one after the other
	ends   []int  // of each cell in record
	starts []place
}

// place is a line and a column, both from 1; columns count characters.
type place struct{ line, column int }

// lineError is something wrong at a place.
type lineError struct {
	place
	message string
	last    bool // nothing can be read after it
}

func (e *lineError) Error() string { return e.message }

func newScanner(r *bufio.Reader, comma rune) *scanner {
	return &scanner{r: r, comma: byte(comma), width: maxColumns}
}

// next reads a record, the first width of its cells and where they start. It
// skips blank lines, ends in io.EOF, and reports what is wrong as a *lineError.
// The slices are good until the next call.
func (s *scanner) next() (cells []string, starts []place, err error) {
	s.record, s.ends, s.starts, s.count, s.blank = s.record[:0], s.ends[:0], s.starts[:0], 0, true
	for {
		if err := s.readLine(); err != nil {
			return nil, nil, err
		}
		if len(trimEnd(s.buf)) > 0 {
			break
		}
	}
	for at, more := 0, true; more; {
		from := len(s.record)
		switch {
		case len(s.buf) > at && s.buf[at] == s.comma:
			s.start(at)
			at++
		case len(s.buf) > at && s.buf[at] == '"':
			at, more, err = s.quoted(at)
		default:
			at, more, err = s.plain(at)
		}
		if err != nil {
			return nil, nil, err
		}
		s.end(from)
	}
	return s.split(), s.starts, nil
}

// start notes where a cell starts.
func (s *scanner) start(at int) {
	if s.count < s.width {
		s.starts = append(s.starts, s.place(at))
	}
}

// end ends a cell, whose text is what record has from an offset on.
func (s *scanner) end(from int) {
	s.blank = s.blank && len(bytes.TrimSpace(s.record[from:])) == 0
	if s.count++; s.count <= s.width {
		s.ends = append(s.ends, len(s.record))
	} else {
		s.record = s.record[:from]
	}
}

// split cuts the record into its cells.
func (s *scanner) split() []string {
	text := string(s.record)
	cells := make([]string, len(s.ends))
	start := 0
	for i, end := range s.ends {
		cells[i] = text[start:end]
		start = end
	}
	return cells
}

// plain reads a cell without quotes that starts at. It gives where the next one
// starts, and whether there is one.
func (s *scanner) plain(at int) (next int, more bool, err error) {
	s.start(at)
	text := trimEnd(s.buf)[at:]
	if i := bytes.IndexByte(text, s.comma); i >= 0 {
		text, more = text[:i], true
	}
	if i := bytes.IndexByte(text, '"'); i >= 0 {
		return 0, false, s.bareQuote(at, i, text)
	}
	if i := bytes.IndexByte(text, '\r'); i >= 0 {
		return 0, false, s.fail(at+i, "a carriage return without a line feed: save the file with LF or CRLF at the ends of lines")
	}
	if len(text) > maxCell {
		return 0, false, s.fail(at, tooLong)
	}
	s.record = append(s.record, text...)
	return at + len(text) + 1, more, nil
}

const tooLong = "a cell of more than 16 MiB"

func (s *scanner) bareQuote(at, i int, text []byte) error {
	message := "a quote within a cell that does not start with one: put the cell in quotes, and write the quote twice"
	if len(bytes.TrimSpace(text[:i])) == 0 {
		message = "spaces before the opening quote: remove them"
	}
	return s.fail(at+i, message)
}

// quoted reads a cell in quotes that starts at, as plain does.
func (s *scanner) quoted(at int) (next int, more bool, err error) {
	open := s.place(at)
	s.start(at)
	from := len(s.record)
	at++
	for {
		i := bytes.IndexByte(s.buf[at:], '"')
		if i < 0 {
			s.record = append(s.record, s.buf[at:]...)
			if err := s.continued(open, len(s.record)-from); err != nil {
				return 0, false, err
			}
			at = 0
			continue
		}
		s.record = append(s.record, s.buf[at:at+i]...)
		at += i + 1
		if at == len(s.buf) || s.buf[at] != '"' {
			break
		}
		s.record = append(s.record, '"')
		at++
	}
	rest := trimEnd(s.buf)[at:]
	if len(rest) > 0 && rest[0] != s.comma {
		return 0, false, s.fail(at, "text after the quote that ends the cell: write a quote within a cell twice")
	}
	return at + 1, len(rest) > 0, nil
}

// continued reads the next line of a cell in quotes.
func (s *scanner) continued(open place, size int) error {
	if size > maxCell || len(s.record) > maxRecord {
		return &lineError{open, "the quote that opens here is not closed within 16 MiB", true}
	}
	err := s.readLine()
	if err == io.EOF {
		return &lineError{open, "the quote that opens here is never closed", true}
	}
	return err
}

// readLine reads the next line into buf.
func (s *scanner) readLine() error {
	s.line++
	s.buf = s.buf[:0]
	for {
		part, err := s.r.ReadSlice('\n')
		s.buf = append(s.buf, part...)
		if len(s.buf) > maxRecord {
			return &lineError{place{s.line, 0}, "a line of more than 64 MiB", true}
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF && len(s.buf) > 0 {
			break
		}
		if err != nil && err != io.EOF {
			return s.readError(err)
		}
		if err != nil {
			return err
		}
		break
	}
	s.ascii = utf8.RuneCount(s.buf) == len(s.buf)
	s.seen, s.column = 0, 0
	if !utf8.Valid(s.buf) || bytes.IndexByte(s.buf, 0) >= 0 {
		return &lineError{place{s.line, 0}, badLine(s.buf), false}
	}
	return nil
}

// readError is what keeps the file from being read any further.
func (s *scanner) readError(err error) error {
	var e *lineError
	if errors.As(err, &e) {
		return e
	}
	return &lineError{place{s.line, 0}, why(err), true}
}

func (s *scanner) place(at int) place {
	if s.ascii {
		return place{s.line, at + 1}
	}
	at = min(at, len(s.buf))
	if at < s.seen {
		s.seen, s.column = 0, 0
	}
	s.column += utf8.RuneCount(s.buf[s.seen:at])
	s.seen = at
	return place{s.line, s.column + 1}
}

func (s *scanner) fail(at int, message string) error {
	return &lineError{place: s.place(at), message: message}
}

// trimEnd is a line without what ends it.
func trimEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'})
}
