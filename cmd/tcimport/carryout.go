package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/intel"
	"tcimport/internal/lookup"
	"tcimport/internal/report"
	"tcimport/internal/tc"
)

// carryOut writes, and reports whatever came of it.
func (r *applying) carryOut() error {
	journal := r.journal
	r.journal = nil // it is closed here, with what the run has left
	done, unclear := r.resume.Progress(r.plan, time.Now())
	opt := apply.Options{
		Workers: r.o.conn.workers, Find: r.find, Probe: r.probe, Custom: r.connection.instance.IndicatorTypes,
		Journal: journal, Sink: r.progress.Sink, Stop: r.end, Done: done, Doubtful: unclear, Settle: r.o.settle,
	}
	if r.o.maxFailures.set {
		opt.MaxFailures = &r.o.maxFailures.limit
	}
	ledger, runErr := apply.Run(r.signals.hard, r.plan, r.connection.client, opt)
	r.signals.enter(finishing)
	if err := r.connection.save(); runErr == nil {
		runErr = err
	}
	meta := r.meta()
	meta.Left = r.resume.Rows(r.plan.IDMap, keysOfPlan(r.plan))
	rows := report.NewResults(ledger, meta)
	r.metrics.counts = rows.Counts
	switch {
	case errors.Is(runErr, apply.ErrLedger):
	case runErr != nil && r.signals.code.Load() != 0:
		runErr = errors.New("interrupted")
	case errors.Is(runErr, apply.ErrStopped):
		runErr = errMaxDuration
	}
	end := r.writeResults(journal, rows, runErr)
	if end != nil {
		r.next = r.nextStep(runErr)
	}
	r.reached, r.runErr = withResults, runErr
	return end
}

// find looks for objects that a run has made.
func (r *applying) find(ctx context.Context, objects []*intel.Object) ([][]*intel.Remote, error) {
	found, err := lookup.Find(ctx, r.connection.client, lookup.Wanted{Objects: objects},
		lookup.Options{Workers: r.o.conn.workers, Custom: r.connection.instance.IndicatorTypes, Log: r.logger()})
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
func (r *applying) outcome(runErr error) error {
	switch {
	case runErr != nil && r.signals.code.Load() != 0 && !errors.Is(runErr, apply.ErrLedger):
		complete := "; the report is complete"
		if r.results.report == "" {
			complete = ""
		}
		return &exitError{code: int(r.signals.code.Load()), err: errors.New("interrupted" + complete)}
	case errors.Is(runErr, apply.ErrMaxFailures), errors.Is(runErr, errMaxDuration):
		return &exitError{code: codeIncomplete, err: runErr}
	case runErr != nil:
		return &exitError{code: codeOf(runErr), err: runErr}
	}
	if short := r.results.Counts.Shortfall(); short != "" {
		names := ""
		if r.results.report != "" {
			names = fmt.Sprintf("; the report %s lists them", r.results.report)
		}
		err := fmt.Errorf("not everything was done: %s%s", short, names)
		return &exitError{code: r.exitCode(&exitError{code: codeIncomplete}), err: err}
	}
	return nil
}

// failure is an error as documents hold it.
func (p *program) failure(err error) *report.Error {
	if err == nil {
		return nil
	}
	return &report.Error{Text: err.Error(), Code: codeOf(err), Next: p.next.Command}
}

// tell says what became of the run: on stdout, as text or as the document. end is
// what the command ends with, which it returns, without what is said here.
func (r *applying) tell(end error) error {
	switch {
	case r.reached == early:
	case r.reached == declined:
		if r.global.json {
			return errors.Join(end, r.answer(r.document(end).Write)) // of a run that has done nothing
		}
	case r.global.json:
		if err := r.answer(r.document(end).Write); err != nil {
			return err
		}
	case r.global.quiet && end == nil:
	default:
		w, screen := r.stdout, r.outScreen()
		if r.global.quiet {
			w, screen = r.stderr, r.errScreen()
		}
		screen.Width = 0 // nothing is shortened: the end of a run is not shown again
		view := report.RunView(report.Run{Plan: r.plan, Rows: r.results.Outcomes(), Counts: r.results.Counts, Report: r.results.report, Err: r.runErr,
			Rate: r.o.conn.effectiveRate(r.connection), Next: r.next, Quiet: r.global.quiet})
		if err := report.Text(w, view, screen); err != nil {
			return err
		}
		if exit, ok := errors.AsType[*exitError](end); ok && r.runErr != nil && exit.err == r.runErr {
			end = &exitError{code: exit.code, err: hintOnly(r.runErr)}
		}
	}
	return end
}

// document is the report of a run that ends with end.
func (r *applying) document(end error) *report.Document {
	content := r.results.content
	if content == nil { // nothing was written
		content = report.NewReport(nil, r.meta())
	}
	return &report.Document{Error: r.failure(end), Report: content}
}

// hintOnly is what there is to say about an error beyond its text, nil if
// nothing.
func hintOnly(err error) error {
	if hint := tc.Hint(err); hint != "" {
		return errors.New(hint)
	}
	return nil
}
