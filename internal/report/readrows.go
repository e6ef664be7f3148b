package report

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
)

// ReadRows reads a report row by row, CSV or JSON as its content shows. name is the
// file as messages call it. An error of each ends the reading, and is its error.
func ReadRows(r io.Reader, name string, each func(*Row) error) error {
	var own error
	_, err := readRows(r, name, func(_ int, row *Row) error {
		own = each(row)
		return own
	})
	return cmp.Or(own, err)
}

// readRows is ReadRows with the line of each row. It gives the import that the
// report is of, as far as it says so. All rows have to be of one import.
func readRows(r io.Reader, name string, each func(line int, row *Row) error) (Meta, error) {
	rr := &rowReader{each: each}
	err := rr.read(bufio.NewReaderSize(r, 1<<16))
	if at, ok := errors.AsType[*lineError](err); ok {
		err = fmt.Errorf("%s:%d: %w", name, at.line, at.err)
	} else if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return rr.of, err
}

// lineError is an error at a line of a report.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

type rowReader struct {
	each func(line int, row *Row) error
	of   Meta // of the rows up to here; no Instance before one says it
}

func (rr *rowReader) read(r *bufio.Reader) error {
	if head, _ := r.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = r.Discard(3)
	}
	first, err := r.Peek(1)
	switch {
	case err == io.EOF:
		return errors.New("the file is empty: a report needs at least a header")
	case err != nil:
		return fmt.Errorf("it cannot be read: %w", err)
	case first[0] == '{':
		return rr.readJSON(r)
	}
	return readCSV(r, rr.row)
}

func (rr *rowReader) row(line int, row *Row) error {
	if err := rr.isOf(line, row.Instance, row.Namespace); err != nil {
		return err
	}
	return rr.each(line, row)
}

// isOf checks that what stands at a line is of the same import as all before it.
func (rr *rowReader) isOf(line int, instance, ns string) error {
	switch {
	case instance == "":
	case rr.of.Instance == "":
		rr.of.Instance, rr.of.Namespace = instance, ns
	case instance != rr.of.Instance || ns != rr.of.Namespace:
		return &lineError{line, fmt.Errorf("this row belongs to %s with %s, the rows before it to %s with %s: a report has one instance and one namespace; split it",
			quoted(instance), namespace(ns), quoted(rr.of.Instance), namespace(rr.of.Namespace))}
	}
	return nil
}
