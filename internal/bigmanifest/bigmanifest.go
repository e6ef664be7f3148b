// Package bigmanifest makes manifests of any size, for measurements and for
// tests of what grows with a manifest.
//
// Its proportions are those of published threat reports: each 100 groups have
// 300 associations with groups, 190 with indicators, and 180 indicators of
// their own. Every hundredth group is a hub, which many others name. The same
// number of groups and the same seed give the same bytes.
package bigmanifest

import (
	"bufio"
	"fmt"
	"io"
	"slices"
)

// Format is a format of manifests.
type Format string

// The formats.
const (
	YAML Format = "yaml"
	CSV  Format = "csv"
)

// Write writes a manifest of n groups in the proportions of reports.
func Write(w io.Writer, format Format, n int, seed uint64) error {
	return WriteShape(w, format, Reports, n, seed)
}

// WriteShape writes a manifest of n groups whose associations have a shape.
func WriteShape(w io.Writer, format Format, shape Shape, n int, seed uint64) error {
	if !slices.Contains(Shapes, shape) {
		return fmt.Errorf("there is no shape %q: use one of %q", shape, Shapes)
	}
	var head string
	var write func(*bufio.Writer, *group)
	switch format {
	case YAML:
		head, write = yamlHead, writeYAML
	case CSV:
		head, write = csvHead, writeCSV
	default:
		return fmt.Errorf("there is no format %q: use %s or %s", format, YAML, CSV)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString(head)
	for i := range n {
		write(out, newGroup(shape, i, n, seed))
	}
	return out.Flush()
}
