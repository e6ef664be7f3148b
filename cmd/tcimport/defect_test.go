package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// TestDefectIsAnError: a panic ends in the code of an error, not in the one that
// Go has for it, which means that changes are pending.
func TestDefectIsAnError(t *testing.T) {
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", oneGroup)
	var out, errs bytes.Buffer
	p := &program{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		lookupEnv: func(name string) (string, bool) {
			if name == "TC_OWNER" {
				panic("no such owner")
			}
			return "", false
		},
	}
	code := p.run(context.Background(), []string{"validate", w.path("in.yaml"), "--json"})
	r := ran{code, out.String(), errs.String()}.mustExit(t, codeError)
	if failure, _ := r.document(t)["error"].(map[string]any); failure["code"] != float64(codeError) || !strings.Contains(r.err, "internal error: no such owner") || !strings.Contains(r.err, "defect_test.go") {
		t.Errorf("stdout:\n%s\nstderr:\n%s", r.out, r.err)
	}
}

// TestTemplateThatContainsItself: no template overflows the stack, which nothing
// can recover from.
func TestTemplateThatContainsItself(t *testing.T) {
	w := newWorld(t, tcsim.Config{})
	w.write("in.csv", "a\nx\n")
	w.write("in.yaml", `sources: [{csv: in.csv, columns: {type: Tool, name: '{{ $d := dict "a" 1 }}{{ $_ := set $d "a" $d }}{{ $d }}'}}]`)
	if r := w.exec("validate", w.path("in.yaml")).mustExit(t, codeError); !strings.Contains(r.err, "contains itself") {
		t.Errorf("stderr:\n%.2000s", r.err)
	}
}
