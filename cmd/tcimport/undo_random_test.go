package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/state"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// TestLargeRandomUndo takes random runs back, which have created, changed, replaced and
// associated groups. Where nobody has edited anything, all groups are as before the run.
// What somebody has edited stays. Nothing that is older than the run is deleted, and the
// second time there is nothing to take back.
func TestLargeRandomUndo(t *testing.T) {
	t.Parallel()
	for seed := range testkit.Rounds(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			newUndone(t, uint64(seed)).check()
		})
	}
}

// TestLargeRandomUndoBackwards takes several runs back, the newest one first: each time, all
// groups are as before that run, as far as the API can clear what is taken back.
func TestLargeRandomUndoBackwards(t *testing.T) {
	t.Parallel()
	for seed := range testkit.Rounds(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				newUndoneIn(newQuietWorld(t, tcsim.Config{}), uint64(seed)).checkBackwards()
			})
		})
	}
}

// checkBackwards makes some runs, and takes them all back.
func (u *undone) checkBackwards() {
	snaps := []map[int64]groupState{groupsOf(u.sim.Snapshot())}
	for range 3 {
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(3 * time.Second))) // a run is known by its time
		u.apply()
		snaps = append(snaps, groupsOf(u.sim.Snapshot()))
	}
	runs, _, err := state.Runs(u.dir, strings.TrimPrefix(u.url, "http://"), u.path(u.report))
	if err != nil {
		u.t.Fatal(err)
	}
	for i, at := len(snaps)-1, 0; i > 0; i-- {
		if at == len(runs) || maps.EqualFunc(snaps[i], snaps[i-1], groupState.equal) {
			continue // it has changed nothing, and has no record
		}
		now := groupsOf(u.sim.Snapshot())
		r := u.run("undo", "@"+u.report, "--yes", "--run", runs[at].Plan).mustExit(u.t, codeOK)
		at++
		x := &expectation{before: snaps[i-1], after: snaps[i], now: now, said: r.out + r.err, backwards: true}
		for _, wrong := range x.check(groupsOf(u.sim.Snapshot())) {
			u.t.Errorf("run %d: %s\n%s", i, wrong, x.said)
		}
	}
}

func (s groupState) equal(other groupState) bool {
	return maps.Equal(s.values, other.values) && maps.Equal(s.entries, other.entries)
}

// undone is a run that is taken back.
type undone struct {
	*world
	*rand.Rand
	t      *testing.T
	report string // or JSON
	runs   int
	flags  []string // of undo
	makes  bool     // its manifests make cases, artifacts and victim assets, too
	more   int      // groups of a manifest beyond the usual ones
}

func newUndone(t *testing.T, seed uint64) *undone {
	return newUndoneIn(newWorld(t, tcsim.Config{}), seed)
}

// newUndoneIn is an instance in use.
func newUndoneIn(w *world, seed uint64) *undone {
	u := &undone{world: w, Rand: rand.New(rand.NewPCG(seed, 7)), t: w.t}
	u.with("TCIMPORT_SETTLE=1s")
	u.report = []string{"ids.csv", "ids.json"}[u.IntN(2)]
	if u.IntN(2) == 0 {
		u.flags = []string{"--objects"}
	}
	hourAgo := tcsim.Stamp{DateAdded: time.Now().Add(-time.Hour)}
	for i := range 6 {
		g := tcsim.Group{ID: int64(100 + i), Type: undoTypes[i%len(undoTypes)], Name: fmt.Sprint("Old ", i), Owner: tcsim.DemoOrganization, Stamp: hourAgo}
		g.Fields = map[string]any{}
		u.fields(g.Type, g.Fields)
		g.Tags, g.SecurityLabels = u.some(undoTags[:4]), u.some(undoLabels)
		for j := range u.IntN(4) {
			g.Attributes = append(g.Attributes, tcsim.Attribute{Type: undoAttributes[u.IntN(len(undoAttributes))], Value: fmt.Sprint("old value ", j),
				Source: []string{"", "somebody"}[u.IntN(2)], Pinned: u.IntN(3) == 0, SecurityLabels: u.some(undoLabels[:1])})
		}
		for j := range g.Attributes { // one default attribute of a type
			at := &g.Attributes[j]
			at.Default = u.IntN(2) == 0 && !slices.ContainsFunc(g.Attributes[:j], func(b tcsim.Attribute) bool { return b.Type == at.Type && b.Default })
		}
		u.sim.AddGroup(g)
	}
	for i := range 4 {
		u.sim.AddIndicator(tcsim.Indicator{ID: int64(200 + i), Type: "Host", Summary: fmt.Sprintf("old%d.example", i), Owner: tcsim.DemoOrganization})
	}
	u.sim.AddVictim(tcsim.Victim{ID: 500, Name: "Victim", Owner: tcsim.DemoOrganization})
	u.sim.AddCase(tcsim.Case{ID: 300, Name: "Old case", Owner: tcsim.DemoOrganization})
	u.sim.AddArtifact(tcsim.Artifact{ID: 400, CaseID: 300, Type: "Host", Summary: "artifact.example"})
	for range 6 {
		a, b := int64(100+u.IntN(6)), int64(100+u.IntN(6))
		if a != b {
			u.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: a}, tcsim.Ref{Kind: tcsim.KindGroup, ID: b})
		}
		u.sim.Associate(tcsim.Ref{Kind: tcsim.KindGroup, ID: a}, tcsim.Ref{Kind: tcsim.KindIndicator, ID: int64(200 + u.IntN(4))})
	}
	return u
}

var (
	undoTypes      = []string{"Incident", "Adversary", "Event", "Campaign", "Email"}
	undoTags       = []string{"A", "B", "C", "T1566 - Phishing", "techniqueId:T1566", "D", "E"}
	undoLabels     = []string{"TLP:AMBER", "TLP:GREEN"}
	undoAttributes = []string{"Description", "Source", "Aliases"}
	undoDates      = []any{"2021-01-01T00:00:00Z", "2022-02-02T00:00:00Z", "2023-03-03T03:00:00Z"}
	undoFields     = map[string]map[string][]any{
		"Incident":  {"eventDate": undoDates, "status": {"New", "Open", "Closed"}, "firstSeen": undoDates},
		"Event":     {"eventDate": undoDates, "status": {"New", "Completed", "Reopened"}},
		"Email":     {"subject": {"One", "Two"}, "body": {"text", "other text"}},
		"Adversary": {"lastSeen": undoDates},
	}
)

// fields gives a group of a type some fields.
func (u *undone) fields(typ string, into map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(undoFields[typ])) {
		if values := undoFields[typ][name]; u.IntN(2) == 0 {
			into[name] = values[u.IntN(len(values))]
		}
	}
}

// some are some entries of a list.
func (u *undone) some(list []string) []string {
	var out []string
	for _, s := range list {
		if u.IntN(3) == 0 {
			out = append(out, s)
		}
	}
	return out
}

// manifest is a random one. The same keys come again, with other values.
func (u *undone) manifest() string {
	u.runs++
	var groups []any
	keys := []string{}
	for i := range 8 + u.more {
		if u.IntN(4) > 0 {
			keys = append(keys, fmt.Sprint("k", i))
		}
	}
	for i, key := range keys {
		n, _ := strconv.Atoi(key[1:])
		typ := undoTypes[n%len(undoTypes)]
		g := map[string]any{"key": key, "type": typ, "name": fmt.Sprint("New ", n)}
		if n < 3 {
			g["name"] = fmt.Sprint("Old ", n) // it is adopted
		} else if u.IntN(4) == 0 {
			g["name"] = fmt.Sprint("Renamed ", n, " ", u.runs)
		}
		u.fields(typ, g)
		if tags := u.some(undoTags); tags != nil {
			var list []any
			for _, tag := range tags {
				if id, ok := strings.CutPrefix(tag, "techniqueId:"); ok {
					list = append(list, map[string]any{"techniqueId": id})
				} else if !strings.HasPrefix(tag, "T1566") || !slices.Contains(tags, "techniqueId:T1566") {
					list = append(list, tag)
				}
			}
			g["tags"] = list
		}
		if labels := u.some(undoLabels); labels != nil {
			g["securityLabels"] = labels
		}
		if u.IntN(2) == 0 {
			g["attributes"] = u.attributes()
		}
		var with []any
		for _, other := range keys[:i] {
			if u.IntN(3) == 0 {
				with = append(with, other)
			}
		}
		for id := 103; id < 106; id++ {
			if u.IntN(5) == 0 {
				with = append(with, map[string]any{"id": id})
			}
		}
		if with != nil || u.IntN(4) == 0 {
			g["associatedGroups"] = append([]any{}, with...)
		}
		if u.IntN(2) == 0 {
			list := []any{fmt.Sprintf("Host:old%d.example", u.IntN(4))}
			for range u.IntN(3) {
				list = append(list, fmt.Sprintf("Host:new%d.example", u.IntN(5)))
			}
			if u.IntN(3) == 0 { // each has the same metadata wherever it is named
				list = append(list, map[string]any{"type": "Address", "summary": fmt.Sprint("192.0.2.", n), "rating": 1 + n%5, "tags": []string{"new"},
					"attributes": []any{map[string]any{"type": "Description", "value": fmt.Sprint("of ", n)}}})
			}
			g["associatedIndicators"] = list
		}
		if u.IntN(6) == 0 {
			g["associatedCases"] = []any{map[string]any{"name": fmt.Sprint("Case ", n, " ", u.runs), "xid": fmt.Sprintf("case-%d-of-run-%d", n, u.runs), "severity": "Low", "status": "Open"}}
			g["associatedArtifacts"] = []any{map[string]any{"caseId": 300, "type": "Host", "summary": fmt.Sprintf("artifact%d.of%d.example", n, u.runs)}}
		} else if u.IntN(6) == 0 {
			g["associatedCases"], g["associatedArtifacts"] = []any{map[string]any{"id": 300}}, []any{map[string]any{"id": 400}}
		}
		if u.makes && u.IntN(2) == 0 {
			i := u.IntN(3)
			g["associatedCases"] = []any{map[string]any{"name": fmt.Sprint("Case ", i), "severity": "Low", "status": "Open"}}
			g["associatedArtifacts"] = []any{map[string]any{"caseId": 300, "type": "Host", "summary": fmt.Sprintf("a%d.example", i)}}
			g["associatedVictimAssets"] = []any{map[string]any{"victimId": 500, "type": "EmailAddress", "address": fmt.Sprintf("v%d@b.example", i)}}
			g["associatedIndicators"] = []any{map[string]any{"type": "Address", "ip": fmt.Sprint("198.51.100.", i), "rating": i, "confidence": 10 * i, "tags": []string{"new"}}}
		}
		groups = append(groups, g)
	}
	if groups == nil {
		groups = append(groups, map[string]any{"key": "k7", "type": "Event", "name": "New 7"})
	}
	doc := map[string]any{"groups": groups}
	if u.IntN(3) == 0 { // a group that no manifest defines
		doc["associations"] = []any{map[string]any{"group": map[string]any{"id": 104}, "associatedIndicator": fmt.Sprintf("Host:old%d.example", u.IntN(4))}}
	}
	if n := u.IntN(8); u.IntN(2) == 0 { // some are named by groups, too
		doc["indicators"] = []any{fmt.Sprintf("Host:old%d.example", u.IntN(4)), fmt.Sprintf("Host:new%d.example", u.IntN(5)),
			map[string]any{"type": "Address", "summary": fmt.Sprint("192.0.2.", n), "rating": 1 + n%5, "tags": []string{"new"},
				"attributes": []any{map[string]any{"type": "Description", "value": fmt.Sprint("of ", n)}}}}
	}
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		u.t.Fatal(err)
	}
	return string(text)
}

func (u *undone) attributes() []any {
	var out []any
	seen := map[string]bool{}
	for range 1 + u.IntN(2) {
		at := map[string]any{"type": undoAttributes[u.IntN(len(undoAttributes))], "value": fmt.Sprint([]string{"old value ", "value "}[u.IntN(2)], u.IntN(3))}
		if u.IntN(3) == 0 {
			at["source"] = "feed"
		}
		if u.IntN(3) == 0 {
			at["pinned"] = u.IntN(2) == 0
		}
		if u.IntN(3) == 0 {
			at["securityLabels"] = []string{"TLP:AMBER"}
		}
		if id := fmt.Sprint(at["type"], at["value"]); !seen[id] {
			seen[id] = true
			out = append(out, at)
		}
	}
	return out
}

// kill applies a new manifest in a process that is killed, which may come before its end.
func (u *undone) kill() {
	args := u.args()
	for i := range args {
		args[i] = strings.TrimPrefix(args[i], "@")
	}
	signal, wait := u.start(args...)
	u.atWrite(1+u.IntN(8), tcsim.Phase(u.IntN(2)), time.Millisecond, func() { signal(os.Kill) })
	if r := wait(); r.code != -1 && r.code != codeOK {
		u.t.Fatalf("%q: exit code %d\n%s\n%s", args, r.code, r.out, r.err)
	}
	time.Sleep(200 * time.Millisecond) // the instance still works
}

// apply applies a new manifest.
func (u *undone) apply() ran {
	args := u.args()
	if r := u.run(args...); r.code == codeOK || r.code == codeIncomplete {
		return r
	} else {
		u.t.Fatalf("%q: exit code %d\n%s\n%s", args, r.code, r.out, r.err)
		return r
	}
}

// args are those of a run with a new manifest.
func (u *undone) args() []string {
	u.write("in.yaml", u.manifest())
	args := []string{"apply", "@in.yaml", "--yes", "--report", "@" + u.report, "--skip-conflicts"}
	if _, err := os.Stat(u.path(u.report)); err == nil && u.IntN(4) > 0 {
		args = append(args, "--id-map", "@"+u.report)
	}
	for _, list := range []string{"tags", "attributes", "labels", "associations"} {
		if u.IntN(2) == 0 {
			args = append(args, "--"+list, "replace")
		}
	}
	return args
}

// check makes some runs, and takes the last one back.
func (u *undone) check() {
	for range u.IntN(3) {
		u.apply()
	}
	before := u.sim.Snapshot()
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // dates have seconds
	faults := u.IntN(3) == 0
	if faults {
		u.fail()
	}
	killed := u.IntN(4) == 0
	if killed {
		u.kill()
	} else {
		u.apply()
	}
	u.sim.SetFault(nil)
	after := u.sim.Snapshot()
	manifest := u.read("in.yaml")
	edited := map[int64]string{}
	if u.IntN(2) == 0 {
		edited = u.edits(after, killed)
	}
	now := u.sim.Snapshot()
	said := u.undo()
	then := u.sim.Snapshot()
	x := &expectation{before: groupsOf(before), after: groupsOf(after), now: groupsOf(now), edited: edited, said: said}
	wrong := x.check(groupsOf(then))
	o := &objectExpectation{before: objectsOf(before), after: objectsOf(after), now: objectsOf(now), then: objectsOf(then)}
	for _, w := range append(wrong, o.check(u.flags != nil, !killed && !faults && len(edited) == 0)...) {
		u.t.Error(w)
	}
	if killed { // writes in doubt are read before they are sent, with a wide notion of what is there already
		u.run(append([]string{"undo", "@" + u.report, "--yes"}, u.flags...)...).mustExit(u.t, codeOK)
	}
	again := u.run(append([]string{"undo", "@" + u.report, "--out", "@again.json", "--json"}, u.flags...)...)
	var pn struct {
		Summary struct{ Create, Update, Delete, ObjectsDelete int }
	}
	if err := json.Unmarshal([]byte(again.out), &pn); err != nil || again.code != codeOK || pn.Summary.Update+pn.Summary.Delete+pn.Summary.ObjectsDelete > 0 {
		u.t.Errorf("the second time: %d %v\n%s\n%s", again.code, err, u.run("show", "@again.json", "--only", "update,delete").out, again.err)
	}
	if u.t.Failed() {
		u.t.Logf("manifest:\n%s\nundo:\n%s", manifest, said)
	}
}

// fail lets some writes of the next run fail, or lose their answers.
func (u *undone) fail() {
	seed := u.Uint64()
	u.sim.SetFault(func(p tcsim.FaultPoint) tcsim.Fault {
		random := rand.New(rand.NewPCG(seed, uint64(p.N)))
		switch n := random.IntN(12); {
		case p.Request.Method == http.MethodGet:
		case n == 0 && p.Phase == tcsim.BeforeHandling:
			return tcsim.Fault{Status: 400, Body: `{"message":"no","status":"Error"}`}
		case n == 1 && p.Phase == tcsim.AfterCommit:
			return tcsim.Fault{Drop: true}
		}
		return tcsim.Fault{}
	})
}

// undo takes the last run back, directly or by a saved plan, and returns what it said.
func (u *undone) undo() string {
	args := append([]string{"undo", "@" + u.report}, u.flags...)
	if u.IntN(3) > 0 {
		r := u.run(append(args, "--yes")...).mustExit(u.t, codeOK)
		return r.out + r.err
	}
	saved := u.run(append(args, "--out", "@undo.json")...).mustExit(u.t, codeOK)
	r := u.run("apply", "--plan", "@undo.json", "--report", "@"+u.report, "--yes").mustExit(u.t, codeOK)
	return saved.out + saved.err + r.out + r.err
}

// edits lets somebody edit some groups, and says which. Somebody removes no tag that a killed
// run may have been about to remove: nobody could tell who has done it.
func (u *undone) edits(snap *tcsim.Snapshot, killed bool) map[int64]string {
	edited := map[int64]string{}
	for _, i := range snap.Indicators {
		if u.IntN(6) == 0 {
			u.change(fmt.Sprintf("indicators/%d", i.ID), `{"tags":{"data":[{"name":"Somebody's"}],"mode":"append"}}`)
		}
	}
	for _, g := range snap.Groups {
		if u.IntN(3) > 0 {
			continue
		}
		body := ""
		switch kind := u.IntN(6); {
		case kind == 0:
			body = `{"tags":{"data":[{"name":"Somebody's"}],"mode":"append"}}`
		case kind == 1 && len(g.Tags) > 0 && !killed:
			body = fmt.Sprintf(`{"tags":{"data":[{"name":%q}],"mode":"delete"}}`, g.Tags[0])
		case kind == 2:
			body = fmt.Sprintf(`{"name":"Somebody's %d"}`, g.ID)
		case kind == 3:
			body = `{"associatedIndicators":{"data":[{"type":"Host","hostName":"somebody.example"}],"mode":"append"}}`
		case kind == 4:
			body = `{"attributes":{"data":[{"type":"Aliases","value":"Somebody's"}],"mode":"append"}}`
		case kind == 5 && len(g.Attributes) > 0:
			at := g.Attributes[u.IntN(len(g.Attributes))]
			u.change(fmt.Sprintf("groupAttributes/%d", at.ID), `{"value":"Somebody's value"}`)
			edited[g.ID] = "attribute"
			continue
		default:
			continue
		}
		u.change(fmt.Sprintf("groups/%d", g.ID), body)
		edited[g.ID] = body
	}
	return edited
}

// groupState is what a group has, each thing as a text. Values of scalars and flags are by
// their names.
type groupState struct {
	name    string
	values  map[string]string
	entries map[string]bool
}

// groupsOf are the groups of a snapshot by ID.
func groupsOf(snap *tcsim.Snapshot) map[int64]groupState {
	summary := map[int64]string{}
	for _, i := range snap.Indicators {
		summary[i.ID] = i.Summary
	}
	out := map[int64]groupState{}
	for _, g := range snap.Groups {
		s := groupState{g.Name, map[string]string{"name": g.Name}, map[string]bool{}}
		for name, v := range g.Fields {
			s.values[name] = fmt.Sprint(v)
		}
		for _, t := range g.Tags {
			s.entries["tag "+t] = true
		}
		for _, l := range g.SecurityLabels {
			s.entries["label "+l] = true
		}
		for i, at := range g.Attributes {
			labels := slices.Sorted(slices.Values(at.SecurityLabels))
			text := fmt.Sprintf("attribute %s %q source %q default %t pinned %t labels %q", at.Type, at.Value, at.Source, at.Default, at.Pinned, labels)
			for s.entries[text] {
				text += fmt.Sprint(" again ", i)
			}
			s.entries[text] = true
		}
		for _, id := range g.AssociatedGroups {
			s.entries[fmt.Sprint("group ", id)] = true
		}
		for _, id := range g.AssociatedIndicators {
			s.entries["indicator "+summary[id]] = true
		}
		for _, id := range g.AssociatedCases {
			s.entries[fmt.Sprint("case ", id)] = true
		}
		for _, id := range g.AssociatedArtifacts {
			s.entries[fmt.Sprint("artifact ", id)] = true
		}
		out[g.ID] = s
	}
	return out
}

// expectation is what the groups have to be after the run was taken back.
type expectation struct {
	before, after, now map[int64]groupState
	edited             map[int64]string // groups that somebody has edited since the run
	backwards          bool             // newer runs were taken back before, as far as the API allows
	said               string
}

// check compares the groups with what they have to be.
func (x *expectation) check(then map[int64]groupState) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	gone := map[string]bool{}
	for id := range x.after {
		_, old := x.before[id]
		_, there := then[id]
		switch _, edited := x.edited[id]; {
		case old && !there:
			say("group %d is older than the run, and was deleted", id)
		case old:
		case edited && !there:
			say("group %d was deleted, which somebody has edited: %s", id, x.edited[id])
		case x.backwards && !x.now[id].equal(x.after[id]): // it is kept, unless only its associations are gone
		case !edited && there:
			say("group %d is there, which the run has created", id)
		case edited && !strings.Contains(x.said, fmt.Sprintf("id %d", id)):
			say("group %d is kept, and not listed", id)
		}
		if !there {
			gone[fmt.Sprint("group ", id)] = true
		}
	}
	for id := range then {
		if _, ok := x.now[id]; !ok {
			say("group %d is new", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(then)) {
		was, old := x.before[id]
		if !old {
			continue
		}
		for _, diff := range x.differences(id, was, x.after[id], x.now[id], then[id], gone) {
			say("group %d (%s): %s", id, was.name, diff)
		}
	}
	return wrong
}

// differences are those of a group that is older than the run: each thing is as before
// the run if it is as the run has left it, and else as somebody has made it.
func (x *expectation) differences(id int64, was, left, now, is groupState, gone map[string]bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(union(was.values, now.values))) {
		want := now.values[name]
		if now.values[name] == left.values[name] && was.values[name] != "" {
			want = was.values[name]
		}
		if is.values[name] != want {
			out = append(out, fmt.Sprintf("%s is %q, want %q", name, is.values[name], want))
		}
	}
	all := union(union(was.entries, left.entries), union(now.entries, is.entries))
	for _, e := range slices.Sorted(maps.Keys(all)) {
		want := now.entries[e]
		if left.entries[e] == now.entries[e] {
			want = was.entries[e]
		}
		isAttribute := strings.HasPrefix(e, "attribute ")
		if is.entries[e] == (want && !gone[e]) || isAttribute && (len(x.edited) > 0 || x.keepsPart(id) || x.backwards && !now.equal(left)) {
			continue
		}
		out = append(out, fmt.Sprintf("%s: %t, want %t", e, is.entries[e], want))
	}
	return out
}

// keepsPart reports whether a part of an attribute of a group stays, because the API cannot
// clear it, or a whole one, because a newer run had removed it: when that was taken back, it
// got another ID.
func (x *expectation) keepsPart(id int64) bool {
	for line := range strings.Lines(x.said) {
		if strings.Contains(line, fmt.Sprintf("id %d)", id)) &&
			(strings.Contains(line, "before, and the API cannot clear") || x.backwards && strings.Contains(line, ", is gone")) {
			return true
		}
	}
	return false
}

func union[V any](a, b map[string]V) map[string]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}
