package report

import (
	"io"
	"strings"
	"testing"
)

// collect are copies of rows.
func collect(rows Rows) []Row {
	var out []Row
	for r := range rows {
		out = append(out, *r)
	}
	return out
}

// each gives rows one by one, as a report that was read.
func each(rows []Row) Rows {
	return func(yield func(*Row, error) bool) {
		for _, r := range rows {
			if !yield(&r, nil) {
				return
			}
		}
	}
}

// reportOf is a report of some rows.
func reportOf(t *testing.T, rows []Row) *Report {
	t.Helper()
	r, err := NewReport(each(rows), Meta{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// csvOf is the CSV report of some rows.
func csvOf(t *testing.T, rows ...Row) string {
	t.Helper()
	var b strings.Builder
	if err := (&Report{Rows: each(rows)}).WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// readAll are the rows of a report.
func readAll(r io.Reader, name string) ([]Row, error) {
	var out []Row
	for row, err := range ReadRows(r, name) {
		if err != nil {
			return nil, err
		}
		out = append(out, *row)
	}
	return out, nil
}
