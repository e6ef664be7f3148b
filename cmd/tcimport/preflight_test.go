package main

import (
	"strings"
	"testing"
)

// TestDeniedPlan: a plan of which the API user may write nothing ends as apply
// does, with all of it printed; one of which something can be written is a plan
// with a warning.
func TestDeniedPlan(t *testing.T) {
	t.Parallel()
	const group = "groups: [{key: a, type: Threat, name: A, owner: Demo Community}]\n"
	for _, c := range []struct {
		name, manifest string
		plan, apply    int
	}{
		{"nothing allowed", group, codeDenied, codeDenied},
		{"nothing allowed, and a conflict", group + "---\ngroups: [{type: Tool, name: T, owner: Demo Community, associatedGroups: [{type: Tool, name: Nowhere}]}]\n", codeDenied, codeDenied},
		{"something allowed", group + "---\ngroups: [{type: Threat, name: B, owner: Demo Source}]\n", codeOK, codeIncomplete},
	} {
		t.Run(c.name, func(t *testing.T) {
			user := oneUser("Standard User", access("Read Only User", "Editor"))
			w := newWorld(t, user).with("TC_TOKEN=" + user.Users[0].Token)
			w.write("in.yaml", c.manifest)
			r := w.run("plan", "@in.yaml", "--out", "@plan.json").mustExit(t, c.plan)
			if !strings.Contains(r.err, "the API user may not write groups in") || !strings.Contains(r.out, `+ create Threat "A"`) {
				t.Errorf("the plan does not say it all:\n%s%s", r.out, r.err)
			}
			doc := w.run("plan", "@in.yaml", "--json").mustExit(t, c.plan).document(t)
			failure, _ := doc["error"].(map[string]any)
			if (c.plan != codeOK) != (failure["code"] == float64(codeDenied)) || doc["actions"] == nil {
				t.Errorf("the document has the error %v", failure)
			}
			w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, c.apply)
			if n := w.sim.Stats().Writes; n > 0 && c.apply == codeDenied {
				t.Errorf("%d requests that write", n)
			}
			if c.apply == codeDenied {
				w.run("apply", "--plan", "@plan.json", "--yes", "--report", "@ids.csv").mustExit(t, codeDenied)
			}
		})
	}
}
