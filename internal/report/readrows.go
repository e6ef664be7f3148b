package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Rows are rows one by one, each time that they are asked for. A row is good until
// the next one. An error ends them.
type Rows = iter.Seq2[*Row, error]

// ReadRows reads a report row by row, CSV or JSON as its content shows. name is the
// file as messages call it.
func ReadRows(r io.Reader, name string) Rows { return newRowReader(r, name).rows }

// rowReader reads a report once. All rows have to be of one import.
type rowReader struct {
	name string
	file *bufio.Reader
	line int  // of the last row, or of an error; 0 if it is not known
	of   Meta // of the rows up to here; no Instance before one says it
}

func newRowReader(r io.Reader, name string) *rowReader {
	return &rowReader{name: name, file: bufio.NewReaderSize(r, 1<<16)}
}

// rows are the rows of the report.
func (rr *rowReader) rows(yield func(*Row, error) bool) {
	next, err := rr.open()
	for err == nil {
		var row *Row
		if row, err = next(); row == nil && err == nil {
			return
		}
		if err == nil {
			err = rr.isOf(row.Instance, row.Namespace)
		}
		if err == nil && !yield(row, nil) {
			return
		}
	}
	yield(nil, rr.at(err))
}

// open reads what is before the rows. next gives a row, and nil after the last one.
func (rr *rowReader) open() (next func() (*Row, error), err error) {
	if head, _ := rr.file.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = rr.file.Discard(3)
	}
	first, err := rr.file.Peek(1)
	switch {
	case err == io.EOF:
		return nil, errEmpty
	case err != nil:
		return nil, fmt.Errorf("it cannot be read: %w", err)
	case first[0] == '{':
		return rr.openJSON(), nil
	}
	return rr.openCSV()
}

var errEmpty = errors.New("the file is empty: a report needs at least a header")

// at says where an error is.
func (rr *rowReader) at(err error) error {
	if rr.line == 0 {
		return fmt.Errorf("%s: %w", rr.name, err)
	}
	return fmt.Errorf("%s:%d: %w", rr.name, rr.line, err)
}

// isOf checks that a row is of the same import as all before it.
func (rr *rowReader) isOf(instance, ns string) error {
	switch {
	case instance == "":
	case rr.of.Instance == "":
		rr.of.Instance, rr.of.Namespace = instance, ns
	case instance != rr.of.Instance || ns != rr.of.Namespace:
		return fmt.Errorf("this row belongs to %s with %s, the rows before it to %s with %s: a report has one instance and one namespace; split it",
			quoted(instance), namespace(ns), quoted(rr.of.Instance), namespace(rr.of.Namespace))
	}
	return nil
}
