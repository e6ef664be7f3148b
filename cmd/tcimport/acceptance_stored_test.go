package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// storedOtherwise are instances that store values otherwise than they are sent.
var storedOtherwise = []string{
	"name-text=squeezed attribute-text=escaped date-shift=60",
	"name-text=plain attribute-text=squeezed date-shift=-330",
	"name-text=escaped attribute-text=plain",
}

const (
	plainValues = `{key: a, type: Incident, name: Sharp Crab, status: New, eventDate: 2021-11-03, firstSeen: 2020-01-01, externalDateAdded: 2020-01-02T03:04:05Z,
     attributes: [{type: Description, value: plain}, {type: Aliases, value: one}, {type: Aliases, value: two, source: s, pinned: true}]}`
	oddValues = `{key: a, type: Incident, name: "Sharp  Crab 🦀 & <Co>", status: Open, eventDate: 2021-12-24T18:00:00Z, firstSeen: 2020-02-01, externalDateAdded: 2020-03-02T03:04:05Z,
     attributes: [{type: Description, value: "<p>one  &amp; two 🐙</p>\n\nthree"}, {type: Aliases, value: "R  & 🐟 D"}, {type: Aliases, value: "x  <y> 🦞", source: s, pinned: true}]}`
)

// valuesOf are what all groups have, without the dates that every write moves.
func (w *world) valuesOf() string {
	var b strings.Builder
	for _, g := range w.sim.Snapshot().Groups {
		fmt.Fprintf(&b, "%d %q %v\n", g.ID, g.Name, g.Fields)
		for _, at := range g.Attributes {
			fmt.Fprintf(&b, "  %s %q from %q, default %t, pinned %t\n", at.Type, at.Value, at.Source, at.Default, at.Pinned)
		}
	}
	return b.String()
}

// TestLargeValuesStoredOtherwiseAreWrittenOnce: whatever an instance makes of the values that it
// is sent, nothing is added twice. With an id-map, nothing is sent twice. Without one, what
// is sent again is said not to hold.
func TestLargeValuesStoredOtherwiseAreWrittenOnce(t *testing.T) {
	t.Parallel()
	for _, switches := range testkit.Size(storedOtherwise, storedOtherwise[:1]) {
		for _, idMap := range []bool{true, false} {
			for _, policy := range []string{"append", "replace"} {
				for _, update := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/id-map %t/%s/update %t", switches, idMap, policy, update), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { writeOnce(t, switches, idMap, policy, update) })
					})
				}
			}
		}
	}
}

func writeOnce(t *testing.T, switches string, idMap bool, policy string, update bool) {
	w := newQuietWorld(t, tcsim.Config{})
	w.flip(switches)
	runs := 0
	apply := func() ran {
		runs++
		args := []string{"apply", "@in.yaml", "--yes", "--quiet", "--attributes", policy}
		if idMap {
			args = append(args, "--report", "@ids.csv", "--id-map", "@ids.csv", "--on-drift", "fail")
		} else {
			args = append(args, "--report", fmt.Sprintf("@%d.csv", runs))
		}
		return w.run(args...).mustExit(t, codeOK)
	}
	manifest := func(values string) { w.write("in.yaml", "groups: ["+values+"]\n") }
	settle := func() {
		before := w.valuesOf()
		for range 2 {
			writes := w.sim.Stats().Writes
			r := apply()
			if got := w.valuesOf(); got != before {
				t.Fatalf("the instance has something else now:\n%s", lineDiff(before, got))
			}
			switch n := w.sim.Stats().Writes - writes; {
			case n > 0 && idMap:
				t.Fatalf("%d writes, though nothing has changed:\n%s", n, r.err)
			case n > 0 && !strings.Contains(r.err, "The instance does not keep"):
				t.Fatalf("%d writes do not hold, and nothing says so:\n%s", n, r.err)
			}
		}
	}
	manifest(oddValues)
	if update {
		manifest(plainValues)
		apply()
		settle()
		manifest(oddValues)
	}
	apply()
	want := 3
	if update && policy == "append" {
		want = 5 // of several values that have changed, none is known to be which
	}
	if n := len(w.sim.Snapshot().Groups[0].Attributes); n != want {
		t.Fatalf("%d attributes:\n%s", n, w.valuesOf())
	}
	settle()
	// An edit that the instance does not keep is sent once, and one that it keeps arrives.
	manifest(strings.NewReplacer("R  & 🐟 D", "R & D", "one  &amp; two 🐙", "one & two", "Sharp  Crab 🦀", "Sharp Crab").Replace(oddValues))
	apply()
	settle()
	manifest(strings.NewReplacer("R  & 🐟 D", "new alias", "one  &amp; two 🐙", "new words", "Sharp  Crab 🦀", "New Crab").Replace(oddValues))
	apply()
	settle()
	got := w.valuesOf()
	for _, want := range []string{"new words", "New Crab", "new alias"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n") - 1; n != 3 && want == 3 {
		t.Errorf("the group has %d attributes, want 3:\n%s", n, got)
	}
}

// TestValuesStoredOtherwiseAreTakenBack: a group is as the run has left it, though the
// instance stores its values otherwise. A change is taken back likewise.
func TestValuesStoredOtherwiseAreTakenBack(t *testing.T) {
	t.Parallel()
	for _, switches := range storedOtherwise {
		t.Run(switches, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tcsim.Config{})
			w.flip(switches)
			w.write("in.yaml", "groups: ["+oddValues+"]\n")
			w.run("apply", "@in.yaml", "--yes", "--report", "@created.csv").mustExit(t, codeOK)
			r := w.run("undo", "@created.csv", "--yes").mustExit(t, codeOK)
			if groups := w.sim.Snapshot().Groups; len(groups) > 0 {
				t.Fatalf("the group was not deleted:\n%s%s", r.out, r.err)
			}

			w.write("in.yaml", "groups: ["+plainValues+"]\n")
			w.run("apply", "@in.yaml", "--yes", "--report", "@before.csv").mustExit(t, codeOK)
			before := w.valuesOf()
			w.write("in.yaml", "groups: ["+oddValues+"]\n")
			w.run("apply", "@in.yaml", "--yes", "--id-map", "@before.csv", "--report", "@changed.csv", "--attributes", "replace").mustExit(t, codeOK)
			w.flip("name-text=kept attribute-text=kept date-shift=0") // what is taken back arrives as it is sent
			r = w.run("undo", "@changed.csv", "--yes").mustExit(t, codeOK)
			if got := w.valuesOf(); got != before {
				t.Errorf("not as before:\n%s%s%s", lineDiff(before, got), r.out, r.err)
			}
			w.sim.ResetStats()
			w.run("undo", "@changed.csv", "--yes").mustExit(t, codeOK)
			if n := w.sim.Stats().Writes; n != 0 {
				t.Errorf("undo again: %d writes", n)
			}
		})
	}
}

// TestOverwrittenInVain: where answers do not show what is stored, a value that comes back
// otherwise looks edited. It is overwritten once, and then said not to hold. An edit is
// overwritten each time, if answers show that the value has held.
func TestOverwrittenInVain(t *testing.T) {
	t.Parallel()
	for _, shows := range []bool{false, true} {
		w := newWorld(t, tcsim.Config{})
		if !shows {
			w.flip("post-fields=ignored date-shift=90")
		}
		w.write("in.yaml", "groups: ["+oddValues+"]\n")
		night := func() (ran, int64) {
			before := w.sim.Stats().Writes
			r := w.run("apply", "@in.yaml", "--yes", "--report", "@ids.csv", "--id-map", "@ids.csv").mustExit(t, codeOK)
			return r, int64(w.sim.Stats().Writes - before)
		}
		night()
		var said []string
		for i := range 4 {
			if shows { // somebody sets it back each day
				w.change(fmt.Sprintf("groups/%d", w.sim.Snapshot().Groups[0].ID), `{"firstSeen":"2001-01-01"}`)
			}
			r, writes := night()
			if want := shows || i == 0; (writes > 0) != want {
				t.Errorf("shows %t, night %d: %d writes\n%s", shows, i, writes, r.out)
			}
			if strings.Contains(r.out, "in vain") {
				said = append(said, r.out)
			}
		}
		if shows && len(said) > 0 || !shows && (len(said) != 1 || !strings.Contains(said[0], "externalDateAdded, firstSeen: the last run")) {
			t.Errorf("shows %t: %q", shows, said)
		}
	}
}
