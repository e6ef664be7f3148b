package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"tcimport/internal/bigmanifest"
)

// linear measures n groups and ten times as many, and compares the latter with ten times
// the former.
func (b *bench) linear(ctx context.Context, out io.Writer, n int) error {
	t := table{head: []string{"command", "time", "CPU", "peak", "tenfold: time", "CPU", "peak", "time ÷ linear", "CPU ÷ linear", "peak ÷ linear"}}
	for _, format := range []bigmanifest.Format{bigmanifest.YAML, bigmanifest.CSV} {
		few, err := b.stages(ctx, format, n)
		if err != nil {
			return err
		}
		many, err := b.stages(ctx, format, 10*n)
		if err != nil {
			return err
		}
		for i, name := range []string{"validate", "plan", "apply"} {
			f, m := few[i], many[i]
			t.add(fmt.Sprintf("`%s`, %s", name, strings.ToUpper(string(format))), seconds(f.wall), seconds(f.cpu), mebibytes(f.peak), seconds(m.wall), seconds(m.cpu), mebibytes(m.peak),
				ratio(m.wall, 10*f.wall), ratio(m.cpu, 10*f.cpu), ratio(m.peak, 10*f.peak))
		}
	}
	fmt.Fprintf(out, "\n%s groups, and %s. Linear is ten times the former.\n\n", number(n), number(10*n))
	t.print(out)
	return nil
}

// stages measures validate, plan and apply of n groups, with an instance of their own.
func (b *bench) stages(ctx context.Context, format bigmanifest.Format, n int) (took []cost, err error) {
	file, err := b.manifest(format, bigmanifest.Reports, n)
	if err != nil {
		return nil, err
	}
	sim, err := b.serve(ctx, b.environment(), b.tcimport, "sim")
	if err != nil {
		return nil, err
	}
	defer sim.stop()
	for _, args := range [][]string{
		{"validate", file},
		{"plan", file, "--rate", "0"},
		{"apply", file, "--yes", "--rate", "0", "--workers", fmt.Sprint(workers), "--report", file + ".csv"},
	} {
		c, err := b.measure(ctx, limit(n), sim.env, b.tcimport, args...)
		if err != nil {
			return nil, err
		}
		took = append(took, c)
	}
	return took, nil
}
