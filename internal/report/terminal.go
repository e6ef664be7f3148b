package report

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"tcimport/internal/message"
)

// Terminal writes everything to stderr, and to stdout if that is a terminal. It
// writes characters that a terminal would obey, such as escape sequences, as
// escapes. JSON reads these as the same text. It owns the line of progress, so that no
// other output breaks that line.
type Terminal struct {
	mu     sync.Mutex
	err    io.Writer
	width  func() int // columns; nil or 0 if they are not known
	status string     // the line of progress, "" for none
	drawn  bool       // it is on the screen
	open   bool       // the last line has no end yet
}

// NewTerminal makes a terminal of stderr.
func NewTerminal(stderr io.Writer, width func() int) *Terminal {
	return &Terminal{err: stderr, width: width}
}

// Stderr writes to stderr.
func (t *Terminal) Stderr() io.Writer { return t.Screen(t.err) }

// Screen writes to another stream of the same screen.
func (t *Terminal) Screen(w io.Writer) io.Writer { return &screen{terminal: t, w: w} }

// commonColumns is the width of a terminal whose width is not known.
const commonColumns = 80

// SetStatus shows a line of progress below everything else, "" for none.
func (t *Terminal) SetStatus(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line = shorten(line, t.columns()-len("^C"))
	if line == t.status {
		return
	}
	if t.status = line; line == "" {
		t.erase()
	}
	t.draw()
}

// columns are the columns that a line may fill: with one more, a terminal would begin
// the next line.
func (t *Terminal) columns() int {
	columns := commonColumns
	if t.width != nil && t.width() > 0 {
		columns = t.width()
	}
	return max(columns-1, 3)
}

// draw replaces the status on the screen, unless a line has no end yet.
func (t *Terminal) draw() {
	if t.status == "" || t.open {
		return
	}
	_, _ = io.WriteString(t.err, t.blank()+t.status)
	t.drawn = true
}

func (t *Terminal) erase() {
	if t.drawn {
		_, _ = io.WriteString(t.err, t.blank())
		t.drawn = false
	}
}

// blank clears the whole line of the status: terminals show there what somebody types,
// such as ^C.
func (t *Terminal) blank() string {
	if !t.drawn {
		return ""
	}
	return "\r" + strings.Repeat(" ", t.columns()) + "\r"
}

// screen is a stream of a terminal.
type screen struct {
	terminal *Terminal
	w        io.Writer
	styled   bool   // colours pass
	rest     []byte // the beginning of a character, or of a colour
}

// Styled is the same stream, but colours pass. It is for writers that escape the texts
// of others themselves.
func (s *screen) Styled() io.Writer { return &screen{terminal: s.terminal, w: s.w, styled: true} }

// Write counts the bytes that it keeps for the next call as written.
func (s *screen) Write(b []byte) (int, error) {
	t := s.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	in := b
	if len(s.rest) > 0 {
		in = append(s.rest, b...)
	}
	var text []byte
	text, s.rest = s.visible(in)
	if len(text) == 0 {
		return len(b), nil
	}
	t.erase()
	_, err := s.w.Write(text)
	t.open = text[len(text)-1] != '\n'
	t.draw()
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// visible is b as it may be shown, and the beginning of a character or colour at its
// end.
func (s *screen) visible(b []byte) (text, rest []byte) {
	i := 0
	for i < len(b) && (b[i] == '\n' || b[i] == '\t' || b[i] >= ' ' && b[i] < 0x7f) {
		i++
	}
	if i == len(b) {
		return b, nil
	}
	out := append(make([]byte, 0, len(b)+16), b[:i]...)
	for i < len(b) {
		if s.styled && b[i] == escape {
			n, whole := styleAt(b[i:])
			if !whole {
				return out, bytes.Clone(b[i:])
			}
			if n > 0 {
				out = append(out, b[i:i+n]...)
				i += n
				continue
			}
		}
		if !utf8.FullRune(b[i:]) {
			return out, bytes.Clone(b[i:])
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == '\n' || r == '\t' {
			out = append(out, b[i])
		} else {
			out = message.AppendEscaped(out, r, b[i:i+size])
		}
		i += size
	}
	return out, nil
}

const escape = 0x1b

// styleAt is the length of the style at the beginning of b, 0 for none; whole is false
// if b ends before that is clear.
func styleAt(b []byte) (n int, whole bool) {
	for _, st := range styles {
		seq := []byte("\x1b[" + string(st) + "m")
		if bytes.HasPrefix(b, seq) {
			return len(seq), true
		}
		if bytes.HasPrefix(seq, b) {
			return 0, false
		}
	}
	return 0, true
}
