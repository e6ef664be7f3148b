package main

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeNoChangeSync counts the requests of a nightly run that has nothing to do.
func TestLargeNoChangeSync(t *testing.T) {
	t.Parallel()
	groups, most := testkit.Size(10000, 200), 12
	w := newWorld(t, tcsim.Config{})
	var b strings.Builder
	b.WriteString("version: 1\nnamespace: big\ngroups:\n")
	for i := range groups {
		fmt.Fprintf(&b, `
  - key: g%d
    type: Campaign
    name: "Group %d"
    tags: [T%d, "Tag %d", {techniqueId: T1566}]
    associatedGroups: [g%d, g%d]
    associatedIndicators: [Host:h%d.example, "Address:10.%d.%d.%d", Host:shared%d.example]
`, i, i, i%50, i%7, (i+1)%groups, (i+777)%groups, i, i/65536%256, i/256%256, i%256, i%100)
	}
	w.write("in.yaml", b.String())
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	if n := w.sim.Stats().Writes; n != groups {
		t.Errorf("%d new groups took %d writes", groups, n)
	}
	for _, args := range [][]string{
		{"plan", "@in.yaml", "--detailed-exitcode"},
		{"plan", "@in.yaml", "--detailed-exitcode", "--id-map", "@ids.csv"},
		{"apply", "@in.yaml", "--yes", "--report", "@ids.csv", "--id-map", "@ids.csv"},
	} {
		w.sim.ResetStats()
		w.run(args...).mustExit(t, codeOK)
		if s := w.sim.Stats(); s.Total > most || s.Writes > 0 {
			t.Errorf("%v took %d requests, %d of them writes: %v", args, s.Total, s.Writes, s.ByRoute)
		}
	}
}
