package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tcimport/internal/report"
)

// textResult is a text that a command prints as it is, and the document that has it under
// --json.
type textResult struct {
	shown    string
	document any
}

func (r textResult) text(p *program, _ *report.Error) error {
	_, err := io.WriteString(p.stdout, r.shown)
	return err
}

func (r textResult) json(w io.Writer, _ *report.Error) error { return writeJSON(w, r.document) }

// helpDocument is the help of a command.
type helpDocument struct {
	Command string `json:"command"`
	Help    string `json:"help"`
}

// scriptDocument is the completion script of a shell.
type scriptDocument struct {
	Shell  string `json:"shell"`
	Script string `json:"script"`
}

// simDocument is how to reach a simulated instance, by the names of environment
// variables.
type simDocument struct {
	Path      string `json:"TC_API_PATH"`
	AccessID  string `json:"TC_API_ACCESS_ID"`
	SecretKey string `json:"TC_API_SECRET_KEY"`
	Token     string `json:"TC_TOKEN"`
}

// textsAreResults makes results of what cobra prints by itself.
func (p *program) textsAreResults(root *cobra.Command) {
	printed := func(print func()) string {
		var b strings.Builder
		root.SetOut(&b)
		defer root.SetOut(p.stdout)
		print()
		return b.String()
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		text := printed(func() { help(cmd, args) })
		p.result = textResult{text, helpDocument{cmd.CommandPath(), text}}
	})
	completion, _, _ := root.Find([]string{"completion"})
	for _, shell := range completion.Commands() {
		generate := shell.RunE
		shell.RunE = func(cmd *cobra.Command, args []string) (err error) {
			p.script.Reset()
			if err = generate(cmd, args); err == nil {
				p.result = textResult{p.script.String(), scriptDocument{shell.Name(), p.script.String()}}
			}
			return err
		}
	}
}

// help is the help of a command as its result.
func (p *program) help(cmd *cobra.Command) (result, error) {
	err := cmd.Help()
	return p.result, err
}
