package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// readJSON reads a JSON report.
func readJSON(r io.Reader, name string) ([]Row, []int, Meta, error) {
	lines := &lineCounter{}
	d := json.NewDecoder(io.TeeReader(r, lines))
	j := &jsonReader{d: d, lines: lines}
	err := j.document()
	if err == nil {
		if _, extra := d.Token(); extra != io.EOF {
			err = errors.New("there is more text after the report")
		}
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		err = errCutOff
	case err == nil && !j.hasRows:
		err = errors.New("not a tcimport report: it has no rows")
	}
	var at *lineError
	if errors.As(err, &at) {
		return nil, nil, Meta{}, fmt.Errorf("%s:%d: %w", name, at.line, at.err)
	}
	if err != nil {
		return nil, nil, Meta{}, fmt.Errorf("%s:%d: %w", name, j.errorLine(err), err)
	}
	return j.rows, j.at, j.meta, nil
}

var errCutOff = errors.New("the report is incomplete: it ends too early")

type jsonReader struct {
	d       *json.Decoder
	lines   *lineCounter
	meta    Meta
	rows    []Row
	at      []int
	hasRows bool
}

// errorLine is the line of an error: where the decoder says, else where it is.
func (j *jsonReader) errorLine(err error) int {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return j.lines.of(syntax.Offset)
	case errors.Is(err, errCutOff):
		return j.lines.of(j.lines.size)
	}
	return j.lines.of(j.d.InputOffset())
}

// document reads the one object of a report, field by field.
func (j *jsonReader) document() error {
	if _, err := j.d.Token(); err != nil { // {
		return err
	}
	for j.d.More() {
		field, err := j.d.Token()
		if err != nil {
			return err
		}
		switch field {
		case "instance":
			err = j.text("instance", &j.meta.Instance)
		case "namespace":
			err = j.text("namespace", &j.meta.Namespace)
		case "rows":
			j.hasRows = true
			err = j.list()
		default:
			var other json.RawMessage
			err = j.d.Decode(&other)
		}
		if err != nil {
			return err
		}
	}
	_, err := j.d.Token()
	return err
}

// text reads the value of a field that holds text.
func (j *jsonReader) text(field string, into *string) error {
	err := j.d.Decode(into)
	if _, mismatch := errors.AsType[*json.UnmarshalTypeError](err); mismatch {
		return fmt.Errorf("not a tcimport report: %s must be text", field)
	}
	return err
}

func (j *jsonReader) list() error {
	t, err := j.d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return errors.New("rows must be a list")
	}
	for j.d.More() {
		var raw json.RawMessage
		if err := j.d.Decode(&raw); err != nil {
			return err
		}
		line := j.lines.of(j.d.InputOffset() - int64(len(raw)) + 1)
		var row Row
		if err := json.Unmarshal(raw, &row); err != nil {
			return &lineError{line, fmt.Errorf("not a row of a report: %w", plainly(err))}
		}
		for _, c := range columns {
			if !c.word {
				continue
			}
			if err := c.set(&row, c.get(&row)); err != nil {
				return &lineError{line, fmt.Errorf("%s: %w", c.name, err)}
			}
		}
		if row.ID < 0 {
			return &lineError{line, fmt.Errorf("%d is not an ID: IDs are whole numbers above 0", row.ID)}
		}
		j.rows, j.at = append(j.rows, row), append(j.at, line)
	}
	_, err = j.d.Token()
	return err
}

// plainly is an error of decoding without Go's names for what is wrong.
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

// lineCounter remembers where lines end in what was read.
type lineCounter struct {
	size int64
	ends []int64
	last int // where the search for a line begins
}

func (c *lineCounter) Write(p []byte) (int, error) {
	for at := 0; ; {
		i := bytes.IndexByte(p[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		c.ends = append(c.ends, c.size+int64(at))
	}
	c.size += int64(len(p))
	return len(p), nil
}

// of is the line of an offset. Offsets come in rising order.
func (c *lineCounter) of(offset int64) int {
	for c.last < len(c.ends) && c.ends[c.last] < offset {
		c.last++
	}
	return c.last + 1
}
