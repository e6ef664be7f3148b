package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tcimport/internal/guess"
	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/reader"
	"tcimport/internal/report"
	"tcimport/internal/spelling"
	"tcimport/internal/state"
)

// initOptions are the options of the command init.
type initOptions struct {
	out       string
	typ       string
	namespace string
	owner     string
	encoding  string
	delimiter string
}

func (p *program) newInit() *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init FILE.csv",
		Short: "Write a manifest that maps a CSV of another system",
		Long: `Read the header and some rows of a CSV of another system, and write a manifest that
maps it: a draft, to be completed by hand. Encoding, delimiter, types, dates, indicators
in cells and the words of a status are guessed; comments say from what, and what to
check. What could be read in two ways is a comment.`,
		Example: `  tcimport init tickets.csv --out tickets.yaml
  tcimport validate tickets.yaml
  tcimport init feed.csv --type Vulnerability --namespace feed`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("give one CSV\n  usage: %s", cmd.UseLine())
			}
			return nil
		},
		RunE: p.ends(func(_ context.Context, _ *cobra.Command, args []string) (result, error) {
			return o.run(args[0])
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "", "new file to write (default: stdout)")
	f.StringVar(&o.typ, "type", "", "type of the groups (default: guessed)")
	f.StringVar(&o.namespace, "namespace", "", "namespace of the keys (default: the name of the CSV)")
	f.StringVar(&o.owner, "owner", "", "owner of the groups, for the manifest (default: none)")
	f.StringVar(&o.encoding, "encoding", "", "encoding of the CSV, such as windows-1251 (default: detected)")
	f.StringVar(&o.delimiter, "delimiter", "", "delimiter of the CSV: , or ; or tab (default: detected from the header)")
	return cmd
}

// What is read of a CSV.
const (
	sampleSize = 8 << 20
	sampleRows = 5000
)

func (o *initOptions) run(file string) (result, error) {
	delimiter, ok := delimiters[o.delimiter]
	if !ok {
		return nil, fmt.Errorf("--delimiter %q: must be , or ; or tab", o.delimiter)
	}
	if _, ok := intel.GroupTypeNamed(o.typ); o.typ != "" && !ok {
		types, _ := intel.KindGroup.Types()
		return nil, fmt.Errorf("--type %s is not a type of group%s", message.Quote(o.typ), cmp.Or(message.DidYouMean(spelling.Nearest(o.typ, types)), ": "+strings.Join(types, ", ")))
	}
	text, cut, err := beginning(file)
	if err != nil {
		return nil, err
	}
	if err := guess.File(file, text); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	encoding := guess.Encoding{Name: o.encoding, Why: "given by --encoding"}
	if o.encoding == "" {
		if encoding, err = guess.EncodingOf(text, cut); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	sample, problems := reader.Beginning{Text: text, Cut: cut, File: file, Encoding: encoding.Name, Delimiter: delimiter, Rows: sampleRows}.Sample()
	if sample == nil {
		return nil, &exitError{code: codeError, err: errors.New("no manifest was written"), problems: problems}
	}
	if sample.Own && encoding.Name == "" {
		return nil, fmt.Errorf("%s has the columns of a manifest: use it as it is: %s", file, commandLine("validate", []string{file}, nil))
	}
	if err := guess.Header(sample.Header); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	m := guess.Guess(sample.Header, sample.Rows, guess.Options{Name: name, Type: o.typ, Namespace: cmp.Or(strings.TrimSpace(o.namespace), name), Owner: strings.TrimSpace(o.owner)})
	r := &initResult{file: file, out: o.out, encoding: encoding, sample: sample, mapping: m}
	f := o.frame(r)
	r.manifest, r.validate = m.Text(f), f.Commands[0]
	if o.out == "" {
		return r, nil
	}
	return r, state.WriteFile(o.out, 0o666, func(w io.Writer) error {
		_, err := io.WriteString(w, r.manifest)
		return err
	})
}

// beginning reads the beginning of a file. cut reports whether the file has more.
func beginning(file string) (text []byte, cut bool, err error) {
	f, err := state.OpenRegular(file)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	text, err = io.ReadAll(io.LimitReader(f, sampleSize+1))
	if cut = len(text) > sampleSize; cut {
		text = text[:sampleSize]
	}
	return text, cut, err
}

// frame is what the manifest says beside the columns.
func (o *initOptions) frame(r *initResult) guess.Frame {
	f := guess.Frame{Encoding: r.encoding, Read: r.read(), CSV: filepath.ToSlash(r.file)}
	manifest := cmp.Or(o.out, strings.TrimSuffix(filepath.Base(r.file), filepath.Ext(r.file))+".yaml")
	var flags []string
	dir, errDir := filepath.Abs(filepath.Dir(manifest))
	file, errFile := filepath.Abs(r.file)
	if rel, err := filepath.Rel(dir, file); cmp.Or(err, errDir, errFile) == nil {
		f.CSV = filepath.ToSlash(rel)
	}
	if !filepath.IsLocal(filepath.FromSlash(f.CSV)) {
		flags = append(flags, "--allow-path", filepath.Dir(r.file))
		f.Notes = append(f.Notes, "The CSV is outside of the folder of the manifest: put them together, or allow the folder.")
	}
	if o.delimiter != "" {
		flags = append(flags, "--delimiter", o.delimiter)
	}
	if n := len(r.sample.Bad); n > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("CHECK: %s cannot be read, first %s", message.Plural(n, "row"), message.Escaped(r.sample.Bad[0].String())))
	}
	if r.mapping.NotUnique {
		f.Notes = append(f.Notes, "CHECK: no column tells the rows apart. Rows with the same name are one group; give them a key.")
	}
	for _, command := range []string{"validate", "plan"} {
		f.Commands = append(f.Commands, commandLine(command, []string{manifest}, flags))
	}
	return f
}

// initResult is a manifest, and what it was made from.
type initResult struct {
	file, out string
	encoding  guess.Encoding
	sample    *reader.Sample
	mapping   *guess.Mapping
	manifest  string
	validate  string // the command to go on with
}

// read says what was read.
func (r *initResult) read() string {
	rows := message.Plural(len(r.sample.Rows), "row")
	if r.sample.Cut {
		rows = "the first " + rows
	}
	delimiter := map[rune]string{',': "commas", ';': "semicolons", '\t': "tabs"}[r.sample.Delimiter]
	return fmt.Sprintf("the header and %s (%s, %s)", rows, delimiter, cmp.Or(r.encoding.Name, r.encoding.Why))
}

func (r *initResult) text(p *program, failure *report.Error) error {
	if failure != nil {
		return nil
	}
	if r.out == "" {
		_, err := io.WriteString(p.stdout, r.manifest)
		return err
	}
	if p.global.quiet {
		return nil
	}
	mapped := 0
	for _, c := range r.mapping.Columns {
		if c.MappedTo != "" {
			mapped++
		}
	}
	_, err := fmt.Fprintf(p.stdout, "%s maps %d of %s of %s, by %s. Look at each CHECK in it, then:\n  %s\n",
		r.out, mapped, message.Plural(len(r.mapping.Columns), "column"), r.file, r.read(), r.validate)
	return err
}

func (r *initResult) json(w io.Writer, failure *report.Error) error {
	if failure != nil {
		return (&report.Document{Error: failure}).Write(w)
	}
	return writeJSON(w, map[string]any{
		"csv": r.file, "out": r.out, "rowsRead": len(r.sample.Rows), "complete": !r.sample.Cut,
		"encoding": r.encoding.Name, "encodingWhy": r.encoding.Why, "delimiter": string(r.sample.Delimiter),
		"columns": r.mapping.Columns, "manifest": r.manifest,
	})
}
