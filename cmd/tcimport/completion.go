package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcimport/internal/intel"
	"tcimport/internal/tcsim"
)

// manifestTypes are the extensions of manifests.
var manifestTypes = []string{"yaml", "yml", "csv", "tsv"}

// planTypes are those of saved plans.
var planTypes = []string{"json", "gz"}

// argumentFiles are the extensions of the files that commands take. Those that take
// manifests take several.
var argumentFiles = map[string][]string{
	"validate": manifestTypes, "plan": manifestTypes, "apply": manifestTypes, "check": manifestTypes,
	"convert": {"json"}, "show": planTypes, "undo": {"csv", "json"}, "init": {"csv", "tsv", "txt"},
}

// flagFiles are the extensions of the files that flags take. Any other FILE can have any.
var flagFiles = map[string][]string{
	"plan": planTypes, "id-map": {"csv", "json"}, "report": {"csv", "json"}, "failed": {"yaml", "yml"}, "out": {"json", "gz", "yaml", "yml", "csv"},
	"associations-out": {"csv"}, "metrics": {"prom"}, "ca-file": {"pem", "crt", "cer"}, "state": {"json"}, "faults": {"json"},
}

// completions says how arguments and values of flags are completed: by words of a
// list, files or folders. Any other value is not completed; by default, the shell
// would offer files.
func (p *program) completions(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if cmd.ValidArgsFunction == nil && len(cmd.Commands()) == 0 {
			cmd.ValidArgsFunction = completeArguments
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { p.completeFlag(cmd, f) })
	}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { p.completeFlag(root, f) })
}

func completeArguments(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	types := argumentFiles[cmd.Name()]
	switch {
	case cmd.Name() == "man" && len(args) == 0:
		return nil, cobra.ShellCompDirectiveFilterDirs
	case cmd.Name() == "convert" && len(args) == 0:
		return sourceFormatNames(), cobra.ShellCompDirectiveNoFileComp
	case types == nil, len(args) > 0 && !slices.Equal(types, manifestTypes) && cmd.Name() != "convert":
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return types, cobra.ShellCompDirectiveFilterFileExt
}

func (p *program) completeFlag(cmd *cobra.Command, f *pflag.Flag) {
	complete := cobra.NoFileCompletions
	asked := p.askedValues()[f.Name]
	switch words := wordsOf(f); {
	case f.Value.Type() == "bool":
		return
	case asked != nil:
		complete = p.completeAsked(asked)
	case words != nil && strings.HasSuffix(f.Value.Type(), listSuffix):
		complete = completeList(words)
	case words != nil:
		complete = cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	case valueNames[f.Name] == "DIR":
		complete = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	case flagFiles[f.Name] != nil:
		complete = cobra.FixedCompletions(flagFiles[f.Name], cobra.ShellCompDirectiveFilterFileExt)
	case valueNames[f.Name] == "FILE":
		complete = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // fails for a flag that has one
}

// listSuffix is how the name of a value ends that is a list.
const listSuffix = ",..."

// completeList completes the last word of a list by those that it does not have yet.
func completeList(words []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndex(begun, ",")+1]
		var out []string
		for _, w := range words {
			if !slices.Contains(strings.Split(before, ","), w) {
				out = append(out, before+w)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// wordsOf are the values of a flag that takes one of a list of words.
func wordsOf(f *pflag.Flag) []string {
	if list, ok := f.Value.(interface{ words() []string }); ok {
		return list.words()
	}
	var out []string
	switch f.Name {
	case "delimiter":
		out = []string{",", ";", "tab"}
	case "type":
		for i := range intel.GroupTypes {
			out = append(out, intel.GroupTypes[i].Name)
		}
	case "switch":
		for _, s := range tcsim.SwitchNames() {
			for _, value := range s.Values {
				if value == strings.ToUpper(value) {
					value = "" // it stands for a value
				}
				out = append(out, cobra.CompletionWithDesc(s.Name+"="+value, s.Text))
			}
		}
	}
	return out
}
