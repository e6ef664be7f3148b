package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readCSV reads a CSV report. The columns go by their names: those of other
// programs may follow, our own may be missing.
func readCSV(r *bufio.Reader) ([]Row, []int, error) {
	s := &csvScanner{r: r, line: 1}
	header, err := s.header()
	if err != nil {
		return nil, nil, err
	}
	at, err := places(header)
	if err != nil {
		return nil, nil, &lineError{1, err}
	}
	var rows []Row
	var lines []int
	for {
		line := s.line
		cells, err := s.record()
		switch {
		case err == io.EOF:
			return rows, lines, nil
		case err != nil:
			return nil, nil, err
		case len(cells) == 1 && cells[0] == "":
			continue // an empty line
		case len(cells) != len(header):
			return nil, nil, &lineError{line, fmt.Errorf("the row has %d cells, the header %d", len(cells), len(header))}
		}
		var row Row
		for i, c := range columns {
			if at[i] < 0 {
				continue
			}
			if err := c.set(&row, plain(cells[at[i]])); err != nil {
				return nil, nil, &lineError{line, fmt.Errorf("column %s: %w", c.name, err)}
			}
		}
		rows, lines = append(rows, row), append(lines, line)
	}
}

// places finds the columns in a header, -1 for one that is not there.
func places(header []string) ([]int, error) {
	named := make(map[string]int, len(header))
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		if _, ok := named[h]; ok && h != "" {
			return nil, fmt.Errorf("the column %s is given twice", quoted(h))
		}
		named[h] = i
	}
	at := make([]int, len(columns))
	var missing []string
	for i, c := range columns {
		p, ok := named[strings.ToLower(c.name)]
		if !ok {
			p = -1
			if !c.own {
				missing = append(missing, c.name)
			}
		}
		at[i] = p
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("not a tcimport report: it lacks the columns %s", strings.Join(missing, ", "))
	}
	return at, nil
}

// longestCell bounds what a broken quote can swallow.
const longestCell = 16 << 20

// csvScanner reads CSV to the letter: encoding/csv would turn line ends within
// cells into others, and a report has to give back what was written.
type csvScanner struct {
	r     *bufio.Reader
	comma byte
	line  int
	cell  []byte
}

var (
	errBareQuote = errors.New("a quote within a cell that does not start with one: put the cell in quotes, and write the quote twice")
	errOpenQuote = errors.New("the cell that begins here has no closing quote")
	errTooLong   = errors.New("a cell of more than 16 MB: is a quote missing?")
)

// header reads the first line, which tells the separator: a spreadsheet may
// have saved the report with another.
func (s *csvScanner) header() ([]string, error) {
	s.comma = ','
	head, _ := s.r.Peek(256)
	if line, _, ok := strings.Cut(string(head), "\n"); (ok || len(head) < 256) && !strings.Contains(line, ",") {
		switch {
		case strings.Contains(line, ";"):
			s.comma = ';'
		case strings.Contains(line, "\t"):
			s.comma = '\t'
		}
	}
	return s.record()
}

// record reads one record; io.EOF at the end.
func (s *csvScanner) record() ([]string, error) {
	if _, err := s.r.Peek(1); err != nil {
		return nil, err
	}
	var cells []string
	for {
		last, err := s.next()
		if err != nil {
			return nil, err
		}
		cells = append(cells, string(s.cell))
		if last {
			return cells, nil
		}
	}
}

// next reads one cell and reports whether it is the last of its record.
func (s *csvScanner) next() (last bool, err error) {
	s.cell = s.cell[:0]
	b, err := s.r.ReadByte()
	switch {
	case err == io.EOF:
		return true, nil
	case err != nil:
		return false, err
	case b == '"':
		return s.quotedCell()
	}
	s.r.UnreadByte()
	for {
		b, err := s.r.ReadByte()
		switch {
		case err == io.EOF, err == nil && b == '\n':
			if n := len(s.cell); n > 0 && s.cell[n-1] == '\r' {
				s.cell = s.cell[:n-1]
			}
			s.line++
			return true, nil
		case err != nil:
			return false, err
		case b == s.comma:
			return false, nil
		case b == '"':
			return false, &lineError{s.line, errBareQuote}
		}
		if err := s.take(b); err != nil {
			return false, err
		}
	}
}

// quotedCell reads what follows an opening quote.
func (s *csvScanner) quotedCell() (last bool, err error) {
	start := s.line
	for {
		b, err := s.r.ReadByte()
		switch {
		case err == io.EOF:
			return false, &lineError{start, errOpenQuote}
		case err != nil:
			return false, err
		case b == '\n':
			s.line++
		case b == '"':
			if next, err := s.r.ReadByte(); err != nil || next != '"' {
				return s.afterQuote(next, err)
			}
		}
		if err := s.take(b); err != nil {
			return false, err
		}
	}
}

// afterQuote is what may follow a closing quote.
func (s *csvScanner) afterQuote(b byte, err error) (last bool, _ error) {
	if err == nil && b == '\r' {
		b, err = s.r.ReadByte()
		if err == nil && b != '\n' {
			b = 'x' // only a line end may follow
		}
	}
	switch {
	case err == io.EOF:
		return true, nil
	case err != nil:
		return false, err
	case b == '\n':
		s.line++
		return true, nil
	case b == s.comma:
		return false, nil
	}
	return false, &lineError{s.line, errBareQuote}
}

func (s *csvScanner) take(b byte) error {
	if len(s.cell) == longestCell {
		return &lineError{s.line, errTooLong}
	}
	s.cell = append(s.cell, b)
	return nil
}
