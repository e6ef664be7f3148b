package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// variable is the environment variable that stands for a flag.
func variable(flag string) string {
	return "TCIMPORT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// early sets the flags of every command from the environment before the command line
// is parsed, so that an error of the command line is printed as they say. An error in
// a variable is printed once the command is known.
func (p *program) early(root *cobra.Command) {
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if v := p.env(variable(f.Name)); v != "" {
			_ = f.Value.Set(v)
		}
	})
}

// wantsJSON reports whether stdout is to be JSON. Of a command line that was not
// understood the flags behind the one at fault were not read.
func (p *program) wantsJSON(args []string) bool {
	if !p.signals.in(parsing) {
		return p.global.json
	}
	wants, _ := strconv.ParseBool(p.env(variable("json")))
	wants = wants || p.env(variable("format")) == "json"
	for i, a := range args {
		value, ok := strings.CutPrefix(a, "--json=")
		switch {
		case a == "--":
			return wants
		case a == "--json", a == "--format=json", a == "json" && i > 0 && args[i-1] == "--format":
			wants = true
		case ok:
			if v, err := strconv.ParseBool(value); err == nil {
				wants = v
			}
		}
	}
	return wants
}

// environmentFirst has the environment speak before the arguments of a command
// are checked: what they must be can depend on a flag.
func (p *program) environmentFirst(cmd *cobra.Command) {
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := p.fromEnvironment(cmd); err != nil {
			return err
		}
		return check(cmd, args)
	}
}

// fromEnvironment sets each flag that was not given from TCIMPORT_SOME_FLAG.
func (p *program) fromEnvironment(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := variable(f.Name)
		value, ok := p.lookupEnv(name)
		if f.Changed || !ok || value == "" || f.Name == "help" || f.Name == "version" || err != nil {
			return
		}
		values := []string{value}
		// Folders are listed as everywhere; the values of other flags that can be
		// repeated, such as techniqueId:T1566, may hold what parts folders.
		if f.Name == "allow-path" {
			values = strings.Split(value, string(os.PathListSeparator))
		}
		if p.fromEnv == nil {
			p.fromEnv = map[string]bool{}
		}
		p.fromEnv[f.Name] = true
		for _, v := range values {
			if serr := cmd.Flags().Set(f.Name, v); serr != nil && !knownElsewhere(cmd, f.Name, v) {
				err = fmt.Errorf("%s: %s", name, plainFlagError(serr))
			}
		}
	})
	return err
}

// knownElsewhere reports whether another command takes the value of a flag, as
// plan takes a format that export does not have. The environment is the same for
// all commands, so such a value is none of cmd's business; one that no command
// takes is a slip.
func knownElsewhere(cmd *cobra.Command, flag, value string) bool {
	return slices.ContainsFunc(cmd.Root().Commands(), func(other *cobra.Command) bool {
		return other != cmd && other.Flags().Lookup(flag) != nil && other.Flags().Set(flag, value) == nil
	})
}
