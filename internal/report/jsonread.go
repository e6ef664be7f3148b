package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"tcimport/internal/baseline"
)

// jsonReport reads a JSON report: one object, whose rows are read one by one.
type jsonReport struct {
	*rowReader
	d       *json.Decoder
	lines   *lineCounter
	head    Meta
	hasRows bool
	inRows  bool
}

func (rr *rowReader) openJSON() (next func() (*Row, error)) {
	lines := &lineCounter{}
	j := &jsonReport{rowReader: rr, d: json.NewDecoder(io.TeeReader(rr.file, lines)), lines: lines}
	return j.next
}

func (j *jsonReport) next() (*Row, error) {
	for !j.inRows || !j.d.More() {
		if ended, err := j.token(); ended || err != nil {
			return nil, err
		}
	}
	var raw json.RawMessage // its length shows where the row begins
	if err := j.d.Decode(&raw); err != nil {
		return nil, j.broken(err)
	}
	j.line = j.lines.of(j.d.InputOffset() - int64(len(raw)) + 1)
	return parseRow(raw)
}

// token reads the next token of the object. That of a field comes with its value,
// but that of the rows with their beginning. ended is true after the last token.
func (j *jsonReport) token() (ended bool, err error) {
	t, err := j.d.Token()
	if err != nil {
		return false, j.broken(err)
	}
	switch t {
	case json.Delim('{'):
	case json.Delim(']'):
		j.inRows = false
	case json.Delim('}'):
		return true, j.end()
	case "instance":
		err = j.text("instance", &j.head.Instance)
	case "namespace":
		err = j.text("namespace", &j.head.Namespace)
	case "rows":
		err = j.beginRows()
	default:
		err = j.broken(j.d.Decode(new(json.RawMessage)))
	}
	return false, err
}

func (j *jsonReport) beginRows() error {
	if t, err := j.d.Token(); err != nil || t != json.Delim('[') {
		return j.broken(errors.Join(err, errors.New("rows must be a list")))
	}
	j.inRows, j.hasRows = true, true
	return j.headIsOf()
}

// end checks the whole report. Nothing may come after it.
func (j *jsonReport) end() error {
	if !j.hasRows {
		return j.broken(errors.New("not a tcimport report: it has no rows"))
	}
	if err := j.headIsOf(); err != nil {
		return err
	}
	if _, err := j.d.Token(); err != io.EOF {
		return j.broken(errors.New("there is more text after the report"))
	}
	return nil
}

// headIsOf checks that the rows are of the import that the object names.
func (j *jsonReport) headIsOf() error {
	j.line = 1
	return j.isOf(j.head.Instance, j.head.Namespace)
}

// text reads the value of a field that holds text.
func (j *jsonReport) text(field string, into *string) error {
	err := j.d.Decode(into)
	if _, mismatch := errors.AsType[*json.UnmarshalTypeError](err); mismatch {
		err = fmt.Errorf("not a tcimport report: %s must be text", field)
	}
	return j.broken(err)
}

// broken notes the line of an error.
func (j *jsonReport) broken(err error) error {
	at := j.d.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = j.lines.size, errors.New("the report is incomplete: it ends too early")
	}
	j.line = j.lines.of(at)
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
