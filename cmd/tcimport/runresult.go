package main

import (
	"errors"
	"fmt"
	"io"

	"tcimport/internal/apply"
	"tcimport/internal/report"
)

// runResult is what a run of apply leaves behind.
type runResult struct {
	report.Run      // as text shows it
	declined   bool // somebody was asked, and did not agree: nothing else is set but content

	results *report.Results
	content *report.Report // of the report, with the rows of earlier runs that it keeps
	failed  string         // where the manifest of what failed is, "" if there is none
	show    *showOptions   // how the text is shown
}

// outcome is the error that the run ends with, nil if all was done.
func (res *runResult) outcome(p *program) error {
	signal := int(p.signals.code.Load())
	switch {
	case res.Err != nil && signal != 0 && !errors.Is(res.Err, apply.ErrLedger):
		complete := "; the report is complete"
		if res.Report == "" {
			complete = ""
		}
		return &exitError{code: signal, err: errors.New("interrupted" + complete)}
	case errors.Is(res.Err, apply.ErrMaxFailures), errors.Is(res.Err, errMaxDuration):
		return &exitError{code: codeIncomplete, err: res.Err, shown: true}
	case res.Err != nil:
		return &exitError{code: codeOf(res.Err), err: res.Err, shown: true}
	}
	if short := res.Counts.Shortfall(); short != "" {
		names := ""
		if res.Report != "" {
			names = fmt.Sprintf("; the report %s lists them", res.Report)
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

// text goes to stderr under --quiet, and only if somebody has to act then. A page is a
// document, and has every group.
func (res *runResult) text(p *program, failure *report.Error) error {
	if res.declined {
		return nil
	}
	run, format := res.Run, res.show.format
	if format.IsPage() {
		run.Show = res.show.show(p, p.outTTY, 0)
		return p.writeView(p.stdout, format, report.RunView(run), p.outScreen())
	}
	quiet := p.global.quiet
	if quiet && failure == nil {
		return nil
	}
	w, screen, tty := p.stdout, p.outScreen(), p.outTTY
	if quiet {
		w, screen, tty = p.stderr, p.errScreen(), p.errTTY
	}
	screen.Width = 0 // nothing is shortened: the end of a run is not shown again
	run.Quiet, run.Show.Defang = quiet, res.show.defangs(tty)
	return p.writeView(w, format, report.RunView(run), screen)
}
