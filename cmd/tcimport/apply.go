package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
	"tcimport/internal/tc"
)

// applyOptions are the options of the command apply.
type applyOptions struct {
	read        readOptions
	conn        connectOptions
	policy      policyOptions
	plan        string
	report      string
	failed      string
	idMap       string
	stateDir    string
	yes         bool
	activityLog bool
	maxFailures limitFlag
}

func (p *program) newApply() *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply MANIFEST... | --plan FILE",
		Short: "Carry it out: plan, ask, write, report",
		Long: `Make a plan, or take a saved one, carry it out and write a report that maps
every object of the manifests to its ID. On a terminal it asks first; --yes is
for cron. Interrupted once it finishes what is in flight and writes the report;
interrupted twice it stops at once.`,
		Example: `  tcimport apply incidents.yaml
  tcimport apply manifests/ --yes --report ids.csv
  tcimport apply --plan plan.json --yes`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.plan == "" {
				return manifests(cmd, args)
			}
			if len(args) > 0 {
				return fmt.Errorf("apply takes manifests or --plan, not both: a saved plan says it all")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(cmd); err != nil {
				return err
			}
			return p.runApply(cmd.Context(), &o, args)
		},
	}
	o.read.addFlags(cmd)
	o.conn.addFlags(cmd)
	o.policy.addFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.plan, "plan", "", "carry out this saved plan")
	f.StringVar(&o.report, "report", "tcimport-report.csv", "where to write the ID mapping; .json for JSON")
	f.StringVar(&o.failed, "failed", "", "write what did not make it to this file, as a manifest")
	f.StringVar(&o.idMap, "id-map", "", "report of an earlier run, which tells the IDs of groups")
	f.StringVar(&o.stateDir, "state-dir", "", "folder of journal and lock; the report's if not given")
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	f.BoolVar(&o.activityLog, "activity-log", false, "let the writes show in the instance's activity log")
	f.Var(&o.maxFailures, "max-failures", "end the run once more groups than this have failed")
	return cmd
}

func (o *applyOptions) check(cmd *cobra.Command) error {
	if o.report == "" {
		return fmt.Errorf("--report must name a file")
	}
	if o.stateDir == "" {
		o.stateDir = filepath.Dir(o.report)
	}
	if o.plan != "" {
		for _, name := range policyFlags {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s does not go with --plan: the plan was made with its own; plan again to change it", name)
			}
		}
	}
	return o.conn.check(cmd)
}

// applying is one run of apply.
type applying struct {
	*program
	o          *applyOptions
	connection *connection
	ids        *idMap
	custom     []intel.IndicatorType
	locks      []*state.Lock
	plan       *plan.Plan
	left       *state.Left // by an earlier run that did not come to its end
	progress   *report.Progress
}

func (p *program) runApply(ctx context.Context, o *applyOptions, args []string) (err error) {
	r := &applying{program: p, o: o, progress: p.newProgress()}
	defer r.unlock()
	if o.plan != "" {
		err = r.takePlan(ctx)
	} else {
		err = r.makePlan(ctx, args)
	}
	if err != nil {
		return err
	}
	if r.plan.Summary.Conflict > 0 && !o.policy.skipConflicts || r.plan.PruneRefused != "" {
		return r.refuse()
	}
	journal, err := r.prove()
	if err != nil {
		return err
	}
	if r.plan.Summary.Pending() {
		if ok, err := r.confirm(); err != nil || !ok {
			return errors.Join(err, journal.Close(false))
		}
	}
	return r.carryOut(journal)
}

// makePlan makes the plan from manifests.
func (r *applying) makePlan(ctx context.Context, args []string) error {
	pl := &planning{program: r.program, read: &r.o.read, conn: &r.o.conn, policy: r.o.policy.policy()}
	if err := pl.begin(args, r.o.idMap, r.onWait(r.progress), r.o.activityLog); err != nil {
		return err
	}
	r.connection, r.ids = pl.connection, pl.ids
	pl.before = func(im *intel.Import, owners []string) (*state.Left, error) {
		if err := r.lock(owners); err != nil {
			return nil, err
		}
		var err error
		r.left, err = state.Peek(r.o.stateDir, r.scope(im.Namespace))
		return r.left, err
	}
	pn, err := pl.run(ctx)
	if err != nil {
		return err
	}
	r.plan, r.custom = pn, pl.instance.IndicatorTypes
	return nil
}

// takePlan takes a saved plan and looks everything up again that it was made
// from: what has changed since is refused.
func (r *applying) takePlan(ctx context.Context) error {
	pn, err := readPlan(r.o.plan)
	if err != nil {
		return err
	}
	if r.connection, err = r.connect(&r.o.conn, r.o.activityLog, r.onWait(r.progress)); err != nil {
		return err
	}
	if pn.Target.URL != r.connection.url {
		return refused("the plan was made for %s, this is %s", pn.Target.URL, r.connection.url)
	}
	var owners []string
	for _, a := range pn.Actions {
		owners = append(owners, a.Owner)
	}
	owners = append(owners, pn.Target.Owner)
	slices.Sort(owners)
	if err := r.lock(slices.Compact(owners)); err != nil {
		return err
	}
	scope := r.scope(pn.Namespace)
	if at, done, err := state.Applied(r.o.stateDir, scope, pn.ID); err != nil {
		return err
	} else if done {
		return refused("the plan was applied on %s already: plan again", at.Format(time.RFC3339))
	}
	if r.left, err = state.Peek(r.o.stateDir, scope); err != nil {
		return err
	}
	if err := r.checkStale(ctx, pn); err != nil {
		return err
	}
	r.plan = pn
	return nil
}

// checkStale refuses a plan that no longer holds, or leaves out what does not.
func (r *applying) checkStale(ctx context.Context, pn *plan.Plan) error {
	var err error
	if slices.ContainsFunc(pn.Objects, func(o *plan.Object) bool { return o.Kind == intel.KindIndicator }) {
		if r.custom, err = r.connection.client.IndicatorTypes(ctx); err != nil {
			return err
		}
	}
	how := lookup.Options{Workers: r.o.conn.workers, Custom: r.custom, Log: r.logger()}
	now, err := lookup.Find(ctx, r.connection.client, lookup.OfPlan(pn), how)
	if err != nil {
		return err
	}
	stale := pn.Stale(now, begun(pn, r.left))
	if len(stale) == 0 {
		return nil
	}
	if r.o.policy.skipConflicts {
		pn.LeaveOut(stale)
		return nil
	}
	const most = 10
	for i, s := range stale {
		if i == most {
			fmt.Fprintf(r.stderr, "… and %d more\n", len(stale)-most)
			break
		}
		fmt.Fprintf(r.stderr, "%s: %s %s: %s\n", s.Action.Source, s.Action.Type, intel.Quote(s.Action.Name), s.Why)
	}
	return refused("the plan no longer holds: %d of %d actions; nothing was written. Plan again, or leave them out with --skip-conflicts",
		len(stale), len(pn.Actions))
}

// begun are the keys that an unfinished run of the same plan has written, or may
// have.
func begun(pn *plan.Plan, left *state.Left) map[string]bool {
	if left == nil || left.Plan != pn.ID {
		return nil
	}
	keys := map[string]bool{}
	for _, o := range left.Outcomes {
		keys[o.Key] = true
	}
	for _, w := range left.Doubtful {
		keys[w.Key] = true
	}
	return keys
}

func (r *applying) scope(namespace string) state.Scope {
	return state.Scope{Instance: r.connection.host(), Namespace: namespace}
}

// lock takes the lock of each owner.
func (r *applying) lock(owners []string) error {
	for _, owner := range owners {
		l, err := state.Acquire(r.o.stateDir, r.connection.host(), owner)
		if err != nil {
			return err
		}
		r.locks = append(r.locks, l)
	}
	return nil
}

func (r *applying) unlock() {
	for _, l := range r.locks {
		if err := l.Release(); err != nil {
			r.logger().Warn(err.Error())
		}
	}
}

// refuse shows the plan and says why nothing is done.
func (r *applying) refuse() error {
	if err := report.Text(r.stderr, r.plan, r.textOptions(r.o.conn.effectiveRate(r.connection))); err != nil {
		return err
	}
	if why := r.plan.PruneRefused; why != "" {
		return refused("nothing was deleted or written: %s", why)
	}
	return refused("%d of the groups are in conflict; nothing was written. Settle them, or leave them out with --skip-conflicts", r.plan.Summary.Conflict)
}

// prove makes sure that report and journal can be written, before anything is
// sent that writes.
func (r *applying) prove() (*state.Journal, error) {
	if err := r.ownReport(); err != nil {
		return nil, err
	}
	for _, path := range []string{r.o.report, r.o.failed} {
		if path == "" {
			continue
		}
		if err := state.Probe(path); err != nil {
			return nil, err
		}
	}
	var journal *state.Journal
	var err error
	journal, r.left, err = state.Open(r.o.stateDir, r.scope(r.plan.Namespace), r.plan.ID)
	if err == nil && r.left != nil && !r.global.quiet {
		fmt.Fprintln(r.stderr, r.left.Summary())
	}
	return journal, err
}

// ownReport refuses to overwrite the report of another import.
func (r *applying) ownReport() error {
	f, err := os.Open(r.o.report)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	return report.CheckReplace(f, r.o.report, r.meta())
}

// meta is what the rows of the report have in common.
func (r *applying) meta() report.Meta {
	m := report.Meta{Instance: r.connection.host(), Namespace: r.plan.Namespace}
	m.Earlier = append(r.ids.earlier(), report.KnownRows(r.left.Known(), m)...)
	return m
}

// confirm asks whether to go on.
func (r *applying) confirm() (bool, error) {
	if r.o.yes {
		return true, nil
	}
	if !r.inTTY || !r.errTTY {
		return false, errors.New("there is no terminal to ask on: give --yes to apply without a question")
	}
	if err := report.Text(r.stderr, r.plan, r.textOptions(r.o.conn.effectiveRate(r.connection))); err != nil {
		return false, err
	}
	fmt.Fprint(r.stderr, "\nApply this to "+r.connection.url+"? Only \"yes\" will do: ")
	answer, err := bufio.NewReader(r.stdin).ReadString('\n')
	if err != nil && err != io.EOF {
		return false, err
	}
	if strings.TrimSpace(answer) != "yes" {
		fmt.Fprintln(r.stderr, "Nothing was written.")
		return false, nil
	}
	return true, nil
}

// carryOut writes, and reports whatever came of it.
func (r *applying) carryOut(journal *state.Journal) error {
	opt := apply.Options{
		Workers: r.o.conn.workers, Classify: classify, Find: r.find, Probe: r.probe, Custom: r.custom,
		Journal: journal, Sink: r.progress.Sink, Stop: r.stop, Done: r.left.Done(r.plan), Doubtful: map[string]bool{},
	}
	if r.left != nil {
		for _, w := range r.left.Doubtful {
			opt.Doubtful[w.Key] = true
		}
	}
	if r.o.maxFailures.set {
		opt.MaxFailures = &r.o.maxFailures.limit
	}
	ledger, runErr := apply.Run(r.hard, r.plan, r.connection.client, opt)
	if err := r.connection.save(); runErr == nil {
		runErr = err
	}
	rows := report.Rows(ledger, r.meta())
	end := r.outcome(rows, runErr)
	if err := r.writeReport(ledger, rows, end); err != nil {
		return errors.Join(err, journal.Abandon())
	}
	if err := journal.Close(report.Summarize(rows).Complete()); err != nil {
		return err
	}
	return r.tell(rows, runErr, end)
}

// find looks for objects that a run has made.
func (r *applying) find(ctx context.Context, objects []*intel.Object) ([][]*intel.Remote, error) {
	found, err := lookup.Find(ctx, r.connection.client, lookup.Wanted{Objects: objects},
		lookup.Options{Workers: r.o.conn.workers, Custom: r.custom, Log: r.logger()})
	if err != nil {
		return nil, err
	}
	return found.Objects, nil
}

// probe tells whether the credentials still work.
func (r *applying) probe(ctx context.Context) error {
	_, err := r.connection.client.Owners(ctx)
	return err
}

// outcome is the error that a run ends with, nil if all was done.
func (r *applying) outcome(rows []report.Row, runErr error) error {
	switch {
	case r.signalled.Load() != 0:
		return &exitError{code: int(r.signalled.Load()), err: errors.New("interrupted; the report is complete")}
	case errors.Is(runErr, apply.ErrMaxFailures):
		return &exitError{code: codeIncomplete, err: runErr}
	case runErr != nil:
		return &exitError{code: codeOf(runErr), err: runErr}
	case !report.Summarize(rows).Complete():
		return quiet(codeIncomplete)
	}
	return nil
}

// writeReport writes the ID mapping and what failed.
func (r *applying) writeReport(ledger *apply.Ledger, rows []report.Row, end error) error {
	err := state.WriteFile(r.o.report, state.Private, func(w io.Writer) error {
		if strings.EqualFold(filepath.Ext(r.o.report), ".json") {
			return report.RunDocument(rows, r.meta(), failureOf(end)).Write(w)
		}
		return report.WriteCSV(w, rows)
	})
	if err != nil || r.o.failed == "" {
		return err
	}
	return state.WriteFile(r.o.failed, state.Private, func(w io.Writer) error {
		_, err := report.WriteFailed(w, ledger)
		return err
	})
}

// failureOf is an error as documents hold it.
func failureOf(err error) *report.Error {
	if err == nil {
		return nil
	}
	return &report.Error{Text: err.Error(), Code: codeOf(err)}
}

// tell says what became of the run: on stdout, as text or as the document.
func (r *applying) tell(rows []report.Row, runErr, end error) error {
	switch {
	case r.global.json:
		r.answered = true
		if err := report.RunDocument(rows, r.meta(), failureOf(end)).Write(r.stdout); err != nil {
			return err
		}
	case r.global.quiet && end == nil:
	default:
		w := r.stdout
		if r.global.quiet {
			w = r.stderr
		}
		if !r.plan.Summary.Pending() && end == nil {
			fmt.Fprintln(w, report.Tally(r.plan, r.o.conn.effectiveRate(r.connection)))
		}
		if err := (report.Outcome{Rows: rows, Report: r.o.report, Err: runErr, Color: r.color()}).WriteText(w); err != nil {
			return err
		}
		if exit, ok := errors.AsType[*exitError](end); ok && runErr != nil && exit.err == runErr {
			end = &exitError{code: exit.code, err: hintOnly(runErr)}
		}
	}
	return end
}

// hintOnly is what there is to say about an error beyond its text, nil if
// nothing.
func hintOnly(err error) error {
	if hint := tc.Hint(err); hint != "" {
		return errors.New(hint)
	}
	return nil
}

// classify says what an error of the client means for a run.
func classify(err error) apply.Failure {
	switch {
	case err == nil:
		return apply.None
	case tc.IsInDoubt(err):
		return apply.Doubt
	case tc.IsNotFound(err):
		return apply.Gone
	case tc.IsExists(err):
		return apply.Exists
	case tc.IsAuth(err), errors.Is(err, tc.ErrNotLicensed):
		return apply.Denied
	case errors.Is(err, context.Canceled), errors.Is(err, tc.ErrNetwork), errors.Is(err, tc.ErrTLS),
		errors.Is(err, tc.ErrThrottled), errors.Is(err, tc.ErrUnavailable), errors.Is(err, tc.ErrRedirect), errors.Is(err, tc.ErrHTML):
		return apply.Unsent
	}
	return apply.Refused
}
