package reader

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tcimport/internal/intel"
)

const (
	formatYAML = "yaml"
	formatCSV  = "csv"
	stdinName  = intel.Stdin
)

// maxFile is the size above which a file is taken for a mistake.
const maxFile = 1 << 30

// input is one file to read as a manifest.
type input struct {
	name       string // as given on the command line; a folder's with its file
	real       string // without symbolic links; "" for standard input
	format     string
	fromFolder bool
	skipped    bool // an earlier run wrote it, and this one does not read it
	out        *output
}

// formats are the extensions of manifests.
var formats = map[string]string{".yaml": formatYAML, ".yml": formatYAML, ".csv": formatCSV, ".tsv": formatCSV}

func formatOf(name string) string { return formats[strings.ToLower(filepath.Ext(name))] }

// IsManifest reports whether a file has the name of a manifest.
func IsManifest(name string) bool { return formatOf(name) != "" }

// expand finds the files that args name, each once, in order.
func (l *loader) expand(args []string) []*input {
	var all []*input
	for _, arg := range args {
		all = append(all, l.inputs(arg)...)
	}
	if len(args) == 0 {
		l.problems.Errorf(intel.Pos{}, "no manifest given: give a file, a folder, or - for standard input")
	}
	var out []*input
	seen := map[string]string{}
	for _, in := range all {
		if first, ok := seen[in.real]; ok {
			what := "given twice"
			if first != in.name {
				what = "this is the same file as " + first
			}
			l.problems.Warnf(intel.At(in.name, 0, 0), "%s; it is read once", what)
			continue
		}
		seen[in.real] = in.name
		out = append(out, in)
	}
	return out
}

// inputs is what one argument names.
func (l *loader) inputs(arg string) []*input {
	pos := intel.At(arg, 0, 0)
	if arg == stdinName {
		switch l.opt.InputFormat {
		case formatYAML, formatCSV:
			return []*input{{name: arg, format: l.opt.InputFormat, out: &output{}}}
		case "":
			l.problems.Errorf(pos, "standard input needs --input-format yaml or --input-format csv")
		default:
			l.problems.Errorf(pos, "--input-format %q is unknown: yaml or csv", l.opt.InputFormat)
		}
		return nil
	}
	info, err := os.Stat(arg)
	if err != nil {
		l.problems.Errorf(pos, "%s", why(err))
		return nil
	}
	if info.IsDir() {
		return l.folder(arg)
	}
	if format := formatOf(arg); format != "" {
		return []*input{newInput(arg, format)}
	}
	if name := strings.ToLower(arg); strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".json.gz") {
		l.problems.Errorf(pos, "the name of a manifest ends in .yaml, .yml, .csv or .tsv; for a saved plan, use apply --plan %s or show", arg)
	} else {
		l.problems.Errorf(pos, "the format is not known from the name: rename the file to .yaml, .yml, .csv or .tsv, "+
			"or read it from standard input: - with --input-format yaml or csv")
	}
	return nil
}

// dir is the folder that paths in the manifest are relative to.
func (in *input) dir() string {
	if in.name == stdinName {
		return "."
	}
	return filepath.Dir(in.name)
}

func newInput(name, format string) *input {
	return &input{name: name, real: RealPath(name), format: format, out: &output{}}
}

// folder returns the manifests of a folder by name. It ignores hidden files
// and subfolders.
func (l *loader) folder(dir string) []*input {
	pos := intel.At(dir, 0, 0)
	entries, err := os.ReadDir(dir)
	if err != nil {
		l.problems.Errorf(pos, "%s", why(err))
		return nil
	}
	var out []*input
	for _, e := range entries {
		format := formatOf(e.Name())
		path := filepath.Join(dir, e.Name())
		if format == "" || strings.HasPrefix(e.Name(), ".") || isDir(path) {
			continue
		}
		in := newInput(path, format)
		in.fromFolder = true
		in.skipped = format == formatYAML && l.opt.SkipYAML != nil && l.opt.SkipYAML(path)
		out = append(out, in)
	}
	if len(out) == 0 {
		l.problems.Errorf(pos, "no manifest in this folder: tcimport reads its *.yaml, *.yml, *.csv and *.tsv, but not those of its subfolders")
	}
	return out
}

// open opens the file of in, and bounds its size.
func (l *loader) open(in *input) (io.ReadCloser, error) {
	if in.name == stdinName {
		return io.NopCloser(&limited{l.opt.Stdin, maxFile, errTooLarge}), nil
	}
	// To open a pipe waits for a writer. Only somebody who names it wants to wait.
	if info, err := os.Stat(in.name); err == nil && in.fromFolder && !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := os.Open(in.name)
	if err != nil {
		return nil, err
	}
	return limitFile(f, maxFile, errTooLarge)
}

// limitFile is f, unless it has more than most bytes. It can grow while it is read.
func limitFile(f *os.File, most int64, tooLarge error) (io.ReadCloser, error) {
	info, err := f.Stat()
	if err == nil && info.Size() > most {
		err = tooLarge
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{&limited{f, most, tooLarge}, f}, nil
}

var errNotRegular = errors.New("not a regular file: move it out of the folder")

var errTooLarge = fmt.Errorf("larger than %d MiB: split it into several files", maxFile>>20)

// limited is like io.LimitedReader, but fails at its limit; that one pretends
// that the file ends.
type limited struct {
	r        io.Reader
	left     int64
	tooLarge error
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		var one [1]byte
		if n, err := l.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, l.tooLarge
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// RealPath is a path without symbolic links. The file need not exist.
func RealPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return realOfMissing(path)
}

// why is the reason of a file error without the path, which is already the
// place of the problem.
func why(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "not allowed to read it"
	}
	return err.Error()
}
