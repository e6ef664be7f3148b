package main

import (
	"fmt"
	"testing"
	"time"
)

// TestRate: never more than R + 1 requests in any second, the repeated ones
// included, whoever asks for them.
func TestRate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate     int
		switches string
		retries  bool
	}{{15, "", false}, {25, "rate-limit=12", true}, {20, "unavailable=1 retry-after=date", true}} {
		t.Run(fmt.Sprint(c.rate, c.switches), func(t *testing.T) {
			t.Parallel()
			w := newHundreds(t, 15).with(fmt.Sprintf("TCIMPORT_RATE=%d", c.rate))
			w.flip(c.switches)
			begin := time.Now()
			w.exec("apply", "in.yaml", "--yes", "--report", "ids.csv", "--workers", "16").mustExit(t, codeOK)
			stats := w.sim.Stats()
			least := time.Duration(stats.Total-1) * time.Second / time.Duration(c.rate)
			if took := time.Since(begin); stats.MaxPerSecond > c.rate+1 || took < least {
				t.Errorf("%d requests in a second, %d in %s", stats.MaxPerSecond, stats.Total, took)
			}
			if again := stats.ByStatus[429]+stats.ByStatus[503] > 0; again != c.retries {
				t.Errorf("answers by status: %v", stats.ByStatus)
			}
			if n := len(w.sim.Snapshot().Groups); n != 15 {
				t.Errorf("%d groups", n)
			}
		})
	}
}
