package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/undo"
)

// carryOut writes, and reports whatever came of it. Nothing new is begun once ctx ends.
func (r *applying) carryOut(ctx context.Context) (*runResult, error) {
	journal := r.journal
	r.journal = nil // it is closed here, with what the run has left
	done, unclear := r.known.Progress(r.plan, time.Now())
	begun := func(o *intel.Object) (apply.BegunObject, bool) { return r.known.Object(o, time.Now()) }
	opt := apply.Options{
		Workers: r.o.conn.workers, Find: r.find, Probe: r.probe, Stays: r.stays, Custom: r.connection.instance.IndicatorTypes,
		Journal: journal, Sink: r.sayJobs, Jobs: r.jobs(journal), Stop: ctx.Done(), Done: done, Doubtful: unclear, Begun: begun, Settle: r.o.settle,
	}
	if r.o.maxFailures.given {
		opt.MaxFailures = r.o.maxFailures.limit
	}
	ledger, runErr := apply.Run(r.signals.hard, r.plan, r.connection.client, opt)
	r.signals.enter(finishing)
	if err := r.connection.save(); runErr == nil {
		runErr = err
	}
	meta := r.meta()
	meta.Left = r.resume.Rows(r.plan.IDMap, keysOfPlan(r.plan))
	switch {
	case errors.Is(runErr, apply.ErrLedger):
	case runErr != nil && r.signals.code.Load() != 0:
		runErr = errors.New("interrupted")
	case errors.Is(runErr, apply.ErrStopped):
		runErr = errMaxDuration
	}
	results := report.NewResults(ledger, meta)
	res := &runResult{
		Run: report.Run{Plan: r.plan, Rows: results.Outcomes(), Counts: results.Counts, Err: runErr,
			Began: r.begun, Took: time.Since(r.begun)},
		results: results, content: results.Report(), show: &r.o.show,
	}
	end := r.writeResults(res, journal)
	r.sayAltered(ledger)
	return res, end
}

// find looks for objects that a run has made.
func (r *applying) find(ctx context.Context, objects []*intel.Object) ([][]*intel.Remote, error) {
	found, err := lookup.Find(ctx, r.connection.client, lookup.Wanted{Objects: objects, Unlisted: unlisted(nil, r.appeared)},
		lookup.Options{Workers: r.o.conn.workers, Custom: r.connection.instance.IndicatorTypes, Log: r.logger()})
	if err != nil {
		return nil, err
	}
	return found.Objects, nil
}

// stays looks at an object that is to be deleted.
func (r *applying) stays(ctx context.Context, o *plan.Object, goes func(*intel.Remote) bool) (there bool, why string, err error) {
	found, err := lookup.Whole(ctx, r.connection.client, o.Kind, []int64{o.ID()},
		lookup.Options{Workers: r.o.conn.workers, Custom: r.connection.instance.IndicatorTypes, Log: r.logger()})
	made, there := found[o.ID()]
	if err != nil || !there {
		return there, "", err
	}
	return true, cmp.Or(undo.Edited(o.Definition, &made), undo.LinkedWith(made.Remote, goes)), nil
}

// probe fails if the credentials are not accepted any more.
func (r *applying) probe(ctx context.Context) error {
	_, err := r.connection.client.Owners(ctx)
	return err
}
