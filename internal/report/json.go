package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"tcimport/internal/intel"
)

// Document is the one JSON document that a command prints under --json when it
// has no plan to print: the report of a run, or what kept it from one.
type Document struct {
	Error    *Error    `json:"error,omitempty"`
	Problems []Problem `json:"problems,omitempty"`

	Instance  string   `json:"instance,omitempty"`
	Namespace string   `json:"namespace,omitempty"`
	Rows      []Row    `json:"rows,omitempty"`
	Summary   *Summary `json:"summary,omitempty"`
	Counts    Counts   `json:"summaryByKind,omitempty"`
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

// RunDocument is the report of a run as JSON. failure is nil if there was none.
func RunDocument(rows []Row, meta Meta, failure *Error) *Document {
	s := Summarize(rows)
	return &Document{Error: failure, Instance: meta.Instance, Namespace: meta.Namespace, Rows: rows, Summary: &s, Counts: Count(rows)}
}

// ErrorDocument is what a command prints under --json that has failed before
// there was anything to report.
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

// Write writes the document. Rows are written one by one: they can be very
// many.
func (d *Document) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fields := []struct {
		name  string
		value any
		has   bool
	}{
		{"error", d.Error, d.Error != nil},
		{"problems", d.Problems, d.Problems != nil},
		{"instance", d.Instance, d.Instance != ""},
		{"namespace", d.Namespace, d.Namespace != ""},
		{"summary", d.Summary, d.Summary != nil},
		{"summaryByKind", d.Counts, len(d.Counts) > 0},
	}
	sep := "{\n  "
	for _, f := range fields {
		if !f.has {
			continue
		}
		b, err := marshal(f.value)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s%q: %s", sep, f.name, b)
		sep = ",\n  "
	}
	if d.Rows != nil || d.Summary != nil {
		fmt.Fprintf(out, "%s\"rows\": [", sep)
		sep = ""
		for i := range d.Rows {
			b, err := marshal(&d.Rows[i])
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%s\n    %s", sep, b)
			sep = ","
		}
		if len(d.Rows) > 0 {
			out.WriteString("\n  ")
		}
		out.WriteString("]")
	} else if sep == "{\n  " {
		out.WriteString("{")
	}
	out.WriteString("\n}\n")
	return out.Flush()
}

// marshal is v on one line, texts as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
