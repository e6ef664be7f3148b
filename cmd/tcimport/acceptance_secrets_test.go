package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// TestNoSecrets: a run that says all that it can say does not say these.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"token", "hmac"} {
		w := newEverything(t).with("TCIMPORT_DEBUG=1")
		if c == "hmac" {
			w.hmac(tcsim.DemoSecretKey)
		}
		w.flip("auth-failure=signature auth-after=20 auth-for=1 cross-owner=off403")
		w.exec("plan", "everything.yaml", "--out", "plan.json", "-v").mustExit(t, codeOK)
		r := w.exec("apply", "--plan", "plan.json", "--yes", "-v", "--log-format", "json", "--failed", "failed.yaml", "--metrics", "run.prom", "--report", "ids.json")
		r.mustExit(t, codeIncomplete)
		if len(r.err) < 1000 || len(w.signatures()) == 0 {
			t.Errorf("%s: it says %d bytes, %d signatures", c, len(r.err), len(w.signatures()))
		}
		w.noSecrets(r, w.exec("show", "plan.json"), w.exec("check", "-v"), w.exec("check", "--json"))
	}
}

// noSecrets looks for credentials in what runs printed and in every file that
// they left.
func (w *world) noSecrets(runs ...ran) {
	w.t.Helper()
	texts := map[string]string{}
	for i, r := range runs {
		texts[fmt.Sprintf("output of run %d", i)] = r.out + r.err
	}
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			b, rerr := os.ReadFile(path)
			texts[path], err = string(b), rerr
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for where, text := range texts {
		for _, secret := range append(w.signatures(), w.env["TC_TOKEN"], w.env["TC_API_SECRET_KEY"], "TC-Token") {
			if secret != "" && strings.Contains(text, secret) {
				w.t.Errorf("%s holds the secret %q", where, secret)
			}
		}
	}
}

// signatures are what the command has sent to authenticate itself.
func (w *world) signatures() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return sortedKeys(w.signed)
}
