package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tcimport/internal/plan"
	"tcimport/internal/state"
)

// undoOptions are the options of the command undo.
type undoOptions struct {
	applyOptions
	out     string
	run     string
	objects bool // delete what the run has made beside groups
}

func (p *program) newUndo() *cobra.Command {
	o := undoOptions{applyOptions: applyOptions{importOptions: importOptions{policy: plan.DefaultPolicy()}, maxFailures: limitFlag{limit: new(plan.Limit)}}}
	cmd := &cobra.Command{
		Use:   "undo REPORT",
		Short: "Take back the run that wrote a report",
		Long: `Show what takes back the last run that wrote REPORT, ask, and carry it out. Groups
that the run has created are deleted, and changes are taken back value by value, as
far as everything still is as the run has left it. What somebody has edited since is
kept and listed. Nothing that is older than the run is deleted.

Indicators, cases, artifacts and victim assets that the run has made stay. --objects
deletes those that nobody has edited and that nothing else is associated with.

The run can have failed in part, or have been killed: undo knows it from the record
beside the report, even if there is no report yet.`,
		Example: `  tcimport undo ids.csv
  tcimport undo ids.csv --out undo.json
  tcimport apply --plan undo.json --report ids.csv --yes`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("undo needs one report, written by apply --report")
			}
			return nil
		},
		RunE: p.ends(func(ctx context.Context, cmd *cobra.Command, args []string) (result, error) {
			if o.report == "" {
				o.report = args[0]
			}
			if err := o.check(p, cmd, args[0]); err != nil {
				return nil, err
			}
			return p.runUndo(ctx, &o, args[0])
		}),
	}
	f := cmd.Flags()
	o.conn.addFlags(f)
	o.show.addFlags(f)
	f.StringVar(&o.run, "run", "", "take back this run, not the last one; undo names the runs")
	f.BoolVar(&o.objects, "objects", false, "also delete the indicators, cases, artifacts and victim assets that the run has made")
	f.StringVar(&o.out, "out", "", "save the plan to this file, as JSON, and carry out nothing; .json.gz compresses it")
	f.StringVar(&o.report, "report", "", "write the report of what is there afterwards to this file (default: REPORT)")
	f.BoolVar(&o.skipConflicts, "skip-conflicts", false, "leave out groups in conflict, and report them as failed")
	o.addRunFlags(f)
	return cmd
}

// check refuses what cannot work.
func (o *undoOptions) check(p *program, cmd *cobra.Command, path string) error {
	beside := o.stateDir == "" // the journal is beside REPORT, wherever the new report goes
	err := o.applyOptions.check(p, cmd)
	if beside {
		o.stateDir = filepath.Dir(path)
	}
	return err
}

func (p *program) runUndo(ctx context.Context, o *undoOptions, path string) (result, error) {
	u := &undoing{program: p, o: o, path: path}
	if o.out != "" {
		return u.save(ctx)
	}
	r := &applying{program: p, o: &o.applyOptions, command: "undo", args: []string{path}}
	r.prepare = func(ctx context.Context) error { return u.prepare(ctx, r) }
	return r.end(ctx)
}

// prepare makes the plan of a run that takes back another one.
func (u *undoing) prepare(ctx context.Context, r *applying) error {
	if err := u.begin(u.o.activityLog); err != nil {
		return err
	}
	r.connection = u.connection
	if _, err := r.replaced(u.head.Namespace); err != nil {
		return err
	}
	defer u.progress.Begin("Looking up")()
	if err := u.read(); err != nil {
		return err
	}
	if err := u.describe(ctx); err != nil {
		return err
	}
	if err := r.lockAll(u.owners(), u.head.Namespace); err != nil {
		return err
	}
	if err := u.read(); err != nil { // another run may have been at work until now
		return err
	}
	var err error
	r.plan, err = u.make(ctx, r.resume)
	return err
}

// save makes the plan, saves it, and carries out nothing.
func (u *undoing) save(ctx context.Context) (result, error) {
	if err := u.begin(false); err != nil {
		return nil, err
	}
	if err := prove(u.o.out); err != nil {
		return nil, err
	}
	defer u.progress.Begin("Looking up")()
	journal, err := state.Peek(u.o.stateDir, u.head.Scope())
	if err != nil {
		return nil, err
	}
	if err := u.read(); err != nil {
		return nil, err
	}
	if err := u.describe(ctx); err != nil {
		return nil, err
	}
	pn, err := u.make(ctx, journal)
	if err != nil {
		return nil, err
	}
	res := planResult{plan: pn, show: &u.o.show, rate: u.o.conn.effectiveRate(u.connection)}
	if err := res.save(u.o.out); err != nil {
		return nil, err
	}
	if err = whyRefused(pn, u.o.skipConflicts); err != nil {
		err = fmt.Errorf("apply would refuse this: %w", err)
	}
	return res, err
}

// runName is how messages call a run.
func runName(h state.RunHead) string {
	return fmt.Sprintf("%s (%s)", h.Plan, h.At.Local().Format(time.RFC3339))
}
