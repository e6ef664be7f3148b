package report

import "iter"

// Report is the content of the file that --report names: the ID mapping.
type Report struct {
	Meta    Meta
	Rows    iter.Seq[*Row] // of this run
	Counts  Counts         // of Rows
	Earlier Earlier        // rows that stay of the report that this one replaces
}

// NewReport is a report of some rows.
func NewReport(rows []Row, meta Meta) *Report {
	return &Report{Meta: meta, Rows: pointers(rows), Counts: Count(pointers(rows))}
}

func pointers(rows []Row) iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
}

// Report is the report of these results. It has no rows of earlier runs.
func (rs *Results) Report() *Report {
	return &Report{Meta: rs.meta, Rows: rs.Rows(), Counts: rs.Counts}
}

// each gives all rows one by one.
func (r *Report) each(do func(*Row) error) error {
	for row := range r.Rows {
		if err := do(r.Earlier.own(row)); err != nil {
			return err
		}
	}
	if r.Earlier.rows == nil {
		return nil
	}
	return r.Earlier.rows(do)
}

// summary counts each row once, so that the counts add up to the rows.
func (r *Report) summary() Summary {
	s := r.Counts.Total()
	s.Earlier += r.Earlier.N
	return s
}
