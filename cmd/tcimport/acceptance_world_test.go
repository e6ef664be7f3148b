package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// world is a simulated instance behind HTTP, and a folder and an environment to
// run the command in.
type world struct {
	t   *testing.T
	sim *tcsim.Server
	url string // scheme and host
	dir string
	env map[string]string

	outTTY    bool              // run takes stdout for a terminal
	columns   int               // of that terminal
	transport http.RoundTripper // of run; nil for the network

	conns  atomic.Int64 // open connections to the instance
	hangUp func()       // closes all connections to the instance

	mu     sync.Mutex
	signed map[string]bool                               // signatures and tokens seen
	before func(http.ResponseWriter, *http.Request) bool // answers instead of the instance
}

// ServeHTTP is the instance; it remembers what must not be seen elsewhere.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	auth := r.Header.Get("Authorization")
	w.mu.Lock()
	w.signed[auth[strings.LastIndexAny(auth, " :")+1:]] = auth != ""
	sim, before := w.sim, w.before
	w.mu.Unlock()
	if before == nil || !before(rw, r) {
		sim.ServeHTTP(rw, r)
	}
}

// intercept lets f answer requests in place of the instance, as far as it does.
func (w *world) intercept(f func(http.ResponseWriter, *http.Request) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = f
}

func newWorld(t *testing.T, cfg tcsim.Config) *world {
	t.Helper()
	w := &world{t: t, sim: tcsim.New(cfg), dir: t.TempDir(), signed: map[string]bool{}}
	srv := httptest.NewUnstartedServer(w)
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			w.conns.Add(1)
		case http.StateClosed, http.StateHijacked:
			w.conns.Add(-1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	w.hangUp = srv.CloseClientConnections
	w.url = srv.URL
	w.env = map[string]string{
		"TC_API_PATH": srv.URL + "/api", "TC_TOKEN": tcsim.DemoToken, "TCIMPORT_RATE": "0", "TCIMPORT_SETTLE": "2s", "HOME": w.dir,
	}
	return w
}

// handled waits until the instance has handled the requests of a process that was killed. On
// a busy machine, that can be long after the settling time of these tests. Other clients of
// the instance, such as run, keep their connections open: hangUp closes those.
func (w *world) handled() {
	for w.conns.Load() > 0 {
		time.Sleep(10 * time.Millisecond)
	}
}

// newQuietWorld has no network: run reaches the instance in virtual time, too.
func newQuietWorld(t *testing.T, cfg tcsim.Config) *world {
	w := &world{t: t, sim: tcsim.New(cfg), dir: t.TempDir(), signed: map[string]bool{}, url: "https://tc.example"}
	w.transport = testkit.Transport{Handler: w}
	w.env = map[string]string{"TC_API_PATH": w.url + "/api", "TC_TOKEN": tcsim.DemoToken, "HOME": w.dir}
	return w
}

// with sets environment variables, given as NAME=value.
func (w *world) with(vars ...string) *world {
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		w.env[name] = value
	}
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// write writes a file into the folder.
func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// read reads a file of the folder.
func (w *world) read(name string) string {
	w.t.Helper()
	b, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

// copyIn copies files of testdata/acceptance into the folder.
func (w *world) copyIn(names ...string) {
	w.t.Helper()
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join("testdata/acceptance", name))
		if err != nil {
			w.t.Fatal(err)
		}
		w.write(filepath.Base(name), string(b))
	}
}

// ran is what a run of the command left.
type ran struct {
	code     int
	out, err string
}

// run runs the command in this process: all of it but the signals. Names of
// files in args that begin with @ are of the folder.
func (w *world) run(args ...string) ran {
	w.t.Helper()
	var out, errs bytes.Buffer
	p := &program{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		lookupEnv: func(name string) (string, bool) { v, ok := w.env[name]; return v, ok },
		width:     func() int { return w.columns }, outTTY: w.outTTY, transport: w.transport,
	}
	full := make([]string, len(args))
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			a = w.path(name)
		}
		full[i] = a
	}
	code := p.run(context.Background(), full)
	if strings.HasPrefix(out.String(), "{") {
		checkDocument(w.t, strings.Join(args, " "), out.String())
	}
	return ran{code, out.String(), errs.String()}
}

// command is the command in a process of its own, in the folder.
func (w *world) command(args ...string) *exec.Cmd {
	cmd := exec.Command("tcimport", args...)
	cmd.Dir = w.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), noExitSleep}
	for k, v := range w.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	return cmd
}

// exec runs the command in a process of its own.
func (w *world) exec(args ...string) ran {
	w.t.Helper()
	cmd := w.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// mustExit fails the test unless the run ended with the code.
func (r ran) mustExit(t *testing.T, code int) ran {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", r.code, code, r.out, r.err)
	}
	return r
}

// files are those of the folder that match a pattern.
func (w *world) files(pattern string) []string {
	if pattern == "" {
		return nil
	}
	paths, err := filepath.Glob(w.path(pattern))
	if err != nil {
		w.t.Fatal(err)
	}
	return paths
}

// appliedAlready reports whether a saved plan was refused because nothing is left of it to do.
func (w *world) appliedAlready(r ran) bool {
	return r.code == codeRefused && strings.Contains(r.err, "was applied on") && len(w.files("tcimport-*.journal")) == 0
}
