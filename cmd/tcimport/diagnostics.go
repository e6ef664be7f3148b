package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/report"
	"tcimport/internal/tc"
)

// diagnose prints on stderr why the program exits as it does, and what to do next.
func (p *program) diagnose(exit *exitError, asJSON bool) {
	p.printProblems(exit.problems)
	if exit.err != nil {
		text := withHint(exit.err)
		if exit.shown && !asJSON {
			text = tc.Hint(exit.err)
		}
		p.printMessage(exit, text)
	}
	switch next := exit.next; {
	case next.Command == "":
	case p.global.logFormat == "json":
		p.logger().Error(next.String(), "command", next.Command)
	default:
		fmt.Fprintf(p.stderr, "%s\n  %s\n", next, next.Command)
	}
}

// printMessage prints text, the message of exit, as text or as a log line.
func (p *program) printMessage(exit *exitError, text string) {
	if text == "" {
		return
	}
	if p.global.logFormat == "json" {
		p.logger().Error(text, "code", exit.code)
		return
	}
	for _, m := range messages(exit.err, text) {
		// A message goes on in lines that are indented. Any other line break is part
		// of a name, and must not look like a message.
		lines := strings.Split(m, "\n  ")
		for i := range lines {
			lines[i] = message.Escaped(lines[i])
		}
		fmt.Fprintln(p.stderr, "tcimport:", strings.Join(lines, "\n  "))
	}
}

// messages divides text, which is the message of err with a hint, into those of the
// errors that err joins.
func messages(err error, text string) []string {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []string{text}
	}
	var out []string
	for _, e := range joined.Unwrap() {
		out = append(out, e.Error())
	}
	hint, ok := strings.CutPrefix(text, strings.Join(out, "\n"))
	if !ok {
		return []string{text}
	}
	out[len(out)-1] += hint
	return out
}

// warn prints warnings, except with --quiet.
func (p *program) warn(problems intel.Problems) {
	if !p.global.quiet {
		p.printProblems(problems)
	}
}

// printProblems prints problems of manifests on stderr, as text or as log lines.
func (p *program) printProblems(problems intel.Problems) {
	for _, l := range report.ProblemLines(problems) {
		if p.global.logFormat != "json" {
			p.line(l.String())
			continue
		}
		level := slog.LevelError
		if l.Warning {
			level = slog.LevelWarn
		}
		at := l.Places[0]
		p.logger().Log(context.Background(), level, l.Message, "file", at.File(), "line", at.Line(), "column", at.Column(), "places", len(l.Places))
	}
}

// line prints text as one line, whatever names it contains.
func (p *program) line(text string) { fmt.Fprintln(p.stderr, message.Escaped(text)) }
