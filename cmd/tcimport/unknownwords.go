package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// commands is what the program takes as its first argument.
func commands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	word := args[0]
	if hint := commandsFor(word); hint != "" {
		return fmt.Errorf("there is no command %s\n  %s", message.Quote(word), hint)
	}
	return unknown("command", word, names(cmd), commandWords, "tcimport --help lists the commands")
}

// commandWords are what other programs call these commands.
var commandWords = map[string]string{
	"import": "apply", "sync": "apply", "upload": "apply", "push": "apply", "load": "apply", "run": "apply",
	"diff": "plan", "preview": "plan", "dry-run": "plan", "compare": "plan",
	"lint": "validate", "verify": "validate", "test": "validate",
	"print": "show", "view": "show", "cat": "show",
	"download": "export", "dump": "export", "pull": "export",
	"doctor": "check", "status": "check", "ping": "check", "login": "check",
	"rollback": "undo", "revert": "undo",
	"simulate": "sim", "simulator": "sim", "serve": "sim", "server": "sim",
}

// commandsFor are the commands for a file that was given without one, "" if word
// looks like no file.
func commandsFor(word string) string {
	_, err := os.Stat(word)
	quoted := message.Quote(word)
	if !strings.ContainsFunc(word, func(r rune) bool { return strings.ContainsRune(" \t\"'$\\", r) }) {
		quoted = word
	}
	switch ext := strings.ToLower(filepath.Ext(word)); {
	case ext == ".json":
		return fmt.Sprintf("tcimport show %s prints a saved plan, tcimport apply --plan %s carries it out", quoted, quoted)
	case err == nil, slices.Contains(manifestTypes, strings.TrimPrefix(ext, ".")):
		return fmt.Sprintf("tcimport plan %s shows what a manifest would change, tcimport apply %s carries it out", quoted, quoted)
	}
	return ""
}

// unknown is the error for a word that is not known. meant maps words of other
// programs to ours.
func unknown(what, word string, known []string, meant map[string]string, hint string) error {
	if near := nearest(word, known, meant); near != "" {
		hint = "did you mean " + near + "?"
	}
	return fmt.Errorf("there is no %s %s\n  %s", what, message.Quote(word), hint)
}

// nearest is the known word that is most likely meant, "" for none.
func nearest(word string, known []string, meant map[string]string) string {
	if said := meant[strings.ToLower(word)]; slices.Contains(known, said) {
		return said
	}
	if near := spelling.Nearest(word, known); near != "" {
		return near
	}
	near := meant[spelling.Nearest(word, slices.Sorted(maps.Keys(meant)))]
	if !slices.Contains(known, near) {
		return ""
	}
	return near
}

// flagWords are what other programs call these flags.
var flagWords = map[string]string{
	"output": "out", "outfile": "out", "o": "out", "force": "yes", "assume-yes": "yes",
	"parallel": "workers", "concurrency": "workers", "threads": "workers", "jobs": "workers", "j": "workers",
	"base-url": "url", "host": "url", "server": "url", "api": "url", "silent": "quiet", "debug": "verbose",
	"f": "format", "source": "owner", "cacert": "ca-file",
}

// flagError says what is wrong with a flag, and what is near.
func flagError(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help lists the flags"
	missing, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return fmt.Errorf("%s\n  %s", plainFlagError(err), hint)
	}
	word := missing.GetSpecifiedName()
	if short := missing.GetSpecifiedShortnames(); short != "" {
		word = word[:1] // the rest are flags behind it
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	others := commandsWith(cmd.Root(), word)
	near := nearest(word, known, flagWords)
	switch {
	case word == "dry-run":
		hint = "tcimport plan is the dry run: it never writes"
	case word == "token" || word == "password" || word == "secret-key":
		hint = "no flag takes a secret: set TC_TOKEN, or TC_API_ACCESS_ID and TC_API_SECRET_KEY"
	case len(others) > 0:
		hint = fmt.Sprintf("--%s is a flag of %s", word, message.Join(others, "and"))
	case near != "":
		hint = fmt.Sprintf("did you mean --%s? %s", near, hint)
	}
	return fmt.Errorf("%s\n  %s", err, hint)
}

// commandsWith are the commands that have a flag.
func commandsWith(root *cobra.Command, flag string) []string {
	var out []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && c.Flags().Lookup(flag) != nil {
			out = append(out, c.Name())
		}
	}
	return out
}
