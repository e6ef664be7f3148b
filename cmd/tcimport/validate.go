package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/report"
)

func (p *program) newValidate() *cobra.Command {
	var read readOptions
	cmd := &cobra.Command{
		Use:   "validate MANIFEST...",
		Short: "Check manifests offline, without network and credentials",
		Long: `Check manifests offline: everything about them that does not depend on the
instance. All problems of all files are printed, each with its place.

` + manifestHelp,
		Example: `  tcimport validate incidents.yaml
  tcimport validate manifests/
  tcimport validate - --input-format csv < groups.csv`,
		Args: manifests,
		RunE: p.ends(func(_ context.Context, _ *cobra.Command, args []string) (result, error) {
			read.once = true
			m, err := read.read(p, args, noIDMap)
			if err != nil {
				return nil, err
			}
			p.warn(m.warnings)
			return validResult{m.offline, m.warnings}, nil
		}),
	}
	read.addFlags(cmd.Flags())
	return cmd
}

// manifests is what commands that read manifests take as arguments.
func manifests(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no manifest given\n  usage: %s", cmd.UseLine())
	}
	return nil
}

// validResult is what valid manifests contain.
type validResult struct {
	im       *intel.Import
	warnings intel.Problems
}

func (r validResult) indicators() int {
	n := 0
	for _, o := range r.im.Objects {
		if o.Kind == intel.KindIndicator {
			n++
		}
	}
	return n
}

func (r validResult) text(p *program, _ *report.Error) error {
	if p.global.quiet {
		return nil
	}
	_, err := fmt.Fprintf(p.stdout, "Valid: %s, %s, %s.\n", message.Plural(len(r.im.Defined()), "group"),
		message.Plural(len(r.im.Edges), "association"), message.Plural(r.indicators(), "indicator"))
	return err
}

func (r validResult) json(w io.Writer, _ *report.Error) error {
	return writeJSON(w, map[string]any{
		"groups": len(r.im.Defined()), "associations": len(r.im.Edges), "indicators": r.indicators(), "problems": report.ProblemsOf(r.warnings),
	})
}
