package intel

import "fmt"

// Pos is where something stands: a file as given on the command line (Stdin for
// standard input), its 1-based line and column. A zero line or column is not
// known.
type Pos struct {
	File   string
	Line   int
	Column int
}

// Stdin is the File of what is read from standard input, as the command line
// names it.
const Stdin = "-"

// String is file:line:column, as far as known, as messages name a place.
func (p Pos) String() string {
	if p.File == Stdin {
		p.File = "<stdin>"
	}
	if p.Line > 0 && p.Column > 0 {
		return fmt.Sprintf("%s:%d", p.Source(), p.Column)
	}
	return p.Source()
}

// Source is file:line, as plans name the origin of an action.
func (p Pos) Source() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// or is pos, or where nothing is known of it, the place of what holds it.
func (p Pos) or(holder Pos) Pos {
	if p == (Pos{}) {
		return holder
	}
	return p
}
