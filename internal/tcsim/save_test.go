package tcsim

import (
	"bytes"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
)

func (in *instance) saved() string {
	in.t.Helper()
	var b bytes.Buffer
	if err := in.Save(&b); err != nil {
		in.t.Fatal(err)
	}
	return b.String()
}

// fill makes one of everything.
func fill(in *instance) {
	in.t.Helper()
	in.post("/v3/groups", `{"type":"Incident","name":"i","xid":"x1","eventDate":"2021-11-03","status":"New","firstSeen":"2020-01-01","tags":{"data":[{"name":"Targeted Attack"},{"techniqueId":"T1566"}]},
		"attributes":{"data":[{"type":"Description","value":"d","default":true,"source":"s","securityLabels":{"data":[{"name":"TLP:RED"}]}}]},"securityLabels":{"data":[{"name":"TLP:AMBER"}]},
		"associatedGroups":{"data":[{"type":"Threat","name":"t","ownerName":"Demo Source"}]},
		"associatedIndicators":{"data":[{"type":"File","md5":"`+strings.Repeat("A", 32)+`","rating":3.5,"confidence":7,"active":false}]},
		"associatedCases":{"data":[{"name":"c","severity":"Low","status":"Open"}]}}`).want(201)
	in.post("/v3/artifacts", `{"caseId":1,"summary":"a","type":"Host","associatedGroups":{"data":[{"id":1}]}}`).want(201)
	in.post("/v3/victims", `{"name":"Jo","org":"Org","assets":{"data":[{"type":"Phone","phone":"0","associatedGroups":{"data":[{"id":1}]}}]}}`).want(201)
	in.post("/v3/groups", `{"type":"Document","name":"d","fileName":"f"}`).want(201)
	in.post("/v3/groups/3/upload?filename=f", "\x00content").want(200)
	in.post("/v3/groups", `{"type":"Task","name":"t","assignments":{"data":[{"type":"Assigned","user":{"id":12}}]}}`).want(201)
	in.do("DELETE", "/v3/groups/4", "").want(200)
}

func TestSaveLoad(t *testing.T) {
	cfg := Config{IndicatorTypes: []IndicatorType{{Name: "Badge", Labels: []string{"Number"}}}, SignatureTypes: []string{"Own"}}
	in := start(t, cfg)
	fill(in)
	saved := in.saved()
	if again := in.saved(); again != saved {
		t.Fatal("Save is not deterministic")
	}
	other := start(t, Config{})
	if err := other.Load(strings.NewReader(saved)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(in.Snapshot(), other.Snapshot()) {
		t.Errorf("snapshots differ\n%s\n%s", saved, other.saved())
	}
	if again := other.saved(); again != saved {
		t.Errorf("saved\n%s\nloaded and saved\n%s", saved, again)
	}
	for _, path := range []string{"/v3/groups/1?fields=_all_", "/v3/groups?fields=_all_", "/v3/indicators/1?fields=_all_", "/v3/cases/1?fields=_all_", "/v3/groups/3/download", "/v3/groups/x1"} {
		if a, b := in.do("GET", path, ""), other.do("GET", path, ""); a.status != 200 || a.body != b.body {
			t.Errorf("%s:\n%s\n%s", path, a.body, b.body)
		}
	}
	if a, b := in.group(""), other.group(""); a != b || a != "5" {
		t.Errorf("next ids %s and %s", a, b)
	}
	other.post("/v3/indicators", `{"type":"Badge","Number":"1"}`).want(201)
	for _, bad := range []string{"", "{}", `{"version":2}`, `{"version":1,"groups":[{"id":1,"type":"Nonsense"}]}`, `{"version":1,"groups":[{"id":1,"type":"Threat","associatedGroups":[2]}]}`,
		`{"version":1,"groups":[{"id":1,"type":"Threat"},{"id":1,"type":"Threat"}]}`} {
		if err := other.Load(strings.NewReader(bad)); err == nil {
			t.Errorf("Load(%q) is accepted", bad)
		}
	}
}

// TestStateFilesInAnyForm: a file may have its lists in any order, before what they need, and null in their place, as
// earlier versions wrote it; text that is no such file is refused.
func TestStateFilesInAnyForm(t *testing.T) {
	in := start(t, Config{})
	if err := in.Load(strings.NewReader(`{"indicators":[{"id":2,"type":"Badge","summary":"7","owner":"Mine","associatedGroups":[5]}],
		"groups":[{"id":5,"type":"Threat","name":"t","owner":"Mine","tags":["a"]}], "victimAssets": null, "victims":[],
		"artifacts":[{"id":1,"caseId":1,"type":"Host","summary":"s"}],"cases":[{"id":1,"name":"c"}],
		"indicatorTypes":[{"name":"Badge","apiBranch":"badges","apiEntity":"badge","labels":["Number"]}],
		"owners":[{"id":9,"name":"Mine","type":"Source"}],"version":1}`)); err != nil {
		t.Fatal(err)
	}
	in.get("/v3/groups/5?fields=associatedIndicators").equal("data.ownerId", "9").equal("data.associatedIndicators.data.0.summary", "7")
	in.get("/v3/artifacts/1").equal("data.summary", "s")
	before := in.saved()
	for _, bad := range []string{`{"version":1,"groups":[`, `{"version":1,"groups":{}}`, `{"version":1,"groups":}`, `{"version":1,"groups":[],"groups":[]}`, `{"version":1,"cases":null,"cases":[]}`,
		`{"version":1,"groups":[] "cases":[]}`, `{"version":1,"groups":[]]}`, `{"version":1,"groups":[1]}`, `{"version":1`, `[]`, `null`, `{"version":1,}`} {
		if err := in.Load(strings.NewReader(bad)); err == nil || in.saved() != before {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestSnapshotIsACopy(t *testing.T) {
	in := start(t, Config{})
	fill(in)
	s := in.Snapshot()
	g := s.Groups[0]
	if g.Type != "Incident" || g.XID != "x1" || g.Fields["status"] != "New" || g.Fields["eventDate"] != "2021-11-03T00:00:00Z" ||
		!reflect.DeepEqual(g.Tags, []string{"Targeted Attack", "T1566 - Phishing"}) || g.Attributes[0].SecurityLabels[0] != "TLP:RED" ||
		!reflect.DeepEqual(g.Associations, Associations{[]int64{2}, []int64{1}, []int64{1}, []int64{1}, []int64{1}}) || !g.DateAdded.Equal(testTime) {
		t.Errorf("%+v", g)
	}
	if s.Indicators[0].Fields["rating"] != 3.5 || len(s.Tags) != 2 || s.VictimAssets[0].VictimID != 1 || s.Artifacts[0].CaseID != 1 {
		t.Errorf("%+v", s)
	}
	before := in.saved()
	g.Associations.AssociatedGroups[0] = 77
	g.Fields["status"] = "Open"
	g.Tags[0] = "x"
	if in.saved() != before {
		t.Error("the snapshot is not a copy")
	}
}

func TestSeeding(t *testing.T) {
	in := start(t, Config{})
	in.AddOwner(Owner{Name: "Other", Type: "Source"})
	g := in.AddGroup(Group{Type: "Incident", Name: "i", Owner: "Other", XID: "x", Fields: map[string]any{"eventDate": "2021-11-03"}, Tags: []string{"a", "Phishing"},
		Attributes: []Attribute{{Type: "Description", Value: "d", Default: true}}, SecurityLabels: []string{"TLP:RED"}})
	i := in.AddIndicator(Indicator{Type: "Host", Summary: "a.example", Fields: map[string]any{"rating": 4}})
	f := in.AddIndicator(Indicator{Type: "File", Values: []string{strings.Repeat("A", 32), "", strings.Repeat("B", 64)}})
	c := in.AddCase(Case{Name: "c"})
	a := in.AddArtifact(Artifact{CaseID: c, Type: "Host", Summary: "s"})
	v := in.AddVictim(Victim{Name: "v"})
	as := in.AddVictimAsset(VictimAsset{VictimID: v, Type: "Phone", Value: "1"})
	for _, r := range []Ref{{KindIndicator, i}, {KindIndicator, f}, {KindCase, c}, {KindArtifact, a}, {KindVictimAsset, as}} {
		in.Associate(Ref{KindGroup, g}, r)
	}
	in.get("/v3/groups/1?fields=tags&fields=associatedIndicators").equal("data.ownerName", "Other").equal("data.eventDate", "2021-11-03T00:00:00Z").
		equal("data.tags.data.1.techniqueId", "T1566").equal("data.associatedIndicators.data.0.rating", "4.00").equal("data.associatedIndicators.data.1.sha256", strings.Repeat("B", 64))
	old := in.AddGroup(Group{ID: 100, Type: "Threat", Name: "old", Stamp: Stamp{DateAdded: testTime.Add(-time.Hour)}, Associations: Associations{AssociatedGroups: []int64{g}}})
	in.get("/v3/groups/"+itoa(old)+"?fields=associatedGroups").equal("data.dateAdded", "2021-11-03T13:57:45Z").equal("data.associatedGroups.data.0.id", "1")
	if id := in.group(""); id != "101" {
		t.Error(id)
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong type is accepted")
		}
	}()
	in.AddGroup(Group{Type: "Nonsense"})
}

// TestUnknownKeysInStateFilesAreRefused: what a file has and the simulator does
// not know would be lost when it is saved.
func TestUnknownKeysInStateFilesAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"version":1,"group":[]}`:                                                                          `unknown field "group"`,
		`{"version":1,"groups":[{"id":1,"type":"Threat","nam":"x"}]}`:                                       `unknown field "nam"`,
		`{"version":1,"groups":[{"id":1,"type":"Threat","name":"x","fields":{"statuss":"New"}}]}`:           `group "x": the field "statuss" does not exist`,
		`{"version":1,"groups":[{"id":1,"type":"Threat","name":"x","attributes":[{"typ":"Source"}]}]}`:      `unknown field "typ"`,
		`{"version":1,"users":[{"userName":"a","rights":{}}]}`:                                              `unknown field "rights"`,
		`{"version":1,"users":[{"userName":"a","access":{"Demo Sauce":{}}}]}`:                               `user "a": the owner "Demo Sauce" does not exist; known: Demo Community`,
		`{"version":1,"users":[{"userName":"a","access":{"Demo Source":{"role":"Boss"}}}]}`:                 `the role "Boss" does not exist; known: App Developer`,
		`{"version":1,"users":[{"userName":"a","access":{"Demo Source":{"perms":{"permGruop":"READ"}}}}]}`:  `the permission "permGruop" does not exist`,
		`{"version":1,"users":[{"userName":"a","access":{"Demo Source":{"perms":{"permGroup":"WRITE"}}}}]}`: `the level "WRITE" does not exist; known: NONE, READ`,
		`{"version":1,"next":{"grups":5}}`:                                                                  `the kind "grups" does not exist`,
		`{"version":1}{"version":1}`:                                                                        `more text behind the object`,
		`{"version":2}`:                                                                                     `version 2 is not known`,
	} {
		in := start(t, Config{})
		in.group("")
		before := in.saved()
		if err := in.Load(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		if in.saved() != before {
			t.Errorf("%s was refused but changed the state", text)
		}
	}
}

// TestUsersOfStateFiles: a file can have users of its own, and change what the
// default one may do in each owner; both are saved again.
func TestUsersOfStateFiles(t *testing.T) {
	in := start(t, Config{})
	const file = `{"version":1,"users":[
		{"userName":"reader","token":"reader-token","access":{"Demo Organization":{"role":"Read Only User"}}},
		{"userName":"11112222333344445555","access":{"Demo Organization":{"role":"Organization Administrator"},"Demo Source":{"role":"User"},"Demo Community":{"role":"Director","perms":{"permGroup":"READ"}}}}]}`
	for range 2 {
		if err := in.Load(strings.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		in.token = DemoToken
		in.group("")
		in.post("/v3/groups?owner=Demo%20Source", `{"type":"Threat","name":"n"}`).refused(401, codeUnauthorized, "do not have permission")
		in.post("/v3/groups?owner=Demo%20Community", `{"type":"Threat","name":"n"}`).want(401)
		in.post("/v3/indicators?owner=Demo%20Community", `{"type":"Host","hostName":"h.example"}`).want(201)
		in.token = "reader-token"
		in.get("/v3/groups/1")
		in.put("/v3/groups/1", `{"name":"n"}`).want(401)
		in.do("GET", "/v3/groups?owner=Demo%20Source", "").want(403)
		saved := in.saved()
		in = start(t, Config{})
		if err := in.Load(strings.NewReader(saved)); err != nil || in.saved() != saved {
			t.Fatal(err, in.saved(), saved)
		}
	}
}

// TestRehearsalOverHTTP: what a rehearsal asks of the instance over HTTP.
func TestRehearsalOverHTTP(t *testing.T) {
	in := start(t, Config{})
	in.group(`,"xid":"a"`)
	in.put("/v3/groups/1", `{"status":7,"name":""}`).want(400)
	var seen []LogEntry
	in.OnRequest(func(e LogEntry) { seen = append(seen, e) })
	in.get("/v3/groups/1?fields=tags")
	if log := in.Log(); len(log) != 3 || log[0].Status != 201 || log[1].Message == "" || log[2].Target != "/api/v3/groups/1?fields=tags" || len(seen) != 1 || seen[0] != log[2] {
		t.Errorf("%+v\n%+v", log, seen)
	}
	ask := func(method, path, body string, status int) string {
		t.Helper()
		w := httptest.NewRecorder()
		in.ServeHTTP(w, httptest.NewRequest(method, "/_sim/"+path, strings.NewReader(body)))
		if w.Code != status {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	if log := ask("GET", "log", "", 200); !strings.Contains(log, `"target": "/api/v3/groups/1?fields=tags"`) {
		t.Error(log)
	}
	saved := ask("GET", "state", "", 200)
	ask("POST", "save", "", 400)
	calls := 0
	in.OnSave(func() error { calls++; return nil })
	if ask("POST", "save", "", 200); calls != 1 {
		t.Errorf("saved %d times", calls)
	}
	ask("PUT", "switches", `{"page-limit":5}`, 200)
	ask("POST", "reset", "", 200)
	if s := in.Stats(); s.Total != 0 || len(in.Snapshot().Groups) != 0 || len(in.Log()) != 0 || in.Switches().PageLimit != 5 {
		t.Errorf("%+v", s)
	}
	ask("PUT", "state", `{"version":1,"group":[]}`, 400)
	if ask("PUT", "state", saved, 200); in.saved() != saved {
		t.Error(in.saved())
	}
	for range logLength + 3 {
		in.do("GET", "/v3/tags/1", "")
	}
	if log := in.Log(); len(log) != logLength || log[0].N+logLength-1 != log[logLength-1].N {
		t.Errorf("%d entries from %d to %d", len(log), log[0].N, log[len(log)-1].N)
	}
	ask("DELETE", "state", "", 404)
}
