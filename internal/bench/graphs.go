package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"tcimport/internal/bigmanifest"
)

// latency is how long a request is under way where shapes of graphs are measured. The
// instance and the cores are idle then, and the order of the writes decides.
const latency = 20 * time.Millisecond

// graphs measures what apply reaches with n groups of each shape. The least time is
// that of 16 workers which never wait for each other. No shape forbids it: an association
// has no direction, and is sent with the group that is written later. So even the
// groups of a chain can be written in two rounds.
func (b *bench) graphs(ctx context.Context, out io.Writer, n int) error {
	t := table{head: []string{"graph", "groups", "writes", "fewest", "look-ups", "fewest", "look-ups of the next plan", "fewest", "time", "least", "least ÷ time"}}
	late := fmt.Sprintf(`{"rules": [{"fault": "delay", "seconds": %g}]}`, latency.Seconds())
	if err := os.WriteFile(filepath.Join(b.dir, "late.json"), []byte(late), 0o600); err != nil {
		return err
	}
	sim, err := b.serve(ctx, b.environment(), b.tcimport, "sim", "--faults", "late.json")
	if err != nil {
		return err
	}
	defer sim.stop()
	for _, shape := range bigmanifest.Shapes {
		if err := sim.empty(ctx); err != nil {
			return err
		}
		file, err := b.manifest(bigmanifest.YAML, shape, n)
		if err != nil {
			return err
		}
		var took cost
		sent, err := sim.counted(ctx, func() (err error) {
			took, err = b.measure(ctx, limit(n), sim.env, b.tcimport, "apply", file, "--yes", "--rate", "0", "--workers", fmt.Sprint(workers), "--report", string(shape)+".csv")
			return err
		})
		if err != nil {
			return err
		}
		next, err := sim.counted(ctx, func() error {
			_, err := b.measure(ctx, limit(n), sim.env, b.tcimport, "plan", file, "--rate", "0", "--id-map", string(shape)+".csv")
			return err
		})
		if err != nil {
			return err
		}
		least := time.Duration((n+workers-1)/workers) * latency
		t.add(string(shape), number(n), number(sent.Writes), number(n), number(sent.Reads), number(description+emptyLists), number(next.Reads), number(fewestReads(n)),
			seconds(took.wall), seconds(least), ratio(least, took.wall))
	}
	fmt.Fprintf(out, "\n`apply` with %d workers where each request takes %s, by shape of the graph.\n\n", workers, latency)
	t.print(out)
	return nil
}
