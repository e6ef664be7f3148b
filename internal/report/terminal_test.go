package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"tcimport/internal/message"
)

// hostile is text that a terminal would obey, or that looks like another one.
const hostile = "a\x1b[31mred\x1b]0;title\a \u202eevil\u2066 \x9b1m\u0085 back\rhead \U000e0041\u200b\x7f\xff end"

// TestTerminalObeysNothing: whatever is written to a stream of the terminal,
// in whatever pieces, only its own colours reach it.
func TestTerminalObeysNothing(t *testing.T) {
	want := `a\x1b[31mred\x1b]0;title\x07 \u202eevil\u2066 \x9b1m\u0085 back\rhead \udb40\udc41\u200b\u007f\xff end` + "\n"
	for size := 1; size <= len(hostile)+1; size++ {
		var b bytes.Buffer
		w := NewTerminal(&b, wide(80)).Stderr()
		for rest := hostile + "\n"; rest != ""; {
			n := min(size, len(rest))
			if written, err := io.WriteString(w, rest[:n]); err != nil || written != n {
				t.Fatal(written, err)
			}
			rest = rest[n:]
		}
		if b.String() != want {
			t.Errorf("in pieces of %d:\n got %q\nwant %q", size, b.String(), want)
		}
	}
}

// TestTerminalKeepsColours: what the printer colours is coloured; what it was
// given is not obeyed even there.
func TestTerminalKeepsColours(t *testing.T) {
	for size := 1; size < 12; size++ {
		var b bytes.Buffer
		w := NewTerminal(&b, wide(80)).Stderr().(interface{ Styled() io.Writer }).Styled()
		text := "\x1b[1;35mconflict\x1b[0m \x1b[2J\x1b[5m\x1b[1;"
		for rest := text + "\n"; rest != ""; {
			n := min(size, len(rest))
			_, _ = io.WriteString(w, rest[:n])
			rest = rest[n:]
		}
		if want := "\x1b[1;35mconflict\x1b[0m \\x1b[2J\\x1b[5m\\x1b[1;\n"; b.String() != want {
			t.Errorf("in pieces of %d:\n got %q\nwant %q", size, b.String(), want)
		}
	}
	var b bytes.Buffer
	v := &View{only: "x"}
	if err := Text(NewTerminal(&b, wide(80)).Stderr(), v, Screen{Color: true}); err != nil || b.String() != "\x1b[1mx\x1b[0m\n" {
		t.Errorf("%v: %q", err, b.String())
	}
}

// TestTerminalKeepsJSON: a document on a terminal means the same.
func TestTerminalKeepsJSON(t *testing.T) {
	text := strings.ToValidUTF8(hostile, "?")
	var b bytes.Buffer
	e := json.NewEncoder(NewTerminal(io.Discard, wide(80)).Screen(&b))
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got != text {
		t.Errorf("%v: %q became %s", err, text, b.String())
	}
	if out := strings.TrimSuffix(b.String(), "\n"); message.Escaped(out) != out {
		t.Errorf("a terminal would obey %q", out)
	}
}

// TestTerminalWaitsForTheLine: the line of progress does not go into a line that
// has only begun, such as a question.
func TestTerminalWaitsForTheLine(t *testing.T) {
	var b bytes.Buffer
	term := NewTerminal(&b, wide(0))
	fmt.Fprint(term.Stderr(), "Type yes: ")
	term.SetStatus("Applying")
	if b.String() != "Type yes: " {
		t.Errorf("got %q", b.String())
	}
	fmt.Fprint(term.Screen(&b), "\n")
	if lines := screenOf(b.String()); len(lines) != 2 || lines[1] != "Applying" {
		t.Errorf("got %q", lines)
	}
	fmt.Fprint(&b, "^C") // which the terminal shows by itself
	term.SetStatus("")
	if lines := screenOf(b.String()); len(lines) != 1 {
		t.Errorf("got %q", lines)
	}
}
