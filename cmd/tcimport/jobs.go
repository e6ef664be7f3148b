package main

import (
	"context"
	"fmt"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/state"
	"tcimport/internal/tc"
)

// awaitJobs waits until the jobs of earlier runs have ended: before that, nobody can say what is
// there.
func (p *program) awaitJobs(ctx context.Context, c *connection, r *state.Resume, settle time.Duration) error {
	for _, id := range r.Jobs() {
		sleep := func(ctx context.Context, t time.Time) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Until(t)):
				return nil
			}
		}
		waits := false
		tell := func(s tc.JobStatus) error {
			if !waits && s.State != tc.JobCompleted && !p.global.quiet {
				waits = true
				fmt.Fprintf(p.stderr, "Job %d of an earlier run is at work (%s done). Waiting for its end.\n", id, message.Plural(s.Done+s.Failed, "item"))
			}
			return nil
		}
		_, hung, err := apply.AwaitJob(ctx, c.client, id, settle, sleep, tell)
		if err != nil {
			return fmt.Errorf("asking for what an earlier run has begun: %w", err)
		}
		if hung {
			return fmt.Errorf("job %d of an earlier run has not moved for an hour: have it ended on the instance, then run again", id)
		}
	}
	return nil
}

// jobs is how the run uses the v2 Batch API, nil for not at all.
func (r *applying) jobs(journal *state.Journal) *apply.Jobs {
	return &apply.Jobs{API: r.connection.client, Journal: journal, Now: r.connection.now, Again: r.resume.InJobs(),
		Written: func(ctx context.Context, since time.Time, as []*plan.Action, lists intel.List, fields []string) (map[string]*intel.Remote, error) {
			return lookup.Written(ctx, r.connection.client, since, as, lists, fields,
				lookup.Options{Workers: r.o.conn.workers, Custom: r.connection.instance.IndicatorTypes, Log: r.logger()})
		}}
}
