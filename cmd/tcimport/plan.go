package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tcimport/internal/plan"
	"tcimport/internal/reader"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// planOptions are the options of the command plan.
type planOptions struct {
	importOptions
	out          string
	stateDir     string
	detailedCode bool
}

func (p *program) newPlan() *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan MANIFEST...",
		Short: "Show what apply would do (dry run)",
		Long: `Look up what exists, compare it with the manifests and show what apply would do.
plan never writes to the instance. --out saves the plan; apply --plan carries out
exactly this plan.

` + manifestHelp,
		Example: `  tcimport plan incidents.yaml
  tcimport plan manifests/ --out plan.json
  tcimport plan incidents.yaml --format markdown > plan.md
  tcimport plan manifests/ --id-map ids.csv --prune --only update,delete`,
		Args: manifests,
		RunE: p.ends(func(ctx context.Context, cmd *cobra.Command, args []string) (result, error) {
			if err := errors.Join(o.conn.check(cmd), o.importOptions.check(), o.show.check(p)); err != nil {
				return nil, err
			}
			return p.runPlan(ctx, &o, args)
		}),
	}
	f := cmd.Flags()
	o.importOptions.addFlags(f)
	o.show.addFlags(f)
	f.StringVar(&o.out, "out", "", "save the plan to this file, as JSON; .json.gz compresses it")
	f.StringVar(&o.stateDir, "state-dir", ".", "folder of the journal of apply: the plan includes what an interrupted run left")
	f.BoolVar(&o.detailedCode, "detailed-exitcode", false, "exit with 2 if changes are pending")
	return cmd
}

func (p *program) runPlan(ctx context.Context, o *planOptions, args []string) (result, error) {
	pl := &planning{program: p, o: &o.importOptions, settle: settleTime, saved: o.out != "" || p.global.json}
	if err := pl.begin(args, false); err != nil {
		return nil, err
	}
	if err := prove(o.out); err != nil {
		return nil, err
	}
	defer p.progress.Begin("Looking up")()
	im, err := pl.check(ctx)
	if err != nil {
		return nil, err
	}
	// What a run that did not come to its end has written is part of what there is.
	journal, err := state.Peek(o.stateDir, state.Scope{Instance: pl.connection.name(), Namespace: im.Namespace})
	if err != nil {
		return nil, err
	}
	pl.reports = []report.Rows{pl.ids.rows}
	pn, err := pl.compare(ctx, im, journal)
	if err != nil {
		return nil, err
	}
	engine := pl.connection.chooseEngine(ctx, pn, o.engine)
	res := planResult{pn, &o.show, o.conn.effectiveRate(pl.connection), engine}
	if o.out != "" {
		if err := res.save(o.out); err != nil {
			return nil, err
		}
	}
	if err = cmp.Or(whyRefused(pn, o.skipConflicts), engine.refused()); err != nil {
		err = fmt.Errorf("apply would refuse this: %w", err)
	} else if o.detailedCode && pn.Summary.Pending() {
		err = &exitError{code: codePending}
	}
	return res, err
}

func (p *program) newShow() *cobra.Command {
	var o showOptions
	rate := 10.0
	cmd := &cobra.Command{
		Use:     "show PLAN",
		Short:   "Print a saved plan again, in any format",
		Long:    `Print a plan that plan --out has saved. The instance is not asked.`,
		Example: "  tcimport show plan.json\n  tcimport show plan.json --only delete,update --full\n  tcimport show plan.json --format markdown",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("show needs one saved plan, written by plan --out")
			}
			return nil
		},
		RunE: p.ends(func(_ context.Context, _ *cobra.Command, args []string) (result, error) {
			if err := errors.Join(checkRate(rate), o.check(p)); err != nil {
				return nil, err
			}
			pn, err := readPlan(args[0])
			if err != nil {
				return nil, err
			}
			return planResult{plan: pn, show: &o, rate: rate}, nil
		}),
	}
	o.addFlags(cmd.Flags())
	cmd.Flags().Float64Var(&rate, "rate", rate, "requests a second, for the estimate of the time")
	return cmd
}

func readPlan(path string) (*plan.Plan, error) {
	r, err := state.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	pn, err := plan.Read(r)
	if err != nil {
		if reader.IsManifest(path) {
			return nil, fmt.Errorf("%s is a manifest, not a saved plan: tcimport plan %s shows its plan, apply takes it without --plan", path, path)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return pn, nil
}
