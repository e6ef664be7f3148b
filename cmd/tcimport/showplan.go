package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// showOptions say how a plan is shown.
type showOptions struct {
	format   report.Format
	limit    groupLimit
	noDefang bool
	only     actionList
	full     bool
}

func (o *showOptions) addFlags(f *pflag.FlagSet) {
	o.addFormat(f, "how to print the plan")
	f.Var(&o.only, "only", "list only groups with these actions (in every format but JSON): "+strings.Join(o.only.words(), ", "))
	f.BoolVar(&o.full, "full", false, "show whole texts, also the parts that do not change")
	o.addListFlags(f)
}

// addListFlags adds the flags of commands that list groups at all.
func (o *showOptions) addListFlags(f *pflag.FlagSet) {
	o.limit.addFlag(f)
	f.BoolVar(&o.noDefang, "no-defang", false, "show indicators on a terminal as they are, not as hxxp://bad[.]example")
}

// defangs reports whether indicators are shown in a form that nobody can follow by accident.
// What a program may read has them as they are.
func (o *showOptions) defangs(tty bool) bool {
	return tty && !o.noDefang && o.format == report.FormatText
}

func (o *showOptions) addFormat(f *pflag.FlagSet, usage string) {
	o.format = report.FormatText
	choose(f, &o.format, "format", usage, report.Formats()...)
}

// check refuses --only with JSON: programs would take a part for the whole plan. It
// refuses a page on a terminal, where nobody can read it.
func (o *showOptions) check(p *program) error {
	if o.format.IsPage() && p.outTTY && !p.global.json {
		return errors.New("--format html writes a page for a browser, and stdout is a terminal: redirect it to a file, such as > plan.html")
	}
	if len(o.only) > 0 && !p.fromEnv["only"] && (p.global.json || o.format == report.FormatJSON) {
		return errors.New("--only does not work with JSON: JSON always has the whole plan; leave one of the two out")
	}
	return nil
}

// show is how much of a plan is shown on a stream. tty: it is a terminal.
func (o *showOptions) show(p *program, tty bool, rate float64) report.Show {
	show := report.Show{Limit: o.limit.on(tty), Only: o.only, Full: o.full, Verbose: p.global.verbose || o.format.IsPage(), Defang: o.defangs(tty), Rate: rate}
	if tty && o.limit.n == nil && !show.Full && !show.Verbose {
		show.Lines = terminalLines
	}
	return show
}

// These hold on a terminal without --limit: nobody reads longer lists there.
const (
	terminalLimit = 200 // groups
	terminalLines = 250
)

// groupLimit is a number of groups, nil if none is given.
type groupLimit struct{ n *int }

func (l *groupLimit) addFlag(f *pflag.FlagSet) {
	f.Var(l, "limit", fmt.Sprintf("list at most this many groups, 0 for all (default: %d on a terminal, else all)", terminalLimit))
}

// on is the limit for a stream, 0 for none. tty: it is a terminal.
func (l *groupLimit) on(tty bool) int {
	switch {
	case l.n != nil:
		return *l.n
	case tty:
		return terminalLimit
	}
	return 0
}

func (l *groupLimit) Type() string { return "N" }

func (l *groupLimit) String() string {
	if l == nil || l.n == nil {
		return ""
	}
	return strconv.Itoa(*l.n)
}

func (l *groupLimit) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return errors.New("must be a whole number, 0 for all")
	}
	l.n = &n
	return nil
}

// actionList is a list of actions of a plan.
type actionList []plan.Verb

func (*actionList) words() []string { return words(plan.Verbs) }

func (l *actionList) Type() string { return "ACTION,..." }

func (l *actionList) String() string { return strings.Join(words(*l), ",") }

func (l *actionList) Set(s string) error {
	var out actionList
	for word := range strings.SplitSeq(s, ",") {
		v := plan.Verb(strings.ToLower(strings.TrimSpace(word)))
		if !slices.Contains(plan.Verbs, v) {
			return fmt.Errorf("%q is not an action: choose from %s", word, strings.Join(l.words(), ", "))
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	*l = out
	return nil
}

// planResult is a plan, and how it is shown.
type planResult struct {
	plan   *plan.Plan
	show   *showOptions
	rate   float64
	engine engine
}

func (r planResult) text(p *program, _ *report.Error) error {
	if p.global.quiet && r.show.format == report.FormatText && r.plan.Summary.Conflict == 0 {
		return nil
	}
	view := report.PlanView(r.plan, r.engine.on(r.show.show(p, p.outTTY, r.rate)))
	return p.writeView(p.stdout, r.show.format, view, p.outScreen())
}

// json has the reason why the plan would be refused beside the plan.
func (r planResult) json(w io.Writer, failure *report.Error) error {
	if failure == nil {
		return r.plan.Write(w, r.beside())
	}
	return r.plan.Write(w, r.beside(), plan.Member{Name: "error", Value: failure})
}

// beside is what JSON has beside the plan. It is no part of the plan, because it depends on the rate of the run.
func (r planResult) beside() plan.Member {
	return plan.Member{Name: "engines", Value: r.engine.forecast(r.plan, r.rate)}
}

// save saves the plan, compressed if the name of the file says so.
func (r planResult) save(path string) error {
	return state.WriteFile(path, state.Private, func(w io.Writer) error {
		if strings.EqualFold(filepath.Ext(path), ".gz") {
			return r.plan.WriteGzip(w, r.beside())
		}
		return r.plan.Write(w, r.beside())
	})
}

// writeView shows a plan or a run in a format.
func (p *program) writeView(w io.Writer, format report.Format, view *report.View, screen report.Screen) error {
	write := func(w io.Writer) error { return format.Write(w, view, screen) }
	if format == report.FormatMarkdown {
		return errors.Join(write(w), p.stepSummary(write))
	}
	return write(w)
}

// mostSummary is how much GitHub takes as the summary of a step: of more it shows nothing.
const mostSummary = 1 << 20

// stepSummary appends to the summary of a step of GitHub Actions, where one is
// asked for.
func (p *program) stepSummary(write func(io.Writer) error) error {
	path := p.env("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	if f, err := os.Stat(path); err == nil && f.Size()+int64(text.Len()) > mostSummary {
		p.logger().Warn("the summary of the step is full: nothing is added to it any more", "file", path)
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err)
	}
	_, err = text.WriteTo(f)
	return errors.Join(err, f.Close())
}

// outScreen and errScreen describe stdout and stderr.
func (p *program) outScreen() report.Screen { return p.screen(p.outTTY, p.width) }
func (p *program) errScreen() report.Screen { return p.screen(p.errTTY, p.errWidth) }

func (p *program) screen(tty bool, width func() int) report.Screen {
	s := report.Screen{Color: p.colorOn(tty)}
	if tty {
		s.Width = width()
	}
	return s
}
