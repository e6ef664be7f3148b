package report

import (
	"encoding/csv"
	"io"
)

// WriteCSV writes rows as the CSV report.
func WriteCSV(w io.Writer, rows []Row) error {
	out := csv.NewWriter(w)
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.name
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	for i := range rows {
		for j, c := range columns {
			cells[j] = neutral(c.get(&rows[i]))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
