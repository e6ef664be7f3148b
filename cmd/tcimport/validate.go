package main

import (
	"fmt"

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
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := read.read(p, args, nil)
			if err != nil {
				return err
			}
			p.warn(m.warnings)
			return p.validated(m.offline, m.warnings)
		},
	}
	read.addFlags(cmd)
	return cmd
}

// manifests is what commands that read manifests take as arguments.
func manifests(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no manifest given\n  usage: %s", cmd.UseLine())
	}
	return nil
}

// validated says what valid manifests hold.
func (p *program) validated(im *intel.Import, warnings intel.Problems) error {
	groups := len(im.Defined())
	indicators := 0
	for _, o := range im.Objects {
		if o.Kind == intel.KindIndicator {
			indicators++
		}
	}
	if p.global.json {
		return p.answerJSON(map[string]any{
			"groups": groups, "associations": len(im.Edges), "indicators": indicators, "problems": report.ProblemsOf(warnings),
		})
	}
	if p.global.quiet {
		return nil
	}
	_, err := fmt.Fprintf(p.stdout, "Valid: %s, %s, %s.\n", message.Plural(groups, "group"), message.Plural(len(im.Edges), "association"), message.Plural(indicators, "indicator"))
	return err
}
