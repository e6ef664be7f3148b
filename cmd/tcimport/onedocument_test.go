package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// terminal is somebody at a terminal who answers once they are asked: with a
// line, or with a signal.
type terminal struct {
	bytes.Buffer
	asked func()
}

func (s *terminal) Write(b []byte) (int, error) {
	n, err := s.Buffer.Write(b)
	if strings.Contains(string(b), "Type yes: ") {
		s.asked()
	}
	return n, err
}

// ask runs the command on a terminal where the question is answered with a
// line, or with Ctrl-C if that is empty.
func (w *world) ask(answer string, args ...string) ran {
	w.t.Helper()
	var out bytes.Buffer
	in, line := io.Pipe()
	signals := make(chan os.Signal, 1)
	errs := &terminal{asked: func() {
		if answer == "" {
			signals <- os.Interrupt
			return
		}
		go io.WriteString(line, answer+"\n")
	}}
	p := &program{
		stdin: in, stdout: &out, stderr: errs, incoming: signals, inTTY: true, errTTY: true,
		lookupEnv: func(name string) (string, bool) { v, ok := w.env[name]; return v, ok },
		width:     func() int { return 0 },
	}
	return ran{p.run(context.Background(), args), out.String(), errs.String()}
}

// document is the one JSON document that a run must have printed.
func (r ran) document(t *testing.T) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(r.out))
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("%v\nstdout:\n%s\nstderr:\n%s", err, r.out, r.err)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("more than one document (%v):\n%s", err, r.out)
	}
	checkDocument(t, "what is printed", r.out)
	return doc
}

const oneGroup = "groups:\n  - {key: a, type: Adversary, name: A}\n"

// TestAnswers: whatever the question is answered with, --json prints one
// document, and only "yes" writes.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer         string
		code           int
		rows, groups   int
		fails, summary bool
	}{
		{answer: "yes", code: codeOK, rows: 1, groups: 1, summary: true},
		{answer: "no", code: codeOK, summary: true},
		{answer: "y", code: codeOK, summary: true},
		{answer: "", code: codeInterrupted, fails: true},
	} {
		w := newWorld(t, tcsim.Config{})
		w.write("in.yaml", oneGroup)
		r := w.ask(c.answer, "apply", w.path("in.yaml"), "--json", "--report", w.path("ids.csv"), "--metrics", w.path("run.prom"))
		doc := r.mustExit(t, c.code).document(t)
		rows, _ := doc["rows"].([]any)
		if len(rows) != c.rows || (doc["error"] != nil) != c.fails || (doc["summary"] != nil) != c.summary {
			t.Errorf("answered %q: %s", c.answer, r.out)
		}
		if n := len(w.sim.Snapshot().Groups); n != c.groups {
			t.Errorf("answered %q: %d groups were made", c.answer, n)
		}
		if did := strings.Contains(w.read("run.prom"), lastSuccess); did != (c.answer == "yes") {
			t.Errorf("answered %q: the metrics tell of a success: %v", c.answer, did)
		}
	}
}

// endings are command lines and what they exit with, after in.yaml was applied.
var endings = []struct {
	code int
	args []string
}{
	{codeOK, []string{"apply", "@in.yaml", "--yes", "--report", "@ids.csv"}},
	{codeOK, []string{"apply", "@in.yaml", "--report", "@ids.csv"}}, // nothing to ask about
	{codeOK, []string{"plan", "@in.yaml"}},
	{codeOK, []string{"validate", "@in.yaml"}},
	{codeOK, []string{"check"}},
	{codeOK, []string{"version"}},
	{codeOK, []string{"--version"}},
	{codeOK, []string{"man", "@man1"}},
	{codeOK, nil},
	{codeOK, []string{"--help"}},
	{codeOK, []string{"plan", "--help"}},
	{codeOK, []string{"help", "apply"}},
	{codeOK, []string{"completion", "zsh"}},
	{codeOK, []string{"completion", "--help"}},
	{codeOK, []string{"undo", "@ids.csv", "--out", "@undo.json"}},
	{codeError, []string{"undo", "@none.csv", "--yes"}},
	{codeOK, []string{"show", "@conflict.json"}},
	{codeOK, []string{"export", "--out", "@out.yaml"}},
	{codePending, []string{"plan", "@in.yaml", "--owner", tcsim.DemoCommunity, "--detailed-exitcode"}},
	{codeRefused, []string{"plan", "@conflict.yaml"}},
	{codeRefused, []string{"apply", "@conflict.yaml", "--yes", "--report", "@other.csv"}},
	{codeRefused, []string{"apply", "--plan", "@conflict.json", "--yes", "--report", "@other.csv"}},
	{codeError, []string{"apply", "@in.yaml", "--owner", tcsim.DemoCommunity, "--report", "@other.csv"}}, // nobody to ask
	{codeError, []string{"validate", "@broken.yaml"}},
	{codeError, []string{"plan", "@broken.yaml"}},
	{codeError, []string{"check", "@broken.yaml"}},
	{codeError, []string{"show", "@in.yaml"}},
	{codeDenied, []string{"check", "--owner", "Nobody"}},
	{codeDenied, []string{"plan", "@in.yaml", "--owner", "Nobody"}},
	{codeDenied, []string{"export", "--owner", "Nobody", "--out", "@out.yaml"}},
	// What is wrong with the command line itself.
	{codeError, []string{"frobnicate"}},
	{codeError, []string{"plan"}},
	{codeError, []string{"show"}},
	{codeError, []string{"plan", "@in.yaml", "--wrokers", "3"}},
	{codeError, []string{"plan", "@in.yaml", "--workers", "many"}},
	{codeError, []string{"plan", "@in.yaml", "--rate", "NaN"}},
	{codeError, []string{"plan", "@in.yaml", "--tags", "drop"}},
	{codeError, []string{"version", "please"}},
	{codeError, []string{"completion", "nosh"}},
	{codeError, []string{"completion"}},
	{codeError, []string{"help", "frobnicate"}},
	{codeError, []string{"man"}},
	{codeError, []string{"undo", "@in.yaml"}},
	{codeError, []string{"undo", "@ids.csv"}}, // nobody to ask
	{codeError, []string{"apply", "--plan", "@in.yaml", "--yes"}},
	{codeError, []string{"export"}}, // stdout cannot have two things
	{codeError, []string{"sim", "--listen", "0.0.0.0:0"}},
}

// TestOneDocument: with --json, or the environment in its place, stdout is one
// document however a command ends, with the exit code where it failed.
func TestOneDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", oneGroup)
	w.write("broken.yaml", "groups:\n  - {type: Adversary}\n")
	w.write("conflict.yaml", "groups:\n  - {key: c, type: Adversary, name: C, associatedGroups: [{type: Tool, name: Nowhere}]}\n")
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	w.run("plan", "@conflict.yaml", "--out", "@conflict.json").mustExit(t, codeRefused)
	for _, c := range endings {
		for _, how := range []string{"behind", "=", "environment", "format", "format in the environment"} {
			args := c.args
			hasFormat := len(c.args) > 0 && (c.args[0] == "plan" || c.args[0] == "show")
			if strings.HasPrefix(how, "format") && !hasFormat {
				continue
			}
			switch how {
			case "format":
				args = append(args, "--format", "json")
			case "format in the environment":
				w.env["TCIMPORT_FORMAT"] = "json"
			case "behind":
				args = append(args, "--json")
			case "=":
				args = append(args, "--json=1")
			case "environment":
				w.env["TCIMPORT_JSON"] = "1"
			}
			r := w.run(args...).mustExit(t, c.code)
			delete(w.env, "TCIMPORT_JSON")
			delete(w.env, "TCIMPORT_FORMAT")
			doc := r.document(t)
			failure, failed := doc["error"].(map[string]any)
			if failed != (c.code != codeOK && c.code != codePending) || failed && failure["code"] != float64(c.code) {
				t.Errorf("%v, --json %s: exits with %d and prints\n%s", c.args, how, r.code, r.out)
			}
		}
	}
	// The command line has the last word.
	w.env["TCIMPORT_JSON"] = "true"
	if r := w.run("plan", "--json=false", "--wrokers").mustExit(t, codeError); r.out != "" {
		t.Errorf("--json=false prints %s", r.out)
	}
}
