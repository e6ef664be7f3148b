package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"syscall"
	"time"

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

	global     globalOptions
	fromEnv    map[string]bool // flags that the environment has set
	understood bool            // the command line
	answered   bool            // a JSON document is on stdout
	stop       chan struct{}   // closed by the first signal
	hard       context.Context
	signalled  atomic.Int32 // exit code of the signal that came
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
	p.early(root)
	err := p.withoutPanic(func() error { return root.ExecuteContext(soft) })
	if code := p.exitCode(err); code != codeOf(err) {
		err = &exitError{code: code, err: unlessSaid(err)}
	}
	p.say(err, args)
	return codeOf(err)
}

// exitCode is the exit code of a run that ends with err: a signal comes before
// everything else, unless all was done all the same.
func (p *program) exitCode(err error) int {
	if code := int(p.signalled.Load()); code != 0 && err != nil {
		return code
	}
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
		if n > 0 && sig == syscall.SIGHUP {
			continue // shell and system both tell of a terminal that is closed
		}
		if n > 0 {
			hard()
			return
		}
		code := codeInterrupted
		if sig != os.Interrupt {
			code = codeTerminated
		}
		p.signalled.Store(int32(code))
		close(p.stop)
		soft()
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

// color reports whether stdout takes colours.
func (p *program) color() bool { return p.colorOn(p.outTTY) }

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
	if p.global.logFormat.value == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, opt))
	}
	return slog.New(slog.NewTextHandler(p.stderr, opt))
}
