package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// runner runs commands inside the test against one simulated instance.
type runner struct {
	t   *testing.T
	sim *tcsim.Server
	env map[string]string
	dir string
}

func newRunner(t *testing.T) *runner {
	sim := tcsim.New(tcsim.Config{})
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	return &runner{t: t, sim: sim, dir: dir, env: map[string]string{
		"HOME": dir, "TC_API_PATH": srv.URL + "/api", "TC_TOKEN": tcsim.DemoToken, "TCIMPORT_RATE": "0",
	}}
}

// run runs a command line, which must exit with code, and returns its stdout.
func (r *runner) run(code int, args ...string) string {
	r.t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr,
		lookupEnv: func(name string) (string, bool) { v, ok := r.env[name]; return v, ok },
		incoming:  make(chan os.Signal), width: func() int { return 0 },
	}
	if got := p.run(context.Background(), args); got != code {
		r.t.Fatalf("%v exits with %d, not %d\n%s\n%s", args, got, code, stdout.String(), stderr.String())
	}
	return stdout.String()
}

func (r *runner) path(name string) string { return filepath.Join(r.dir, name) }

// TestLargeNoChangeSync counts the requests of a nightly run that has nothing to do.
func TestLargeNoChangeSync(t *testing.T) {
	t.Parallel()
	groups, most := testkit.Size(10000, 500), 12
	r := newRunner(t)
	var b strings.Builder
	b.WriteString("version: 1\nnamespace: big\ngroups:\n")
	for i := range groups {
		fmt.Fprintf(&b, `
  - key: g%d
    type: Campaign
    name: "Group %d"
    tags: [T%d, "Tag %d", {techniqueId: T1566}]
    associatedGroups: [g%d, g%d]
    associatedIndicators: [Host:h%d.example, "Address:10.%d.%d.%d", Host:shared%d.example]
`, i, i, i%50, i%7, (i+1)%groups, (i+777)%groups, i, i/65536%256, i/256%256, i%256, i%100)
	}
	manifest, report := r.path("in.yaml"), r.path("ids.csv")
	if err := os.WriteFile(manifest, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	r.run(codeOK, "apply", manifest, "--yes", "--report", report)
	if n := r.sim.Stats().Writes; n != groups {
		t.Errorf("%d new groups took %d writes", groups, n)
	}
	for _, args := range [][]string{
		{"plan", manifest, "--detailed-exitcode"},
		{"plan", manifest, "--detailed-exitcode", "--id-map", report},
		{"apply", manifest, "--yes", "--report", report, "--id-map", report},
	} {
		r.sim.ResetStats()
		r.run(codeOK, args...)
		if s := r.sim.Stats(); s.Total > most || s.Writes > 0 {
			t.Errorf("%v took %d requests, %d of them writes: %v", args, s.Total, s.Writes, s.ByRoute)
		}
	}
}
