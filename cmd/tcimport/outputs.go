package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tcimport/internal/manifest"
	"tcimport/internal/plan"
	"tcimport/internal/reader"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// output is a file that a command line names to be written. It may be new, or replace
// a file of its own kind, which its content shows. Any other file stays.
type output struct {
	flag string
	path string
	own  func(io.ReadSeeker) error // fails for a file of another kind
}

// checkOutputs refuses files that a command cannot write, or that it would destroy
// by writing them. It runs before anything is sent or written.
func (p *program) checkOutputs(cmd *cobra.Command) error {
	outputs := outputsOf(cmd)
	for _, o := range outputs {
		if err := o.check(); err != nil {
			return err
		}
	}
	if file := p.simulatedFile(cmd); file != "" {
		outputs = append(outputs, output{flag: "the simulated instance", path: file})
	}
	for i, o := range outputs {
		for _, before := range outputs[:i] {
			if sameFile(before.path, o.path) {
				return fmt.Errorf("%s and %s are both %s: give two different files", before.flag, o.flag, o.path)
			}
		}
	}
	return nil
}

// outputsOf are the files that a command line names to be written.
func outputsOf(cmd *cobra.Command) []output {
	kinds := []struct {
		name string
		own  func(io.ReadSeeker) error
	}{
		{"out", ownPlan},
		{"associations-out", ownAssociations},
		{"report", func(io.ReadSeeker) error { return nil }}, // its import is known only later
		{"failed", ownFailed},
		{"metrics", ownMetrics},
	}
	var out []output
	for _, k := range kinds {
		f := cmd.Flags().Lookup(k.name)
		if f == nil || f.Value.String() == "" {
			continue
		}
		if first := manifestsOf[cmd.Name()]; k.name == "out" && first != "" {
			if f.Value.String() == "-" {
				continue // stdout
			}
			k.own = func(r io.ReadSeeker) error { return ownManifest(r, first, cmd.Name()) }
		}
		if k.name == "out" && cmd.Name() == "init" {
			k.own = func(io.ReadSeeker) error { return errors.New("there is such a file already") }
		}
		out = append(out, output{"--" + k.name, f.Value.String(), k.own})
	}
	return out
}

// check fails if there is a file that the output may not replace.
func (o output) check() error {
	if o.path == "-" {
		hint := ""
		if o.flag == "--out" || o.flag == "--report" {
			hint = "; --json prints it on stdout"
		}
		return fmt.Errorf("%s -: give a file%s", o.flag, hint)
	}
	f, err := state.OpenExisting(o.path)
	if err != nil {
		return fmt.Errorf("%s %s: %w", o.flag, o.path, err)
	}
	if f == nil {
		return nil
	}
	defer f.Close()
	if err := o.own(f); err != nil {
		return fmt.Errorf("%s %s: %w; it is not overwritten: choose another file, or move it away", o.flag, o.path, err)
	}
	return nil
}

func ownPlan(r io.ReadSeeker) error {
	if !plan.IsSaved(r) {
		return errors.New("this is not a saved plan")
	}
	return nil
}

func ownFailed(r io.ReadSeeker) error {
	// A file that somebody has begun to correct is kept, and the command goes on.
	_, err := report.CheckFailed(r, report.Meta{})
	return err
}

// manifestsOf are the commands that write manifests to --out, and how these begin.
var manifestsOf = map[string]string{"export": exported, "convert": converted}

// ownManifest takes a manifest of a command, or a CSV, which has no first line to tell
// by.
func ownManifest(r io.ReadSeeker, first, command string) error {
	o, err := manifest.ReadOrigin(r)
	switch {
	case err != nil:
		return err
	case o.Is(first) && o.Edited:
		return fmt.Errorf("it was edited since %s wrote it", command)
	case o.Is(first):
		return nil
	case first != exported:
		return fmt.Errorf("this is not a manifest that %s wrote", command)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if !manifest.IsCSV(r, false) {
		return errors.New("this is not a manifest that export wrote")
	}
	return nil
}

func ownAssociations(r io.ReadSeeker) error {
	if !manifest.IsCSV(r, true) {
		return errors.New("this is not a CSV of associations that export wrote")
	}
	return nil
}

// simulatedFile is where the simulated instance of a command line is kept, "" if
// there is none.
func (p *program) simulatedFile(cmd *cobra.Command) string {
	f := cmd.Flags().Lookup("url")
	if f == nil {
		return ""
	}
	file, ok := strings.CutPrefix((&connectOptions{url: f.Value.String()}).target(p), "sim:")
	if !ok {
		return ""
	}
	return file
}

// sameFile reports whether two paths lead to one file, which need not exist yet.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return os.SameFile(x, y) && x.Mode().IsRegular()
	}
	return errX != nil && errY != nil && reader.RealPath(a) == reader.RealPath(b)
}

// isFailed reports whether an earlier run wrote a file of a folder with --failed,
// and nobody has edited it since. Such a file only repeats manifests of the folder.
func isFailed(path string) bool {
	f, err := state.OpenRegular(path)
	if err != nil {
		return false
	}
	defer f.Close()
	edited, err := report.CheckFailed(f, report.Meta{})
	return err == nil && !edited
}
