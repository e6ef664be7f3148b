package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tcimport/internal/message"
)

// names are those of the commands below one.
func names(cmd *cobra.Command) []string {
	var out []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			out = append(out, c.Name())
		}
	}
	return out
}

// noArguments is what commands take that take none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, but got %s", cmd.CommandPath(), message.Quote(args[0]))
	}
	return nil
}

// newHelp is cobra's own command, but that a word it does not know is an error.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about a command",
		Long:    "Print the help of a command, as --help behind it does.",
		Example: "  tcimport help plan",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return names(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknown("command", strings.Join(args, " "), names(cmd.Root()), commandWords, "tcimport --help lists the commands")
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}

const completionHelp = `Print the script by which a shell completes commands, flags and their values: files of
the right kind, owners of the instance, keys of an id-map, runs of a report. Put it
where the shell looks for such scripts, and start a new shell. bash needs the package
bash-completion, zsh a folder that fpath has, PowerShell a line in $PROFILE that runs
the script.`

// scriptPaths are where shells look for completion scripts, or may be told to.
var scriptPaths = map[string]string{
	"bash": "~/.local/share/bash-completion/completions/tcimport", "zsh": "~/.zfunc/_tcimport",
	"fish": "~/.config/fish/completions/tcimport.fish", "powershell": "tcimport.ps1",
}

// addCompletion adds cobra's command, but that a shell it does not know, or
// none, is an error.
func (p *program) addCompletion(root *cobra.Command) {
	root.SetOut(&p.script) // which the commands keep
	root.InitDefaultCompletionCmd()
	root.SetOut(p.stdout)
	i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "completion" })
	cmd := root.Commands()[i]
	cmd.Use, cmd.Short, cmd.Long = "completion SHELL", "Print the completion script of a shell", completionHelp
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		shells := names(cmd)
		if len(args) == 0 {
			return fmt.Errorf("completion needs a shell: one of %s", strings.Join(shells, ", "))
		}
		return unknown("shell", args[0], shells, nil, "it must be one of "+strings.Join(shells, ", "))
	}
	// Without one cobra takes a command for a heading, and prints its help.
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	var examples []string
	for _, shell := range cmd.Commands() {
		shell.Args = noArguments
		shell.Short = "Print the completion script of " + shell.Name()
		shell.Long = shell.Short + "."
		shell.Example = fmt.Sprintf("  tcimport completion %s > %s", shell.Name(), scriptPaths[shell.Name()])
		examples = append(examples, shell.Example)
	}
	cmd.Example = strings.Join(examples, "\n")
}

// parsers are the messages of the packages that parse the values of flags. What
// comes before it in a message names flag and value already.
var parsers = []struct {
	says *regexp.Regexp
	want string
}{
	{regexp.MustCompile(`(?s) flag: strconv\.ParseBool: .*`), "true, false, 1 or 0"},
	{regexp.MustCompile(`(?s) flag: strconv\.ParseFloat: .*`), "a number"},
	{regexp.MustCompile(`(?s) flag: strconv\.\w+: .*`), "a whole number"},
	{regexp.MustCompile(`(?s) flag: time: .*`), "a time with its unit, such as 90s, 5m or 1h30m"},
}

func plainFlagError(err error) string {
	text := err.Error()
	for _, p := range parsers {
		text = p.says.ReplaceAllLiteralString(text, " flag: must be "+p.want)
	}
	return text
}
