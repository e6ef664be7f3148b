package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcimport/internal/plan"
)

// settleTime is how long a write without an answer may still arrive, unless the
// user knows better.
const settleTime = time.Minute

// keptRuns is how many runs of a report keep a record, unless the user says otherwise.
const keptRuns = 20

// applyOptions are the options of the command apply.
type applyOptions struct {
	importOptions
	plan        string
	report      string
	failed      string
	stateDir    string // of the journal
	lockDir     string
	yes         bool
	activityLog bool
	maxFailures limitFlag
	maxDuration time.Duration
	metrics     string
	settle      time.Duration
	keepRuns    int

	flags         *pflag.FlagSet
	reportThisRun bool
}

func (p *program) newApply() *cobra.Command {
	o := applyOptions{maxFailures: limitFlag{limit: new(plan.Limit)}}
	cmd := &cobra.Command{
		Use:   "apply MANIFEST... | --plan FILE",
		Short: "Make a plan and carry it out",
		Long: `Make a plan, or take a saved one, and carry it out. Then write a report that maps
every object of the manifests to its ID. apply shows the plan and asks first,
unless --yes is given.

A first interrupt finishes the requests in flight and writes the report. A second
one cancels these requests. Run the same command again to do the rest.

` + manifestHelp,
		Example: `  tcimport apply incidents.yaml
  tcimport apply --plan plan.json --yes --report reviewed.csv
  tcimport apply manifests/ --yes --quiet --id-map ids.csv --report ids.csv --failed failed.yaml
  tcimport apply manifests/ --yes --id-map ids.csv --report ids.csv --on-drift keep --prune`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.plan == "" {
				return manifests(cmd, args)
			}
			if len(args) > 0 {
				return fmt.Errorf("give either manifests or --plan, not both")
			}
			return nil
		},
		RunE: p.ends(func(ctx context.Context, cmd *cobra.Command, args []string) (result, error) {
			if err := o.check(p, cmd); err != nil {
				return nil, err
			}
			return p.runApply(ctx, &o, args)
		}),
	}
	f := cmd.Flags()
	o.importOptions.addFlags(f)
	o.show.addFormat(f, "how to print the result; html has every group")
	o.show.addListFlags(f)
	f.StringVar(&o.plan, "plan", "", "carry out this saved plan")
	f.StringVar(&o.report, "report", "tcimport-report.csv", "write the report, which maps keys to IDs, to this file; .json for JSON")
	addReportThisRun(cmd, &o.reportThisRun)
	f.StringVar(&o.failed, "failed", "", "write what failed to this file, as a manifest")
	o.addRunFlags(f)
	f.IntVar(&o.keepRuns, "keep-runs", keptRuns, "how many runs of the report can be taken back by undo, which needs a record of each")
	return cmd
}

// addRunFlags adds the flags of commands that carry out a plan.
func (o *applyOptions) addRunFlags(f *pflag.FlagSet) {
	f.StringVar(&o.stateDir, "state-dir", "", "folder for journal and lock (default: the report's folder for the journal, your state folder for the lock)")
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	f.BoolVar(&o.activityLog, "activity-log", false, "show the writes in the instance's activity log")
	f.Var(&o.maxFailures, "max-failures", "stop after more than this many groups have failed; a percentage is of the planned changes, of 20 at least")
	f.DurationVar(&o.maxDuration, "max-duration", 0, "stop after this time; requests in flight are finished (0: no limit)")
	f.DurationVar(&o.settle, "settle", settleTime, "how long an unanswered write may still take effect; a write that could create a duplicate is not repeated sooner")
	f.StringVar(&o.metrics, "metrics", "", "write metrics to this file, for Prometheus' textfile collector")
}

func (o *applyOptions) check(p *program, cmd *cobra.Command) error {
	o.flags = cmd.Flags()
	if o.report == "" {
		return fmt.Errorf("--report needs a file name")
	}
	var err error
	if o.lockDir = o.stateDir; o.lockDir == "" {
		if o.lockDir, err = p.lockDir(); err != nil {
			return err
		}
	}
	if o.stateDir == "" {
		o.stateDir = filepath.Dir(o.report)
	}
	for name, d := range map[string]time.Duration{"max-duration": o.maxDuration, "settle": o.settle} {
		if d < 0 {
			return fmt.Errorf("--%s %s: must not be negative", name, d)
		}
	}
	if o.keepRuns < 0 {
		return fmt.Errorf("--keep-runs %d: must not be negative", o.keepRuns)
	}
	if o.plan != "" {
		for _, name := range ofSavedPlans() {
			if cmd.Flags().Changed(name) && !p.fromEnv[name] {
				return fmt.Errorf("--%s cannot be used with --plan: the saved plan has its own value; plan again to change it", name)
			}
		}
		return errors.Join(o.conn.check(cmd), o.show.check(p))
	}
	return errors.Join(o.conn.check(cmd), o.importOptions.check(), o.show.check(p))
}

// ofSavedPlans are the flags whose values a saved plan has.
func ofSavedPlans() []string {
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(readOptions).addFlags(f)
	addPolicyFlags(f, new(plan.Policy))
	names := []string{"id-map", skipInvalid}
	f.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}
