package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"tcimport/internal/intel"
	"tcimport/internal/reader"
)

// together refuses flags that contradict each other, and files that a command
// cannot write or that it would destroy by writing them. Nothing was sent then.
func together(cmd *cobra.Command, args []string) error {
	set := func(name string) bool { return cmd.Flags().Lookup(name) != nil && cmd.Flag(name).Value.String() != "" }
	// A saved plan has its own policy: what the environment says does not count.
	if needy := set("on-drift") && cmd.Flag("on-drift").Value.String() != "overwrite"; needy && !set("id-map") && !set("plan") {
		return fmt.Errorf("--on-drift %s needs --id-map: the report of the last run tells what has changed since", cmd.Flag("on-drift").Value)
	}
	if set("id-map") && cmd.Flag("id-map").Value.String() == "-" {
		return fmt.Errorf("--id-map -: name a file, or leave it out on the first run")
	}
	written, read := filesOf(cmd, args)
	for _, w := range written {
		if err := w.writable(cmd); err != nil {
			return err
		}
	}
	for i, w := range written {
		if err := spare(slices.Concat(read, written[:i]), []file{w}); err != nil {
			return err
		}
	}
	return nil
}

// file is one that is read or written, and what it is to whoever has named it.
type file struct{ what, path string }

// earlierReport is what lies beside manifests, and is no part of them.
const earlierReport = "the report of an earlier run"

// spare refuses to write over a file that is read.
func spare(read, written []file) error {
	for _, w := range written {
		for _, r := range read {
			if w.same(r) {
				return twiceError{r, w}
			}
		}
	}
	return nil
}

// twiceError tells that one file is to be two.
type twiceError struct{ read, written file }

func (e twiceError) Error() string {
	return fmt.Sprintf("%s and %s are both %s: name two files", e.read.what, e.written.what, e.read.path)
}

// writtenBy gives the files that a command line tells to write, once it is read.
func writtenBy(cmd *cobra.Command) func() []file {
	return func() []file {
		written, _ := filesOf(cmd, nil)
		return written
	}
}

// filesOf are the files that a command line tells to write and to read. A report
// may take the place of the id-map: that is how a sync goes on.
func filesOf(cmd *cobra.Command, args []string) (written, read []file) {
	take := func(files []file, names ...string) []file {
		for _, name := range names {
			if f := cmd.Flags().Lookup(name); f != nil && f.Value.String() != "" {
				files = append(files, file{"--" + name, f.Value.String()})
			}
		}
		return files
	}
	written = take(nil, "out", "associations-out", "report", "failed", "metrics")
	read = take(nil, "id-map", "plan", "keys", "ca-file")
	for _, a := range args {
		read = append(read, file{"the manifest", a})
	}
	return written, slices.DeleteFunc(read, func(f file) bool { return f.path == "-" })
}

// writable refuses what cannot be written whole or not at all: to open a pipe
// waits until somebody reads it. A device such as /dev/null is fine.
func (f file) writable(cmd *cobra.Command) error {
	if f.path == "-" {
		if cmd.Name() == "export" && f.what == "--out" {
			return nil
		}
		hint := ""
		if f.what == "--out" || f.what == "--report" {
			hint = "; --json prints it on stdout"
		}
		return fmt.Errorf("%s -: name a file%s", f.what, hint)
	}
	info, err := os.Stat(f.path)
	if err != nil || info.IsDir() {
		return nil // which is told when it is proved that the file can be written
	}
	if info.Mode()&fs.ModeCharDevice == 0 && !info.Mode().IsRegular() {
		return fmt.Errorf("%s %s: this is no file, and cannot be replaced by one as a whole: name another", f.what, f.path)
	}
	return nil
}

func (f file) same(other file) bool {
	if f.what == "--report" && (other.what == "--id-map" || other.what == earlierReport) {
		return false
	}
	x, errX := filepath.Abs(f.path)
	y, errY := filepath.Abs(other.path)
	named := errX == nil && errY == nil && x == y
	a, err := os.Stat(f.path)
	if err != nil {
		return named // manifests can be read from very many files: those need no look then
	}
	b, err := os.Stat(other.path)
	if err != nil {
		return named
	}
	return os.SameFile(a, b) && a.Mode().IsRegular()
}

// readSparing reads manifests. Its error tells that a file is to be written which
// they have been read from, the files included that they name.
func (o *readOptions) readSparing(p *program, args []string, delimiter rune) (*intel.Manifest, intel.Problems, error) {
	var read []file
	seen := map[file]bool{}
	m, problems := reader.Read(args, reader.Options{
		InputFormat: o.inputFormat.value, Delimiter: delimiter, ListSeparator: o.listSeparator,
		AllowPaths: o.allowPaths, Stdin: p.stdin,
		Reads: func(path string, skipped bool) {
			f := file{"a file of the manifests", path}
			if skipped {
				f.what = earlierReport
			}
			if !seen[f] {
				seen[f] = true
				read = append(read, f)
			}
		},
	})
	o.spared = true
	return m, problems, spare(read, o.written())
}

// spare makes up for readSparing where a run has ended before it.
func (o *readOptions) spare(p *program, args []string) error {
	if o.spared {
		return nil
	}
	_, _, err := o.readSparing(p, args, 0)
	return err
}
