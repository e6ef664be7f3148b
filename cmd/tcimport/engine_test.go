package main

import (
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// TestJobsNeedAnEditor: a Contributor may write to a community, but not by jobs. check, plan and apply say so before anything is
// written, and the import goes by v3.
func TestJobsNeedAnEditor(t *testing.T) {
	t.Parallel()
	user := oneUser("Standard User", access("Contributor", "Editor"))
	w := newWorld(t, user).with("TC_TOKEN=" + user.Users[0].Token)
	w.write("in.yaml", "owner: Demo Community\ngroups: [{type: Tool, name: N}]\n")
	const why = `no jobs for community "Demo Community": the API user is a Contributor there, and jobs need an Editor`
	if r := w.run("check", "--owner", tcsim.DemoCommunity).mustExit(t, codeOK); !strings.Contains(r.out, `none for community "Demo Community": the API user is a Contributor`) {
		t.Errorf("check says\n%s", r.out)
	}
	if r := w.run("plan", "@in.yaml", "--engine", "batch").mustExit(t, codeDenied); !strings.Contains(r.out, why) {
		t.Errorf("plan says\n%s", r.out)
	}
	if r := w.run("apply", "@in.yaml", "--engine", "batch", "--yes", "--report", "@ids.csv").mustExit(t, codeDenied); !strings.Contains(r.err, "nothing was written: --engine batch: "+why) {
		t.Errorf("apply says\n%s", r.err)
	}
	if n := w.sim.Stats().Writes; n != 0 {
		t.Errorf("%d requests have written", n)
	}
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
}
