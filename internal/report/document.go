package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"tcimport/internal/intel"
)

// Document is the one JSON document that a command prints under --json when it
// has no plan to print: the report of a run, or why there is none.
type Document struct {
	Error    *Error
	Problems []Problem
	Report   *Report // nil for none
}

// Error is why a command did not do all that it was asked to do.
type Error struct {
	Text string `json:"text"`
	Code int    `json:"code"`           // exit code
	Next string `json:"next,omitempty"` // the command to go on with
}

// Problem is something wrong with a manifest.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Warning bool   `json:"warning,omitempty"`
}

// ErrorDocument is the document of a command that has failed before there was
// anything to report.
func ErrorDocument(text string, code int, problems intel.Problems) *Document {
	d := &Document{Error: &Error{Text: text, Code: code}}
	if len(problems) > 0 {
		d.Problems = ProblemsOf(problems)
	}
	return d
}

// ProblemsOf are problems as JSON documents hold them.
func ProblemsOf(problems intel.Problems) []Problem {
	out := make([]Problem, len(problems))
	for i, p := range problems {
		out[i] = Problem{p.Pos.File(), p.Pos.Line(), p.Pos.Column(), p.Message, p.Warning}
	}
	return out
}

// Write writes the document, row by row.
func (d *Document) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	sep := "{\n  "
	field := func(name string, value any) error {
		b, err := marshal(value)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s%q: %s", sep, name, b)
		sep = ",\n  "
		return err
	}
	var err error
	if d.Error != nil {
		err = errors.Join(err, field("error", d.Error))
	}
	if d.Problems != nil {
		err = errors.Join(err, field("problems", d.Problems))
	}
	if r := d.Report; r != nil {
		if r.Meta.Instance != "" {
			err = errors.Join(err, field("instance", r.Meta.Instance))
		}
		if r.Meta.Namespace != "" {
			err = errors.Join(err, field("namespace", r.Meta.Namespace))
		}
		err = errors.Join(err, field("summary", r.summary()))
		if len(r.Counts) > 0 {
			err = errors.Join(err, field("summaryByKind", r.Counts))
		}
		fmt.Fprintf(out, "%s\"rows\": [", sep)
		err = errors.Join(err, r.writeRows(out))
		out.WriteString("]")
	}
	out.WriteString("\n}\n")
	return errors.Join(err, out.Flush())
}

// writeRows writes the rows as the elements of a list.
func (r *Report) writeRows(out *bufio.Writer) error {
	sep := "\n    "
	err := r.each(func(row *Row) error {
		b, err := marshal(row)
		if err != nil {
			return err
		}
		out.WriteString(sep)
		_, err = out.Write(b)
		sep = ",\n    "
		return err
	})
	if sep[0] == ',' {
		out.WriteString("\n  ")
	}
	return err
}

// marshal is v on one line, texts as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
