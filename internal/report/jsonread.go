package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"tcimport/internal/baseline"
)

// readJSON reads a JSON report: one object, whose rows are read one by one.
func (rr *rowReader) readJSON(r io.Reader) error {
	lines := &lineCounter{}
	j := &jsonReport{rowReader: rr, d: json.NewDecoder(io.TeeReader(r, lines)), lines: lines}
	err := j.document()
	if err == nil {
		if _, extra := j.d.Token(); extra != io.EOF {
			err = errors.New("there is more text after the report")
		}
	}
	if _, ok := errors.AsType[*lineError](err); ok || err == nil {
		return err
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return &lineError{lines.of(lines.size), errors.New("the report is incomplete: it ends too early")}
	}
	at := j.d.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset
	}
	return &lineError{lines.of(at), err}
}

type jsonReport struct {
	*rowReader
	d     *json.Decoder
	lines *lineCounter
}

// document reads the object field by field.
func (j *jsonReport) document() error {
	var head Meta
	hasRows := false
	_, err := j.d.Token() // {
	for err == nil && j.d.More() {
		var field json.Token
		if field, err = j.d.Token(); err != nil {
			return err
		}
		switch field {
		case "instance":
			err = j.text("instance", &head.Instance)
		case "namespace":
			err = j.text("namespace", &head.Namespace)
		case "rows":
			hasRows = true
			if err = j.isOf(1, head.Instance, head.Namespace); err == nil {
				err = j.rows()
			}
		default:
			err = j.d.Decode(new(json.RawMessage))
		}
	}
	if err != nil {
		return err
	}
	if _, err := j.d.Token(); err != nil { // }
		return err
	}
	if !hasRows {
		return errors.New("not a tcimport report: it has no rows")
	}
	return j.isOf(1, head.Instance, head.Namespace)
}

// text reads the value of a field that holds text.
func (j *jsonReport) text(field string, into *string) error {
	err := j.d.Decode(into)
	if _, mismatch := errors.AsType[*json.UnmarshalTypeError](err); mismatch {
		return fmt.Errorf("not a tcimport report: %s must be text", field)
	}
	return err
}

func (j *jsonReport) rows() error {
	if t, err := j.d.Token(); err != nil || t != json.Delim('[') {
		return errors.Join(err, errors.New("rows must be a list"))
	}
	for j.d.More() {
		var raw json.RawMessage // its length shows where the row begins
		if err := j.d.Decode(&raw); err != nil {
			return err
		}
		line := j.lines.of(j.d.InputOffset() - int64(len(raw)) + 1)
		row, err := parseRow(raw)
		if err != nil {
			return &lineError{line, err}
		}
		if err := j.row(line, row); err != nil {
			return err
		}
	}
	_, err := j.d.Token()
	return err
}

func parseRow(raw []byte) (*Row, error) {
	var row Row
	if err := json.Unmarshal(raw, &row); err != nil {
		return nil, fmt.Errorf("not a row of a report: %w", plainly(err))
	}
	for _, c := range columns {
		if !c.word {
			continue
		}
		if err := c.set(&row, c.get(&row)); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	row.Baseline = baseline.New(row.Baseline...)
	if row.ID < 0 {
		return nil, fmt.Errorf("%d is not an ID: IDs are whole numbers above 0", row.ID)
	}
	return &row, nil
}

// plainly is an error of decoding without Go's names of types.
func plainly(err error) error {
	mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case !ok:
		return err
	case mismatch.Field == "":
		return fmt.Errorf("not a JSON object but a %s", mismatch.Value)
	}
	return fmt.Errorf("%s must not be a JSON %s", mismatch.Field, mismatch.Value)
}

// lineCounter remembers the ends of the lines that were read and not asked for.
type lineCounter struct {
	size int64
	ends []int64
	past int // lines that end before the last offset that was asked for
}

func (c *lineCounter) Write(p []byte) (int, error) {
	for i, b := range p {
		if b == '\n' {
			c.ends = append(c.ends, c.size+int64(i)+1)
		}
	}
	c.size += int64(len(p))
	return len(p), nil
}

// of is the line of an offset. Offsets come in rising order.
func (c *lineCounter) of(offset int64) int {
	n := 0
	for n < len(c.ends) && c.ends[n] < offset {
		n++
	}
	c.ends, c.past = c.ends[n:], c.past+n
	return c.past + 1
}
