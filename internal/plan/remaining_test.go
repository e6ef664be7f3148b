package plan_test

import (
	"testing"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
)

// What is left of a request does what the request does: an entry that is still
// to be removed is not added instead, whichever lists the request leaves alone.
func TestRemainingKeepsModes(t *testing.T) {
	r := group(1, "Threat", "One", tags("x"), labels("TLP:RED"), attribute(11, "Aliases", "v"))
	for name, w := range map[string]*intel.GroupWrite{
		"tags":       {ID: 1, Tags: []intel.Tag{{Name: "x"}}, TagMode: intel.ModeDelete},
		"labels":     {ID: 1, SecurityLabels: []string{"TLP:RED"}, LabelMode: intel.ModeDelete},
		"attributes": {ID: 1, Attributes: []intel.RemoteAttribute{{ID: 11}}, AttributeMode: intel.ModeDelete},
	} {
		rest := plan.Remaining(&plan.Request{Write: w}, r, nil)
		if rest == nil {
			t.Fatalf("%s: nothing is left", name)
		}
		got := map[string]intel.Mode{"tags": rest.Write.TagMode, "labels": rest.Write.LabelMode, "attributes": rest.Write.AttributeMode}
		for list, mode := range got {
			if want := map[bool]intel.Mode{true: intel.ModeDelete, false: intel.ModeAppend}[list == name]; mode != want {
				t.Errorf("%s: what is left has the mode %q for %s, want %q", name, mode, list, want)
			}
		}
	}
}
