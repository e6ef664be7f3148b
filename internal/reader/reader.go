// Package reader reads manifests, files of YAML and CSV, as the definitions
// that package intel puts together.
//
// It knows the structure of a manifest: documents, keys and columns, lists,
// sources, paths and encodings. It does not judge values: types, dates,
// required fields and references are passed on as text with their place, and
// intel checks them. Names of fields and columns come from the tables of
// intel, so that a misspelt one is reported here, where its line is known.
//
// The files are named for the format they read: yaml*.go and csv*.go.
// sources.go, CSV files of other systems that a YAML manifest maps, is where
// the two meet.
//
// Read does not stop at a problem: it reports all problems of all files.
package reader

import (
	"io"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// Options say how manifests are to be read.
type Options struct {
	InputFormat   string    // yaml or csv: what "-" holds
	Delimiter     rune      // of CSV; 0 finds it from the header
	ListSeparator string    // within CSV cells; "" is "|"
	AllowPaths    []string  // folders that paths in manifests may lead to, beside the manifest's own
	Stdin         io.Reader // what "-" reads

	// SkipYAML reports whether a YAML file in a folder is not part of the
	// import; nil reads all.
	SkipYAML func(path string) bool
}

// Read reads the manifests named by args (files, folders, "-") as one import.
// The manifest holds what could be read even where there are problems.
func Read(args []string, opt Options) (*intel.Manifest, intel.Problems) {
	return newLoader(opt).read(args)
}

func (l *loader) read(args []string) (*intel.Manifest, intel.Problems) {
	inputs := l.expand(args)

	// YAML first: it says which CSV files of a folder are not manifests.
	for _, in := range inputs {
		if in.format == formatYAML && !in.skipped {
			l.readYAML(in)
		}
	}
	for _, in := range inputs {
		if in.format == formatCSV && !(in.fromFolder && l.claimed[in.real]) {
			l.readCSV(in)
		}
	}

	if len(inputs) > 0 && !slices.ContainsFunc(inputs, func(in *input) bool { return !in.skipped }) {
		l.problems.Errorf(intel.At(inputs[0].name, 0, 0), "written by an earlier run, and there is no other manifest in the folder")
	}
	problems := l.problems
	m := &intel.Manifest{Incomplete: problems.Errors() > 0}
	for _, in := range inputs {
		m.Namespaces = append(m.Namespaces, in.out.Namespaces...)
		m.Groups = append(m.Groups, in.out.Groups...)
		m.Indicators = append(m.Indicators, in.out.Indicators...)
		m.Associations = append(m.Associations, in.out.Associations...)
		m.Incomplete = m.Incomplete || in.out.Incomplete
		problems = append(problems, in.out.problems...)
		in.out = &output{}
	}
	return m, problems.Sorted().Distinct()
}

// output has the definitions of one input, and its problems.
type output struct {
	intel.Manifest
	problems intel.Problems
	errors   int // of the problems
}

func (o *output) errorf(pos intel.Pos, format string, args ...any) {
	o.errors++
	o.problems.Errorf(pos, format, args...)
}

// ref is what a reference names; false if it names nothing, which is reported.
func (o *output) ref(e *intel.WrittenRef) (intel.Ref, bool) {
	ref, ok := e.Ref(&o.problems)
	if !ok {
		o.errors++
	}
	return ref, ok
}

// incompletef reports a problem that makes definitions unreadable.
func (o *output) incompletef(pos intel.Pos, format string, args ...any) {
	o.Incomplete = true
	o.errorf(pos, format, args...)
}

// refuse reports why a row cannot be read as it is, and reports whether there is a reason.
func (o *output) refuse(r row) bool {
	o.problems = append(o.problems, r.errors...)
	o.errors += len(r.errors)
	o.Incomplete = o.Incomplete || len(r.errors) > 0
	return len(r.errors) > 0
}

// loader is one call of Read.
type loader struct {
	opt      Options
	allowed  []string // real paths of the folders that paths may lead into
	spellers spelling.Spellers
	claimed  map[string]bool // real paths of the CSV files that sources name
	problems intel.Problems  // of the arguments themselves
	texts    texts

	chunkedFrom int // size of YAML documents that are read in chunks
	chunkSize   int
}

func newLoader(opt Options) *loader {
	if opt.ListSeparator == "" {
		opt.ListSeparator = "|"
	}
	if opt.Stdin == nil {
		opt.Stdin = strings.NewReader("")
	}
	l := &loader{opt: opt, claimed: map[string]bool{}, spellers: spelling.Spellers{}, chunkedFrom: chunkedFrom, chunkSize: chunkSize}
	if d := opt.Delimiter; d != 0 && (d < ' ' && d != '\t' || d > '~' || d == '"') {
		l.problems.Errorf(intel.At("--delimiter", 0, 0), "%q cannot be a delimiter: use a comma, a semicolon, a tab or another ASCII character except a quote", d)
		l.opt.Delimiter = 0
	}
	if s := opt.ListSeparator; strings.TrimSpace(s) == "" || strings.Contains(s, `\`) {
		l.problems.Errorf(intel.At("--list-separator", 0, 0), "%q cannot separate lists: it is empty, a space, or has a backslash, which escapes it", s)
	}
	for _, dir := range opt.AllowPaths {
		l.allow(dir)
	}
	return l
}
