package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"tcimport/internal/csvscan"
)

// readCSV reads a CSV report. The columns go by their names: columns of other
// programs may follow, those that this program adds may be missing.
func readCSV(r *bufio.Reader, each func(line int, row *Row) error) error {
	s := csvscan.New(r, separator(r))
	header, _, err := s.Next()
	if err != nil {
		return atLine(err)
	}
	at, err := places(header)
	if err != nil {
		return &lineError{1, err}
	}
	for {
		cells, starts, err := s.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return atLine(err)
		}
		line := starts[0].Line
		if len(cells) != len(header) {
			return &lineError{line, fmt.Errorf("the row has %d cells, the header %d", len(cells), len(header))}
		}
		var row Row
		for i, c := range columns {
			if at[i] < 0 {
				continue
			}
			if err := c.set(&row, plain(cells[at[i]])); err != nil {
				return &lineError{line, fmt.Errorf("column %s: %w", c.name, err)}
			}
		}
		if err := each(line, &row); err != nil {
			return err
		}
	}
}

// separator finds what separates the cells in the first line: a spreadsheet may
// have saved the report with another character than the comma.
func separator(r *bufio.Reader) byte {
	head, _ := r.Peek(256)
	line, _, ok := strings.Cut(string(head), "\n")
	switch {
	case !ok && len(head) == 256, strings.Contains(line, ","):
	case strings.Contains(line, ";"):
		return ';'
	case strings.Contains(line, "\t"):
		return '\t'
	}
	return ','
}

// atLine gives an error of the scanner as one of a line.
func atLine(err error) error {
	if e, ok := errors.AsType[*csvscan.Error](err); ok {
		return &lineError{e.Line, e}
	}
	return err
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
