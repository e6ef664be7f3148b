package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestFlagsOfWordsComplete: a flag that takes one of a list of words offers these
// and nothing else; no flag offers files that it does not take.
func TestFlagsOfWordsComplete(t *testing.T) {
	t.Parallel()
	complete := func(args ...string) []string {
		var out bytes.Buffer
		p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &bytes.Buffer{}, lookupEnv: func(string) (string, bool) { return "", false }}
		if code := p.run(context.Background(), append([]string{"__complete"}, args...)); code != codeOK {
			t.Errorf("%q: exit code %d", args, code)
		}
		return strings.Split(strings.TrimSpace(out.String()), "\n")
	}
	p := &program{lookupEnv: func(string) (string, bool) { return "", false }}
	p.openTerminal()
	found := 0
	for _, cmd := range p.newRoot().Commands() {
		each := func(f *pflag.Flag) {
			if f.Value.Type() == "bool" {
				return
			}
			got := complete(cmd.Name(), "--"+f.Name, "")
			directive := got[len(got)-1]
			words, isChoice := f.Value.(interface{ words() []string })
			switch {
			case isChoice:
				found++
				if strings.Join(got[:len(got)-1], "|") != strings.Join(words.words(), "|") || directive != ":4" {
					t.Errorf("%s --%s offers %q", cmd.Name(), f.Name, got)
				}
			case directive == ":0" && f.Name != "keys":
				t.Errorf("%s --%s offers any file", cmd.Name(), f.Name)
			}
		}
		if cmd.IsAvailableCommand() && cmd.Name() != "completion" {
			cmd.Flags().VisitAll(each)
		}
	}
	if found < 20 {
		t.Errorf("%d flags of words", found)
	}
}
