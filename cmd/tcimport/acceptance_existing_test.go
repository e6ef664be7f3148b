package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// newHalf is an instance that has half of everything: made by an earlier
// import, found by name only, inactive, or in another owner.
func newHalf(t *testing.T) *world {
	t.Helper()
	return halfIn(newEverything(t))
}

func halfIn(w *world) *world {
	w.copyIn("everything/half.yaml")
	w.run("apply", "@half.yaml", "--yes", "--report", "@half.csv").mustExit(w.t, codeOK)
	for _, g := range []tcsim.Group{
		{Type: "Course of Action", Name: "Block the senders", Owner: tcsim.DemoOrganization, Tags: []string{"By hand"}},
		{Type: "Tool", Name: "OtterDump", Owner: tcsim.DemoSource},
		{Type: "Malware", Name: "OtterRAT", Owner: tcsim.DemoOrganization},
		{Type: "Signature", Name: "Otter rule", Owner: tcsim.DemoSource, Fields: map[string]any{"fileName": "x", "fileType": "YARA", "fileText": "x"}},
	} {
		w.sim.AddGroup(g)
	}
	inactive := map[string]any{"active": false}
	for _, i := range []tcsim.Indicator{
		{Type: "Host", Summary: "listed.example", Owner: tcsim.DemoCommunity, Fields: inactive},
		{Type: "Address", Summary: "203.0.113.9", Owner: tcsim.DemoOrganization, Fields: inactive},
		{Type: "CIDR", Summary: "198.51.100.0/24", Owner: tcsim.DemoSource},
		{Type: "Host", Summary: "fresh-host.example", Owner: tcsim.DemoOrganization, Fields: map[string]any{"rating": 1}},
		{Type: "File", Summary: strings.Repeat("2", 32), Values: []string{strings.Repeat("2", 32)}, Owner: tcsim.DemoOrganization},
	} {
		w.sim.AddIndicator(i)
	}
	return w
}

func stateOf(w *world) []byte {
	var b bytes.Buffer
	if err := w.sim.Save(&b); err != nil {
		w.t.Fatal(err)
	}
	return b.Bytes()
}

func (w *world) load(state []byte) {
	w.t.Helper()
	if err := w.sim.Load(bytes.NewReader(state)); err != nil {
		w.t.Fatal(err)
	}
}

// TestImportWhereMuchExists: an import into an instance that has a part of it
// adopts, reuses and adds to what is there, and makes the rest.
func TestImportWhereMuchExists(t *testing.T) {
	t.Parallel()
	w := newHalf(t)
	w.copyIn("everything/everything.want", "everything/half.diff")
	w.run("apply", "@everything.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
	if got := lineDiff(w.read("everything.want"), w.everything()); got != w.read("half.diff") {
		t.Errorf("the difference to an import into an empty instance is not half.diff:\n%s", got)
	}
	made := fmt.Sprint(w.sim.Stats().ByRoute["POST /v3/groups"])
	if made != "16" { // eight by half.yaml; eight of eighteen, two adopted
		t.Errorf("%s groups made", made)
	}
}
