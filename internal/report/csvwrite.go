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
	err := r.each(func(row *Row) error {
		for i, c := range columns {
			cells[i] = neutral(c.get(row))
		}
		return out.Write(cells)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}
