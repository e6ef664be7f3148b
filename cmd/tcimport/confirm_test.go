package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/plan"
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

// TestQuestionNamesWhatItIsAbout: whoever is asked sees how many groups are
// created, updated and deleted, and where.
func TestQuestionNamesWhatItIsAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		create, update, delete int
		owners                 []string
		want                   string
	}{
		{291, 0, 0, []string{"Demo Community"}, "Create 291 groups in Demo Community on https://tc.example/api? Type yes: "},
		{1, 3, 2, []string{"B", "A", "A"}, "Create 1 group, update 3 and delete 2 in A and B on https://tc.example/api? Type yes: "},
		{0, 0, 1, []string{"A\u202e\n"}, `Delete 1 group in A\u202e\n on https://tc.example/api? Type yes: `},
		{0, 5, 1, []string{"A", "B", "C", "D"}, "Update 5 groups and delete 1 in 4 owners on https://tc.example/api? Type yes: "},
	} {
		pn := &plan.Plan{Summary: plan.Summary{Create: c.create, Update: c.update, Delete: c.delete}}
		pn.Actions = append(pn.Actions, &plan.Action{Verb: plan.Unchanged, Owner: "Elsewhere"})
		for _, owner := range c.owners {
			pn.Actions = append(pn.Actions, &plan.Action{Verb: plan.Update, Owner: owner})
		}
		if got := question(pn, "https://tc.example/api"); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// TestPlanFitsTheTerminalItIsShownOn: what somebody is asked about is as wide as
// the terminal of stderr, wherever stdout goes.
func TestPlanFitsTheTerminalItIsShownOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.yaml")
	text := "groups:\n  - type: Threat\n    name: A\n    associatedIndicators:\n"
	for i := range 40 {
		text += fmt.Sprintf("      - Host:h%d.example\n", i)
	}
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"TC_API_PATH": "sim:", "HOME": dir}
	var errs bytes.Buffer
	p := &program{stdin: strings.NewReader("no\n"), stdout: io.Discard, stderr: &errs, inTTY: true, errTTY: true,
		lookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		width:     func() int { return 0 }, errWidth: func() int { return 80 }}
	code := p.run(context.Background(), []string{"apply", in, "--report", filepath.Join(dir, "ids.csv")})
	if code != codeOK || !strings.Contains(errs.String(), "… and 10 more associations") {
		t.Errorf("exit code %d:\n%s", code, errs.String())
	}
}
