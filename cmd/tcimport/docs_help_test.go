package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"tcimport/internal/tcsim"
)

// commandTree are all commands that help shows, the root first.
func commandTree(cmd *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			out = append(out, commandTree(c)...)
		}
	}
	return out
}

// newRootForTests is the command without an environment.
func newRootForTests() *cobra.Command {
	root := (&program{lookupEnv: func(string) (string, bool) { return "", false }}).newRoot()
	root.InitDefaultHelpCmd()
	return root
}

// named are the files and folders that examples name, from the samples.
var named = map[string]string{
	"feed/manifest.json": "internal/misp/testdata/feed/manifest.json", "mobile-attack.json": "internal/stix/testdata/attack.json", "bundles/attack.json": "internal/stix/testdata/attack.json",
	"incidents.yaml": "samples/review/report.yaml", "reedpipe2.yar": "samples/review/reedpipe2.yar", "groups.csv": "samples/migration/groups.csv",
	"tickets.csv": "samples/nightly/feed.csv", "feed.csv": "samples/nightly/feed.csv",
	"manifests/groups.csv": "samples/migration/groups.csv", "manifests/associations.csv": "samples/migration/associations.csv",
}

// made are the commands that make the other files that examples name.
var made = []struct{ name, command string }{
	{"plan.json", "tcimport plan samples/nightly --out plan.json"},
	{"ids.csv", "tcimport apply manifests/ --yes --report ids.csv"},
	{"completion", "mkdir -p .zfunc .config/fish/completions .local/share/bash-completion/completions"},
}

// TestHelpExamples runs every line of the examples of every help, those of one command
// one after the other, in a folder that has the files that they name.
func TestHelpExamples(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	for _, cmd := range commandTree(newRootForTests()) {
		t.Run(strings.ReplaceAll(cmd.CommandPath(), " ", "-"), func(t *testing.T) {
			t.Parallel()
			if !cmd.HasExample() {
				t.Fatalf("the help of %s has no example", cmd.CommandPath())
			}
			srv := httptest.NewServer(tcsim.New(tcsim.Config{}))
			defer srv.Close()
			s := newSession(t, srv.URL)
			s.env = append(s.env, "TC_API_PATH="+srv.URL+"/api", "TC_TOKEN="+tcsim.DemoToken, "TCIMPORT_RATE=0", "TCIMPORT_YES=true")
			for name, sample := range named {
				if err := os.MkdirAll(filepath.Join(s.dir, filepath.Dir(name)), 0o755); err != nil {
					t.Fatal(err)
				}
				s.write(t, name, document(t, sample))
			}
			for _, m := range made {
				if !strings.Contains(cmd.Example, m.name) {
					continue
				}
				if code, out := s.run(t, m.command); code != 0 {
					t.Fatalf("%s: exit code %d\n%s", m.command, code, out)
				}
			}
			for command := range strings.SplitSeq(cmd.Example, "\n") {
				command = strings.TrimSpace(command)
				if !strings.HasPrefix(command, "tcimport ") {
					t.Errorf("%q does not show the command", command)
				}
				if strings.HasPrefix(command, "tcimport sim ") {
					command += " &"
				}
				if code, out := s.run(t, s.actual.Replace(command)); code != 0 {
					t.Errorf("%s: exit code %d\n%s", command, code, out)
				}
			}
		})
	}
}
