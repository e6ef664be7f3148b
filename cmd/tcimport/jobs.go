package main

import (
	"context"
	"errors"
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
		tell := func(s tc.JobStatus, next time.Time) error {
			if s.State != tc.JobCompleted {
				p.progress.Wait(fmt.Sprintf("job %d of an earlier run (%s)", id, message.Plural(s.Done+s.Failed, "item")), next)
			}
			return nil
		}
		_, hung, err := apply.AwaitJob(ctx, c.client, id, settle, sleepUntil, tell)
		if errors.Is(err, tc.ErrNoJobs) || errors.Is(err, tc.ErrPermission) {
			continue // nobody can say: its groups are waited for one by one
		}
		if err != nil {
			return fmt.Errorf("asking what an earlier run has begun: %w", err)
		}
		if hung {
			return fmt.Errorf("nothing has happened to job %d of an earlier run for an hour: have it ended on the instance, then run again", id)
		}
	}
	return nil
}

func sleepUntil(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// sayJobs shows the events of a run, and says why it goes on without jobs, or with smaller ones.
func (r *applying) sayJobs(ev apply.Event) error {
	switch job := ev.Job; {
	case job == nil || r.global.quiet:
	case job.Without != nil:
		r.note(fmt.Sprintf("Going on without jobs: %s.", clause(job.Without.Error())))
	case job.Limit > 0:
		r.note(fmt.Sprintf("Going on with smaller jobs: the instance has refused a file. Others have %d bytes at most.", job.Limit))
	}
	return r.progress.Sink(ev)
}

// jobs is how the run uses the v2 Batch API, nil for not at all.
func (r *applying) jobs(journal *state.Journal) *apply.Jobs {
	if r.engine.is != plan.EngineBatch {
		return nil
	}
	return &apply.Jobs{API: r.connection.client, Journal: journal, Now: r.connection.now, Again: r.known.InJobs(), Optional: r.o.engine == plan.EngineAuto,
		Written: func(ctx context.Context, since time.Time, as []*plan.Action, lists intel.List, fields []string) (map[string]*intel.Remote, error) {
			return lookup.Written(ctx, r.connection.client, since, as, lists, fields,
				lookup.Options{Workers: r.o.conn.workers, Custom: r.connection.instance.IndicatorTypes, Log: r.logger()})
		}}
}
