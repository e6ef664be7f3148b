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
	"unicode"

	"tcimport/internal/intel"
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
	if p.wantsJSON(args) && !p.answered {
		doc := report.ErrorDocument(text, exit.code, exit.problems)
		if err := doc.Write(p.stdout); err != nil {
			fmt.Fprintln(p.stderr, "tcimport:", err)
		}
	}
}

// nobodyReads reports whether stdout was closed by whoever read it, such as head:
// it has had enough.
func nobodyReads(err error) bool {
	failed, ok := errors.AsType[*fs.PathError](err)
	return ok && failed.Path == os.Stdout.Name() && errors.Is(failed, syscall.EPIPE)
}

// visible is what others say as a line that a terminal shows and does not obey.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
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
	switch {
	case text == "":
	case p.global.logFormat.value == "json":
		p.logger().Error(text, "code", exit.code)
	default:
		fmt.Fprintln(p.stderr, "tcimport:", text)
	}
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
			fmt.Fprintln(p.stderr, l)
			continue
		}
		level := slog.LevelError
		if l.Warning {
			level = slog.LevelWarn
		}
		at := l.Places[0]
		p.logger().Log(context.Background(), level, l.Message, "file", at.File, "line", at.Line, "column", at.Column, "places", len(l.Places))
	}
}
