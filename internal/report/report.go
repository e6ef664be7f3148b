// Package report shows and writes everything about plans and runs: plans and runs
// as text and markdown, the report of a run as CSV and JSON, the manifest of what
// failed, and the progress of a run. It also reads reports of earlier runs.
//
// PlanView and RunView decide what people see of a plan and of a run. Text and
// Markdown decide how a view looks. Results make the rows of a report.
//
// Three rules hold for all of it. Texts of manifests and instances are data: a
// terminal, a spreadsheet, a page or a YAML parser takes them for nothing but text.
// Counts are made from the rows that are shown, so that both agree. A colour says
// nothing that a symbol or a word does not say as well.
package report

import (
	"fmt"
	"slices"
	"strings"
)

// Format is a format in which a plan is shown. It can be a flag.
type Format string

// The formats.
const (
	FormatText     Format = "text"
	FormatJSON     Format = "json"
	FormatMarkdown Format = "markdown"
)

// Formats are all formats.
var Formats = []Format{FormatText, FormatJSON, FormatMarkdown}

// String is the name of the format.
func (f *Format) String() string { return string(*f) }

// Set takes a format by its name.
func (f *Format) Set(s string) error {
	if !slices.Contains(Formats, Format(s)) {
		return fmt.Errorf("there is no format %q: choose one of %s", s, formatNames(", "))
	}
	*f = Format(s)
	return nil
}

// Type names the values in the help of a flag.
func (f *Format) Type() string { return formatNames("|") }

func formatNames(separator string) string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = string(f)
	}
	return strings.Join(names, separator)
}
