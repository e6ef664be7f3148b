package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcimport/internal/intel"
	"tcimport/internal/report"
	"tcimport/internal/tc"
)

// program is one run of the command: everything it gets from the system.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	lookupEnv      func(string) (string, bool)
	signals        <-chan os.Signal
	inTTY          bool
	outTTY         bool
	errTTY         bool
	width          func() int

	global    globalOptions
	fromEnv   map[string]bool // flags that the environment has set
	answered  bool            // a JSON document is on stdout
	stop      chan struct{}   // closed by the first signal
	hard      context.Context
	signalled atomic.Int32 // exit code of the signal that came
}

// globalOptions hold for every command.
type globalOptions struct {
	json      bool
	quiet     bool
	noColor   bool
	verbose   bool
	logFormat choice
}

// run carries out a command line and returns its exit code.
func (p *program) run(ctx context.Context, args []string) int {
	hard, cancelHard := context.WithCancel(ctx)
	defer cancelHard()
	soft, cancelSoft := context.WithCancel(hard)
	defer cancelSoft()
	p.stop, p.hard = make(chan struct{}), hard
	go p.watchSignals(cancelSoft, cancelHard)

	root := p.newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(soft)
	if code := int(p.signalled.Load()); code != 0 && err != nil {
		err = &exitError{code: code, err: unlessSaid(err)}
	}
	p.say(err, args)
	return codeOf(err)
}

func unlessSaid(err error) error {
	if exit, ok := errors.AsType[*exitError](err); ok && exit.err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	return err
}

// watchSignals asks for a soft stop at the first signal, for a hard one at the
// second.
func (p *program) watchSignals(soft, hard context.CancelFunc) {
	for n := 0; ; n++ {
		var sig os.Signal
		select {
		case <-p.hard.Done():
			return
		case sig = <-p.signals:
		}
		if n > 0 {
			hard()
			return
		}
		code := codeInterrupted
		if sig == syscall.SIGTERM {
			code = codeTerminated
		}
		p.signalled.Store(int32(code))
		close(p.stop)
		soft()
	}
}

// say tells what went wrong: as text on stderr and, with --json, as the one
// document on stdout.
func (p *program) say(err error, args []string) {
	if err == nil {
		return
	}
	exit, _ := errors.AsType[*exitError](err)
	if exit == nil {
		exit = &exitError{code: codeOf(err), err: err}
	}
	text := ""
	if exit.err != nil {
		text = exit.err.Error()
		if hint := tc.Hint(exit.err); hint != "" {
			text += "\n  " + hint
		}
	}
	p.complain(text, exit)
	if (p.global.json || slices.Contains(args, "--json")) && !p.answered {
		doc := report.ErrorDocument(text, exit.code, exit.problems)
		if err := doc.Write(p.stdout); err != nil {
			fmt.Fprintln(p.stderr, "tcimport:", err)
		}
	}
}

func writeJSON(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

// complain says on stderr what went wrong, as text or as log lines.
func (p *program) complain(text string, exit *exitError) {
	if p.global.logFormat.value == "json" {
		log := p.logger()
		for _, problem := range exit.problems {
			log.Error(problem.Message, "file", problem.Pos.File, "line", problem.Pos.Line, "column", problem.Pos.Column, "warning", problem.Warning)
		}
		if text != "" {
			log.Error(text, "code", exit.code)
		}
		return
	}
	p.list(exit.problems)
	if text != "" {
		fmt.Fprintln(p.stderr, "tcimport:", text)
	}
}

// list prints problems. What is wrong with very many rows of a file alike is said
// for the first ones.
func (p *program) list(problems intel.Problems) {
	const most = 50
	type alike struct{ file, message string }
	count := map[alike]int{}
	for _, problem := range problems {
		count[alike{problem.Pos.File, problem.Message}]++
	}
	said := map[alike]int{}
	for _, problem := range problems {
		a := alike{problem.Pos.File, problem.Message}
		switch said[a]++; {
		case said[a] <= most:
			fmt.Fprintln(p.stderr, problem)
		case said[a] == most+1:
			fmt.Fprintf(p.stderr, "%s: … and %d more of the same\n", problem.Pos.File, count[a]-most)
		}
	}
}

// warn prints the warnings among problems, unless nobody wants to hear them.
func (p *program) warn(problems intel.Problems) {
	if p.global.quiet {
		return
	}
	for _, problem := range problems {
		switch {
		case !problem.Warning:
		case p.global.logFormat.value == "json":
			p.logger().Warn(problem.Message, "file", problem.Pos.File, "line", problem.Pos.Line, "column", problem.Pos.Column)
		default:
			fmt.Fprintln(p.stderr, problem)
		}
	}
}

// newProgress shows progress where somebody looks.
func (p *program) newProgress() *report.Progress {
	mode := report.ProgressOff
	switch {
	case p.global.quiet:
	case p.errTTY && p.env("TERM") != "dumb":
		mode = report.ProgressBar
	case p.env("CI") != "":
		mode = report.ProgressLines
	}
	return report.NewProgress(p.stderr, mode)
}

// onWait tells progress what the client waits for.
func (p *program) onWait(progress *report.Progress) func(tc.Wait) {
	return func(w tc.Wait) {
		left := time.Until(w.Until).Round(time.Second)
		if left < time.Second {
			return
		}
		progress.OnWait(fmt.Sprintf("waiting %s: %s", left, w.Reason))
		p.logger().Info("waiting", "for", left.String(), "reason", string(w.Reason))
	}
}

func (p *program) env(name string) string {
	v, _ := p.lookupEnv(name)
	return v
}

func (p *program) color() bool {
	return p.outTTY && !p.global.noColor && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"
}

// logger writes to stderr: warnings, with -v what was decided, and every
// request with TCIMPORT_DEBUG set.
func (p *program) logger() *slog.Logger {
	level := slog.LevelWarn
	switch {
	case p.env("TCIMPORT_DEBUG") != "":
		level = slog.LevelDebug
	case p.global.verbose:
		level = slog.LevelInfo
	case p.global.quiet:
		level = slog.LevelError
	}
	opt := &slog.HandlerOptions{Level: level}
	if p.global.logFormat.value == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, opt))
	}
	return slog.New(slog.NewTextHandler(p.stderr, opt))
}

// fromEnvironment sets each flag that was not given from TCIMPORT_SOME_FLAG.
func (p *program) fromEnvironment(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := "TCIMPORT_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := p.lookupEnv(name)
		if f.Changed || !ok || value == "" || f.Name == "help" || err != nil {
			return
		}
		values := []string{value}
		if _, list := f.Value.(pflag.SliceValue); list {
			values = strings.Split(value, string(os.PathListSeparator))
		}
		if p.fromEnv == nil {
			p.fromEnv = map[string]bool{}
		}
		p.fromEnv[f.Name] = true
		for _, v := range values {
			if serr := cmd.Flags().Set(f.Name, v); serr != nil {
				err = fmt.Errorf("%s: %s", name, plainFlagError(serr))
			}
		}
	})
	return err
}
