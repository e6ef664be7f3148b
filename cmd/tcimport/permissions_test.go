package main

import (
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// TestDeniedPlan: a plan of which the API user may not write all says so of each
// group, in every format, counts only the others, and ends as apply does, before
// anything is written. The others are written where these are left out.
func TestDeniedPlan(t *testing.T) {
	t.Parallel()
	const (
		group = "groups: [{key: a, type: Threat, name: A, owner: Demo Community}]\n"
		other = "---\ngroups: [{key: b, type: Threat, name: B, owner: Demo Source}]\n"
	)
	only := func(perm string) map[string]tcsim.Access {
		out := access("Editor", "Editor")
		out[tcsim.DemoCommunity] = tcsim.Access{Role: "Editor", Perms: map[string]string{perm: "READ"}}
		return out
	}
	readOnly := access("Read Only User", "Editor")
	for _, c := range []struct {
		name, manifest string
		access         map[string]tcsim.Access
		why            string
		create         float64 // groups that may be written
		requests       float64
	}{
		{"nothing", group, readOnly, `the API user may not write groups in "Demo Community" (permGroup is READ)`, 0, 0},
		{"nothing, and a conflict", group + "---\ngroups: [{type: Tool, name: T, owner: Demo Community, associatedGroups: [{type: Tool, name: Nowhere}]}]\n",
			readOnly, "may not write groups in", 0, 0},
		{"one of two owners", group + other, readOnly, "may not write groups in", 1, 1},
		{"one of two owners, associated", group + strings.Replace(other, "Demo Source}", "Demo Source, associatedGroups: [a]}", 1), readOnly, "may not write groups in", 1, 1},
		{"no indicators", strings.Replace(group, "Community}", "Community, associatedIndicators: ['Host:a.example']}", 1), only("permIndicator"),
			`the API user may not create indicators in "Demo Community" (permIndicator is READ); --missing-indicators skip`, 0, 0},
		{"no attributes", strings.Replace(group, "Community}", "Community, attributes: [{type: Description, value: d}]}", 1) + other, only("permAttribute"),
			`the API user may not write attributes in "Demo Community" (permAttribute is READ)`, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			user := oneUser("Standard User", c.access)
			w := newWorld(t, user).with("TC_TOKEN=" + user.Users[0].Token)
			w.write("in.yaml", c.manifest)
			for _, format := range []string{"text", "markdown"} {
				r := w.run("plan", "@in.yaml", "--out", "@plan.json", "--format", format).mustExit(t, codeDenied)
				plain := strings.ReplaceAll(r.out, "`", `"`)
				if !strings.Contains(r.err, c.why) || !strings.Contains(strings.ReplaceAll(plain, `\`, ""), c.why) {
					t.Errorf("the plan does not say %q:\n%s%s", c.why, r.out, r.err)
				}
			}
			if r := w.run("plan", "@in.yaml", "--quiet").mustExit(t, codeDenied); !strings.Contains(r.err, c.why) {
				t.Errorf("--quiet says\n%s", r.err)
			}
			doc := w.run("plan", "@in.yaml", "--json").mustExit(t, codeDenied).document(t)
			failure, _ := doc["error"].(map[string]any)
			sum, _ := doc["summary"].(map[string]any)
			if failure["code"] != float64(codeDenied) || sum["create"] != c.create || sum["requests"] != c.requests || sum["indicatorsNew"] != 0.0 || sum["associations"] != 0.0 {
				t.Errorf("the document has the error %v and the summary %v", failure, sum)
			}
			for _, saved := range [][]string{{"@in.yaml"}, {"--plan", "@plan.json"}} {
				args := append(append([]string{"apply"}, saved...), "--yes", "--report", "@ids.csv")
				w.run(args...).mustExit(t, codeDenied)
				if n := w.sim.Stats().Writes; n > 0 {
					t.Fatalf("%d requests that write", n)
				}
			}
			code := codeIncomplete
			if c.create == 0 {
				code = codeDenied
			}
			r := w.run("apply", "--plan", "@plan.json", "--skip-conflicts", "--yes", "--report", "@ids.csv").mustExit(t, code)
			if n := w.sim.Stats().Writes; n != int(c.requests) || c.create > 0 && !strings.Contains(r.out, c.why) {
				t.Errorf("%d requests that write, and it says\n%s", n, r.out)
			}
		})
	}
}

// TestDeniedSince: a permission that was taken away since a plan was made is found
// before the first write.
func TestDeniedSince(t *testing.T) {
	t.Parallel()
	before, after := oneUser("Standard User", access("Editor", "Editor")), oneUser("Standard User", access("Read Only User", "Editor"))
	w := newWorld(t, before).with("TC_TOKEN=" + before.Users[0].Token)
	w.write("in.yaml", "groups: [{key: a, type: Threat, name: A, owner: Demo Community}, {key: b, type: Threat, name: B, owner: Demo Source}]\n")
	w.run("plan", "@in.yaml", "--out", "@plan.json").mustExit(t, codeOK)
	w.become(after)
	w.run("apply", "--plan", "@plan.json", "--yes", "--report", "@ids.csv").mustExit(t, codeDenied)
	if n := w.sim.Stats().Writes; n > 0 {
		t.Errorf("%d requests that write", n)
	}
	w.run("apply", "--plan", "@plan.json", "--skip-conflicts", "--yes", "--report", "@ids.csv").mustExit(t, codeIncomplete)
	if n := w.sim.Stats().Writes; n != 1 {
		t.Errorf("%d requests that write", n)
	}
}
