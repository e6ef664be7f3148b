// Package report is everything that is shown or written about plans and runs:
// plans as text and markdown, the report of a run as CSV and JSON and read back
// as an id-map, the manifest of what failed, and the progress of a run.
//
// Three rules hold for all of it. What manifests and instances say is data:
// nothing of it reaches a terminal, a spreadsheet, a page or a YAML parser as
// anything but the text it is. What is counted is folded over what is shown, so
// that a sum can only be wrong where the list is. And colour says nothing that
// a symbol or a word does not say as well.
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

// Formats are the formats that there are.
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
