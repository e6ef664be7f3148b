package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// TextOptions are how a plan is shown on a terminal.
type TextOptions struct {
	Color   bool
	Width   int     // columns; 0 for a common width
	Verbose bool    // everything in full, unchanged groups too
	Rate    float64 // requests a second, for the time that the plan takes; 0 for no limit
	Defang  bool    // network indicators are shown so that nothing can be clicked
}

// printer writes lines for people. Errors are kept until flush.
type printer struct {
	TextOptions
	w *bufio.Writer
}

const commonWidth = 120

func newPrinter(w io.Writer, opt TextOptions) *printer {
	if opt.Width <= 0 {
		opt.Width = commonWidth
	}
	opt.Width = max(opt.Width, 40)
	if s, ok := w.(interface{ Styled() io.Writer }); ok && opt.Color {
		w = s.Styled()
	}
	return &printer{TextOptions: opt, w: bufio.NewWriterSize(w, 1<<16)}
}

func (p *printer) line(format string, args ...any) {
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
}

var verbLooks = map[plan.Verb]look{
	plan.Create:    {"+", green, "To create"},
	plan.Update:    {"~", yellow, "To update"},
	plan.Delete:    {"-", red, "To delete"},
	plan.Unchanged: {"=", dim, "Unchanged"},
	plan.Conflict:  {"!", purple, "Conflicts"},
	plan.Skip:      {"»", cyan, "Left out"},
}

var opLooks = map[plan.Op]look{
	plan.Add:    {symbol: "+", style: green},
	plan.Set:    {symbol: "~", style: yellow},
	plan.Remove: {symbol: "-", style: red},
}

var kindNames = map[intel.Kind]string{
	intel.KindGroup:       "group",
	intel.KindIndicator:   "indicator",
	intel.KindArtifact:    "artifact",
	intel.KindCase:        "case",
	intel.KindVictimAsset: "victim asset",
}

// from ends a line with where something stands in the manifest.
func (p *printer) from(source string) string {
	if source == "" {
		return ""
	}
	return p.paint(dim, " ("+safe(source)+")")
}

// room is how many characters are left on a line that used takes a part of.
func (p *printer) room(used int) int { return max(p.Width-used, 20) }

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// defanged is the summary of an indicator as it cannot be clicked.
func (p *printer) defanged(typ, s string) string {
	if !p.Defang {
		return s
	}
	return defang(typ, s)
}

func defang(typ, s string) string {
	switch typ {
	case "Host", "Address", "CIDR", "URL":
	case "EmailAddress":
		s = strings.Replace(s, "@", "[@]", 1)
	default:
		return s
	}
	for _, scheme := range []string{"http", "https", "ftp"} {
		if rest, ok := strings.CutPrefix(s, scheme+"://"); ok {
			s = strings.Replace(scheme, "t", "x", 2) + "://" + rest
			break
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, ".", "[.]"), ":", "[:]")
}
