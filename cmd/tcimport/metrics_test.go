package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// TestMetricLabels: the text format knows three escapes and no others.
func TestMetricLabels(t *testing.T) {
	for in, want := range map[string]string{
		`a"b\c` + "\nd":  `a\"b\\c\nd`,
		"tab\tü\u202e ✓": "tab\tü\u202e ✓",
		"broken\xff":     "broken\ufffd",
	} {
		if got := labelValue(in); got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}

// TestLastSuccess: when a run did everything is told by the metrics of those
// after it, too, as long as they are of the same import.
func TestLastSuccess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.prom")
	run := func(at int64, code int, labels string) string {
		t.Helper()
		m := metrics{begun: time.Unix(at, 0), ended: time.Unix(at, 0), code: code, labels: labels, before: readEarlier(path)}
		var b bytes.Buffer
		if err := m.write(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if rest, ok := strings.CutPrefix(line, lastSuccess+"{"); ok {
				return strings.TrimSpace(rest)
			}
		}
		return ""
	}
	odd := metricLabels("tc.example", `a} 7"`)
	for _, s := range []struct {
		at     int64
		code   int
		labels string
		want   string
	}{
		{1767225600, codeIncomplete, odd, ""},
		{1767225601, codeOK, odd, odd + "} 1.767225601e+09"},
		{1767225602, codeError, odd, odd + "} 1.767225601e+09"},
		{1767225603, codeInterrupted, odd, odd + "} 1.767225601e+09"},
		{1767225604, codeOK, odd, odd + "} 1.767225604e+09"},
		{1767225605, codeError, metricLabels("tc.example", "other"), ""},
	} {
		if got := run(s.at, s.code, s.labels); got != s.want {
			t.Errorf("at %d with code %d: %s, want %s", s.at, s.code, got, s.want)
		}
	}
}

// TestExitCodeOfSignal: a signal that came too late to keep anything from being
// done does not count.
func TestExitCodeOfSignal(t *testing.T) {
	p := program{signals: &signals{}}
	p.signals.code.Store(codeTerminated)
	if got := p.exitCode(nil); got != codeOK {
		t.Errorf("all done: %d", got)
	}
	if got := p.exitCode(errors.New("cut off")); got != codeTerminated {
		t.Errorf("cut off: %d", got)
	}
	if got := p.exitCode(refused("conflicts")); got != codeTerminated {
		t.Errorf("refused: %d", got)
	}
}

// unread fails a test that reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("standard input is read")
	return 0, io.EOF
}

// TestMetricsReadNothing: that metrics are written however a run ends is no reason
// to read manifests, which could wait for standard input.
func TestMetricsReadNothing(t *testing.T) {
	w := newWorld(t, tcsim.Config{})
	p := &program{
		stdin: unread{t}, stdout: io.Discard, stderr: io.Discard, width: func() int { return 0 },
		lookupEnv: func(name string) (string, bool) { v, ok := w.env[name]; return v, ok },
	}
	args := []string{"apply", "-", "--input-format", "yaml", "--yes", "--id-map", w.dir, "--report", w.path("ids.csv"), "--metrics", w.path("run.prom")}
	if code := p.run(context.Background(), args); code != codeError {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(w.read("run.prom"), "tcimport_last_run_exit_code") {
		t.Error("there are no metrics")
	}
}
