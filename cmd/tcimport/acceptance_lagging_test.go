package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tcimport/internal/tcsim"
)

// late is a manifest of n groups that have something in each of their lists.
func late(n int) string {
	var b strings.Builder
	b.WriteString("namespace: late\ngroups:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {key: k%[1]d, type: Threat, name: Threat %[1]d, tags: [t%[1]d, u], securityLabels: [TLP:RED], associatedGroups: [k%[2]d],\n", i, (i+1)%n)
		fmt.Fprintf(&b, "     associatedIndicators: ['Host:h%[1]d.example', 'Host:shared.example'], attributes: [{type: Description, value: d%[1]d}, {type: Aliases, value: a%[1]d}, {type: Aliases, value: b%[1]d}]}\n", i)
	}
	return b.String()
}

// checkLate fails the test unless the instance has n groups of late, each as the
// manifest wants it.
func (w *world) checkLate(n int) {
	w.t.Helper()
	groups := w.sim.Snapshot().Groups
	if len(groups) != n {
		w.t.Errorf("%d groups, want %d", len(groups), n)
	}
	for _, g := range groups {
		if len(g.Attributes) != 3 || len(g.Tags) != 2 || len(g.SecurityLabels) != 1 || len(g.AssociatedIndicators) != 2 || len(g.AssociatedGroups) != 2 {
			w.t.Errorf("%s has %d attributes, tags %q, labels %q, %d indicators, %d groups",
				g.Name, len(g.Attributes), g.Tags, g.SecurityLabels, len(g.AssociatedIndicators), len(g.AssociatedGroups))
		}
	}
}

// TestNestedListsThatLagDuplicateNothing: what earlier runs have left on groups, and what nested lists
// do not show yet, is not added again, and nobody is said to have removed it.
func TestNestedListsThatLagDuplicateNothing(t *testing.T) {
	t.Parallel()
	apply := []string{"apply", "@in.yaml", "--yes", "--report", "@ids.csv"}
	begin := func(t *testing.T, cfg tcsim.Config) *world {
		cfg.Switches.NestedDelayMS = 3_600_000
		w := newWorld(t, cfg)
		w.write("in.yaml", late(6))
		return w
	}
	t.Run("again", func(t *testing.T) {
		t.Parallel()
		w := begin(t, tcsim.Config{})
		w.run(apply...).mustExit(t, codeOK)
		w.checkLate(6)
		before := w.sim.Stats().Writes
		for _, policy := range []string{"fail", "keep", "overwrite"} {
			r := w.run(append(apply, "--id-map", "@ids.csv", "--on-drift", policy)...).mustExit(t, codeOK)
			if strings.Contains(r.out, "edited on the server") {
				t.Errorf("nobody has edited anything:\n%s", r.out)
			}
		}
		w.run(append(apply, "--attributes", "replace", "--tags", "replace")...).mustExit(t, codeOK) // the report that is replaced says it, too
		if n := w.sim.Stats().Writes - before; n != 0 {
			t.Errorf("%d writes", n)
		}
		w.checkLate(6)
		w.sim.SetSwitches(tcsim.Switches{})
		w.sim.ResetStats()
		w.run(append(apply, "--id-map", "@ids.csv")...).mustExit(t, codeOK)
		if n := w.sim.Stats().ByRoute["GET /v3/groupAttributes"]; n != 0 {
			t.Errorf("%d reads of attributes, though nested lists show all that was left", n)
		}
	})
	t.Run("saved plan", func(t *testing.T) {
		t.Parallel()
		w := begin(t, tcsim.Config{})
		w.run(apply...).mustExit(t, codeOK)
		w.write("in.yaml", strings.ReplaceAll(late(6), "name: Threat 1,", "name: Renamed,"))
		w.run("plan", "@in.yaml", "--id-map", "@ids.csv", "--out", "@plan.json").mustExit(t, codeOK)
		w.run("apply", "--plan", "@plan.json", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
		w.checkLate(6)
	})
	for _, idMap := range []bool{false, true} {
		args := apply
		if idMap {
			args = append(args[:len(args):len(args)], "--id-map", "@ids.csv")
		}
		t.Run(fmt.Sprint("after failures, id-map ", idMap), func(t *testing.T) {
			t.Parallel()
			w := begin(t, tcsim.Config{ExcludedSummary: []string{"h3.example"}})
			w.run(args...).mustExit(t, codeIncomplete)
			before := w.sim.Stats().Writes
			w.run(args...).mustExit(t, codeIncomplete)
			if n := w.sim.Stats().Writes - before; n != 1 {
				t.Errorf("%d writes, want the one that is refused", n)
			}
			for _, g := range w.sim.Snapshot().Groups {
				if len(g.Attributes) != 3 {
					t.Errorf("%s has %d attributes", g.Name, len(g.Attributes))
				}
			}
		})
		for name, sig := range map[string]os.Signal{"interrupted": os.Interrupt, "killed": os.Kill} {
			t.Run(fmt.Sprint(name, ", id-map ", idMap), func(t *testing.T) {
				t.Parallel()
				w := begin(t, tcsim.Config{})
				own := []string{"apply", "in.yaml", "--yes", "--report", "ids.csv", "--workers", "2"}
				if idMap {
					own = append(own, "--id-map", "ids.csv")
				}
				signal, wait := w.start(own...)
				w.atWrite(4, tcsim.BeforeHandling, 0, func() { signal(sig); time.Sleep(50 * time.Millisecond) })
				wait()
				w.handled()
				w.sim.SetFault(nil)
				w.exec(own...).mustExit(t, codeOK)
				w.checkLate(6)
				w.exec(append(own, "--detailed-exitcode")[:len(own)]...).mustExit(t, codeOK)
				w.checkLate(6)
			})
		}
	}
}

// TestUndoWhereAnswersDoNotShowObjects: the first of two groups is written before anybody knows the IDs of
// the objects that are made with it. The record of the run knows them in the end: nobody is said to
// have associated them.
func TestUndoWhereAnswersDoNotShowObjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{Switches: tcsim.Switches{PostFields: "ignored"}}).with("TCIMPORT_SETTLE=50ms")
	w.sim.AddCase(tcsim.Case{ID: 300, Name: "Old case", Owner: tcsim.DemoOrganization})
	const with = "associatedIndicators: [Host:a.example], associatedCases: [{name: New, severity: Low, status: Open}], associatedArtifacts: [{caseId: 300, type: Host, summary: n.example}]"
	w.write("in.yaml", "groups:\n  - {key: a, type: Threat, name: A, "+with+"}\n  - {key: b, type: Threat, name: B, "+with+"}\n")
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	r := w.run("undo", "@ids.csv", "--yes").mustExit(t, codeOK)
	if groups := w.sim.Snapshot().Groups; len(groups) > 0 {
		t.Errorf("%d groups are kept\n%s", len(groups), r.out)
	}
}

// TestGroupsKnownByIDAreNotCreatedAgain: a group that the id-map knows by its ID, and that neither
// lists nor its xid show, is there: it is not said to be deleted, and is not
// created again.
func TestGroupsKnownByIDAreNotCreatedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{Switches: tcsim.Switches{ListDelayMS: 3_600_000, XIDDelayMS: 3_600_000, ExistingXID: "duplicate"}})
	w.write("in.yaml", late(6))
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	w.sim.ResetStats()
	r := w.run("plan", "@in.yaml", "--id-map", "@ids.csv", "--detailed-exitcode").mustExit(t, codeOK)
	if strings.Contains(r.out, "deleted on the server") {
		t.Errorf("nobody has deleted anything:\n%s", r.out)
	}
	if n := w.sim.Stats().ByRoute["GET /v3/groups/{id}"]; n != 6 {
		t.Errorf("%d reads of single groups, want one each: %v", n, w.sim.Stats().ByRoute)
	}
	w.run("apply", "@in.yaml", "--yes", "--id-map", "@ids.csv", "--report", "@ids.csv", "--on-drift", "fail").mustExit(t, codeOK)
	w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK) // the report that is replaced has the IDs, too
	w.checkLate(6)
	// What the manifest has let go stays in the report, until it is deleted.
	w.write("in.yaml", late(5))
	w.run("apply", "@in.yaml", "--yes", "--id-map", "@ids.csv", "--report", "@ids.csv").mustExit(t, codeOK)
	if !strings.Contains(w.read("ids.csv"), "group,k5,") {
		t.Errorf("k5 is lost:\n%s", w.read("ids.csv"))
	}
}

// TestRewrittenAttributesAreNoDrift: values that the instance stores otherwise than they were
// sent are not added again, and nobody is said to have edited them.
func TestRewrittenAttributesAreNoDrift(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"escaped", "squeezed"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{Switches: tcsim.Switches{AttributeText: how}})
			const manifest = "groups: [{key: a, type: Threat, name: A, attributes: [{type: Description, value: \"<p>one  &amp; two</p>\\n\\nthree\"},\n" +
				"{type: Aliases, value: 'R  &  D'}, {type: Aliases, value: 'x  <y>', source: 's  & t'}]}]\n"
			w.write("in.yaml", manifest)
			apply := []string{"apply", "@in.yaml", "--yes", "--report", "@ids.csv"}
			w.run(apply...).mustExit(t, codeOK)
			for range 2 {
				w.run("apply", "@in.yaml", "--yes", "--report", "@other.csv").mustExit(t, codeOK) // nothing says what was sent
				if n := len(w.group("A").Attributes); n != 3 {
					t.Fatalf("%d attributes: %+v", n, w.group("A").Attributes)
				}
			}
			before := w.sim.Stats()
			for range 2 {
				w.run(append(apply, "--id-map", "@ids.csv", "--on-drift", "fail", "--attributes", "replace")...).mustExit(t, codeOK)
			}
			if now := w.sim.Stats(); now.Writes != before.Writes || now.ByRoute["GET /v3/groupAttributes"] != before.ByRoute["GET /v3/groupAttributes"] {
				t.Errorf("a run that has nothing to do makes %d writes: %v", now.Writes-before.Writes, now.ByRoute)
			}
			w.write("in.yaml", strings.Replace(manifest, "one  &amp; two", "one, two", 1))
			w.run(append(apply, "--id-map", "@ids.csv", "--on-drift", "fail")...).mustExit(t, codeOK)
			if g := w.group("A"); len(g.Attributes) != 3 || !strings.Contains(g.Attributes[0].Value, "one, two") {
				t.Errorf("the manifest's new value is missing: %+v", g.Attributes)
			}
		})
	}
}
