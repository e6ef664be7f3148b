package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// together refuses flags that contradict each other.
func together(cmd *cobra.Command) error {
	set := func(name string) bool { return cmd.Flags().Lookup(name) != nil && cmd.Flag(name).Value.String() != "" }
	// A saved plan has its own policy: what the environment says does not count.
	if needy := set("on-drift") && cmd.Flag("on-drift").Value.String() != "overwrite"; needy && !set("id-map") && !set("plan") {
		return fmt.Errorf("--on-drift %s needs --id-map: the report of the last run tells what has changed since", cmd.Flag("on-drift").Value)
	}
	if set("id-map") && cmd.Flag("id-map").Value.String() == "-" {
		return fmt.Errorf("--id-map -: name a file, or leave it out on the first run")
	}
	return nil
}
