package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tcimport/internal/convert"
	"tcimport/internal/intel"
	"tcimport/internal/manifest"
	"tcimport/internal/message"
	"tcimport/internal/misp"
	"tcimport/internal/report"
	"tcimport/internal/state"
	"tcimport/internal/stix"
)

// converted is how a manifest begins that convert wrote.
const converted = "Converted by tcimport from"

// convertOptions are the options of the command convert.
type convertOptions struct {
	owner, namespace string
	out              string
	revoked          bool
}

// converter reads the objects of a format and makes a manifest of them.
type converter interface {
	Read(io.Reader) error
	Finish() (*convert.Manifest, *convert.Ledger)
}

// sourceFormat is a format that convert reads.
type sourceFormat struct {
	name string // of the argument
	say  string
	make func(p *program, o *convertOptions) converter
}

var sourceFormats = []sourceFormat{
	{"stix", "STIX", func(p *program, o *convertOptions) converter {
		return stix.New(stix.Options{Revoked: o.revoked, Progress: p.progress.Objects})
	}},
	{"misp", "MISP", func(p *program, o *convertOptions) converter {
		return misp.New(misp.Options{Revoked: o.revoked, Progress: p.progress.Objects})
	}},
}

// sourceFormatNames are the names of all formats.
func sourceFormatNames() (names []string) {
	for _, f := range sourceFormats {
		names = append(names, f.name)
	}
	return names
}

func (p *program) newConvert() *cobra.Command {
	var o convertOptions
	cmd := &cobra.Command{
		Use:   "convert stix|misp INPUT...",
		Short: "Write a manifest of threat intelligence in another format",
		Long: `Write a manifest of STIX 2.0 or 2.1: bundles, lists of objects, single objects, such
as ATT&CK. Or write one of MISP: events, feeds with their index, results of searches,
galaxy clusters. An INPUT is a file, a folder with *.json, or - for standard input.
Several make one manifest. The IDs of STIX and MISP are the keys of the groups. So a
plan of a newer version shows exactly what has changed.

What a manifest cannot contain is left out and counted on stderr, a line for each kind
and reason. -v lists each case. docs/convert.md has the mapping.`,
		Example: `  tcimport convert stix mobile-attack.json --out attack.yaml
  tcimport convert stix bundles/ --namespace feed --owner 'Demo Community' > feed.yaml
  tcimport convert stix - --out attack.yaml < mobile-attack.json
  tcimport convert misp feed/ --out feed.yaml`,
		Args: conversions,
		RunE: p.ends(func(ctx context.Context, _ *cobra.Command, args []string) (result, error) {
			if o.out == "-" {
				o.out = ""
			}
			if p.global.json && o.out == "" {
				return nil, errors.New("--json needs --out, because stdout holds the JSON document")
			}
			if err := prove(o.out); err != nil {
				return nil, err
			}
			return p.runConvert(ctx, &o, args)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "", "file to write (default: stdout)")
	f.StringVar(&o.owner, "owner", "", "owner of the groups (default: none is named)")
	f.StringVar(&o.namespace, "namespace", "", "namespace of the keys")
	f.BoolVar(&o.revoked, "revoked", false, "also carry objects that are revoked, deprecated or deleted")
	return cmd
}

// conversions is what convert takes as arguments: a format and inputs.
func conversions(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no format given\n  usage: %s", cmd.UseLine())
	}
	if _, ok := sourceFormatNamed(args[0]); !ok {
		return unknown("format", args[0], sourceFormatNames(), nil, "usage: "+cmd.UseLine())
	}
	if len(args) == 1 {
		return fmt.Errorf("no input given: give a file, a folder, or - for standard input\n  usage: %s", cmd.UseLine())
	}
	return nil
}

func sourceFormatNamed(name string) (sourceFormat, bool) {
	for _, f := range sourceFormats {
		if f.name == name {
			return f, true
		}
	}
	return sourceFormat{}, false
}

// converting is one run of convert, and what it ends in.
type converting struct {
	o      *convertOptions
	ledger *convert.Ledger

	groups, associations, indicators int // of the manifest
}

func (p *program) runConvert(ctx context.Context, o *convertOptions, args []string) (result, error) {
	format, _ := sourceFormatNamed(args[0])
	c := format.make(p, o)
	end := p.progress.Begin("Reading")
	err := convert.Inputs(args[1:], p.stdin, func(_ string, r io.Reader) error { return c.Read(r) })
	end()
	if err != nil {
		return nil, err
	}
	m, ledger := c.Finish()
	if err := ledger.Check(); err != nil {
		return nil, fmt.Errorf("%w\n  this is a defect of tcimport: please report it", err)
	}
	x := &converting{o: o, ledger: ledger}
	x.groups, x.associations, x.indicators = m.Count()
	p.sayLeftOut(ledger)
	p.signals.enter(asking) // a signal now removes what is half written
	write := func(w io.Writer) error { return x.write(ctx, w, m, format.say, args[1:]) }
	if o.out == "" {
		err = write(p.stdout)
	} else {
		err = state.WriteFile(o.out, state.Private, write)
	}
	if err != nil {
		return nil, err
	}
	return x, nil
}

// write writes the manifest. Its first line says where it comes from.
func (x *converting) write(ctx context.Context, w io.Writer, m *convert.Manifest, format string, inputs []string) error {
	names := make([]string, len(inputs))
	for i, in := range inputs {
		names[i] = filepath.Base(in)
	}
	y := manifest.NewYAML(w, manifest.Head{
		FirstLine: fmt.Sprintf("%s %s: %s", converted, format, message.List(names)),
		Namespace: strings.TrimSpace(x.o.namespace), Owner: strings.TrimSpace(x.o.owner),
	})
	type rest struct {
		key  string
		refs []intel.Ref
	}
	var more []rest
	for g := range m.Groups() {
		if len(g.Refs) > shownInGroup {
			more = append(more, rest{g.Key, g.Refs[shownInGroup:]})
			g.Refs = g.Refs[:shownInGroup]
		}
		if err := errors.Join(ctx.Err(), y.Group(g)); err != nil {
			return err
		}
	}
	for _, i := range m.Alone() {
		y.Indicator(&i)
	}
	for _, r := range more {
		for i := range r.refs {
			y.Association(&intel.Ref{Kind: intel.KindGroup, Text: r.key}, &r.refs[i])
		}
	}
	return y.Close()
}

// shownInGroup is how many associations stand within a group. More would have to be in
// memory at once when it is written: they are entries of their own, behind all groups.
const shownInGroup = 1000

// shownCases is how many cases are shown of one reason.
const shownCases = 3

// sayLeftOut lists what was left out, on stderr.
func (p *program) sayLeftOut(l *convert.Ledger) {
	if p.global.quiet {
		return
	}
	for _, left := range l.Left() {
		p.line(left.String())
		shown := len(left.Cases)
		if !p.global.verbose {
			shown = min(shown, shownCases)
		}
		for _, c := range left.Cases[:shown] {
			p.line("  " + c.String())
		}
		if more := len(left.Cases) - shown; more > 0 {
			p.line(fmt.Sprintf("  and %d more: -v lists them", more))
		}
	}
}

func (x *converting) text(p *program, _ *report.Error) error {
	if p.global.quiet {
		return nil
	}
	where := ""
	if x.o.out != "" {
		where = " to " + x.o.out
	}
	t := x.ledger.Total()
	_, err := fmt.Fprintf(p.stderr, "Converted %s%s: %d carried, %d left out. The manifest has %s, %s, %s.\n", message.Plural(t.In, "object"), where, t.Carried, t.LeftOut,
		message.Plural(x.groups, "group"), message.Plural(x.associations, "association"), message.Plural(x.indicators, "indicator"))
	return err
}

func (x *converting) json(w io.Writer, _ *report.Error) error {
	left := x.ledger.Left()
	if left == nil {
		left = []*convert.Left{}
	}
	return writeJSON(w, map[string]any{
		"out": x.o.out, "owner": x.o.owner, "namespace": x.o.namespace,
		"groups": x.groups, "associations": x.associations, "indicators": x.indicators,
		"objects": x.ledger.Total(), "kinds": x.ledger.Kinds(), "leftOut": left,
	})
}
