// Command tcimport imports and syncs threat intelligence into ThreatConnect.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() { os.Exit(start()) }

func start() int {
	collectGarbage()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// A terminal that is closed ends a run in good order, too. Under nohup it does
	// not end it.
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	// A reader that closes the pipe must not end an import in the middle: printing
	// fails instead.
	signal.Ignore(syscall.SIGPIPE)
	p := &program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		lookupEnv: os.LookupEnv,
		incoming:  signals,
		inTTY:     term.IsTerminal(int(os.Stdin.Fd())),
		outTTY:    term.IsTerminal(int(os.Stdout.Fd())),
		errTTY:    term.IsTerminal(int(os.Stderr.Fd())),
		width:     func() int { return width(os.Stdout) },
		errWidth:  func() int { return width(os.Stderr) },
	}
	return p.run(context.Background(), os.Args[1:])
}

// width is how many columns a terminal has, 0 for anything else.
func width(f *os.File) int {
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}
