package main

import (
	"errors"
	"fmt"
	"io"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	"tcimport/internal/report"
)

// runResult is what a run of apply leaves behind.
type runResult struct {
	plan     *plan.Plan
	rate     float64
	declined bool  // somebody was asked, and did not agree: nothing else is set but content
	cause    error // why the run ended early; nil if it did not

	rows    *report.Results
	content *report.Report // of the report, with the rows of earlier runs that it keeps
	report  string         // where the report is, "" if it could not be written
	failed  string         // where the manifest of what failed is, "" if there is none

	next report.Next // what to do next
}

// outcome is the error that the run ends with, nil if all was done.
func (res *runResult) outcome(p *program) error {
	signal := int(p.signals.code.Load())
	switch {
	case res.cause != nil && signal != 0 && !errors.Is(res.cause, apply.ErrLedger):
		complete := "; the report is complete"
		if res.report == "" {
			complete = ""
		}
		return &exitError{code: signal, err: errors.New("interrupted" + complete)}
	case errors.Is(res.cause, apply.ErrMaxFailures), errors.Is(res.cause, errMaxDuration):
		return &exitError{code: codeIncomplete, err: res.cause, shown: true}
	case res.cause != nil:
		return &exitError{code: codeOf(res.cause), err: res.cause, shown: true}
	}
	if short := res.rows.Counts.Shortfall(); short != "" {
		names := ""
		if res.report != "" {
			names = fmt.Sprintf("; the report %s lists them", res.report)
		}
		err := fmt.Errorf("not everything was done: %s%s", short, names)
		return &exitError{code: p.exitCode(&exitError{code: codeIncomplete}), err: err}
	}
	return nil
}

func (res *runResult) document(failure *report.Error) *report.Document {
	return &report.Document{Error: failure, Report: res.content}
}

func (res *runResult) json(w io.Writer, failure *report.Error) error {
	return res.document(failure).Write(w)
}

// text goes to stderr under --quiet, and only if somebody has to act then.
func (res *runResult) text(p *program, failure *report.Error) error {
	quiet := p.global.quiet
	if res.declined || quiet && failure == nil {
		return nil
	}
	w, screen := p.stdout, p.outScreen()
	if quiet {
		w, screen = p.stderr, p.errScreen()
	}
	screen.Width = 0 // nothing is shortened: the end of a run is not shown again
	return report.Text(w, report.RunView(report.Run{Plan: res.plan, Rows: res.rows.Outcomes(), Counts: res.rows.Counts, Report: res.report, Err: res.cause,
		Rate: res.rate, Next: res.next, Quiet: quiet}), screen)
}
