package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"time"

	"tcimport/internal/baseline"
	"tcimport/internal/compare"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// applying is one run of a command that carries out a plan.
type applying struct {
	*program
	o          *applyOptions
	command    string // whose run it is
	args       []string
	begun      time.Time
	prepare    func(context.Context) error // makes the plan, or takes a saved one
	connection *connection
	ids        *idMap
	locks      []*state.Lock
	plan       *plan.Plan
	engine     engine
	journal    *state.Journal // until the run is over
	resume     *state.Resume  // of earlier runs that did not do everything
	known      *state.Resume  // what the journal knew before this run

	// appeared are the IDs of new indicators of a saved plan that are there by now: lists may not
	// show them yet.
	appeared map[*intel.Object]int64
}

var errMaxDuration = errors.New("stopped after --max-duration")

func (p *program) runApply(ctx context.Context, o *applyOptions, args []string) (result, error) {
	r := &applying{program: p, o: o, command: "apply", args: args}
	if r.prepare = r.makePlan; o.plan != "" {
		r.prepare = r.takePlan
	}
	return r.end(ctx)
}

// end carries the plan out, within the time that there is for it.
func (r *applying) end(ctx context.Context) (result, error) {
	o := r.o
	r.begun = time.Now()
	if o.maxDuration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.maxDuration, errMaxDuration)
		defer cancel()
	}
	res, err := r.run(ctx)
	if cause := context.Cause(ctx); cause == errMaxDuration && errors.Is(err, context.DeadlineExceeded) {
		err = &exitError{code: codeIncomplete, err: fmt.Errorf("%w; nothing was written", errMaxDuration)}
	}
	if merr := r.writeMetrics(res, err); err == nil {
		err = merr
	}
	if res == nil {
		return nil, err
	}
	return res, err
}

// writeMetrics writes the metrics of a run however it ended.
func (r *applying) writeMetrics(res *runResult, err error) error {
	if r.o.metrics == "" {
		return nil
	}
	m := metrics{begun: r.begun, ended: time.Now(), code: r.exitCode(err), before: readEarlier(r.o.metrics)}
	m.labels = r.importLabels(m.before)
	if res != nil {
		m.declined, m.counts = res.declined, res.Counts
	}
	if r.connection != nil {
		m.traffic = r.connection.client.Stats()
	}
	merr := state.WriteFile(r.o.metrics, 0o644, m.write)
	if merr != nil && err != nil && merr.Error() != err.Error() {
		r.logger().Error(merr.Error()) // it is err that the run ends with
	}
	return merr
}

// run makes the plan, or takes a saved one, asks, and carries it out. It returns no
// result if it ends before anybody could agree to the plan.
func (r *applying) run(ctx context.Context) (res *runResult, err error) {
	o := r.o
	defer r.unlock()
	defer r.closeJournal()
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	if err := r.refuse(ctx); err != nil {
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	if err := r.makeReportFolder(); err != nil {
		return nil, err
	}
	if err := prove(o.report, o.failed, o.metrics, r.connection.simFile); err != nil {
		return nil, err
	}
	if r.plan.Summary.Pending() {
		if ok, err := r.confirm(ctx); err != nil {
			return nil, err
		} else if !ok {
			return &runResult{content: &report.Report{Meta: r.meta()}, declined: true}, nil
		}
	}
	r.engine.say(r.program)
	if err := r.signals.write(r.sayStopping); err != nil {
		return nil, err
	}
	if err := r.beginJournal(); err != nil {
		return nil, err
	}
	return r.carryOut(ctx)
}

// makePlan makes the plan from manifests.
func (r *applying) makePlan(ctx context.Context) error {
	pl := &planning{program: r.program, o: &r.o.importOptions, settle: r.o.settle}
	if err := pl.begin(r.args, r.o.activityLog); err != nil {
		return err
	}
	r.connection, r.ids = pl.connection, pl.ids
	var err error
	if pl.replaced, err = r.replaced(pl.manifests.offline.Namespace); err != nil {
		return err
	}
	pl.reports = r.reports(pl.manifests.offline.Namespace)
	defer r.progress.Begin("Looking up")()
	im, err := pl.check(ctx)
	if err != nil {
		return err
	}
	if err := r.lockAll(pl.owners(im), im.Namespace); err != nil {
		return err
	}
	r.plan, err = pl.compare(ctx, im, r.resume)
	return err
}

// replaced reads the groups of the report that the run replaces. It refuses files
// of other imports. An id-map that the run replaces was read before.
func (r *applying) replaced(namespace string) (iter.Seq2[string, baseline.Group], error) {
	meta := report.Meta{Instance: r.connection.name(), Namespace: namespace}
	if r.o.failed != "" {
		if _, err := failedAt(r.o.failed, meta); err != nil {
			return nil, err
		}
	}
	if r.ids != nil && sameFile(r.ids.path, r.o.report) {
		return maps.All(r.ids.groups()), nil
	}
	return report.Groups(replaced(r.o.report, meta))
}

// takePlan takes a saved plan and looks everything up again that it was made
// from: what has changed since is refused.
func (r *applying) takePlan(ctx context.Context) error {
	pn, err := readPlan(r.o.plan)
	if err != nil {
		return err
	}
	if r.connection, err = r.connect(&r.o.conn, r.o.activityLog); err != nil {
		return err
	}
	defer r.progress.Begin("Looking up")()
	if pn.Target.URL != r.connection.url {
		return refused("the plan was made for %s, but this instance is %s: set TC_API_PATH, or plan again", pn.Target.URL, r.connection.url)
	}
	if _, err := r.replaced(pn.Namespace); err != nil {
		return err
	}
	if _, err := r.connection.describe(ctx, partsOfPlan(pn)); err != nil {
		return err
	}
	if err := r.lock(r.ownersOf(pn)); err != nil {
		return err
	}
	if err := r.readJournal(pn.Namespace); err != nil {
		return err
	}
	at, done, err := state.Applied(r.o.stateDir, r.scope(pn.Namespace), pn.ID)
	if err != nil {
		return err
	}
	if done && !r.resume.Resumes(pn) { // a run that was killed at its end has left its journal, and goes on
		return refused("the plan was applied on %s already: plan again", at.Format(time.RFC3339))
	}
	if err := r.checkStale(ctx, pn); err != nil {
		return err
	}
	pn.Deny(r.connection.instance.Owners)
	pn.Count()
	r.plan = pn
	return nil
}

// ownersOf lists the owners that a plan can write to.
func (r *applying) ownersOf(pn *plan.Plan) []string {
	// There is no Organization unless something is made there.
	owners := []string{pn.Target.Owner, r.connection.instance.Organization}
	for _, a := range pn.Actions {
		owners = append(owners, a.Owner)
	}
	for _, o := range pn.Objects {
		owners = append(owners, o.Owner())
	}
	return distinct(owners)
}

// checkStale refuses a plan that no longer holds, or leaves out what does not.
func (r *applying) checkStale(ctx context.Context, pn *plan.Plan) error {
	if err := r.awaitJobs(ctx, r.connection, r.resume, r.o.settle); err != nil {
		return err
	}
	how := lookup.Options{Workers: r.o.conn.workers, Custom: r.connection.instance.IndicatorTypes, Log: r.logger(), Expect: r.progress.Expect}
	wanted := lookup.OfPlan(pn, r.resume.Unlisted())
	wanted.Unlisted = unlisted(r.known, knownIDs(pn), r.reports(pn.Namespace)...)
	now, err := lookup.Find(ctx, r.connection.client, wanted, how)
	if err != nil {
		return err
	}
	r.appeared = map[*intel.Object]int64{}
	for i, o := range wanted.Objects {
		if found := now.Objects[i]; o.Own && len(found) == 1 {
			r.appeared[o] = found[0].ID
		}
	}
	stale := compare.FindStale(pn, now, r.resume.Begun(pn))
	if len(stale) == 0 {
		return nil
	}
	if r.o.skipConflicts {
		compare.LeaveOut(pn, stale)
		return nil
	}
	const most = 10
	own := 0 // indicators of their own, which are no part of an action
	for _, o := range pn.Objects {
		if o.Own {
			own++
		}
	}
	for i, s := range stale {
		if i == most {
			fmt.Fprintf(r.stderr, "… and %d more\n", len(stale)-most)
			break
		}
		fmt.Fprintln(r.stderr, s)
	}
	return refused("the plan is stale: %d of %d actions have changed; nothing was written. Plan again, or leave these actions out with --skip-conflicts",
		len(stale), len(pn.Actions)+own)
}

func (r *applying) scope(namespace string) state.Scope {
	return state.Scope{Instance: r.connection.name(), Namespace: namespace}
}

// lock takes the lock of each owner. An instance that lives inside this process
// needs none.
func (r *applying) lock(owners []string) error {
	instance := r.connection.lockName()
	if instance == "" {
		return nil
	}
	for _, owner := range owners {
		l, err := state.Acquire(r.o.lockDir, instance, owner)
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
