package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (p *program) newRoot() *cobra.Command {
	showVersion := false
	root := &cobra.Command{
		Use:   "tcimport",
		Short: "Import and sync threat intelligence into ThreatConnect",
		Long:  longHelp,
		Example: `  tcimport validate incidents.yaml
  tcimport plan incidents.yaml --out plan.json
  tcimport apply --plan plan.json --report reviewed.csv`,
		Args:          commands,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.fromEnvironment(cmd); err != nil {
				return err
			}
			// A format of JSON means the same as --json, on failure too.
			if f := cmd.Flags().Lookup("format"); f != nil && f.Value.String() == "json" {
				p.global.json = true
			}
			p.showProgress()
			p.signals.enter(reading)
			return p.checkOutputs(cmd)
		},
		RunE: p.ends(func(_ context.Context, cmd *cobra.Command, _ []string) (result, error) {
			if showVersion {
				return versionResult{}, nil
			}
			return p.help(cmd)
		}),
	}
	root.Flags().BoolVar(&showVersion, "version", false, "print version, commit and date")
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	p.global.logFormat = "text"
	f := root.PersistentFlags()
	f.BoolVar(&p.global.json, "json", false, "print exactly one JSON document on stdout")
	f.BoolVarP(&p.global.quiet, "quiet", "q", false, "print nothing unless somebody has to act")
	f.BoolVar(&p.global.noColor, "no-color", false, "print without colours (also NO_COLOR)")
	f.BoolVarP(&p.global.verbose, "verbose", "v", false, "log each decision, and show everything")
	choose(f, &p.global.logFormat, "log-format", "format of log lines on stderr", "text", "json")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(p.newValidate(), p.newPlan(), p.newApply(), p.newShow(), p.newUndo(), p.newCheck(), p.newExport(), p.newConvert(), p.newInit(), p.newSim(), p.newSchema(), p.newMan(), p.newVersion())
	for _, cmd := range root.Commands() {
		p.environmentFirst(cmd)
	}
	root.SetHelpCommand(newHelp())
	p.addCompletion(root)
	p.textsAreResults(root)
	p.completions(root)
	nameValues(root)
	return root
}

// choice is a flag that takes one of a list of words.
type choice[T ~string] struct {
	value *T
	list  []T
}

// choose adds a flag that takes one of a list of words. value has its default.
func choose[T ~string](f *pflag.FlagSet, value *T, name, usage string, list ...T) {
	f.Var(&choice[T]{value, list}, name, usage)
}

func (c *choice[T]) String() string { return string(*c.value) }
func (c *choice[T]) Type() string   { return strings.Join(c.words(), "|") }

func (c *choice[T]) words() []string { return words(c.list) }

// words are the texts of a list of words.
func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

func (c *choice[T]) Set(s string) error {
	for _, w := range c.list {
		if strings.EqualFold(string(w), s) {
			*c.value = w
			return nil
		}
	}
	return fmt.Errorf("must be one of %s", strings.Join(c.words(), ", "))
}
