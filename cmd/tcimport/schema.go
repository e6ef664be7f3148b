package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"tcimport/internal/report"
	"tcimport/internal/schema"
)

func (p *program) newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of YAML manifests, for editors",
		Long: `Print the JSON Schema of YAML manifests (draft-07). With it an editor completes keys
and values, shows what they mean, and marks what is misspelt. What validate takes is
valid by the schema; validate finds more.`,
		Example: `  tcimport schema > manifest.schema.json`,
		Args:    noArguments,
		RunE: p.ends(func(context.Context, *cobra.Command, []string) (result, error) {
			return schemaResult{}, nil
		}),
	}
}

// schemaResult is the schema, which is a document of JSON in any case.
type schemaResult struct{}

func (r schemaResult) text(p *program, _ *report.Error) error { return r.json(p.stdout, nil) }

func (schemaResult) json(w io.Writer, _ *report.Error) error {
	_, err := w.Write(schema.Manifest())
	return err
}
