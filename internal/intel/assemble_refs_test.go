package intel_test

import (
	"testing"

	"tcimport/internal/intel"
)

// TestKeysOfReferences: a reference does not get the key of another group that
// only the id-map has, and keeps its own from run to run.
func TestKeysOfReferences(t *testing.T) {
	known := map[string]intel.Remote{
		"Threat/Else": {ID: 5, Type: "Threat", Name: "Renamed since", Owner: "Demo Organization"},
		"Threat/Same": {ID: 6, Type: "Threat", Name: "Same", Owner: "Demo Organization"},
		"Threat/Far":  {ID: 7, Type: "Threat", Name: "Far", Owner: "Demo Source"},
		"#8":          {ID: 80, Type: "Threat", Name: "Eighty", Owner: "Demo Organization"},
		"#9":          {ID: 9, Type: "Threat", Name: "Nine", Owner: "Demo Organization"},
		"xid:mine":    {ID: 10, XID: "mine", Owner: "Demo Organization"},
		"xid:other":   {ID: 11, XID: "another", Owner: "Demo Organization"},
		"gone":        {ID: 12, Type: "Threat", Name: "Gone", Owner: "Demo Source"},
	}
	for ref, want := range map[string]string{
		"{type: Threat, name: Else}":                    "Threat/Else in Demo Organization",
		"{type: Threat, name: Same}":                    "Threat/Same",
		"{type: Threat, name: Far}":                     "Threat/Far in Demo Organization",
		"{type: Threat, name: Far, owner: Demo Source}": "Threat/Far",
		"{type: Threat, name: New}":                     "Threat/New",
		`"#8"`:                                          "#8 (1)",
		`"#9"`:                                          "#9",
		"{xid: mine}":                                   "xid:mine",
		"{xid: other}":                                  "xid:other in Demo Organization",
		"gone":                                          "gone",
	} {
		im, problems := intel.Assemble(manifest(t, "groups: [{key: a, type: Threat, name: One, associatedGroups: ["+ref+"]}]"), intel.Options{
			DefaultOwner: "Demo Organization",
			IDMap:        func(key string) (intel.Remote, bool) { r, ok := known[key]; return r, ok },
		})
		if len(problems) > 0 || len(im.Groups) != 2 {
			t.Fatalf("%s: %v, %d groups", ref, problems, len(im.Groups))
		}
		if got := im.Groups[1].Key; got != want {
			t.Errorf("%s: its key is %q, want %q", ref, got, want)
		}
	}
}
