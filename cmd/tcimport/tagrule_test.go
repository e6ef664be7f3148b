package main

import (
	"testing"

	"tcimport/internal/tcsim"
)

// TestRewrittenTagIsNotRemoved: where the instance turns a tag into another one,
// and what is not in the manifest is removed, the group keeps that other one.
func TestRewrittenTagIsNotRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{Switches: tcsim.Switches{TagRules: map[string]string{"Old": "Main"}}})
	w.write("in.yaml", "groups: [{key: a, type: Threat, name: A, tags: [Old]}]")
	for night := range 3 {
		w.exec("apply", "in.yaml", "--yes", "--tags", "replace", "--report", "r.csv").mustExit(t, codeOK)
		if tags := w.sim.Snapshot().Groups[0].Tags; len(tags) != 1 || tags[0] != "Main" {
			t.Fatalf("after night %d the group has the tags %q", night+1, tags)
		}
	}
}
