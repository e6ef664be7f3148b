package main

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tcimport/internal/state"
)

const (
	// completionTime is how long a completion waits for the instance: somebody has
	// pressed a key.
	completionTime = 2 * time.Second
	// mostOffered is how many values a completion offers. A shell takes long to show
	// more, and nobody reads them.
	mostOffered = 500
)

// askedValues are the flags whose values are in files or on the instance.
func (p *program) askedValues() map[string]func(cmd *cobra.Command, args []string, begun string) []string {
	return map[string]func(*cobra.Command, []string, string) []string{
		"owner": p.ownersOf, "key": p.keysOf, "run": p.runsOf,
	}
}

// completeAsked makes a completion of values that are asked for. What cannot be found
// out offers nothing, and says nothing: a message would land in the line that is typed.
func (p *program) completeAsked(values func(*cobra.Command, []string, string) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		p.global.quiet = true
		_ = p.fromEnvironment(cmd)
		found := values(cmd, args, begun)
		return found[:min(mostOffered, len(found))], cobra.ShellCompDirectiveNoFileComp
	}
}

// ownersOf asks the instance for the owners that the API user sees.
func (p *program) ownersOf(cmd *cobra.Command, _ []string, begun string) []string {
	c := p.connectToComplete(cmd)
	if c == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	owners, err := c.client.Owners(ctx)
	if err != nil {
		return nil
	}
	var out []string
	for _, o := range owners {
		if begins(o.Name, begun) {
			out = append(out, cobra.CompletionWithDesc(o.Name, o.Type))
		}
	}
	return out
}

// connectToComplete prepares the connection that the command would have, nil if it is
// not known yet.
func (p *program) connectToComplete(cmd *cobra.Command) *connection {
	o := connectOptions{workers: 1, timeout: completionTime}
	for flag, value := range map[string]*string{"url": &o.url, "ca-file": &o.caFile} {
		if f := cmd.Flags().Lookup(flag); f != nil {
			*value = f.Value.String()
		}
	}
	c, err := p.connect(&o, false)
	if err != nil {
		return nil
	}
	return c
}

// keysOf are the keys of the groups in the id-map of the command line.
func (p *program) keysOf(cmd *cobra.Command, _ []string, begun string) []string {
	path := cmd.Flags().Lookup("id-map").Value.String()
	f, err := p.openIDMap(path)
	if err != nil {
		return nil
	}
	m, err := readIDMap(f, path)
	if err != nil {
		return nil
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(m.groups())) {
		if strings.HasPrefix(key, begun) {
			g := m.ids[key]
			out = append(out, cobra.CompletionWithDesc(key, g.Type+" "+g.Name))
		}
	}
	return out
}

// runsOf are the runs of the report of the command line that have a record.
func (p *program) runsOf(cmd *cobra.Command, args []string, begun string) []string {
	c := p.connectToComplete(cmd)
	if c == nil || len(args) != 1 {
		return nil
	}
	dir := cmd.Flags().Lookup("state-dir").Value.String()
	if dir == "" {
		dir = filepath.Dir(args[0])
	}
	runs, _, err := state.Runs(dir, c.name(), args[0])
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range runs {
		if strings.HasPrefix(r.Plan, begun) {
			out = append(out, cobra.CompletionWithDesc(r.Plan, r.At.Local().Format(time.DateTime)))
		}
	}
	return out
}

// begins reports whether a name begins with what was typed, in any case.
func begins(name, typed string) bool {
	return len(name) >= len(typed) && strings.EqualFold(name[:len(typed)], typed)
}
