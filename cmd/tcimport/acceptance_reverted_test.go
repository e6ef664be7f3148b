package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// killedBack is a manifest of which a second form changes everything in place that
// can be: both describe the same two groups.
const killedBack = `groups:
  - key: a
    type: Incident
    name: NAME one
    status: STATUS
    eventDate: DATE
    tags: [TAG]
    securityLabels: [TLP:RED]
    attributes:
      - {type: Description, value: NAME description, default: true, source: NAME source}
      - {type: Aliases, value: NAME alias}
  - key: b
    type: Signature
    name: NAME two
    fileName: NAME.yar
    fileType: YARA
    fileText: rule NAME
    attributes: [{type: Description, value: NAME}]
`

// TestLargeKilledUpdateIsUndoneByTheOldManifest: an update is killed at any of its writes, before or after the
// instance has carried it out, and then the manifest becomes again what it was:
// what the killed run has left is not somebody's edit, and goes, also where it
// arrives only after the next run.
func TestLargeKilledUpdateIsUndoneByTheOldManifest(t *testing.T) {
	testkit.SkipUnderRace(t)
	t.Parallel()
	first := strings.NewReplacer("NAME", "First", "STATUS", "New", "DATE", "2021-01-01", "TAG", "one").Replace(killedBack)
	second := strings.NewReplacer("NAME", "Second", "STATUS", "Open", "DATE", "2022-02-02", "TAG", "two").Replace(killedBack)
	for _, policy := range []string{"keep", "fail"} {
		for phase := range 2 {
			for at := 1; at <= 6; at++ {
				t.Run(fmt.Sprint(policy, phase, at), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, tcsim.Config{}).with("TCIMPORT_WORKERS=1")
					w.write("in.yaml", first)
					args := []string{"apply", "in.yaml", "--yes", "--report", "ids.csv", "--id-map", "ids.csv", "--tags", "replace"}
					w.exec("apply", "in.yaml", "--yes", "--report", "ids.csv").mustExit(t, codeOK)
					want := inPlace(w.sim)
					w.write("in.yaml", second)
					signal, wait := w.start(args...)
					w.atWrite(at, tcsim.Phase(phase), 10*time.Millisecond, func() { signal(os.Kill); time.Sleep(100 * time.Millisecond) })
					if r := wait(); r.code != -1 {
						t.Skipf("it was done before write %d: %d", at, r.code)
					}
					w.sim.SetFault(nil)
					w.write("in.yaml", first)
					w.exec(append(args, "--on-drift", policy)...).mustExit(t, codeOK)
					time.Sleep(150 * time.Millisecond) // what was under way has arrived, maybe after that run has looked
					w.exec(append(args, "--on-drift", policy)...).mustExit(t, codeOK)
					if got := inPlace(w.sim); got != want {
						t.Errorf("-before +after:\n%s", lineDiff(want, got))
					}
					w.run("plan", "@in.yaml", "--id-map", "@ids.csv", "--detailed-exitcode", "--on-drift", policy).mustExit(t, codeOK)
				})
			}
		}
	}
}

// inPlace is what an instance has of groups, without IDs.
func inPlace(sim *tcsim.Server) string {
	var lines []string
	for _, g := range sim.Snapshot().Groups {
		line := func(format string, args ...any) { lines = append(lines, g.Type+" "+fmt.Sprintf(format, args...)) }
		line("%s %v %q", g.Name, g.Fields, g.SecurityLabels)
		for _, tag := range g.Tags {
			line("tag %s", tag)
		}
		for _, at := range g.Attributes {
			line("%s %q %q %t", at.Type, at.Value, at.Source, at.Default)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
