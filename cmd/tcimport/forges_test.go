package main

import (
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"tcimport/internal/tcsim"
)

// forges are the samples that plan and apply in a forge, and how they are parsed.
var forges = map[string]func(*testing.T, []byte) map[string][]string{
	"samples/github/import.yml": func(t *testing.T, text []byte) map[string][]string {
		var w struct {
			Name        string
			On          map[string]any
			Permissions map[string]string
			Env         map[string]string
			Jobs        map[string]struct {
				If          string
				RunsOn      string `yaml:"runs-on"`
				Environment string
				Concurrency map[string]any
				Permissions map[string]string
				Steps       []struct {
					Name, If, Uses, Run string
					Env                 map[string]string
					With                map[string]string
				}
			}
		}
		parse(t, text, &w)
		out := map[string][]string{}
		for name, job := range w.Jobs {
			for _, s := range job.Steps {
				if (s.Run == "") == (s.Uses == "") {
					t.Errorf("a step of %s runs nothing, or two things: %+v", name, s)
				}
				if s.Name == "Install tcimport" {
					out["install"] = strings.Split(s.Run, "\n")
				} else {
					out[name] = append(out[name], strings.Split(s.Run, "\n")...)
				}
			}
		}
		if w.On["pull_request"] == nil || w.On["push"] == nil || w.Jobs["plan"].Permissions["pull-requests"] != "write" {
			t.Errorf("%+v plans or applies never", w)
		}
		return out
	},
	"samples/gitlab/gitlab-ci.yml": func(t *testing.T, text []byte) map[string][]string {
		type job struct {
			Stage         string
			Rules         []map[string]any
			Script        []string
			Environment   string
			ResourceGroup string `yaml:"resource_group"`
			Artifacts     struct {
				When     string
				ExposeAs string `yaml:"expose_as"`
				Paths    []string
			}
		}
		var ci struct {
			Stages  []string
			Default struct {
				Image        string
				BeforeScript []string `yaml:"before_script"`
			}
			Plan, Apply job
		}
		parse(t, text, &ci)
		if !slices.Equal(ci.Stages, []string{ci.Plan.Stage, ci.Apply.Stage}) {
			t.Errorf("the stages are %v", ci.Stages)
		}
		return map[string][]string{"install": ci.Default.BeforeScript, "plan": ci.Plan.Script, "apply": ci.Apply.Script}
	},
}

func parse(t *testing.T, text []byte, into any) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// runsTcimport recognises the lines of a job that run it.
var runsTcimport = regexp.MustCompile(`(^|\|\| )tcimport [a-z]`)

// expression is what GitHub replaces before the shell runs.
var expression = regexp.MustCompile(`\$\{\{.*?\}\}`)

// installFromRelease runs the lines that install tcimport. What they download is an archive as
// releases have it: a folder with the program.
func installFromRelease(t *testing.T, s *session, lines []string) {
	t.Helper()
	for _, tool := range []string{"tar", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("there is no " + tool)
		}
	}
	s.write(t, "install.sh", strings.Join(lines, "\n"))
	const stage = `mkdir -p installed/tcimport_1_linux_amd64 && cd installed && echo 'echo it runs' > tcimport_1_linux_amd64/tcimport &&
		chmod +x tcimport_1_linux_amd64/tcimport && tar -czf release.tar.gz tcimport_1_linux_amd64 && cd ..`
	const install = `cd installed && export GITHUB_PATH=path SHA256=$(sha256sum < release.tar.gz | cut -d' ' -f1) && export TCIMPORT_SHA256=$SHA256 &&
		curl() { cp release.tar.gz "$3"; } && apk() { :; } && set -e && . ../install.sh && bin/tcimport`
	for _, script := range []string{stage, install} {
		if code, out := s.run(t, script); code != 0 || script == install && !strings.HasSuffix(out, "it runs\n") {
			t.Errorf("a release is not installed: %d\n%s", code, out)
		}
	}
}

// TestForgeSamples: every command line of tcimport in the samples of GitHub and GitLab does what
// the sample says: the job of a pull request leaves a plan and a comment, that of main
// applies this plan.
func TestForgeSamples(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	for _, name := range slices.Sorted(maps.Keys(forges)) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join(repository, name))
			if err != nil {
				t.Fatal(err)
			}
			jobs := forges[name](t, text)
			srv := httptest.NewServer(tcsim.New(tcsim.Config{}))
			defer srv.Close()
			s := newSession(t, srv.URL)
			s.env = append(s.env, "TC_API_PATH="+srv.URL+"/api", "TC_TOKEN="+tcsim.DemoToken, "TCIMPORT_RATE=0", "GITHUB_STEP_SUMMARY="+filepath.Join(s.dir, "summary.md"))
			if code, out := s.run(t, "cp -R samples/review manifests"); code != 0 {
				t.Fatal(out)
			}
			installFromRelease(t, s, jobs["install"])
			for _, job := range []string{"plan", "apply"} {
				s.write(t, job+".sh", expression.ReplaceAllString(strings.Join(jobs[job], "\n"), "x"))
				if code, out := s.run(t, "sh -n "+job+".sh"); code != 0 {
					t.Errorf("the job %s is no shell script: %s", job, out)
				}
				n := 0
				for _, line := range jobs[job] {
					if !runsTcimport.MatchString(line) {
						continue
					}
					n++
					if code, out := s.run(t, line); code != 0 {
						t.Errorf("%s\nexits with %d:\n%s", line, code, out)
					}
				}
				if n != map[string]int{"plan": 2, "apply": 1}[job] {
					t.Errorf("the job %s runs tcimport %d times", job, n)
				}
			}
			for file, want := range map[string]string{
				"plan.md": "**Plan: 4 to create", "summary.md": "**Plan: 4 to create", "plan.json": `"planId"`, "plan.html": "<html", "ids.csv": ",create,ok,",
			} {
				if got, err := os.ReadFile(filepath.Join(s.dir, file)); err != nil || !strings.Contains(string(got), want) {
					t.Errorf("%s: %v\n%s", file, err, got)
				}
			}
		})
	}
}
