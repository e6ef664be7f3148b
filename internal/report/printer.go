package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"tcimport/internal/message"
	"tcimport/internal/plan"
)

// TextOptions are how a plan is shown as text.
type TextOptions struct {
	Show
	Color bool
	Width int // columns of the terminal; 0 where there is none: nothing is shortened
}

// printer writes lines for people. Errors are kept until flush.
type printer struct {
	TextOptions
	w     *bufio.Writer
	below bool // something stands above that a blank line sets the tally off from
}

func newPrinter(w io.Writer, opt TextOptions) *printer {
	if s, ok := w.(interface{ Styled() io.Writer }); ok && opt.Color {
		w = s.Styled()
	}
	return &printer{TextOptions: opt, w: bufio.NewWriterSize(w, 1<<16)}
}

func (p *printer) line(format string, args ...any) {
	p.below = p.below || format == ""
	fmt.Fprintf(p.w, format, args...)
	p.w.WriteByte('\n')
}

func (p *printer) flush() error { return p.w.Flush() }

// style is how a part of a line is coloured, as the parameter of an escape
// sequence.
type style string

const (
	none   style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	purple style = "1;35"
	cyan   style = "36"
	reset  style = "0" // ends the others
)

var styles = []style{bold, dim, red, green, yellow, purple, cyan, reset}

func (p *printer) paint(st style, s string) string {
	if !p.Color || st == none {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[" + string(reset) + "m"
}

// look is how a verb or an operation is shown: the symbol says what the colour
// says.
type look struct {
	symbol string
	style  style
	title  string // of the section of a plan
	are    string // what groups of the section are
}

var verbLooks = map[plan.Verb]look{
	plan.Create:    {"+", green, "To create", "to create"},
	plan.Update:    {"~", yellow, "To update", "to update"},
	plan.Delete:    {"-", red, "To delete", "to delete"},
	plan.Unchanged: {"=", dim, "Unchanged", "unchanged"},
	plan.Conflict:  {"!", purple, "Conflicts", "in conflict"},
	plan.Skip:      {"»", cyan, "Skipped", "skipped"},
}

var opLooks = map[plan.Op]look{
	plan.Add:    {symbol: "+", style: green},
	plan.Set:    {symbol: "~", style: yellow},
	plan.Remove: {symbol: "-", style: red},
}

// from ends a line with where something stands in the manifest.
func (p *printer) from(source string) string {
	if source == "" {
		return ""
	}
	return p.paint(dim, " ("+message.Escaped(source)+")")
}

// cuts reports whether long lists and texts are shortened.
func (p *printer) cuts() bool { return p.Width > 0 && !p.whole() }

// room is how many characters are left on a line that used takes a part of, 0
// for any number. It is never so few that nothing could be told from them.
func (p *printer) room(used int) int {
	if !p.cuts() {
		return 0
	}
	return max(p.Width-used, 60)
}

// columns is up to which length two values share a line.
func (p *printer) columns() int { return max(cmp.Or(p.Width, 120), 60) }
