package main

import (
	"fmt"
	"maps"
	"slices"

	"tcimport/internal/tcsim"
)

// objectState is what an object has beside groups, and with which groups it is associated.
type objectState struct {
	metadata string
	groups   map[int64]bool
}

// objectsOf are the objects of a snapshot that are no groups, by kind and ID.
func objectsOf(snap *tcsim.Snapshot) map[string]objectState {
	out := map[string]objectState{}
	add := func(kind string, id int64, metadata ...any) {
		out[fmt.Sprint(kind, " ", id)] = objectState{fmt.Sprint(metadata...), map[int64]bool{}}
	}
	for _, i := range snap.Indicators {
		add("indicator", i.ID, i.Summary, i.Fields, i.Tags, len(i.Attributes))
	}
	for _, c := range snap.Cases {
		add("case", c.ID, c.Name, c.Tags)
	}
	for _, a := range snap.Artifacts {
		add("artifact", a.ID, a.Summary)
	}
	for _, g := range snap.Groups {
		for kind, ids := range map[string][]int64{"indicator": g.AssociatedIndicators, "case": g.AssociatedCases, "artifact": g.AssociatedArtifacts} {
			for _, id := range ids {
				out[fmt.Sprint(kind, " ", id)].groups[g.ID] = true
			}
		}
	}
	return out
}

// objectExpectation is what objects have to be after the run was taken back.
type objectExpectation struct {
	before, after, now, then map[string]objectState
}

// check compares the objects with what they have to be. deletes says that undo was to delete
// those that the run has made, untouched that nobody else has changed anything.
func (x *objectExpectation) check(deletes, untouched bool) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for _, what := range slices.Sorted(maps.Keys(x.now)) {
		_, old := x.before[what]
		was, made := x.after[what]
		now := x.now[what]
		then, there := x.then[what]
		switch {
		case there && then.metadata != now.metadata:
			say("%s has changed: %s, before undo %s", what, then.metadata, now.metadata)
		case there && deletes && untouched && !old && made && len(then.groups) == 0:
			say("%s is there, which the run has made", what)
		case there:
		case !deletes:
			say("%s was deleted", what)
		case old:
			say("%s is older than the run, and was deleted", what)
		case !made:
			say("%s was deleted, which somebody has made since", what)
		case was.metadata != now.metadata:
			say("%s was deleted, which somebody has edited: %s, before %s", what, now.metadata, was.metadata)
		case !containsAll(was.groups, now.groups):
			say("%s was deleted, which somebody has associated with a group", what)
		}
	}
	return wrong
}

// containsAll reports whether all of some groups are among others.
func containsAll(others, some map[int64]bool) bool {
	for id := range some {
		if !others[id] {
			return false
		}
	}
	return true
}
