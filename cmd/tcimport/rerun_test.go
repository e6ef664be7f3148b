package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// lastLine is the last line of what a run has printed on stderr, which is the
// command to go on with.
func (r ran) lastLine() string {
	lines := strings.Split(strings.TrimSuffix(r.err, "\n"), "\n")
	return strings.TrimPrefix(lines[len(lines)-1], "  ")
}

// shell runs a command line in the folder, as somebody would who copies it.
func (w *world) shell(line string) ran {
	w.t.Helper()
	cmd := w.command()
	cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", line}
	if bash, err := exec.LookPath("bash"); err == nil {
		cmd.Path = bash
	}
	cmd.Err = nil
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	return ran{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// TestRerunAsPrinted: the last line of a run with failures, run as it stands once
// the cause is gone, brings what is missing, under the same flags, and its report
// still has every group.
func TestRerunAsPrinted(t *testing.T) {
	t.Parallel()
	const manifest = "namespace: it's\ngroups:\n" +
		"  - {key: a, type: Threat, name: A, owner: Demo Community, tags: [x], associatedIndicators: ['Host:evil.example', 'Host:good.example']}\n" +
		"  - {key: b, type: Threat, name: B, tags: [x], securityLabels: [TLP:RED], associatedGroups: [a]}\n" +
		"  - {key: c, type: Threat, name: C, tags: [y]}\n"
	edited := strings.NewReplacer("tags: [y]", "tags: [z, {techniqueId: T1566}]").Replace(manifest)
	for name, c := range map[string]struct {
		args, want []string
	}{
		"with a failed manifest":    {[]string{"--failed", "what's failed.yaml"}, []string{"apply 'what'\\''s failed.yaml' ", "--report ids.csv"}},
		"without one":               {nil, []string{"apply 'in put.yaml' --report ids.csv"}},
		"with an id-map":            {[]string{"--failed", "f.yaml", "--id-map", "ids.csv", "--prune"}, []string{"--id-map ids.csv", "apply f.yaml"}},
		"with flags and folders":    {[]string{"--failed", "f.yaml", "--tags", "replace", "--allow-path", "..", "--namespace", "n n"}, []string{"--tags replace", "--namespace 'n n'"}},
		"of a plan":                 {[]string{"--failed", "f.yaml", "--plan", "plan.json"}, []string{"apply f.yaml", "--tags=replace"}},
		"a name with control bytes": {[]string{"--failed", "f\x1b[1m.yaml"}, []string{`$'f\x1b[1m.yaml'`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{ExcludedSummary: []string{"evil.example"}})
			w.write("in put.yaml", manifest)
			w.exec("apply", "in put.yaml", "--yes", "--report", "ids.csv").mustExit(t, codeIncomplete)
			w.write("in put.yaml", edited)
			args := []string{"apply", "in put.yaml"}
			if name == "of a plan" {
				w.exec("plan", "in put.yaml", "--tags", "replace", "--out", "plan.json").mustExit(t, codeOK)
				args = args[:1]
			}
			r := w.exec(append(append(args, "--yes", "--report", "ids.csv"), c.args...)...).mustExit(t, codeIncomplete)
			line := r.lastLine()
			for _, want := range c.want {
				if !strings.Contains(line, want) {
					t.Errorf("%q is missing in: %s", want, line)
				}
			}
			if strings.Contains(line, "--prune") {
				t.Errorf("what did not fail would be deleted: %s", line)
			}
			w.become(tcsim.Config{})
			w.shell(line).mustExit(t, codeOK)
			rows := 0
			for _, c := range cellsOf(t, w.read("ids.csv"))[1:] {
				if c[0] == "group" && c[6] != "" && strings.Contains("abc", c[1]) {
					rows++
				}
			}
			if snap := w.sim.Snapshot(); len(snap.Groups) != 3 || len(snap.Indicators) != 2 || rows != 3 {
				t.Errorf("%d groups and %d indicators on the instance, %d rows of groups\n%s", len(snap.Groups), len(snap.Indicators), rows, w.read("ids.csv"))
			}
		})
	}
}

// TestMailOfAFailedNight: with --quiet what is printed is what somebody needs
// who gets it as a mail: where, what failed, its manifest, the next command.
func TestMailOfAFailedNight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{ExcludedSummary: []string{"evil.example"}})
	w.write("in.yaml", "groups: [{key: a, type: Threat, name: A, owner: Demo Community, associatedIndicators: ['Host:evil.example']}]\n")
	r := w.exec("apply", "in.yaml", "--yes", "--quiet", "--owner", "Demo Community", "--report", "ids.csv", "--failed", "failed.yaml").mustExit(t, codeIncomplete)
	for _, want := range []string{w.url, "owner Demo Community", "system-wide exclusion list", "1 association failed", "Correct failed.yaml", "ids.csv"} {
		if !strings.Contains(r.err, want) {
			t.Errorf("%q is missing in:\n%s", want, r.err)
		}
	}
	if r.out != "" || !strings.HasPrefix(r.lastLine(), "tcimport apply failed.yaml ") {
		t.Errorf("stdout %q, last line %q", r.out, r.lastLine())
	}
}

// TestRefusedPruneListsTwenty: a prune that is refused does not fill a mail with
// all that it would delete, or with what has nothing to do with it.
func TestRefusedPruneListsTwenty(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", hundreds(60))
	w.sim.AddCase(tcsim.Case{ID: 1, Name: "Seeded", Owner: tcsim.DemoOrganization})
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	w.write("in.yaml", strings.Replace(hundreds(10), "Threat 3", "Other 3", 1))
	r := w.run("apply", "@in.yaml", "--yes", "--quiet", "--id-map", "@ids.csv", "--report", "@ids.csv", "--prune").mustExit(t, codeRefused)
	if n := strings.Count(r.err, "- delete Threat"); n != 20 || strings.Contains(r.err, "Other 3") || !strings.Contains(r.err, "Not listed here: 30 of 50 groups") {
		t.Errorf("%d deletions are listed:\n%s", n, r.err)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "ids.csv")); err != nil {
		t.Error(err)
	}
}

// TestNothingAcceptedIsNoUpdate: groups of which the instance takes none of the
// associations that were to be added are not counted as updated.
func TestNothingAcceptedIsNoUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	const groups = "groups:\n  - {key: a, type: Threat, name: A%[1]s}\n  - {key: b, type: Threat, name: B, owner: Demo Source}\n  - {key: c, type: Threat, name: C%[1]s%[2]s}\n"
	w.write("in.yaml", fmt.Sprintf(groups, "", ""))
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	w.flip("cross-owner=off403")
	w.write("in.yaml", fmt.Sprintf(groups, ", associatedGroups: [b]", ", tags: [x]"))
	r := w.run("apply", "@in.yaml", "--yes", "--id-map", "@ids.csv", "--report", "@ids.csv").mustExit(t, codeIncomplete)
	if !strings.Contains(r.out, "0 created, 1 updated, 1 unchanged, 1 failed (3 groups)") {
		t.Errorf("it says\n%s", r.out)
	}
}

// TestDoubtIsSettledByTheSameCommand: where nothing failed and the answer to a write was
// lost, there is nothing to correct.
func TestDoubtIsSettledByTheSameCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", oneGroup)
	w.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		return tcsim.Fault{Drop: p.Request.Method == http.MethodPost}
	})
	for _, failed := range [][]string{nil, {"--failed", "@f.yaml"}} {
		r := w.run(append([]string{"apply", "@in.yaml", "--yes", "--report", "@ids.csv", "--settle", "0s"}, failed...)...).mustExit(t, codeIncomplete)
		if !strings.Contains(r.out, "1 in doubt") || !strings.Contains(r.err, "Run the same command again to settle what is in doubt:\n  tcimport apply "+w.path("in.yaml")) {
			t.Errorf("it says\n%s%s", r.out, r.err)
		}
	}
}
