package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcimport/internal/message"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

func (p *program) newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write man pages",
		Long: `Write the man pages of tcimport and of each of its commands to a folder. They say
what --help says. A folder named man1 in one that MANPATH has makes them known to man.

Their date is that of the commit which the program was built from, or that of
SOURCE_DATE_EPOCH: the same program writes the same pages.`,
		Example: "  tcimport man ~/.local/share/man/man1",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("man needs one folder, such as ~/.local/share/man/man1")
			}
			return nil
		},
		RunE: p.ends(func(_ context.Context, cmd *cobra.Command, args []string) (result, error) {
			return p.writePages(cmd.Root(), args[0])
		}),
	}
}

// pagesResult are the man pages that were written.
type pagesResult []string

func (r pagesResult) text(p *program, _ *report.Error) error {
	if p.global.quiet {
		return nil
	}
	_, err := fmt.Fprintf(p.stdout, "%s in %s\n", message.Plural(len(r), "man page"), filepath.Dir(r[0]))
	return err
}

func (r pagesResult) json(w io.Writer, _ *report.Error) error {
	return writeJSON(w, map[string]any{"pages": r})
}

// pageMode lets everybody read a man page.
const pageMode = 0o644

func (p *program) writePages(root *cobra.Command, dir string) (result, error) {
	day, err := p.pageDay()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var out pagesResult
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		if cmd != root && !cmd.IsAvailableCommand() && cmd.Name() != "help" {
			continue
		}
		path := filepath.Join(dir, pageName(cmd)+".1")
		if err := state.WriteFile(path, pageMode, func(w io.Writer) error {
			_, err := io.WriteString(w, page(cmd, day))
			return err
		}); err != nil {
			return nil, err
		}
		out = append(out, path)
	}
	return out, nil
}

// pageDay is the date of man pages, "" if it is unknown.
func (p *program) pageDay() (string, error) {
	if epoch := p.env("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return "", fmt.Errorf("SOURCE_DATE_EPOCH %s: must be a number of seconds since 1970", message.Quote(epoch))
		}
		return time.Unix(seconds, 0).UTC().Format(time.DateOnly), nil
	}
	day, _, _ := strings.Cut(build().Date, "T")
	return day, nil
}

// pageName is the name of the man page of a command, such as tcimport-plan.
func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// page is the man page of a command.
func page(cmd *cobra.Command, day string) string {
	r := &roff{}
	r.request(fmt.Sprintf(`TH %s 1 "%s" "tcimport %s" "User Commands"`, strings.ToUpper(pageName(cmd)), day, build().short()))
	// Without adjusted lines there are no gaps, without hyphenation no word is cut.
	r.request("ad l")
	r.request("nh")
	r.heading("NAME")
	r.text(pageName(cmd) + " - " + cmd.Short)
	r.heading("SYNOPSIS")
	r.usage(cmd)
	about := sections(cmd.Long)
	r.heading("DESCRIPTION")
	r.help(about[""] + "\n\n" + commandList(cmd))
	r.heading("OPTIONS")
	cmd.InitDefaultHelpFlag()
	r.flags(cmd.LocalNonPersistentFlags())
	r.request("SS Options of all commands")
	r.flags(cmd.Root().PersistentFlags())
	shared := sections(cmd.Root().Long)
	for _, s := range pageSections {
		if s.of(cmd) {
			r.heading(s.title)
			r.help(shared[s.heading])
		}
	}
	if cmd.HasExample() {
		r.heading("EXAMPLES")
		r.verbatim(strings.Split(cmd.Example, "\n"))
	}
	r.heading("SEE ALSO")
	r.seeAlso(cmd)
	return r.String()
}

// pageSections are the sections that pages share, under their headings in --help.
var pageSections = []struct {
	heading, title string
	of             func(*cobra.Command) bool
}{
	{"Exit codes:", "EXIT STATUS", func(*cobra.Command) bool { return true }},
	{"Environment:", "ENVIRONMENT", func(cmd *cobra.Command) bool { return has(cmd, "owner", "url") }},
	{"Files:", "FILES", func(cmd *cobra.Command) bool { return has(cmd, "state-dir") }},
}

// has reports whether a command has one of the flags; the root stands for all.
func has(cmd *cobra.Command, flags ...string) bool {
	for _, f := range flags {
		if cmd == cmd.Root() || cmd.Flags().Lookup(f) != nil {
			return true
		}
	}
	return false
}

// sections are the parts of a long help under their headings: lines such as "Files:".
func sections(long string) map[string]string {
	out, heading := map[string]string{}, ""
	for line := range strings.Lines(long) {
		for _, s := range pageSections {
			if strings.TrimSpace(line) == s.heading {
				heading, line = s.heading, ""
			}
		}
		out[heading] += line
	}
	return out
}

// commandList are the commands below one, as a text of --help.
func commandList(cmd *cobra.Command) string {
	var b strings.Builder
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			fmt.Fprintf(&b, "  %s\n      %s\n", c.Name(), c.Short)
		}
	}
	return b.String()
}

// usage writes the lines of usage, with what is typed as it stands in bold.
func (r *roff) usage(cmd *cobra.Command) {
	for i, line := range []string{cmd.UseLine(), cmd.CommandPath() + " COMMAND"} {
		if i > 0 && !cmd.HasAvailableSubCommands() {
			return
		}
		if i > 0 {
			r.request("br")
		}
		rest := strings.TrimPrefix(line, cmd.CommandPath())
		r.WriteString(`\fB` + roffText.Replace(cmd.CommandPath()) + `\fR` + roffText.Replace(rest) + "\n")
	}
}

// flags writes flags as --help does: name, value, meaning and default.
func (r *roff) flags(flags *pflag.FlagSet) {
	for line := range strings.Lines(flags.FlagUsages()) {
		e := newEntry(line)
		r.term(e.term, e.text)
	}
}

// seeAlso names the other pages.
func (r *roff) seeAlso(cmd *cobra.Command) {
	var others []string
	for _, c := range append([]*cobra.Command{cmd.Root()}, cmd.Root().Commands()...) {
		if c != cmd && (c == cmd.Root() || c.IsAvailableCommand()) {
			others = append(others, `\fB`+roffText.Replace(pageName(c))+`\fR(1)`)
		}
	}
	r.WriteString(strings.Join(others, ",\n") + "\n")
}
