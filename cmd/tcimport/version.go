package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"tcimport/internal/report"
)

// What make release says of a build (-ldflags -X). For any other build it is empty,
// and what Go has noted in the program counts.
var buildVersion, buildCommit, buildDate string

// about is where a program comes from.
type about struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"` // of the commit
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// build is about the running program. go install notes the version only, go build
// in a clone the commit as well, and go build elsewhere nothing.
func build() about {
	a := about{Version: buildVersion, Commit: buildCommit, Date: buildDate, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		a.complete(info)
	}
	a.Version = cmp.Or(a.Version, "(devel)")
	return a
}

// complete adds what Go has noted.
func (a *about) complete(info *debug.BuildInfo) {
	a.Version = cmp.Or(a.Version, info.Main.Version)
	if a.Commit != "" {
		return
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			a.Commit = s.Value
		case "vcs.time":
			a.Date = s.Value
		case "vcs.modified":
			a.Modified = s.Value == "true"
		}
	}
}

// String is one line, such as tcimport v1.2.0 (commit 1f2e3d4c5b6a, 2026-11-22).
func (a about) String() string {
	var notes []string
	if a.Commit != "" {
		notes = append(notes, "commit "+a.Commit[:min(12, len(a.Commit))])
	}
	if day, _, _ := strings.Cut(a.Date, "T"); day != "" {
		notes = append(notes, day)
	}
	if a.Modified {
		notes = append(notes, "modified")
	}
	if len(notes) == 0 {
		return "tcimport " + a.Version
	}
	return fmt.Sprintf("tcimport %s (%s)", a.Version, strings.Join(notes, ", "))
}

// short is the version, or the commit where the version is made of date and commit.
func (a about) short() string {
	if commit := a.Commit[:min(12, len(a.Commit))]; commit != "" && strings.Contains(a.Version, commit) {
		return commit
	}
	return a.Version
}

func (p *program) newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Print version, commit and date of the commit. -v also prints with which Go the
program was built and for which platform; so does --json.`,
		Example: "  tcimport version\n  tcimport version --json",
		Args:    noArguments,
		RunE: p.ends(func(context.Context, *cobra.Command, []string) (result, error) {
			return versionResult{}, nil
		}),
	}
}

// versionResult is what version prints.
type versionResult struct{}

func (versionResult) text(p *program, _ *report.Error) error {
	a := build()
	line := a.String()
	if p.global.verbose {
		line += "\n" + a.Go + " " + a.Platform
	}
	_, err := fmt.Fprintln(p.stdout, line)
	return err
}

func (versionResult) json(w io.Writer, _ *report.Error) error { return writeJSON(w, build()) }
