package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
