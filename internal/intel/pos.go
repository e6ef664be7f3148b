package intel

import (
	"fmt"
	"unique"
)

// Pos is a place in a manifest: a file as given on the command line (Stdin for
// standard input), its 1-based line and column. A zero line or column is not
// known. Every part of a manifest has one, so the name of the file is kept once.
type Pos struct {
	file         unique.Handle[string] // the zero handle for no file
	line, column int32
}

// At is a place in a file.
func At(file string, line, column int) Pos {
	p := Pos{line: int32(line), column: int32(column)}
	if file != "" {
		p.file = unique.Make(file)
	}
	return p
}

// File is the name of the file.
func (p Pos) File() string {
	if p.file == (unique.Handle[string]{}) {
		return ""
	}
	return p.file.Value()
}

// Line is the number of the line.
func (p Pos) Line() int { return int(p.line) }

// Column is the number of the column.
func (p Pos) Column() int { return int(p.column) }

// Equal reports whether two places are the same.
func (p Pos) Equal(q Pos) bool { return p == q }

// Stdin is the File of what is read from standard input, as the command line
// names it.
const Stdin = "-"

// String is file:line:column, as far as known, as messages name a place.
func (p Pos) String() string {
	if p.File() == Stdin {
		p.file = unique.Make("<stdin>")
	}
	if p.line > 0 && p.column > 0 {
		return fmt.Sprintf("%s:%d", p.Source(), p.column)
	}
	return p.Source()
}

// Source is file:line, as plans name the origin of an action.
func (p Pos) Source() string {
	if p.line == 0 {
		return p.File()
	}
	return fmt.Sprintf("%s:%d", p.File(), p.line)
}

// or is pos, or where nothing is known of it, the place of what holds it.
func (p Pos) or(holder Pos) Pos {
	if p == (Pos{}) {
		return holder
	}
	return p
}
