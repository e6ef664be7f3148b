package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeFloodsOfProblems: one cause in 10,000 places is a few lines on stderr, and
// all of it in the JSON document.
func TestLargeFloodsOfProblems(t *testing.T) {
	t.Parallel()
	n := testkit.Size(10_000, 500)
	w := newWorld(t, tcsim.Config{})
	manifest := func(line string) string {
		var b strings.Builder
		b.WriteString("groups:\n")
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	for _, c := range []struct{ name, command, line, first string }{
		{"an attribute type that is missing", "plan", "  - {type: Incident, name: I%d, attributes: [{type: Nowhere, value: v}]}\n",
			`attribute type "Nowhere" does not exist on the instance: correct it, or ask an administrator to add it (` + fmt.Sprint(n) + ` places: `},
		{"dangling references", "validate", "  - {type: Incident, name: I%[1]d, associatedGroups: [nobody-%[1]d]}\n", `has the key "nobody-0"`},
		{"wrong dates", "validate", "  - {type: Incident, name: I%[1]d, eventDate: 1/2/%[1]d}\n", `eventDate "1/2/0" of an Incident is not a date`},
	} {
		w.write("in.yaml", manifest(c.line))
		r := w.run(c.command, "@in.yaml").mustExit(t, codeError)
		if lines := strings.Count(r.err, "\n"); lines > 60 || !strings.Contains(r.err, c.first) || !strings.Contains(r.err, fmt.Sprint(n, " errors in the manifests")) {
			t.Errorf("%s: %d lines:\n%.2000s", c.name, lines, r.err)
		}
		problems, _ := w.run(c.command, "@in.yaml", "--json").mustExit(t, codeError).document(t)["problems"].([]any)
		if len(problems) != n {
			t.Errorf("%s: %d problems in JSON", c.name, len(problems))
		}
	}
}

// TestWarningsOnce: what the instance has settled is no warning any more, and
// what is left is printed once, beside errors too.
func TestWarningsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	long := strings.Repeat("n", 120)
	const twins = "  - {key: a, type: Tool, name: Same}\n  - {key: b, type: Tool, name: Same}\n  - {type: Tool, name: T, tags: [\n    x,\n    ]}\n"
	w.write("in.yaml", "groups:\n  - {type: Incident, name: "+long+"1}\n  - {type: Incident, name: "+long+"2}\n"+twins)
	if r := w.run("validate", "@in.yaml").mustExit(t, codeOK); strings.Count(r.err, "\n") != 2 || !strings.Contains(r.err, "(2 places: ") {
		t.Errorf("validate:\n%s", r.err)
	}
	if r := w.run("plan", "@in.yaml").mustExit(t, codeOK); strings.Count(r.err, "warning") != 1 || !strings.Contains(r.err, `Tool "Same"`) {
		t.Errorf("plan, which knows the limit of names:\n%s", r.err)
	}
	w.write("wrong.yaml", "groups:\n  - {type: Tool, name: X, attributes: [{type: Nowhere, value: v}], tags: [\n    x]}\n"+twins)
	if r := w.run("plan", "@wrong.yaml").mustExit(t, codeError); strings.Count(r.err, "warning") != 1 || strings.Count(r.err, "Nowhere") != 1 {
		t.Errorf("plan with an error:\n%s", r.err)
	}
}

// BenchmarkFloods shows that wrong manifests take about as long as the valid
// one.
func BenchmarkFloods(b *testing.B) {
	for _, c := range []struct{ name, line string }{
		{"valid", "  - {key: k%[1]d, type: Incident, name: I%[1]d, eventDate: 2021-11-03, associatedGroups: [k0%[2]s]}\n"},
		{"dangling", "  - {key: k%[1]d, type: Incident, name: I%[1]d, eventDate: 2021-11-03, associatedGroups: [n%[1]d%[2]s]}\n"},
		{"dates", "  - {key: k%[1]d, type: Incident, name: I%[1]d, eventDate: 1/2/%[1]d, associatedGroups: [k0%[2]s]}\n"},
		{"fields", "  - {key: k%[1]d, type: Incident, name: I%[1]d, evenDate: 2021-11-03, associatedGroups: [k0%[2]s]}\n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			var text strings.Builder
			text.WriteString("groups:\n  - {key: k00, type: Tool, name: T}\n")
			for i := range 10_000 {
				fmt.Fprintf(&text, c.line, i, "0")
			}
			path := filepath.Join(b.TempDir(), "in.yaml")
			if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				p := &program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, lookupEnv: func(string) (string, bool) { return "", false }}
				p.run(context.Background(), []string{"validate", path})
			}
		})
	}
}
