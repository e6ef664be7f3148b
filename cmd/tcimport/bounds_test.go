package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
)

// endless gives its bytes without end.
type endless []byte

func (e endless) Read(p []byte) (int, error) {
	return copy(p, e), nil
}

// TestKeysFromStdinAreBounded: a list of keys that does not end is no list of keys,
// wherever it comes from.
func TestKeysFromStdinAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	var errs bytes.Buffer
	p := &program{
		stdin: io.LimitReader(endless(bytes.Repeat([]byte("x"), 1<<20)), 2*maxKeys), stdout: io.Discard, stderr: &errs, width: func() int { return 0 },
		lookupEnv: func(name string) (string, bool) { v, ok := w.env[name]; return v, ok },
	}
	if code := p.run(context.Background(), []string{"export", "--keys", "-"}); code != codeError || !strings.Contains(errs.String(), "larger than 65536 KiB") {
		t.Errorf("exit code %d:\n%.300s", code, errs.String())
	}
}

// TestMetricsOfLongLines: what is wrong with a file is said in words of ours.
func TestMetricsOfLongLines(t *testing.T) {
	t.Parallel()
	if err := ownMetrics(strings.NewReader(strings.Repeat("x", 1<<20))); err != errNoMetrics {
		t.Error(err)
	}
}

// TestExpectedQuestions: progress reckons with whatever an import has the instance
// asked.
func TestExpectedQuestions(t *testing.T) {
	t.Parallel()
	im := &intel.Import{Groups: []*intel.Group{{Type: "Threat", Name: "A", Tags: []intel.Tag{{TechniqueID: "T1566"}}}}}
	if n := new(tc.Description).Requests(tc.PartOwners|partsOf(im)) + len(namesIn(im)); n != 2 {
		t.Errorf("%d requests: one is for the owners, one for the techniques", n)
	}
}
