package report

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

// styleOf is the colour of a mark.
var styleOf = map[mark]style{added: green, changed: yellow, removed: red, kept: dim, problem: purple, skipped: cyan}

func (p *printer) paint(st style, s string) string { return p.on(st) + s + p.off(st) }

// on and off stand around what has a style.
func (p *printer) on(st style) string {
	if !p.Color || st == none {
		return ""
	}
	return "\x1b[" + string(st) + "m"
}

func (p *printer) off(st style) string {
	if st != none {
		st = reset
	}
	return p.on(st)
}
