package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestMaxDurationAtThePrompt: a question that nobody answers ends with the time
// of the run, and nothing is written.
func TestMaxDurationAtThePrompt(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "in.yaml")
	if err := os.WriteFile(manifest, []byte("groups: [{type: Threat, name: A}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		stdin, terminal := io.Pipe()
		defer terminal.Close()
		env := map[string]string{"TC_API_PATH": "sim:", "HOME": dir}
		var out, errs bytes.Buffer
		p := &program{stdin: stdin, stdout: &out, stderr: &errs, inTTY: true, errTTY: true,
			lookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }, width: func() int { return 0 }}
		begun := time.Now()
		code := p.run(context.Background(), []string{"apply", manifest, "--max-duration", "10m", "--report", filepath.Join(dir, "ids.csv")})
		if took := time.Since(begun).Round(time.Minute); code != codeIncomplete || took != 10*time.Minute || !strings.Contains(errs.String(), "--max-duration; nothing was written") {
			t.Errorf("exit code %d after %v:\n%s", code, took, errs.String())
		}
	})
}
