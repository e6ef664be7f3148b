package report

// Report is the content of the file that --report names: the ID mapping.
type Report struct {
	Meta    Meta
	Rows    Rows    // of this run; nil for none
	Counts  Counts  // of Rows
	Earlier Earlier // rows that stay of the report that this one replaces
}

// NewReport is a report of some rows.
func NewReport(rows Rows, meta Meta) (*Report, error) {
	counts, err := Count(rows)
	return &Report{Meta: meta, Rows: rows, Counts: counts}, err
}

// Report is the report of these results. It has no rows of earlier runs.
func (rs *Results) Report() *Report {
	return &Report{Meta: rs.meta, Rows: rs.Rows(), Counts: rs.Counts}
}

// all are all rows.
func (r *Report) all(yield func(*Row, error) bool) {
	for _, rows := range []Rows{r.Rows, r.Earlier.rows} {
		if rows == nil {
			continue
		}
		for row, err := range rows {
			if err == nil && !row.Earlier {
				row = r.Earlier.own(row)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// summary counts each row once, so that the counts add up to the rows.
func (r *Report) summary() Summary {
	s := r.Counts.Total()
	s[earlier] += r.Earlier.N
	return s
}
