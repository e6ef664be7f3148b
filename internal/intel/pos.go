package intel

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"tcimport/internal/numbered"
)

// Pos is a place in a manifest: a file as given on the command line (Stdin for
// standard input), its 1-based line and column. A zero line or column is not
// known. Every part of a manifest has one, so it is a single number: the file by
// its number, and behind it line and column. The line takes the bits that it needs,
// and the column can have the rest: 16,383 columns in the 25 millionth line, and
// any number of columns in the first thousand lines of a file of 1 GiB. A column
// that is larger is not known.
type Pos struct{ packed uint64 }

// The parts of a Pos: its file, the number of bits of the line, line and column.
const (
	fileBits  = 20
	widthBits = 5
	restBits  = 64 - fileBits - widthBits // of line and column together
	lineBits  = 1<<widthBits - 1          // that a line can have

	// lastFile is the last file with a number of its own; the places of all further
	// files name no file.
	lastFile = 1<<fileBits - 1
)

// files has the names of the files of places.
var files numbered.Texts

// At is a place in a file.
func At(file string, line, column int) Pos { return place(files.Number(file), line, column) }

// place is At for the number of a file. Parts without room are 0; so are negative
// ones, which have 64 bits.
func place(file uint32, line, column int) Pos {
	if file > lastFile {
		file = 0
	}
	width := bits.Len(uint(line))
	if width > lineBits {
		line, width, column = 0, 0, 0
	}
	if bits.Len(uint(column)) > restBits-width {
		column = 0
	}
	return Pos{uint64(file)<<(widthBits+restBits) | uint64(width)<<restBits | uint64(line)<<(restBits-width) | uint64(column)}
}

// File is the name of the file.
func (p Pos) File() string { return files.Text(uint32(p.packed >> (widthBits + restBits))) }

// columnBits are the bits of the column.
func (p Pos) columnBits() uint64 { return restBits - p.packed>>restBits&(1<<widthBits-1) }

// Line is the number of the line.
func (p Pos) Line() int { return int(p.packed & (1<<restBits - 1) >> p.columnBits()) }

// Column is the number of the column.
func (p Pos) Column() int { return int(p.packed & (1<<p.columnBits() - 1)) }

// Equal reports whether two places are the same.
func (p Pos) Equal(q Pos) bool { return p == q }

// Stdin is the File of what is read from standard input, as the command line
// names it.
const Stdin = "-"

// String is file:line:column, as far as known, as messages name a place.
func (p Pos) String() string {
	file := p.File()
	if file == Stdin {
		file = "<stdin>"
	}
	switch line, column := p.Line(), p.Column(); {
	case line == 0:
		return file
	case column == 0:
		return fmt.Sprintf("%s:%d", file, line)
	default:
		return fmt.Sprintf("%s:%d:%d", file, line, column)
	}
}

// Source is file:line, as plans name the origin of an action.
func (p Pos) Source() string {
	if p.Line() == 0 {
		return p.File()
	}
	return p.File() + ":" + strconv.Itoa(p.Line())
}

// ParseSource is the place that a text names as Source does. A text that names none is
// the name of a file.
func ParseSource(text string) Pos {
	if i := strings.LastIndexByte(text, ':'); i > 0 {
		line, _ := strconv.Atoi(text[i+1:])
		if p := At(text[:i], line, 0); line > 0 && p.Source() == text {
			return p
		}
	}
	return At(text, 0, 0)
}

// or is pos, or where nothing is known of it, the place of what holds it.
func (p Pos) or(holder Pos) Pos {
	if p == (Pos{}) {
		return holder
	}
	return p
}
