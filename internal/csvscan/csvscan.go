// Package csvscan splits CSV into records. encoding/csv does not do for files that
// people edit: it does not say where a quote was opened that is never closed, and
// looks for its end through the whole file; it takes a file with lone carriage
// returns for one record, and changes line ends within quotes.
package csvscan

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

// What a file may have.
const (
	MaxCell    = 16 << 20 // bytes of one cell
	MaxRecord  = 64 << 20 // bytes of one record
	MaxColumns = 16_384   // as many as spreadsheets have
)

// Scanner splits CSV into records. Whatever is wrong with a record, it goes on with
// the next line.
type Scanner struct {
	Width int                      // cells that are kept of a record; the others are counted
	Check func(line []byte) string // what is wrong with the bytes of a line, "" if nothing is
	Reuse bool                     // the list of cells is good until the next record

	Count int  // cells of the last record
	Blank bool // there is nothing in any of them

	r     *bufio.Reader
	comma byte
	line  int // of the text in buf

	buf    []byte // one line, with its end
	ascii  bool   // buf is ASCII, so that columns are bytes
	seen   int    // how much of buf is counted, otherwise
	column int    // characters in it

	record []byte // the cells, one after the other
	ends   []int  // of each cell in record
	starts []Place
	cells  []string
}

// Place is a line and a column, both from 1; columns count characters.
type Place struct{ Line, Column int }

// Error is something wrong at a place.
type Error struct {
	Place
	Message string
	Last    bool // nothing can be read after it
}

func (e *Error) Error() string { return e.Message }

// New makes a scanner of records whose cells are separated by comma.
func New(r *bufio.Reader, comma byte) *Scanner {
	return &Scanner{r: r, comma: comma, Width: MaxColumns}
}

// Line is the line that was read last.
func (s *Scanner) Line() int { return s.line }

// Next reads a record, the first Width of its cells and where they start. It skips
// empty lines and ends in io.EOF. It reports what is wrong with the text as an
// *Error; other errors are those of the reader. The places are good until the next
// call, and so is the list of cells with Reuse.
func (s *Scanner) Next() (cells []string, starts []Place, err error) {
	s.record, s.ends, s.starts, s.Count, s.Blank = s.record[:0], s.ends[:0], s.starts[:0], 0, true
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
func (s *Scanner) start(at int) {
	if s.Count < s.Width {
		s.starts = append(s.starts, s.place(at))
	}
}

// end ends a cell, whose text is what record has from an offset on.
func (s *Scanner) end(from int) {
	s.Blank = s.Blank && len(bytes.TrimSpace(s.record[from:])) == 0
	if s.Count++; s.Count <= s.Width {
		s.ends = append(s.ends, len(s.record))
	} else {
		s.record = s.record[:from]
	}
}

// split cuts the record into its cells.
func (s *Scanner) split() []string {
	text := string(s.record)
	if !s.Reuse || cap(s.cells) < len(s.ends) {
		s.cells = make([]string, len(s.ends))
	}
	s.cells = s.cells[:len(s.ends)]
	start := 0
	for i, end := range s.ends {
		s.cells[i] = text[start:end]
		start = end
	}
	return s.cells
}

// plain reads a cell without quotes that starts at. It gives where the next one
// starts, and whether there is one.
func (s *Scanner) plain(at int) (next int, more bool, err error) {
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
	if len(text) > MaxCell {
		return 0, false, s.fail(at, tooLong)
	}
	s.record = append(s.record, text...)
	return at + len(text) + 1, more, nil
}

const tooLong = "a cell of more than 16 MiB"

func (s *Scanner) bareQuote(at, i int, text []byte) error {
	message := "a quote within a cell that does not start with one: put the cell in quotes, and write the quote twice"
	if len(bytes.TrimSpace(text[:i])) == 0 {
		message = "spaces before the opening quote: remove them"
	}
	return s.fail(at+i, message)
}

// quoted reads a cell in quotes that starts at, as plain does.
func (s *Scanner) quoted(at int) (next int, more bool, err error) {
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
func (s *Scanner) continued(open Place, size int) error {
	if size > MaxCell || len(s.record) > MaxRecord {
		return &Error{open, "the quote that opens here is not closed within 16 MiB", true}
	}
	err := s.readLine()
	if err == io.EOF {
		return &Error{open, "the quote that opens here is never closed", true}
	}
	return err
}

// readLine reads the next line into buf.
func (s *Scanner) readLine() error {
	s.line++
	s.buf = s.buf[:0]
	for {
		part, err := s.r.ReadSlice('\n')
		s.buf = append(s.buf, part...)
		if len(s.buf) > MaxRecord {
			return &Error{Place{s.line, 0}, "a line of more than 64 MiB", true}
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF && len(s.buf) > 0 {
			break
		}
		if err != nil {
			return err
		}
		break
	}
	s.ascii = utf8.RuneCount(s.buf) == len(s.buf)
	s.seen, s.column = 0, 0
	if s.Check != nil {
		if what := s.Check(s.buf); what != "" {
			return &Error{Place{s.line, 0}, what, false}
		}
	}
	return nil
}

func (s *Scanner) place(at int) Place {
	if s.ascii {
		return Place{s.line, at + 1}
	}
	at = min(at, len(s.buf))
	if at < s.seen {
		s.seen, s.column = 0, 0
	}
	s.column += utf8.RuneCount(s.buf[s.seen:at])
	s.seen = at
	return Place{s.line, s.column + 1}
}

func (s *Scanner) fail(at int, message string) error {
	return &Error{Place: s.place(at), Message: message}
}

// trimEnd is a line without what ends it.
func trimEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'})
}
