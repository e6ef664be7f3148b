package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// pendingIn lists what a plan, printed as JSON, would do: of each action its
// key, and the field and value of each change, or the other end of each
// association.
func pendingIn(t *testing.T, document string) []string {
	t.Helper()
	var plan struct {
		Actions []struct {
			Action, Key  string
			Changes      []struct{ Field, Op, Old, New string }
			Associations []struct{ Kind, Type, Name, State string }
		}
	}
	if err := json.Unmarshal([]byte(document), &plan); err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	var out []string
	for _, a := range plan.Actions {
		if a.Action == "unchanged" {
			continue
		}
		for _, c := range a.Changes {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", a.Key, c.Field, c.New)))
		}
		for _, as := range a.Associations {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s -> %s %s %s", a.Key, as.Kind, as.Type, as.Name)))
		}
		if len(a.Changes)+len(a.Associations) == 0 {
			out = append(out, a.Key+" "+a.Action)
		}
	}
	slices.Sort(out)
	return out
}
