package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// TestCheckNamesWhatKeepsFromImporting: a clock that is only worrying is no
// reason why the instance is not ready.
func TestCheckNamesWhatKeepsFromImporting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{Now: func() time.Time { return time.Now().Add(2 * time.Minute) }})
	r := w.run("check", "--json").mustExit(t, codeOK)
	if doc := r.document(t); doc["ready"] != true || doc["error"] != nil || !strings.Contains(r.out, "this machine's clock is ") {
		t.Errorf("a worrying clock: %s", r.out)
	}
	r = w.run("check", "--json", "--owner", "Nobody").mustExit(t, codeDenied)
	failure, _ := r.document(t)["error"].(map[string]any)
	if text, _ := failure["text"].(string); !strings.Contains(text, `"Nobody"`) || strings.Contains(text, "clock") {
		t.Errorf("the error is %q", text)
	}
}

// TestCheckPrints: what the instance says does not reach a terminal as it is,
// and what cannot be printed is an error.
func TestCheckPrints(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/securityLabels") {
			return false
		}
		rw.Header().Set("Content-Type", "application/json")
		rw.Write([]byte(`{"data": [{"id": 1, "name": "TLP:\u001b[31mRED"}], "status": "Success"}`))
		return true
	})
	if r := w.run("check").mustExit(t, codeOK); strings.Contains(r.out, "\x1b") || !strings.Contains(r.out, `TLP:\x1b[31mRED`) {
		t.Errorf("%q", r.out)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	cmd := w.command("check")
	cmd.Stdout = full
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != codeError {
		t.Errorf("on a full disk: %v", err)
	}
}
