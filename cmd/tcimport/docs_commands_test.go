package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// step is a command line of a document, and the output that the document shows.
type step struct {
	line    int
	command string
	code    int
	output  []string
}

// steps are the command lines of a console block: those that begin with "$ ",
// each with the lines below it. One that fails is followed by echo $?.
func (b fenced) steps() []step {
	var out []step
	for i, line := range b.text {
		command, ok := strings.CutPrefix(line, "$ ")
		switch {
		case ok:
			out = append(out, step{line: b.line + i, command: command})
		case len(out) > 1 && out[len(out)-1].command == "echo $?":
			out = out[:len(out)-1]
			out[len(out)-1].code, _ = strconv.Atoi(line)
		case len(out) > 0:
			out[len(out)-1].output = append(out[len(out)-1].output, line)
		}
	}
	return out
}

// session is a shell in which the command lines of one document are run, one
// after the other.
type session struct {
	dir    string
	env    []string
	actual *strings.Replacer // addresses in documents -> those of the test
	shown  *strings.Replacer // and back
}

// Addresses in documents: the user's own instance, for which a simulated one
// stands in, and the one at which the command sim listens.
const (
	instanceInDocs = "https://app.threatconnect.com"
	simInDocs      = "127.0.0.1:8080"
)

func newSession(t *testing.T, instance string) *session {
	free := freeAddress(t)
	s := &session{
		dir:    t.TempDir(),
		actual: strings.NewReplacer(instanceInDocs, instance, simInDocs, free),
		shown:  strings.NewReplacer(instance, instanceInDocs, free, simInDocs),
	}
	if err := os.CopyFS(filepath.Join(s.dir, "samples"), os.DirFS(filepath.Join(repository, "samples"))); err != nil {
		t.Fatal(err)
	}
	s.write(t, ".threatconnect-token", tcsim.DemoToken+"\n")
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TC_") && !strings.HasPrefix(v, "TCIMPORT_") {
			s.env = append(s.env, v)
		}
	}
	// With the race detector each process would sleep for a second at its end.
	s.env = append(s.env, "HOME="+s.dir, "XDG_STATE_HOME=", "GORACE=atexit_sleep_ms=0")
	return s
}

func (s *session) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// freeAddress is an address on loopback at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// run runs a command line and gives its exit code and what it printed.
func (s *session) run(t *testing.T, command string) (int, string) {
	t.Helper()
	if server, ok := strings.CutSuffix(command, " &"); ok {
		return 0, s.serve(t, server)
	}
	if assignment, ok := strings.CutPrefix(command, "export "); ok {
		name, value, _ := strings.Cut(assignment, "=")
		code, value := s.shell(t, "printf %s "+value)
		s.env = append(s.env, name+"="+value)
		return code, ""
	}
	return s.shell(t, command)
}

func (s *session) shell(t *testing.T, command string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, s.env, &out, &out
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), out.String()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, out.String()
}

// serve starts a command that goes on until the end of the test, and gives the
// lines that it prints before it serves.
func (s *session) serve(t *testing.T, command string) string {
	t.Helper()
	// Without exec the shell would be interrupted in place of the command.
	cmd := exec.Command("sh", "-c", "exec "+command)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	})
	var printed strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		printed.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "TC_TOKEN=") {
			return printed.String()
		}
	}
	t.Errorf("%s does not serve", command)
	return printed.String()
}

// TestDocumentedCommands runs every command line of the console blocks, in the
// order of the document, and holds exit code and output to what is shown. A
// block of another language with a file name behind it is that file.
func TestDocumentedCommands(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	for _, name := range documents(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(tcsim.New(tcsim.Config{}))
			defer srv.Close()
			s := newSession(t, srv.URL)
			for _, b := range blocks(document(t, name)) {
				if b.file != "" && !b.ofSamples() {
					s.write(t, b.file, strings.Join(b.text, "\n")+"\n")
				}
				if b.language != "console" {
					continue
				}
				for _, st := range b.steps() {
					at := fmt.Sprintf("%s:%d: %s", name, st.line, st.command)
					code, out := s.run(t, s.actual.Replace(st.command))
					out = s.shown.Replace(out)
					if code != st.code {
						t.Errorf("%s\nexits with %d, not %d:\n%s", at, code, st.code, out)
					}
					if !shows(out, st.output) {
						t.Errorf("%s\nprints\n%s\nnot\n%s", at, out, strings.Join(st.output, "\n"))
					}
				}
			}
		})
	}
}

// shows reports whether out is what a document shows of it. "…" stands for
// anything within a line, on a line of its own for any lines. What shows nothing
// says nothing.
func shows(out string, shown []string) bool {
	for len(shown) > 0 && strings.TrimSpace(shown[len(shown)-1]) == "" {
		shown = shown[:len(shown)-1]
	}
	if len(shown) == 0 {
		return true
	}
	var pattern strings.Builder
	pattern.WriteString("^")
	for _, line := range shown {
		if line == "…" {
			pattern.WriteString(`(?:[^\n]*\n)*?`)
			continue
		}
		parts := strings.Split(strings.TrimRight(line, " "), "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern.WriteString(strings.Join(parts, `[^\n]*`) + ` *\n`)
	}
	pattern.WriteString("$")
	return regexp.MustCompile(pattern.String()).MatchString(strings.TrimRight(out, "\n") + "\n")
}
