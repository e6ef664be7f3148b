package report

import (
	"io"
	"iter"
	"strings"
	"testing"
)

// collect are copies of rows.
func collect(rows iter.Seq[*Row]) []Row {
	var out []Row
	for r := range rows {
		out = append(out, *r)
	}
	return out
}

// source is a report that was read before.
func source(rows []Row) Source {
	return func(each func(*Row) error) error {
		for _, r := range rows {
			if err := each(&r); err != nil {
				return err
			}
		}
		return nil
	}
}

// csvOf is the CSV report of some rows.
func csvOf(t *testing.T, rows ...Row) string {
	t.Helper()
	var b strings.Builder
	if err := (&Report{Rows: pointers(rows)}).WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// readAll are the rows of a report.
func readAll(r io.Reader, name string) ([]Row, error) {
	var out []Row
	err := ReadRows(r, name, func(row *Row) error { out = append(out, *row); return nil })
	return out, err
}
