package main

import (
	"os"
	"testing"

	"github.com/spf13/pflag"
)

// TestFlagsHaveOneMeaning: the environment gives a flag to every command that
// has it, so one name must not be a file here and a policy there.
func TestFlagsHaveOneMeaning(t *testing.T) {
	types, first := map[string]string{}, map[string]string{}
	root := (&program{lookupEnv: os.LookupEnv}).newRoot()
	for _, cmd := range root.Commands() {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			typ := f.Value.Type()
			if f.Name == "format" {
				return // of what is written; not every command has every one
			}
			if before, ok := types[f.Name]; ok && before != typ {
				t.Errorf("--%s is a %s for %s and a %s for %s", f.Name, before, first[f.Name], typ, cmd.Name())
			}
			types[f.Name], first[f.Name] = typ, cmd.Name()
		})
	}
	if len(types) < 20 {
		t.Errorf("only %d flags were compared", len(types))
	}
}
