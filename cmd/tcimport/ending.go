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
)

// result is what a command shows on stdout. failure is why it did not do all that it
// was asked to do; nil if it did.
type result interface {
	text(p *program, failure *report.Error) error
	json(w io.Writer, failure *report.Error) error
}

// ending is what a command line ends in. Commands only make it: program.print prints
// it and turns it into an exit code. It is an error because cobra passes on nothing
// else.
type ending struct {
	result result // nil if there is nothing to show
	err    error  // nil if all was done
}

func (e *ending) Error() string { return fmt.Sprint(e.err) }
func (e *ending) Unwrap() error { return e.err }

// ends makes a command of cobra from a function that returns an ending.
func ends(run func(ctx context.Context, cmd *cobra.Command, args []string) (result, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		r, err := run(cmd.Context(), cmd, args)
		return &ending{r, err}
	}
}

// execute carries out a command line.
func (p *program) execute(ctx context.Context, root *cobra.Command) *ending {
	err := p.withoutPanic(func() error { return root.ExecuteContext(ctx) })
	if end, ok := errors.AsType[*ending](err); ok {
		return end
	}
	return &ending{err: err}
}

// print prints what a command line has ended in, and returns the exit code.
func (p *program) print(end *ending, args []string) int {
	p.progress.End()
	asJSON := p.wantsJSON(args)
	exit := p.exitOf(end.err)
	if err := p.printResult(end.result, exit, asJSON); err != nil {
		exit = exit.unprinted(err)
	}
	p.diagnose(exit, asJSON)
	return exit.code
}

func (p *program) printResult(r result, exit *exitError, asJSON bool) error {
	failure := exit.failure()
	switch {
	case asJSON && r != nil:
		return r.json(p.stdout, failure)
	case asJSON && failure != nil:
		return report.ErrorDocument(failure.Text, failure.Code, exit.problems).Write(p.stdout)
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
