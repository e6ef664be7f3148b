package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"tcimport/internal/csvscan"
)

// openCSV reads the header of a CSV report. The columns go by their names: columns
// of other programs may follow, those that this program adds may be missing.
func (rr *rowReader) openCSV() (next func() (*Row, error), err error) {
	s := csvscan.New(rr.file, separator(rr.file))
	header, err := rr.record(s)
	if err == io.EOF {
		return nil, errEmpty
	}
	if err != nil {
		return nil, err
	}
	rr.line = 1
	found, err := columnsOf(header)
	width, row := len(header), &Row{}
	s.Reuse = true
	return func() (*Row, error) {
		cells, err := rr.record(s)
		switch {
		case err == io.EOF:
			return nil, nil
		case err != nil:
			return nil, err
		case len(cells) != width:
			return nil, fmt.Errorf("the row has %d cells, the header %d", len(cells), width)
		}
		*row = Row{}
		for i, c := range found {
			if c == nil {
				continue
			}
			if err := c.set(row, plain(cells[i])); err != nil {
				return nil, fmt.Errorf("column %s: %w", c.name, err)
			}
		}
		return row, nil
	}, err
}

// record reads a record, and notes its line.
func (rr *rowReader) record(s *csvscan.Scanner) ([]string, error) {
	cells, starts, err := s.Next()
	if e, ok := errors.AsType[*csvscan.Error](err); ok {
		rr.line = e.Line
	} else if err == nil {
		rr.line = starts[0].Line
	}
	return cells, err
}

// separator finds what separates the cells: a spreadsheet may have saved the report
// with another character than the comma. No name of a column contains any of them.
func separator(r *bufio.Reader) byte {
	head, _ := r.Peek(256)
	if i := bytes.IndexAny(head, ",;\t\n"); i >= 0 && head[i] != '\n' {
		return head[i]
	}
	return ','
}

// columnsOf are the columns of a header, nil for one of another program.
func columnsOf(header []string) ([]*column, error) {
	found := make([]*column, len(header))
	at := map[string]int{}
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		if _, twice := at[h]; twice && h != "" {
			return nil, fmt.Errorf("the column %s is given twice", quoted(h))
		}
		at[h] = i
	}
	var missing []string
	for i := range columns {
		c := &columns[i]
		if place, ok := at[strings.ToLower(c.name)]; ok {
			found[place] = c
		} else if !c.own {
			missing = append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("not a tcimport report: it lacks the columns %s", strings.Join(missing, ", "))
	}
	return found, nil
}
