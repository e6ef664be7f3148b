package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// ReadIDMap reads the report of an earlier run, CSV or JSON as its content
// tells: what it says about groups, which instance and namespace it is of (""
// where it does not say), and all its rows. name is the file as messages call
// it.
func ReadIDMap(r io.Reader, name string) (baseline.IDMap, Meta, []Row, error) {
	rows, lines, head, err := readRows(r, name)
	if err != nil {
		return nil, Meta{}, nil, err
	}
	meta, err := metaOf(rows, lines, head, name)
	if err != nil {
		return nil, Meta{}, nil, err
	}
	ids := make(baseline.IDMap, len(rows))
	for i := range rows {
		row := &rows[i]
		at := fmt.Sprintf("%s:%d", name, lines[i])
		if row.Kind == intel.KindGroup && row.Key == "" {
			return nil, Meta{}, nil, fmt.Errorf("%s: the row of a group has no key", at)
		}
		if !counts(row) {
			continue
		}
		if old, ok := ids[row.Key]; ok && old.ID != row.ID {
			return nil, Meta{}, nil, fmt.Errorf("%s: %s is group %d here and group %d at %s: a key has one group; remove the wrong row",
				at, quoted(row.Key), row.ID, old.ID, old.Row)
		}
		group := row.group()
		group.Row = at
		ids[row.Key] = group
	}
	return ids, meta, rows, nil
}

// counts reports whether a row says which group of an instance a key is. A
// group that was only pointed at is not one of the import, unless a run has
// carried its row on.
func counts(r *Row) bool {
	switch {
	case r.Kind != intel.KindGroup || r.Key == "" || r.ID == 0:
		return false
	case r.Action == plan.Delete:
		return r.Status != apply.OK
	case r.Action != actionReference || len(r.Baseline) > 0 || len(r.Rewritten) > 0:
		return true
	}
	return r.group().OwnKey(r.Key, r.Namespace)
}

// group is what a row says of a group.
func (r *Row) group() baseline.Group {
	return baseline.Group{ID: r.ID, Type: r.Type, Name: r.Name, Owner: r.Owner, XID: r.XID, WebLink: r.WebLink,
		Source: r.Source, Baseline: r.Baseline, Rewritten: r.Rewritten}
}

// Groups are the groups of rows with their keys.
func Groups(rows []Row) iter.Seq2[string, baseline.Group] {
	return func(yield func(string, baseline.Group) bool) {
		for i := range rows {
			if r := &rows[i]; r.Kind == intel.KindGroup && !yield(r.Key, r.group()) {
				return
			}
		}
	}
}

// ReadReplaced reads the report that is about to be replaced, and fails if it is
// that of another instance or namespace, or no report at all. name is the file as
// messages call it.
func ReadReplaced(r io.Reader, name string, meta Meta) ([]Row, error) {
	rows, lines, head, err := readRows(r, name)
	if err != nil {
		return nil, fmt.Errorf("%w; it is not overwritten: choose another --report, or move it away", err)
	}
	old, err := metaOf(rows, lines, head, name)
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0 || old.Instance == "":
		return rows, nil
	case old.Instance != meta.Instance:
		return nil, fmt.Errorf("%s is the report of %s, but this run writes to %s: choose another --report", name, quoted(old.Instance), quoted(meta.Instance))
	case old.Namespace != meta.Namespace:
		return nil, fmt.Errorf("%s is the report of %s, but this run has %s: choose another --report", name, namespace(old.Namespace), namespace(meta.Namespace))
	}
	return rows, nil
}

func namespace(s string) string {
	if s == "" {
		return "no namespace"
	}
	return "the namespace " + quoted(s)
}

// metaOf is what all rows have in common; head is what the document says as a
// whole.
func metaOf(rows []Row, lines []int, head Meta, name string) (Meta, error) {
	for i, r := range rows {
		switch {
		case r.Instance == "":
			continue
		case head.Instance == "":
			head.Instance, head.Namespace = r.Instance, r.Namespace
		case r.Instance != head.Instance || r.Namespace != head.Namespace:
			return head, fmt.Errorf("%s:%d: this row belongs to %s with %s, the rows before it to %s with %s: a report has one instance and one namespace; split it",
				name, lines[i], quoted(r.Instance), namespace(r.Namespace), quoted(head.Instance), namespace(head.Namespace))
		}
	}
	return head, nil
}

// readRows reads a report and the line of each of its rows.
func readRows(r io.Reader, name string) ([]Row, []int, Meta, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	if head, _ := br.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		br.Discard(3)
	}
	first, err := br.Peek(1)
	switch {
	case err == io.EOF:
		return nil, nil, Meta{}, fmt.Errorf("%s: the file is empty: a report needs at least a header", name)
	case err != nil:
		return nil, nil, Meta{}, fmt.Errorf("reading %s: %w", name, err)
	case first[0] == '{':
		return readJSON(br, name)
	}
	rows, lines, err := readCSV(br)
	var at *lineError
	if errors.As(err, &at) {
		err = fmt.Errorf("%s:%d: %w", name, at.line, at.err)
	} else if err != nil {
		err = fmt.Errorf("reading %s: %w", name, err)
	}
	return rows, lines, Meta{}, err
}

// lineError is an error at a line of a report.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }
