//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// patience bounds the wait for a sign, and for the end of a process. Nothing is
// timed by it unless it fails.
const patience = 30 * time.Second

// process is the command at work.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	errs watched
	out  watched
	done chan struct{}
}

// watched is output that can be waited for.
type watched struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// launch starts the command. prepare may give it other streams.
func (w *world) launch(prepare func(*exec.Cmd), args ...string) *process {
	w.t.Helper()
	p := &process{t: w.t, cmd: w.command(args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errs
	if prepare != nil {
		prepare(p.cmd)
	}
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	w.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
	})
	return p
}

// until waits for a sign.
func (p *process) until(what string, sign <-chan struct{}) {
	p.t.Helper()
	select {
	case <-sign:
	case <-time.After(patience):
		p.t.Fatalf("never seen: %s\n%s", what, p.errs.String())
	}
}

// says waits for text on stderr.
func (p *process) says(text string) {
	p.t.Helper()
	p.until(text, polled(func() bool { return strings.Contains(p.errs.String(), text) }))
}

// polled is closed once ok holds.
func polled(ok func() bool) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		for end := time.Now().Add(patience); !ok() && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
		if ok() {
			close(c)
		}
	}()
	return c
}

func (p *process) signal(sig syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Error(err)
	}
}

// ends waits for the end of the process.
func (p *process) ends(code int) ran {
	p.t.Helper()
	p.until("the end of the process", p.done)
	return ran{p.cmd.ProcessState.ExitCode(), p.out.String(), p.errs.String()}.mustExit(p.t, code)
}

// holdAt keeps the instance from answering from the n-th request on that counts.
// held is closed when that comes.
func (w *world) holdAt(n int, counts func(*http.Request) bool) (held <-chan struct{}, release func()) {
	return w.holdAll(n, n, counts)
}

// holdAll is holdAt where held is closed once all from the first request to the
// last one wait.
func (w *world) holdAll(first, last int, counts func(*http.Request) bool) (held <-chan struct{}, release func()) {
	came, free := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	seen := 0
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if !counts(r) {
			return false
		}
		mu.Lock()
		if seen++; seen == last {
			close(came)
		}
		wait := seen >= first
		mu.Unlock()
		if wait {
			select {
			case <-free:
			case <-r.Context().Done():
				return true
			}
		}
		return false
	}
	release = sync.OnceFunc(func() { close(free) })
	w.t.Cleanup(release)
	return came, release
}

func isWrite(r *http.Request) bool { return r.Method != http.MethodGet }
func isRead(r *http.Request) bool  { return r.Method == http.MethodGet }

var bothSignals = map[syscall.Signal]int{syscall.SIGINT: codeInterrupted, syscall.SIGTERM: codeTerminated}

// TestSignalWhileReading: whatever a command reads from, the first signal ends
// it at once.
func TestSignalWhileReading(t *testing.T) {
	t.Parallel()
	for sig, code := range bothSignals {
		for _, args := range [][]string{
			{"validate", "-", "--input-format", "yaml"},
			{"plan", "-", "--input-format", "csv", "--json"},
			{"apply", "-", "--input-format", "yaml", "--yes"},
			{"export", "--keys", "-"},
			{"validate", "fifo.yaml"},
			{"apply", "fifo.yaml", "--yes", "--json"},
		} {
			t.Run(fmt.Sprint(sig, args), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, tcsim.Config{})
				began := make(chan struct{})
				var p *process
				// A pipe holds 64 KiB: once more than that was taken, it is being read.
				much := []byte("# " + strings.Repeat("x", 1<<17) + "\n")
				if args[1] == "fifo.yaml" {
					if err := syscall.Mkfifo(w.path("fifo.yaml"), 0o600); err != nil {
						t.Fatal(err)
					}
					p = w.launch(nil, args...)
					go func() {
						f, err := os.OpenFile(w.path("fifo.yaml"), os.O_WRONLY, 0)
						if err == nil {
							_, err = f.Write(much)
						}
						if err == nil {
							close(began)
						}
						<-p.done // without the end of the file
						f.Close()
					}()
				} else {
					var stdin io.WriteCloser
					p = w.launch(func(cmd *exec.Cmd) { stdin, _ = cmd.StdinPipe() }, args...)
					go func() {
						if _, err := stdin.Write(much); err == nil {
							close(began)
						}
					}()
				}
				p.until("the manifest is read", began)
				p.signal(sig)
				r := p.ends(code)
				if !strings.Contains(r.err, "interrupted; nothing was written") {
					t.Errorf("it says %q", r.err)
				}
				if args[len(args)-1] == "--json" {
					if doc := r.document(t); doc["error"].(map[string]any)["code"] != float64(code) {
						t.Errorf("the document is %s", r.out)
					}
				}
			})
		}
	}
}

// TestSignalWhilePlanning: a command that waits for an answer before anything is
// written ends at once, and leaves nothing behind.
func TestSignalWhilePlanning(t *testing.T) {
	t.Parallel()
	for sig, code := range bothSignals {
		for _, c := range []struct {
			at   int // the request that is not answered
			args []string
		}{
			{1, []string{"plan", "in.yaml"}},
			{2, []string{"plan", "in.yaml", "--out", "plan.json", "--json"}},
			{1, []string{"apply", "in.yaml", "--yes", "--report", "ids.csv", "--json"}},
			{2, []string{"apply", "in.yaml", "--yes", "--report", "ids.csv"}},
			{2, []string{"export", "--out", "out.yaml", "--json"}},
			{1, []string{"check", "--json"}},
			{2, []string{"check"}},
		} {
			t.Run(fmt.Sprint(sig, c.args, c.at), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, tcsim.Config{})
				w.write("in.yaml", oneGroup)
				held, _ := w.holdAt(c.at, isRead)
				p := w.launch(nil, c.args...)
				p.until("the request", held)
				p.signal(sig)
				r := p.ends(code)
				if strings.Contains(r.err, "journal") || !strings.Contains(r.err+r.out, "interrupted; nothing was written") {
					t.Errorf("it says %q", r.err+r.out)
				}
				if slices.Contains(c.args, "--json") {
					if doc := r.document(t); doc["error"].(map[string]any)["code"] != float64(code) {
						t.Errorf("the document is %s", r.out)
					}
				}
				if n := w.sim.Stats().Writes; n > 0 {
					t.Errorf("%d writes", n)
				}
				left, err := os.ReadDir(w.dir)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range left {
					switch f.Name() {
					case "in.yaml", ".local": // the state folder is below
					default:
						t.Errorf("it leaves %s", f.Name())
					}
				}
			})
		}
	}
}

// TestSignalWhileWriting: the first signal lets requests in flight finish and
// says so; the second one leaves them in doubt. The next run does the rest, and
// nothing twice.
func TestSignalWhileWriting(t *testing.T) {
	t.Parallel()
	const n = 20
	want := wholeRun(t, n)
	for sig, code := range bothSignals {
		for _, again := range []bool{false, true} {
			t.Run(fmt.Sprint(sig, again), func(t *testing.T) {
				t.Parallel()
				w := newHundreds(t, n)
				held, release := w.holdAt(5, isWrite)
				p := w.launch(nil, append(applyHundreds, "--workers", "3", "--timeout", "45s")...)
				p.until("the fifth write", held)
				p.signal(sig)
				next := "A second signal"
				if sig == syscall.SIGINT {
					next = "Ctrl-C again"
				}
				p.says("Stopping: finishing ")
				if text := p.errs.String(); !strings.Contains(text, "(up to 45 s). "+next+" quits now and leaves ") {
					t.Errorf("it says %q", text)
				}
				if again {
					p.signal(sig)
				} else {
					release()
				}
				r := p.ends(code)
				if !strings.Contains(r.err, "To do the rest, run the same command again:\n  tcimport apply ") {
					t.Errorf("it says\n%s", r.out)
				}
				if strings.Contains(r.out, "not-attempted:") {
					t.Errorf("it lists what was not attempted:\n%s", r.out)
				}
				doubt := strings.Contains(w.read("ids.csv"), ",doubt,")
				if doubt != again {
					t.Errorf("in doubt: %v\n%s", doubt, w.read("ids.csv"))
				}
				release()
				w.mu.Lock()
				w.before = nil
				w.mu.Unlock()
				w.finish(n, want)
			})
		}
	}
}

// TestSignalWhileReporting: once all is written a signal changes nothing, however
// slowly the document is read; only the third one gives up.
func TestSignalWhileReporting(t *testing.T) {
	t.Parallel()
	for _, gaveUp := range []bool{false, true} {
		t.Run(fmt.Sprint(gaveUp), func(t *testing.T) {
			t.Parallel()
			const n = 300 // whose document does not go into a pipe
			w := newHundreds(t, n)
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			p := w.launch(func(cmd *exec.Cmd) { cmd.Stdout = write }, append(applyHundreds, "--json")...)
			write.Close()
			p.until("the report", polled(func() bool {
				_, err := os.Stat(w.path("ids.csv"))
				return err == nil
			}))
			p.signal(syscall.SIGTERM)
			code := codeOK
			if gaveUp {
				p.until("the end of the process", polled(func() bool { // signals that wait for the same process are one
					p.signal(syscall.SIGTERM)
					select {
					case <-p.done:
						return true
					case <-time.After(50 * time.Millisecond):
						return false
					}
				}))
				p.ends(codeTerminated)
			} else {
				out, err := io.ReadAll(read)
				if err != nil {
					t.Fatal(err)
				}
				r := p.ends(code)
				r.out = string(out)
				r.document(t)
			}
			if groups := len(w.sim.Snapshot().Groups); groups != n {
				t.Errorf("%d groups", groups)
			}
			w.run("plan", "@in.yaml", "--id-map", "@ids.csv", "--detailed-exitcode").mustExit(t, codeOK)
		})
	}
}
