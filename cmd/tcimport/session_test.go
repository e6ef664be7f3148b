//go:build unix

package main

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"

	"tcimport/internal/golden"
	"tcimport/internal/tcsim"
)

// console is a terminal that remembers what it has shown, and somebody at it.
type console struct {
	w    *world
	keys io.Writer
	tty  io.Closer
	gone chan struct{} // closed when nothing more is shown

	mu    sync.Mutex
	rest  []byte
	lines []string // that have ended, since the last look
	cells []rune   // of the line of the cursor
	at    int
}

const consoleColumns = 110

// open gives a command a terminal; stdout stays where it is.
func (w *world) open() (*console, func(*exec.Cmd)) {
	w.t.Helper()
	keys, tty, err := pty.Open()
	if err != nil {
		w.t.Skip("no pseudo terminal: ", err)
	}
	if err := pty.Setsize(keys, &pty.Winsize{Rows: 50, Cols: consoleColumns}); err != nil {
		w.t.Fatal(err)
	}
	c := &console{w: w, keys: keys, gone: make(chan struct{})}
	w.t.Cleanup(func() { keys.Close() })
	return c, func(cmd *exec.Cmd) {
		cmd.Stdin, cmd.Stderr = tty, tty
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		go func() {
			defer close(c.gone)
			b := make([]byte, 4096)
			for {
				n, err := keys.Read(b)
				c.show(b[:n])
				if err != nil {
					return
				}
			}
		}()
		c.tty = tty
	}
}

// begun is called once the command has the terminal: as long as it is open here,
// too, what is shown does not end.
func (c *console) begun() { c.tty.Close() }

// show is what a terminal does with what it gets.
func (c *console) show(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rest = append(c.rest, b...)
	for len(c.rest) > 0 && utf8.FullRune(c.rest) {
		r, size := utf8.DecodeRune(c.rest)
		c.rest = c.rest[size:]
		switch r {
		case '\r':
			c.at = 0
		case '\n':
			c.lines = append(c.lines, c.line())
			c.cells, c.at = nil, 0
		default:
			if c.at == consoleColumns {
				c.lines = append(c.lines, c.line()+" (wrapped)")
				c.cells, c.at = nil, 0
			}
			for len(c.cells) <= c.at {
				c.cells = append(c.cells, ' ')
			}
			c.cells[c.at] = r
			c.at++
		}
	}
}

func (c *console) line() string { return strings.TrimRight(string(c.cells), " ") }

// sees waits until the line of the cursor ends in text.
func (c *console) sees(text string) {
	c.w.t.Helper()
	seen := polled(func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return strings.HasSuffix(c.line(), text)
	})
	select {
	case <-seen:
	case <-time.After(patience):
		c.mu.Lock()
		defer c.mu.Unlock()
		c.w.t.Fatalf("never seen: %q\n%s\n%q", text, strings.Join(c.lines, "\n"), c.line())
	}
}

// reads waits until a line that has ended has text.
func (c *console) reads(text string) {
	c.w.t.Helper()
	seen := polled(func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return strings.Contains(strings.Join(c.lines, "\n"), text)
	})
	select {
	case <-seen:
	case <-time.After(patience):
		c.w.t.Fatalf("never read: %q\n%s", text, c.look())
	}
}

// look is what there is to see since the last look, with times, counts and what
// a log says masked.
func (c *console) look() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	shown := append(c.lines, c.line())
	c.lines = nil
	var out []string
	for _, line := range shown {
		if strings.HasPrefix(line, "time=") {
			line = "(log)"
		}
		line = strings.ReplaceAll(line, c.w.url, "https://instance")
		for _, m := range masks {
			line = m.what.ReplaceAllString(line, m.by)
		}
		out = append(out, line)
	}
	out = slices.CompactFunc(out, func(a, b string) bool { return a == b && a == "(log)" })
	return strings.Trim(strings.Join(out, "\n"), "\n") + "\n"
}

var masks = []struct {
	what *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`\|[█ ]*\|`), "|...|"},
	{regexp.MustCompile(`\d+`), "N"},
	{regexp.MustCompile(` +`), " "},
}

// TestSession is what somebody at a terminal sees of a slow plan, of an import
// that the instance slows down and that is interrupted twice, and of its rerun.
// No line of it is torn.
func TestSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range 12 {
		fmt.Fprintf(&b, "  - {key: k%d, type: Adversary, name: Adversary %d}\n", i, i)
	}
	w.write("in.yaml", b.String())
	var script strings.Builder
	note := func(heading, shown string) { fmt.Fprintf(&script, "-- %s --\n%s", heading, shown) }

	held, release := w.holdAt(2, isRead)
	c, on := w.open()
	p := w.launch(on, "plan", "in.yaml", "-v")
	c.begun()
	p.until("the second request", held)
	c.sees(" s left")
	note("a plan waits for an answer", c.look())
	release()
	p.ends(codeOK)
	<-c.gone
	note("the plan ends", c.look())

	// Six writes are answered, one of them with a pause; two are not.
	heldWrites, release := w.holdAll(8, 9, isWrite)
	w.throttle(3, "2")
	c, on = w.open()
	p = w.launch(on, "apply", "in.yaml", "--report", "ids.csv", "--workers", "2", "-v")
	c.begun()
	c.sees("Type yes:")
	question := strings.Split(strings.TrimSpace(c.look()), "\n")
	note("the question", question[len(question)-1]+"\n")
	fmt.Fprintln(c.keys, "yes")
	c.sees("too many requests")
	note("the instance asks for a pause", c.look())
	p.until("two writes in flight", heldWrites)
	c.sees(" s left")
	note("it goes on", c.look())
	fmt.Fprint(c.keys, "\x03")
	c.reads("Stopping: finishing ")
	c.sees(" s left")
	note("Ctrl-C", c.look())
	fmt.Fprint(c.keys, "\x03")
	r := p.ends(codeInterrupted)
	<-c.gone
	note("Ctrl-C again", c.look())
	if !strings.Contains(r.out, " not attempted (") {
		t.Errorf("it says\n%s", r.out)
	}

	release()
	w.mu.Lock()
	w.before = nil
	w.mu.Unlock()
	w.sim.SetFault(nil)
	c, on = w.open()
	p = w.launch(on, "apply", "in.yaml", "--report", "ids.csv", "--yes")
	c.begun()
	r = p.ends(codeOK)
	<-c.gone
	note("the same command again", c.look())
	if !strings.Contains(r.out, "Apply complete: ") {
		t.Errorf("it says\n%s", r.out)
	}
	if n := len(w.sim.Snapshot().Groups); n != 12 {
		t.Errorf("%d groups", n)
	}
	for line := range strings.Lines(script.String()) {
		if bars := strings.Count(line, "|...|"); bars > 1 || bars == 1 && !regexp.MustCompile(`^(Looking up|Applying) N% `).MatchString(line) || strings.Contains(line, "wrapped") {
			t.Errorf("a torn line: %q", line)
		}
	}
	golden.File(t, "acceptance/session.golden", script.String())
}

// throttle answers the n-th write with a pause.
func (w *world) throttle(n int, after string) {
	var mu sync.Mutex
	seen := 0
	w.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		if p.Phase != tcsim.BeforeHandling || !isWrite(p.Request) {
			return tcsim.Fault{}
		}
		mu.Lock()
		defer mu.Unlock()
		if seen++; seen != n {
			return tcsim.Fault{}
		}
		return tcsim.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {after}}}
	})
}

// TestSignalWhileAsking: a signal is no answer: nothing is written, and the next
// run begins anew.
func TestSignalWhileAsking(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		send func(*console, *process)
		code int
	}{
		{"Ctrl-C", func(c *console, _ *process) { fmt.Fprint(c.keys, "\x03") }, codeInterrupted},
		{"SIGINT", func(_ *console, p *process) { p.signal(syscall.SIGINT) }, codeInterrupted},
		{"SIGTERM", func(_ *console, p *process) { p.signal(syscall.SIGTERM) }, codeTerminated},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{})
			w.write("in.yaml", oneGroup)
			screen, on := w.open()
			p := w.launch(on, "apply", "in.yaml", "--report", "ids.csv")
			screen.begun()
			screen.sees("Type yes:")
			c.send(screen, p)
			p.ends(c.code)
			<-screen.gone
			if text := screen.look(); !strings.HasSuffix(text, "tcimport: interrupted; nothing was written\n") {
				t.Errorf("it says\n%s", text)
			}
			if n := w.sim.Stats().Writes; n > 0 {
				t.Errorf("%d writes", n)
			}
			w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
			if n := len(w.sim.Snapshot().Groups); n != 1 {
				t.Errorf("%d groups", n)
			}
		})
	}
}
