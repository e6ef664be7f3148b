package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// valueNames are what help and documents call the values of flags.
var valueNames = map[string]string{
	"owner": "NAME", "namespace": "NAME", "tag": "NAME", "type": "TYPE", "key": "KEY", "tql": "QUERY",
	"delimiter": "CHAR", "encoding": "NAME", "list-separator": "TEXT", "url": "URL", "listen": "ADDRESS", "switch": "NAME=VALUE",
	"rate": "R", "workers": "N", "keep-runs": "N", "run": "ID", "timeout": "DURATION", "max-duration": "DURATION", "settle": "DURATION", "save-every": "DURATION",
	"allow-path": "DIR", "state-dir": "DIR",
	"ca-file": "FILE", "id-map": "FILE", "out": "FILE", "plan": "FILE", "report": "FILE", "failed": "FILE", "metrics": "FILE",
	"keys": "FILE", "associations-out": "FILE", "state": "FILE", "faults": "FILE",
}

// namedValue is a value of a flag under the name that help has for it, in place
// of the name of its Go type.
type namedValue struct {
	pflag.Value
	name string
}

func (v namedValue) Type() string { return v.name }

// namedList is one of a flag that can be repeated.
type namedList struct {
	namedValue
	pflag.SliceValue
}

// nameValues gives the values of flags their names.
func nameValues(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			name, ok := valueNames[f.Name]
			if !ok {
				return
			}
			value := namedValue{f.Value, name}
			if list, ok := f.Value.(pflag.SliceValue); ok {
				f.Value = namedList{value, list}
			} else {
				f.Value = value
			}
			// pflag knows by the type that these are nothing.
			if f.DefValue == "[]" || f.DefValue == "0s" {
				f.DefValue = ""
			}
		})
	}
}
