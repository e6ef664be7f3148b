package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tcimport/internal/bigmanifest"
)

// step is a row of the table: what a process took, and its bare counterpart.
type step struct {
	name   string
	took   cost
	sent   requests
	fewest requests
	bare   *step
}

// These are the fewest requests that the API allows. All groups of a manifest of
// bigmanifest are of one owner and have labels and attributes. So three lists describe the
// instance: owners, labels and attribute types.
const (
	description = 3
	emptyLists  = 2 // that there are no groups and no indicators yet
	page        = 10_000
)

// fewestReads are those of a manifest of n groups that are all there: pages that have
// groups with their lists.
func fewestReads(n int) int { return description + (n+page-1)/page }

// costs measures all commands with a manifest of n groups.
func (b *bench) costs(ctx context.Context, out io.Writer, n int) error {
	inYAML, err := b.manifest(bigmanifest.YAML, bigmanifest.Reports, n)
	if err != nil {
		return err
	}
	inCSV, err := b.manifest(bigmanifest.CSV, bigmanifest.Reports, n)
	if err != nil {
		return err
	}
	sim, err := b.serve(ctx, b.environment(), b.tcimport, "sim")
	if err != nil {
		return err
	}
	defer sim.stop()

	t := &steps{bench: b, ctx: ctx, n: n, sim: sim}
	none, empty, there := requests{}, requests{Reads: description + emptyLists}, requests{Reads: fewestReads(n)}
	created := requests{Reads: empty.Reads, Writes: n}
	bareYAML := t.bare("bare parse, YAML", none, "parse-yaml", inYAML)
	bareCSV := t.bare("bare parse, CSV", none, "parse-csv", inCSV)
	bareWrites := &step{name: "bare loop of the writes", fewest: requests{Writes: n}}
	bareReads := &step{name: "bare loop of the reads", fewest: there}
	t.command("`validate`, YAML", bareYAML, none, "validate", inYAML)
	t.command("`validate`, CSV", bareCSV, none, "validate", inCSV)
	t.command("`plan`, empty instance", bareYAML, empty, "plan", inYAML, "--rate", "0")
	saved := t.command("`plan --out`", bareYAML, empty, "plan", inYAML, "--rate", "0", "--out", "plan.json")
	t.command("`apply` of new groups", bareWrites, created, "apply", inYAML, "--yes", "--rate", "0", "--workers", fmt.Sprint(workers), "--report", "report.csv")
	t.command("`plan` without changes", bareReads, there, "plan", inYAML, "--rate", "0", "--id-map", "report.csv")
	t.command("`apply` without changes", bareReads, there, "apply", inYAML, "--yes", "--rate", "0", "--workers", fmt.Sprint(workers), "--id-map", "report.csv", "--report", "report.csv")
	t.do(func() error { return b.recordRun(ctx, sim, n, inYAML, "requests") })
	t.add(bareReads, sim.env, b.self, "replay", "requests", "reads")
	t.do(func() error { return sim.empty(ctx) })
	t.add(bareWrites, sim.env, b.self, "replay", "requests", "writes")
	t.do(func() error {
		size, err := os.Stat(filepath.Join(b.dir, "plan.json"))
		if err == nil {
			saved.name += fmt.Sprintf(", %s of JSON", mebibytes(size.Size()))
		}
		return err
	})
	if t.err != nil {
		return t.err
	}
	printSteps(out, n, t.rows)
	return nil
}

// steps are measured one after the other, until one fails.
type steps struct {
	*bench
	ctx  context.Context
	n    int
	sim  *instance
	rows []*step
	err  error
}

func (t *steps) do(f func() error) {
	if t.err == nil {
		t.err = f()
	}
}

// command measures a command. Its bare counterpart may be measured later.
func (t *steps) command(name string, bare *step, fewest requests, args ...string) *step {
	s := &step{name: name, fewest: fewest, bare: bare}
	t.add(s, t.sim.env, t.tcimport, args...)
	return s
}

// bare measures a counterpart.
func (t *steps) bare(name string, fewest requests, args ...string) *step {
	s := &step{name: name, fewest: fewest}
	t.add(s, t.sim.env, t.self, args...)
	return s
}

func (t *steps) add(s *step, env []string, program string, args ...string) {
	t.rows = append(t.rows, s)
	t.do(func() (err error) {
		s.sent, err = t.sim.counted(t.ctx, func() (err error) {
			s.took, err = t.measure(t.ctx, limit(t.n), env, program, args...)
			return err
		})
		return err
	})
}

// recordRun records what an apply into an empty instance sends, and a plan that
// changes nothing after it.
func (b *bench) recordRun(ctx context.Context, sim *instance, n int, manifest, file string) error {
	if err := sim.empty(ctx); err != nil {
		return err
	}
	recorder, err := b.serve(ctx, sim.env, b.self, "record", file)
	if err != nil {
		return err
	}
	defer recorder.stop()
	for _, args := range [][]string{
		{"apply", manifest, "--yes", "--rate", "0", "--workers", fmt.Sprint(workers), "--report", file + ".csv"},
		{"plan", manifest, "--rate", "0", "--id-map", file + ".csv"},
	} {
		if _, err := b.measure(ctx, limit(n), recorder.env, b.tcimport, args...); err != nil {
			return err
		}
	}
	return nil
}

// manifest writes a manifest to a file.
func (b *bench) manifest(format bigmanifest.Format, shape bigmanifest.Shape, n int) (name string, err error) {
	name = fmt.Sprintf("%s-%d.%s", shape, n, format)
	f, err := os.Create(filepath.Join(b.dir, name))
	if err != nil {
		return "", err
	}
	if err := bigmanifest.WriteShape(f, format, shape, n, 1); err != nil {
		return "", err
	}
	return name, f.Close()
}
