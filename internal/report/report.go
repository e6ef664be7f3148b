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

import "io"

// Format is a format in which a plan is shown.
type Format string

// The formats that have rules of their own.
const (
	FormatText     Format = "text"
	FormatJSON     Format = "json"
	FormatMarkdown Format = "markdown"
	FormatHTML     Format = "html"
)

// formats is the table of formats and of the functions that write a View in them.
// JSON has none: it is the plan itself.
var formats = []struct {
	name  Format
	write func(io.Writer, *View, Screen) error
}{
	{FormatText, Text},
	{FormatJSON, nil},
	{FormatMarkdown, func(w io.Writer, v *View, _ Screen) error { return Markdown(w, v, 0) }},
	{FormatHTML, func(w io.Writer, v *View, _ Screen) error { return HTML(w, v) }},
}

// IsPage reports whether readers search and filter what is written: then it has every
// group, with every field.
func (f Format) IsPage() bool { return f == FormatHTML }

// Write writes a view in the format, which is not JSON.
func (f Format) Write(w io.Writer, v *View, screen Screen) error {
	for _, known := range formats {
		if known.name == f && known.write != nil {
			return known.write(w, v, screen)
		}
	}
	panic("report: a view cannot be written as " + string(f))
}

// Formats are all formats.
func Formats() []Format {
	names := make([]Format, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}
