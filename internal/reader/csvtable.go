package reader

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gocarina/gocsv"

	"tcimport/internal/csvscan"
	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// row is a record of a CSV file.
type row struct {
	line   int
	cells  []string
	starts []csvscan.Place // of the cells; nil where they come from templates
	errors intel.Problems  // why it cannot be read as it is; what it lacks is in no cell
}

// table is a CSV file with a header. Problems with its form are reported as
// its rows are read.
type table struct {
	*loader
	file       string
	out        *output
	scan       *csvscan.Scanner
	comma      rune            // between cells
	header     []string        // trimmed
	at         []csvscan.Place // of the header's cells
	encoding   string          // as a source names it, "" if the file has to tell
	unreadable bool            // no row can be read any more
}

// newTable reads the header of a CSV file. What is wrong is reported, and the
// table nil then.
func (l *loader) newTable(r io.Reader, file, encoding string, out *output) *table {
	t := &table{loader: l, file: file, encoding: encoding, out: out}
	switch err := t.readHeader(r); {
	case err == io.EOF:
		out.errorf(intel.At(file, 0, 0), "the file is empty: a manifest without rows needs at least a header")
		return nil
	case err != nil:
		t.report(err)
		return nil
	}
	return t
}

func (t *table) readHeader(r io.Reader) error {
	text, check, err := decodedAs(t.encoding, r)
	if err != nil {
		return err
	}
	br := bufio.NewReaderSize(text, 256<<10)
	comma := t.opt.Delimiter
	if comma == 0 {
		if comma, err = findDelimiter(br); err != nil {
			return err
		}
	}
	t.comma = comma
	t.scan = csvscan.New(br, byte(comma))
	t.scan.Check = check
	cells, starts, err := t.scan.Next()
	if err != nil {
		return err
	}
	if t.scan.Count > csvscan.MaxColumns {
		return failAt(starts[0].Line, fmt.Sprintf("the header has %d columns: at most %d are accepted", t.scan.Count, csvscan.MaxColumns))
	}
	for _, c := range cells {
		t.header = append(t.header, strings.TrimSpace(c))
	}
	t.at = append(t.at, starts...)
	t.scan.Width = len(t.header)
	return nil
}

// report reports why nothing more can be read.
func (t *table) report(err error) {
	form := t.asError(err)
	t.unreadable = true
	t.out.incompletef(intel.At(t.file, form.Line, form.Column), "%s", form.Message)
}

// asError is why a line, or all that follows it, cannot be read.
func (t *table) asError(err error) *csvscan.Error {
	form := &csvscan.Error{Message: why(err), Last: true}
	if t.scan != nil {
		form.Line = t.scan.Line()
	}
	errors.As(err, &form)
	return form
}

func (t *table) badRow(form *csvscan.Error) row {
	r := row{line: form.Line, cells: make([]string, len(t.header))}
	r.errors.Errorf(intel.At(t.file, form.Line, form.Column), "%s", form.Message)
	return r
}

// next gives the next row that has something in one of its cells. The cells of one that is
// malformed, or has not as many as the header, are empty.
func (t *table) next() (row, bool) {
	for !t.unreadable {
		cells, starts, err := t.scan.Next()
		if err == io.EOF {
			return row{}, false
		}
		if err != nil {
			form := t.asError(err)
			if form.Last {
				t.report(err)
				return row{}, false
			}
			return t.badRow(form), true
		}
		if t.scan.Blank {
			continue
		}
		r := row{line: starts[0].Line, cells: cells, starts: starts}
		if n := t.scan.Count; n != len(t.header) {
			return t.badRow(&csvscan.Error{Place: csvscan.Place{Line: r.line}, Message: fmt.Sprintf("the row has %s, the header %d%s",
				message.Plural(n, "cell"), len(t.header), countHint(n, len(t.header)))}), true
		}
		t.warnCut(r)
		return r, true
	}
	return row{}, false
}

func countHint(cells, header int) string {
	if cells > header {
		return ": put a cell that contains the delimiter in quotes"
	}
	return ""
}

// maxSpreadsheetCell is what a spreadsheet cuts a cell to, without a word.
const maxSpreadsheetCell = 32767

func (t *table) warnCut(r row) {
	for i, c := range r.cells {
		if len(c) >= maxSpreadsheetCell && utf8.RuneCountInString(c) == maxSpreadsheetCell {
			t.out.problems.Warnf(t.pos(r, i), "%s has exactly 32,767 characters: a spreadsheet cuts longer cells, check that the text is complete", message.Quote(t.header[i]))
		}
	}
}

func (t *table) pos(r row, i int) intel.Pos { return cellPos(t.file, r, i) }

// cellPos is the place of cell i of r, as far as known.
func cellPos(file string, r row, i int) intel.Pos {
	if i < len(r.starts) {
		return intel.At(file, r.starts[i].Line, r.starts[i].Column)
	}
	return intel.At(file, r.line, 0)
}

// rows gives rows until there are no more.
type rows interface{ next() (row, bool) }

// batch is a number of rows as gocsv reads them: under the names of the columns
// that have a field of their own.
type batch struct {
	names   []string
	columns []int // in the rows
	rows    []row
}

func (b *batch) Read() ([]string, error) { panic("gocsv reads a batch as a whole") }

func (b *batch) ReadAll() ([][]string, error) {
	all := make([][]string, 0, 1+len(b.rows))
	all = append(all, b.names)
	for _, r := range b.rows {
		cells := make([]string, len(b.columns))
		for i, c := range b.columns {
			cells[i] = r.cells[c]
		}
		all = append(all, cells)
	}
	return all, nil
}

const batchSize = 256

// each gives the rows of src to do one by one, as records of a type whose
// fields gocsv fills from the columns of b. It takes them by batches: gocsv
// reads a whole file otherwise, or counts its lines wrongly.
func each[T any](src rows, b *batch, do func(rec *T, r row)) {
	var recs []T
	for more := true; more; {
		b.rows = b.rows[:0]
		for len(b.rows) < batchSize {
			var r row
			if r, more = src.next(); !more {
				break
			}
			r.starts = append([]csvscan.Place(nil), r.starts...)
			b.rows = append(b.rows, r)
		}
		if len(b.rows) == 0 {
			return
		}
		if err := gocsv.UnmarshalCSV(b, &recs); err != nil {
			panic(err) // every field takes any text
		}
		for i, r := range b.rows {
			do(&recs[i], r)
		}
	}
}
