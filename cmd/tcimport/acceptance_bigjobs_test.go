package main

import (
	"fmt"
	"os"
	"testing"

	"tcimport/internal/bigmanifest"
	"tcimport/internal/plan"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeImportByJobs: what takes v3 a request for each group takes jobs less than one for 200 of
// them, polls and look-ups included, beside the few of any run. The same is there in the end.
// TEST_ROUNDS=50 makes 100,000 groups of it.
func TestLargeImportByJobs(t *testing.T) {
	testkit.SkipUnderRace(t)
	t.Parallel()
	n := testkit.Rounds(2000)
	inTime(t, fmt.Sprint(n), func(t *testing.T) {
		e := newEngines(t, func() *world {
			w := newQuietWorld(t, tcsim.Config{Switches: tcsim.Switches{BatchRate: 1000, BatchDelayMS: 2000}})
			f, err := os.Create(w.path("in.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := bigmanifest.Write(f, bigmanifest.YAML, n, 1); err != nil {
				t.Fatal(err)
			}
			return w
		})
		v3, _ := e.runs("apply", "@in.yaml", "--yes", "--quiet", "--report", "@ids.csv")
		v3.mustExit(t, codeOK)
		e.says(fmt.Sprint(n, " groups"))
		e.settled("@in.yaml")
		if all, most := e.asks[plan.EngineBatch], 30+n/220; all > most {
			t.Errorf("%d requests by jobs, want at most %d", all, most)
		}
	})
}
