package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"tcimport/internal/report"
	"tcimport/internal/tc"
)

// program is one run of the command: everything it gets from the system.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer // once it runs, by way of the terminal
	lookupEnv      func(string) (string, bool)
	incoming       <-chan os.Signal
	transport      http.RoundTripper // nil for the network
	inTTY          bool
	outTTY         bool
	errTTY         bool
	width          func() int // of stdout
	errWidth       func() int

	signals  *signals
	terminal *report.Terminal
	progress *report.Progress
	global   globalOptions
	fromEnv  map[string]bool // flags that the environment has set
	result   result          // of the command
	script   strings.Builder // of completion
	printed  bool            // the document of the command, while it goes on
}

// globalOptions hold for every command.
type globalOptions struct {
	json      bool
	quiet     bool
	noColor   bool
	verbose   bool
	logFormat string
}

// run carries out a command line and returns its exit code.
func (p *program) run(ctx context.Context, args []string) int {
	p.openTerminal()
	soft, signals := newSignals(ctx)
	p.signals = signals
	defer signals.cancelHard()
	root := p.newRoot()
	root.SetArgs(args)
	p.early(root)

	done := make(chan struct{})
	defer close(done)
	go signals.watch(p.incoming, done)
	ended := make(chan error, 1)
	go func() { ended <- p.execute(soft, root) }()
	var err error
	select {
	case err = <-ended:
	case <-signals.left:
		return p.abandon(args, func(exit *exitError) { p.print(nil, exit, args) })
	}
	code := make(chan int, 1)
	go func() { code <- p.print(p.result, err, args) }()
	select {
	case c := <-code:
		return c
	case <-signals.left: // stdout may hold half of the result
		return p.abandon(args, func(exit *exitError) { p.diagnose(exit, true) })
	}
}

// abandon ends the program while the command or its output goes on. What blocks them
// may block print, too.
func (p *program) abandon(args []string, print func(*exitError)) int {
	exit := &exitError{code: int(p.signals.code.Load()), err: errInterrupted}
	if p.signals.in(writing, finishing) {
		exit.err = errors.New("interrupted before the report was written; run the same command again: the journal has what was done")
	}
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		switch {
		case !p.signals.in(parsing):
			print(exit)
		case p.wantsJSON(args): // nothing else: the flags may change at any moment
			_ = (&report.Document{Error: exit.failure()}).Write(p.stdout)
		}
	}()
	select {
	case <-printed:
	case <-time.After(tidyTime):
	}
	return exit.code
}

// openTerminal makes the terminal the only way to stderr, and to stdout where
// that is a terminal.
func (p *program) openTerminal() {
	if p.errWidth == nil {
		p.errWidth = p.width
	}
	p.terminal = report.NewTerminal(p.stderr, p.errWidth)
	p.stderr = p.terminal.Stderr()
	if p.outTTY {
		p.stdout = p.terminal.Screen(p.stdout)
	}
	p.progress = report.NewProgress(p.terminal, p.note)
}

// exitCode is the exit code of a run that ends with err: a signal comes before
// everything else, unless all was done all the same.
func (p *program) exitCode(err error) int {
	if code := int(p.signals.code.Load()); code != 0 && err != nil {
		return code
	}
	return codeOf(err)
}

// showProgress shows progress from now on, unless --quiet is given.
func (p *program) showProgress() {
	mode := report.ProgressLines
	switch {
	case p.global.quiet:
		mode = report.ProgressOff
	case p.errTTY && p.env("TERM") != "dumb":
		mode = report.ProgressBar
	}
	p.progress.Show(mode)
}

// note says on stderr what is no warning, as text or as a log line.
func (p *program) note(text string) {
	if p.global.logFormat == "json" {
		slog.New(slog.NewJSONHandler(p.stderr, nil)).Info(text)
		return
	}
	fmt.Fprintln(p.stderr, text)
}

// onWait shows what the client waits for.
func (p *program) onWait(w tc.Wait) {
	left := time.Until(w.Until).Round(time.Second)
	if left < time.Second {
		return
	}
	p.progress.Wait(string(w.Reason), w.Until)
	p.logger().Info("waiting", "for", left.String(), "reason", string(w.Reason))
}

func (p *program) env(name string) string {
	v, _ := p.lookupEnv(name)
	return v
}

// colorOn reports whether a stream takes colours that is a terminal or not.
func (p *program) colorOn(tty bool) bool {
	return tty && !p.global.noColor && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"
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
	if p.global.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, opt))
	}
	return slog.New(slog.NewTextHandler(p.stderr, opt))
}
