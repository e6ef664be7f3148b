package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"syscall"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/report"
	"tcimport/internal/tc"
)

// say tells what went wrong: as text on stderr and, with --json, as the one
// document on stdout.
func (p *program) say(err error, args []string) {
	if err == nil || nobodyReads(err) {
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
	p.sayNext()
	if p.wantsJSON(args) {
		if err := p.answer(report.ErrorDocument(text, exit.code, exit.problems).Write); err != nil {
			fmt.Fprintln(p.stderr, "tcimport:", err)
		}
	}
}

// answer prints a document on stdout, unless there is one already.
func (p *program) answer(write func(io.Writer) error) error {
	if p.answered.Swap(true) {
		return nil
	}
	return write(p.stdout)
}

// answerJSON is answer for any value.
func (p *program) answerJSON(doc any) error {
	return p.answer(func(w io.Writer) error { return writeJSON(w, doc) })
}

// nobodyReads reports whether stdout was closed by whoever read it, such as head:
// it has had enough.
func nobodyReads(err error) bool {
	failed, ok := errors.AsType[*fs.PathError](err)
	return ok && failed.Path == os.Stdout.Name() && errors.Is(failed, syscall.EPIPE)
}

func writeJSON(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

// complain says on stderr what went wrong, as text or as log lines.
func (p *program) complain(text string, exit *exitError) {
	p.printProblems(exit.problems)
	if text == "" {
		return
	}
	if p.global.logFormat.value == "json" {
		p.logger().Error(text, "code", exit.code)
		return
	}
	for _, each := range messages(exit.err, text) {
		// A message goes on in lines that are indented. Any other line break is part
		// of a name, and must not look like a message.
		lines := strings.Split(each, "\n  ")
		for i := range lines {
			lines[i] = message.Escaped(lines[i])
		}
		fmt.Fprintln(p.stderr, "tcimport:", strings.Join(lines, "\n  "))
	}
}

// messages are what text, that of err with a hint, consists of: several where
// err joins several.
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

// warn prints warnings, unless nobody wants to hear them.
func (p *program) warn(problems intel.Problems) {
	if !p.global.quiet {
		p.printProblems(problems)
	}
}

// printProblems prints problems of manifests on stderr, as text or as log lines.
func (p *program) printProblems(problems intel.Problems) {
	for _, l := range report.ProblemLines(problems) {
		if p.global.logFormat.value != "json" {
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

// line prints text as one line, whatever names it holds.
func (p *program) line(text string) { fmt.Fprintln(p.stderr, message.Escaped(text)) }
