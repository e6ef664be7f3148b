package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"tcimport/internal/report"
	"tcimport/internal/tc"
	"tcimport/internal/workers"
)

// result is what a command shows on stdout. failure is why it did not do all that it
// was asked to do; nil if it did.
type result interface {
	text(p *program, failure *report.Error) error
	json(w io.Writer, failure *report.Error) error
}

// ends makes a command of cobra from a function that returns a result and an error.
// Commands only make these two: program.print prints them.
func (p *program) ends(run func(ctx context.Context, cmd *cobra.Command, args []string) (result, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		p.result, err = run(cmd.Context(), cmd, args)
		return err
	}
}

// execute carries out a command line. A defect of this program ends it with 1, like
// anything else that it cannot go on from.
func (p *program) execute(ctx context.Context, root *cobra.Command) error {
	err := workers.Do(func() error { return root.ExecuteContext(ctx) })
	if defect, ok := errors.AsType[*workers.Panic](err); ok {
		fmt.Fprintf(p.stderr, "%s\n", defect.Stack)
		return &exitError{code: codeError, err: fmt.Errorf("%w\n  this is a defect of tcimport: please report it with the lines above", err)}
	}
	return err
}

// print prints what a command line has ended in, and returns the exit code. The result is
// nil if there is nothing to show, and the error if all was done.
func (p *program) print(r result, err error, args []string) int {
	p.progress.End()
	asJSON := p.wantsJSON(args)
	exit := p.exitOf(err)
	if err := p.printResult(r, exit, asJSON); err != nil {
		exit = exit.unprinted(err)
	}
	p.diagnose(exit, asJSON)
	return exit.code
}

func (p *program) printResult(r result, exit *exitError, asJSON bool) error {
	failure := exit.failure()
	switch {
	case asJSON && p.printed:
		return nil
	case asJSON && r != nil:
		return r.json(p.stdout, failure)
	case asJSON && failure != nil:
		return (&report.Document{Error: failure, Problems: report.ProblemsOf(exit.problems)}).Write(p.stdout)
	case r != nil:
		return r.text(p, failure)
	}
	return nil
}

// exitOf is how the program exits after err. A signal comes before everything else,
// unless all was done all the same.
func (p *program) exitOf(err error) *exitError {
	exit := &exitError{code: codeOf(err), err: err}
	if inner, ok := errors.AsType[*exitError](err); ok {
		exit.problems, exit.next, exit.shown = inner.problems, inner.next, inner.shown
		if err == error(inner) {
			exit.err = inner.err
		}
	}
	if code := p.exitCode(err); code != exit.code {
		exit.code = code
		if errors.Is(err, context.Canceled) {
			exit.err = errInterrupted
		}
	}
	return exit
}

// unprinted is the exit of a command whose result could not be printed. A reader such
// as head that has closed stdout wants no more, and no message either.
func (e *exitError) unprinted(err error) *exitError {
	out := &exitError{code: withError(e.code), err: e.err, problems: e.problems, next: e.next}
	failed, ok := errors.AsType[*fs.PathError](err)
	if closed := ok && failed.Path == os.Stdout.Name() && errors.Is(failed, syscall.EPIPE); !closed {
		out.err = errors.Join(e.err, err)
	}
	return out
}

// failure is e as documents have it, nil if it has no message.
func (e *exitError) failure() *report.Error {
	if e.err == nil {
		return nil
	}
	return &report.Error{Text: withHint(e.err), Code: e.code, Next: e.next.Command}
}

// withHint is the message of an error with the hint that belongs to it.
func withHint(err error) string {
	if hint := tc.Hint(err); hint != "" {
		return err.Error() + "\n  " + hint
	}
	return err.Error()
}

func writeJSON(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}
