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

// graph is a manifest that is measured.
type graph struct {
	shape bigmanifest.Shape
	n     int // groups
}

// graphs measures what apply reaches with each of the graphs. The least time is that of
// workers which never wait, neither for each other nor for the machine. No shape forbids
// it: an association has no direction, and is sent with the group that is written later. So
// even the groups of a chain can be written in two rounds. A bare loop of the same writes
// shows what the machine reaches of it.
func (b *bench) graphs(ctx context.Context, out io.Writer, all []graph, rounds int) error {
	t := table{head: []string{"graph", "groups", "writes", "fewest", "look-ups", "fewest", "look-ups of the next plan", "fewest", "time", "bare loop", "least", "bare loop ÷ time", "least ÷ time"}}
	delay := fmt.Sprintf(`{"rules": [{"fault": "delay", "seconds": %g}]}`, latency.Seconds())
	if err := os.WriteFile(filepath.Join(b.dir, "late.json"), []byte(delay), 0o600); err != nil {
		return err
	}
	late, err := b.serve(ctx, b.environment(), b.tcimport, "sim", "--faults", "late.json")
	if err != nil {
		return err
	}
	defer late.stop()
	quick, err := b.serve(ctx, b.environment(), b.tcimport, "sim")
	if err != nil {
		return err
	}
	defer quick.stop()
	for _, g := range all {
		if err := b.graph(ctx, &t, g, rounds, late, quick); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\n`apply` with %d workers where each request takes %s, by shape of the graph.\n\n", workers, latency)
	t.print(out)
	return nil
}

// graph measures one manifest with an instance that answers late. What it sends is
// recorded at another one. Of several rounds, the fastest counts: nothing but the machine
// makes the others slower.
func (b *bench) graph(ctx context.Context, t *table, g graph, rounds int, late, quick *instance) error {
	file, err := b.manifest(bigmanifest.YAML, g.shape, g.n)
	if err != nil {
		return err
	}
	recorded, report := file+".requests", file+".csv"
	if err := b.recordRun(ctx, quick, g.n, file, recorded); err != nil {
		return err
	}
	var took, bare time.Duration
	var sent requests
	for round := range rounds {
		if err := late.empty(ctx); err != nil {
			return err
		}
		loop, err := b.measure(ctx, limit(g.n), late.env, b.self, "replay", recorded, "writes")
		if err != nil {
			return err
		}
		if err := late.empty(ctx); err != nil {
			return err
		}
		_ = os.Remove(filepath.Join(b.dir, report)) // of the round before: a run reads what it replaces
		var whole cost
		sent, err = late.counted(ctx, func() (err error) {
			whole, err = b.measure(ctx, limit(g.n), late.env, b.tcimport, "apply", file, "--yes", "--rate", "0", "--workers", fmt.Sprint(workers), "--report", report)
			return err
		})
		if err != nil {
			return err
		}
		if round == 0 || loop.wall < bare {
			bare = loop.wall
		}
		if round == 0 || whole.wall < took {
			took = whole.wall
		}
	}
	next, err := late.counted(ctx, func() error {
		_, err := b.measure(ctx, limit(g.n), late.env, b.tcimport, "plan", file, "--rate", "0", "--id-map", report)
		return err
	})
	if err != nil {
		return err
	}
	least := time.Duration((g.n+workers-1)/workers) * latency
	t.add(string(g.shape), number(g.n), number(sent.Writes), number(g.n), number(sent.Reads), number(description+emptyLists), number(next.Reads), number(fewestReads(g.n)),
		seconds(took), seconds(bare), seconds(least), ratio(bare, took), ratio(least, took))
	return nil
}
