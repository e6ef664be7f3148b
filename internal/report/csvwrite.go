package report

import (
	"encoding/csv"
	"io"
)

// WriteCSV writes the report as CSV.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.name
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	for row, err := range r.all {
		if err != nil {
			return err
		}
		for i, c := range columns {
			cells[i] = neutral(c.get(row))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
