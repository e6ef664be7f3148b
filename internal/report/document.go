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
	type field struct {
		name  string
		value any
		is    bool // it is in the document
	}
	fields := []field{{"error", d.Error, d.Error != nil}, {"problems", d.Problems, len(d.Problems) > 0}}
	if r := d.Report; r != nil {
		fields = append(fields, field{"instance", r.Meta.Instance, r.Meta.Instance != ""}, field{"namespace", r.Meta.Namespace, r.Meta.Namespace != ""},
			field{"summary", r.summary(), true}, field{"summaryByKind", r.Counts, len(r.Counts) > 0})
	}
	out := bufio.NewWriter(w)
	sep := "{\n  "
	for _, f := range fields {
		if !f.is {
			continue
		}
		b, err := marshal(f.value)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s%q: %s", sep, f.name, b)
		sep = ",\n  "
	}
	var err error
	if d.Report != nil {
		fmt.Fprintf(out, "%s\"rows\": [", sep)
		err = d.Report.writeRows(out)
		out.WriteString("]")
	}
	out.WriteString("\n}\n")
	return errors.Join(err, out.Flush())
}

// writeRows writes the rows as the elements of a list.
func (r *Report) writeRows(out *bufio.Writer) error {
	sep, end := "\n    ", ""
	for row, err := range r.all {
		if err != nil {
			return err
		}
		b, err := marshal(row)
		if err != nil {
			return err
		}
		out.WriteString(sep)
		if _, err := out.Write(b); err != nil {
			return err
		}
		sep, end = ",\n    ", "\n  "
	}
	out.WriteString(end)
	return nil
}

// marshal is v on one line, texts as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
