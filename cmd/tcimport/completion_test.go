package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"tcimport/internal/tcsim"
)

// completed is what a shell gets that completes the last of args: candidates, and what
// it is to do with them.
func completed(w *world, args ...string) []string {
	w.t.Helper()
	r := w.run(append([]string{"__complete"}, args...)...).mustExit(w.t, codeOK)
	if !strings.HasPrefix(r.err, "Completion ended with directive") || strings.Count(r.err, "\n") != 1 {
		w.t.Errorf("%q: says %s", args, r.err)
	}
	return strings.Split(strings.TrimSpace(r.out), "\n")
}

// TestValuesComplete: owners are those of the instance, keys those of the id-map, runs
// those of the report. What is not known offers nothing and says nothing.
func TestValuesComplete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("two.yaml", "version: 1\ngroups:\n  - {key: a-1, type: Adversary, name: One}\n  - {key: b-1, type: Campaign, name: Two}\n")
	w.run("apply", "@two.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	env := map[string]string{"TC_API_PATH": w.url + "/api", "TC_TOKEN": tcsim.DemoToken}
	for _, c := range []struct {
		env  map[string]string
		args []string
		want string // a regular expression
	}{
		{env, []string{"plan", "--owner", "demo c"}, `^Demo Community\tCommunity\n:4$`},
		{env, []string{"validate", "--owner", ""}, `^Demo .*\nDemo .*\nDemo .*\n:4$`},
		{nil, []string{"plan", "--owner", ""}, `^:4$`},
		{map[string]string{"TC_API_PATH": w.url + "/api"}, []string{"plan", "--owner", ""}, `^:4$`},
		{map[string]string{"TC_API_PATH": "http://127.0.0.1:1/api", "TC_TOKEN": "x"}, []string{"plan", "--owner", ""}, `^:4$`},
		{nil, []string{"export", "--id-map", "@ids.csv", "--key", ""}, `^a-1\tAdversary One\nb-1\tCampaign Two\n:4$`},
		{nil, []string{"export", "--id-map", "@ids.csv", "--key", "b"}, `^b-1\tCampaign Two\n:4$`},
		{nil, []string{"export", "--id-map", "@none.csv", "--key", ""}, `^:4$`},
		{nil, []string{"export", "--key", ""}, `^:4$`},
		{env, []string{"undo", "@ids.csv", "--run", ""}, `^[0-9a-f]{16}\t[0-9: -]+\n:4$`},
		{env, []string{"undo", "@none.csv", "--run", ""}, `^:4$`},
		{env, []string{"undo", "@ids.csv", ""}, `^:4$`},
		{nil, []string{"show", "--only", "create,un"}, `^create,update\ncreate,unchanged\n`},
		{nil, []string{"man", ""}, `^:16$`},
		{nil, []string{"convert", ""}, `^stix\nmisp\n:4$`},
		{nil, []string{"convert", "stix", ""}, `^json\n:8$`},
	} {
		w.env = c.env
		if got := strings.Join(completed(w, c.args...), "\n"); !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%q offers\n%s\nnot %s", c.args, got, c.want)
		}
	}
}

// TestFlagsOfWordsComplete: a flag that takes one of a list of words offers these
// and nothing else; no flag offers files that it does not take.
func TestFlagsOfWordsComplete(t *testing.T) {
	t.Parallel()
	complete := func(args ...string) []string { return completed(&world{t: t}, args...) }
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
				want := ":4"
				if strings.HasSuffix(f.Value.Type(), listSuffix) {
					want = ":6" // a comma can follow
				}
				if strings.Join(got[:len(got)-1], "|") != strings.Join(words.words(), "|") || directive != want {
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
