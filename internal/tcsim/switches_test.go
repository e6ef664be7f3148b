package tcsim

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The tests of the switches, by name: those of reading here, the rest in
// switches_writing_test.go and switches_batch_test.go.
var readingCases = map[string]func(t *testing.T){
	"existing-xid": func(t *testing.T) {
		const body = `{"type":"Threat","name":"new","xid":"x"}`
		for value, want := range map[string]struct {
			status int
			text   string
			groups int
		}{"conflict": {409, codeConflict, 1}, "conflict400": {400, "already exists", 1}, "upsert": {200, `"Updated"`, 1}, "upsert201": {201, `"id":1`, 1}, "duplicate": {201, `"id":2`, 2}} {
			in := with(t, "existing-xid="+value)
			in.group(`,"xid":"x"`)
			r := in.post("/v3/groups", body).want(want.status)
			groups := in.Snapshot().Groups
			if !strings.Contains(r.body, want.text) || len(groups) != want.groups || want.groups == 1 && want.status < 300 && groups[0].Name != "new" {
				t.Errorf("%s: %s %+v", value, r.body, groups)
			}
		}
	},
	"existing-indicator": func(t *testing.T) {
		for value, want := range map[string]int{"created201": 201, "updated200": 200, "exists400": 400, "exists409": 409} {
			in := with(t, "existing-indicator="+value)
			in.host("a.example")
			r := in.post("/v3/indicators", `{"type":"Host","hostName":"a.example","rating":1}`).want(want)
			if want == 400 && !strings.Contains(r.body, "already exists") {
				t.Error(r.body)
			}
		}
	},
	"xid-scope": func(t *testing.T) {
		in := with(t, "xid-scope=instance")
		in.group(`,"xid":"x"`)
		in.post("/v3/groups?owner=Demo%20Source", `{"type":"Threat","name":"n","xid":"x"}`).want(409)
	},
	"xid-on-update": func(t *testing.T) {
		in := with(t, "xid-on-update=accepted")
		in.group(`,"xid":"x"`)
		in.group(``)
		in.put("/v3/groups/2", `{"xid":"x"}`).want(409)
		in.put("/v3/groups/2", `{"xid":"y"}`).want(200).equal("data.xid", "y")
		in.get("/v3/groups/y").equal("data.id", "2")
		in = with(t, "xid-on-update=ignored")
		in.group(`,"xid":"x"`)
		in.put("/v3/groups/1", `{"xid":"y"}`).want(200).equal("data.xid", "x")
	},
	"xid-slash": func(t *testing.T) { with(t, "xid-slash=refused").do("GET", "/v3/groups/a%2fb", "").want(400) },
	"nested-cap": func(t *testing.T) {
		in := with(t, "nested-cap=2")
		in.group(`,"associatedGroups":{"data":[{"type":"Threat","name":"1"},{"type":"Threat","name":"2"},{"type":"Threat","name":"3"}]}`)
		in.get("/v3/groups/1?fields=associatedGroups").equal("data.associatedGroups.data.1.id", "3").equal("data.associatedGroups.data.2", nil)
		if got := in.query("groups", "hasGroup(id=1)").ids("data"); got != "2 3 4" {
			t.Error(got)
		}
	},
	"empty-nested": func(t *testing.T) {
		for value, want := range map[string]string{"object": `"tags":{}`, "null": `"tags":null`, "data": `"tags":{"data":[]}`, "count": `"tags":{"count":0}`} {
			in := with(t, "empty-nested="+value)
			in.group("")
			if r := in.get("/v3/groups/1?fields=tags"); !strings.Contains(r.body, want) {
				t.Error(r.body)
			}
		}
		in := with(t, "empty-nested=absent")
		in.group("")
		if r := in.get("/v3/groups/1?fields=tags"); strings.Contains(r.body, "tags") || r.json == nil {
			t.Error(r.body)
		}
	},
	"old-shapes": func(t *testing.T) {
		in := with(t, "old-shapes=true")
		in.group(`,"tags":{"data":[{"name":"x"}]}`)
		r := in.get("/v3/groups/1").equal("data.ownerId", nil).equal("data.legacyLink", nil).equal("data.tags.count", "1").equal("data.createdBy.systemRole", "Api User")
		if !strings.Contains(r.body, `"associatedGroups":{}`) {
			t.Error(r.body)
		}
	},
	"ids-as-strings": func(t *testing.T) {
		in := with(t, "ids-as-strings=true")
		in.post("/v3/groups", `{"type":"Threat","name":"n"}`)
		if r := in.get("/v3/groups/1"); !strings.Contains(r.body, `"id":"1","ownerId":"1"`) {
			t.Error(r.body)
		}
		if r := in.post("/v2/batch", settings()); !strings.Contains(r.body, `"batchId":"1"`) || !strings.Contains(in.batchStatus("1").body, `"id":"1"`) {
			t.Error(r.body)
		}
	},
	"votes-as-numbers": func(t *testing.T) {
		in := with(t, "votes-as-numbers=true")
		in.group("")
		if r := in.get("/v3/groups/1"); !strings.Contains(r.body, `"upVoteCount":0`) {
			t.Error(r.body)
		}
	},
	"dates": func(t *testing.T) {
		for value, want := range map[string]string{"fraction": "2021-11-03T14:57:45.00Z", "space": "2021-11-03T14:57:45Z ", "glued": "2021-11-03T14:57:4511:04:12Z"} {
			in := with(t, "dates="+value)
			in.group("")
			in.get("/v3/groups/1").equal("data.dateAdded", want)
		}
	},
	"event-type-case": func(t *testing.T) {
		for value, want := range map[string][2]string{"none-upper": {"NONE", "Breach"}, "upper": {"NONE", "BREACH"}, "kept": {"None", "Breach"}} {
			in := with(t, "event-type-case="+value)
			in.post("/v3/groups", `{"type":"Event","name":"n"}`).want(201).equal("data.eventType", want[0])
			in.post("/v3/groups", `{"type":"Event","name":"n","eventType":"Breach"}`).want(201).equal("data.eventType", want[1])
		}
	},
	"event-type-shape": func(t *testing.T) {
		with(t, "event-type-shape=strings").get("/v3/groups/eventTypeCategories").equal("data.0", "Alert")
		with(t, "event-type-shape=values").get("/v3/groups/eventTypeCategories").equal("data.0.value", "Alert")
		with(t, "event-type-shape=missing").do("GET", "/v3/groups/eventTypeCategories", "").want(404)
	},
	"inactive": func(t *testing.T) {
		in := with(t, "inactive=shown")
		in.post("/v3/indicators", `{"type":"Host","hostName":"a.example","active":false}`)
		in.get("/v3/indicators").equal("data.0.active", false)
	},
	"own-group": func(t *testing.T) {
		in := with(t, "own-group=true")
		in.group(`,"associatedGroups":{"data":[{"type":"Threat","name":"1"}]}`)
		if got := in.query("groups", "hasGroup(id=1)").ids("data"); got != "1 2" {
			t.Error(got)
		}
	},
	"default-order": func(t *testing.T) {
		for value, want := range map[string]string{"id-desc": "2 1", "id-asc": "1 2", "name": "2 1"} {
			in := with(t, "default-order="+value)
			in.AddGroup(Group{Type: "Threat", Name: "b"})
			in.AddGroup(Group{Type: "Threat", Name: "a"})
			if got := in.get("/v3/groups").ids("data"); got != want {
				t.Errorf("%s: %s", value, got)
			}
		}
	},
	"page-limit": func(t *testing.T) {
		in := with(t, "page-limit=1")
		in.group("")
		in.group("")
		r := in.get("/v3/groups?resultLimit=1000").equal("data.1", nil)
		if next, _ := r.at("next").(string); !strings.Contains(next, "resultStart=1") {
			t.Error(next)
		}
	},
	"over-limit": func(t *testing.T) { with(t, "over-limit=clamped").get("/v3/groups?resultLimit=10001") },
	"count": func(t *testing.T) {
		with(t, "count=missing").get("/v3/groups?count=true").equal("count", nil)
		with(t, "count=first").get("/v3/groups?count=true&resultStart=1").equal("count", nil)
		with(t, "count=first").get("/v3/groups?count=true").equal("count", "0")
		with(t, "count=always").get("/v3/groups").equal("count", "0")
	},
	"next": func(t *testing.T) {
		for value, want := range map[string]string{"foreign": "https://tc-internal.example:8443/api/v3/groups?", "no-api": "https://app.threatconnect.com/v3/groups?", "relative": "/api/v3/groups?", "absent": ""} {
			in := with(t, "next="+value)
			in.group("")
			in.group("")
			next, _ := in.get("/v3/groups?resultLimit=1").at("next").(string)
			if !strings.HasPrefix(next, want) || want == "" && next != "" {
				t.Errorf("%s: %s", value, next)
			}
		}
	},
	"body-next": func(t *testing.T) {
		for value, want := range map[string]string{"full": "https://app.threatconnect.com/api/v3/groups?resultLimit=1&resultStart=1&tql=id%20%3E%200", "bare": "https://app.threatconnect.com/api/v3/groups?resultLimit=1&resultStart=1", "absent": ""} {
			in := with(t, "body-next="+value)
			in.group("")
			in.group("")
			if next, _ := in.do("GET", "/v3/groups", `{"data":{"resultLimit":1,"tql":"id > 0"}}`).at("next").(string); next != want {
				t.Errorf("%s: %s", value, next)
			}
		}
	},
	"get-body": func(t *testing.T) {
		in := with(t, "get-body=ignored")
		in.group("")
		in.do("GET", "/v3/groups", `{"data":{"tql":"id = 2"}}`).want(200).equal("data.0.id", "1")
		with(t, "get-body=refused").do("GET", "/v3/groups", `{"data":{"tql":"id = 2"}}`).want(400)
	},
	"post-fields": func(t *testing.T) {
		in := with(t, "post-fields=ignored")
		if r := in.post("/v3/groups?fields=tags", `{"type":"Threat","name":"n"}`); strings.Contains(r.body, "tags") {
			t.Error(r.body)
		}
	},
	"unknown-fields": func(t *testing.T) {
		with(t, "unknown-fields=refused").do("GET", "/v3/groups?fields=nonsense", "").want(400)
	},
	"extra-links": func(t *testing.T) { with(t, "extra-links=true").get("/v3/groups?fields=a.b.c") },
	"list-delay": func(t *testing.T) {
		in := with(t, "list-delay=2")
		in.group(`,"xid":"x"`)
		in.get("/v3/groups/x")
		if got := in.query("groups", "id=1").ids("data"); got != "" {
			t.Error(got)
		}
		if got := in.query("groups", "id=1").ids("data"); got != "1" {
			t.Error(got)
		}
	},
	"list-delay-ms": func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := &instance{New(Config{Switches: Switches{ListDelayMS: 500}}), t, DemoToken}
			in.group("")
			in.get("/v3/groups").equal("data.0", nil)
			time.Sleep(500 * time.Millisecond)
			in.get("/v3/groups").equal("data.0.id", "1")
		})
	},
	"nested-delay-ms": func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := &instance{New(Config{Switches: Switches{NestedDelayMS: 500}}), t, DemoToken}
			const lists = "?fields=tags&fields=attributes&fields=associatedGroups"
			in.group("")
			in.post("/v3/groups"+lists, `{"type":"Threat","name":"n","tags":{"data":[{"name":"t"}]},"attributes":{"data":[{"type":"Aliases","value":"v"}]},"associatedGroups":{"data":[{"id":1}]}}`).
				equal("data.tags.data.0.name", "t").equal("data.attributes.data.0.value", "v").equal("data.associatedGroups.data.0.id", "1")
			for _, path := range []string{"/v3/groups/2" + lists, "/v3/groups/1" + lists} {
				in.get(path).equal("data.tags.data", nil).equal("data.attributes.data", nil).equal("data.associatedGroups.data", nil)
			}
			for list, id := range map[string]string{"groupAttributes": "1", "groups": "1"} {
				if got := in.query(list, "hasGroup(id=2)").ids("data"); got != id {
					t.Errorf("%s: %s", list, got)
				}
			}
			time.Sleep(500 * time.Millisecond)
			in.get("/v3/groups/2"+lists).equal("data.tags.data.0.name", "t").equal("data.attributes.data.0.value", "v").equal("data.associatedGroups.data.0.id", "1")
		})
	},
	"attribute-list-delay-ms": func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := &instance{New(Config{Switches: Switches{AttributeListDelayMS: 500}}), t, DemoToken}
			in.group(`,"attributes":{"data":[{"type":"Aliases","value":"v"}]}`)
			in.get("/v3/groups/1?fields=attributes").equal("data.attributes.data.0.value", "v")
			for _, tql := range []string{"hasGroup(id=1)", `typeName="Aliases"`} {
				if got := in.query("groupAttributes", tql).ids("data"); got != "" {
					t.Errorf("%s: %s", tql, got)
				}
			}
			time.Sleep(500 * time.Millisecond)
			if got := in.query("groupAttributes", "hasGroup(id=1)").ids("data"); got != "1" {
				t.Error(got)
			}
		})
	},
	"attribute-text": func(t *testing.T) {
		for switches, want := range map[string]string{"attribute-text=escaped": "a 🦀 ✔  &lt;b&gt; &amp; c", "attribute-text=squeezed": "a 🦀 ✔ <b> & c",
			"attribute-text=plain": "a ✔ <b> & c"} {
			in := with(t, switches)
			in.post("/v3/groups?fields=attributes", `{"type":"Threat","name":"n","attributes":{"data":[{"type":"Aliases","value":"a 🦀 ✔  <b> & c"}]}}`).
				equal("data.attributes.data.0.value", want)
		}
	},
	"name-text": func(t *testing.T) {
		for switches, want := range map[string]string{"name-text=squeezed": "a & b 🦀 c", "name-text=plain": "a & b c", "name-text=escaped": "a  &amp; b 🦀 c"} {
			in := with(t, switches)
			in.post("/v3/groups", `{"type":"Threat","name":"a  & b 🦀 c"}`).want(201).equal("data.name", want)
			in.put("/v3/groups/1", `{"name":"a  & b 🦀 c"}`).want(200).equal("data.name", want)
		}
	},
	"date-shift": func(t *testing.T) {
		in := with(t, "date-shift=-120")
		in.post("/v3/groups", `{"type":"Event","name":"n","eventDate":"2021-11-03"}`).want(201).equal("data.eventDate", "2021-11-02T22:00:00Z")
		in.query("groups", `eventDate < "2021-11-03"`).equal("data.0.id", "1")
	},
	"xid-unique": func(t *testing.T) {
		in := start(t, Config{})
		in.group(`,"xid":"a"`)
		in.group(`,"xid":"A"`)
		in = with(t, "xid-unique=any-case")
		in.group(`,"xid":"a"`)
		in.post("/v3/groups", `{"type":"Threat","name":"n","xid":"A"}`).refused(409, codeConflict, "already exists")
		in.do("GET", "/v3/groups/A", "").want(404)
	},
	"required-attribute": func(t *testing.T) {
		in := with(t, "required-attribute=Source")
		in.post("/v3/groups", `{"type":"Threat","name":"n"}`).refused(400, codeMissing, "'Source' is required")
		in.query("groups", `id > 0`).equal("data.0", nil)
		in.group(`,"attributes":{"data":[{"type":"Source","value":"s"}]}`)
	},
	"hidden-indicators": func(t *testing.T) {
		for value, flag := range map[string]string{"private": "privateFlag", "false-positive": "falsePositiveFlag"} {
			in := with(t, "hidden-indicators="+value)
			in.post("/v3/indicators", `{"type":"Host","hostName":"a.example","`+flag+`":true}`).want(201)
			in.host("b.example")
			in.query("indicators", `typeName in ("Host")`).equal("data.0.id", "2").equal("data.1", nil)
			in.do("GET", "/v3/indicators/a.example", "").want(404)
			in.post("/v3/indicators", `{"type":"Host","hostName":"a.example"}`).want(201).equal("data.id", "1")
		}
	},
	"archived-groups": func(t *testing.T) {
		in := with(t, "archived-groups=1")
		in.group("")
		in.group("")
		in.query("groups", `id > 0`).equal("data.0.id", "2").equal("data.1", nil)
		in.put("/v3/groups/1", `{"name":"n"}`).refused(400, codeBadRequest, "is archived")
		in.put("/v3/groups/2", `{"name":"n"}`).want(200)
	},
	"read-only-after": func(t *testing.T) {
		in := with(t, "read-only-after=2")
		in.group("")
		in.get("/v3/groups/1")
		in.put("/v3/groups/1", `{"name":"n"}`).refused(401, codeUnauthorized, "do not have permission")
		in.get("/v3/groups/1").equal("data.name", "Bad Guy")
	},
	"strict": func(t *testing.T) {
		in := start(t, Config{})
		in.group(`,"nonsense":1`)
		in = with(t, "strict=off")
		in.group(`,"nonsense":1`)
		strict(t).post("/v3/groups", `{"type":"Threat","name":"n","nonsense":1}`).want(400)
	},
	"xid-delay-ms": func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := &instance{New(Config{Switches: Switches{Strict: "off", XIDDelayMS: 500}}), t, DemoToken}
			in.group(`,"xid":"x"`)
			in.do("GET", "/v3/groups/x", "").want(404)
			in.get("/v3/groups/1").equal("data.xid", "x")
			time.Sleep(500 * time.Millisecond)
			in.get("/v3/groups/x").equal("data.id", "1")
		})
	},
	"artifact-case": func(t *testing.T) {
		in := start(t, Config{})
		in.post("/v3/cases", `{"name":"c","severity":"Low","status":"Open","xid":"0123456789"}`).want(201)
		in.post("/v3/artifacts", `{"caseId":1,"summary":"a@b.example","type":"Email Address"}`).want(201)
		in.get("/v3/artifacts/1").equal("data.caseId", nil).equal("data.caseXid", nil)
		in.get("/v3/artifacts/1?fields=caseId&fields=caseXid").equal("data.caseId", "1").equal("data.caseXid", "0123456789")
		in.SetSwitches(Switches{ArtifactCase: "shown"})
		in.get("/v3/artifacts/1").equal("data.caseId", "1").equal("data.caseXid", "0123456789")
	},
	"subject-case": func(t *testing.T) {
		in := with(t, "subject-case=insensitive")
		a := in.post("/v3/indicators", `{"type":"Hashtag","Hashtag":"#A"}`).want(201)
		if b := in.post("/v3/indicators", `{"type":"Hashtag","Hashtag":"#a"}`).want(201); a.id() != b.id() {
			t.Error("two hashtags")
		}
		if got := in.query("indicators", `summary = "#a"`).ids("data"); got != a.id() {
			t.Error(got)
		}
	},
	"technique-name": func(t *testing.T) {
		in := start(t, Config{})
		in.group(`,"tags":{"data":[{"techniqueId":"T1566"}]}`)
		in.get("/v3/groups/1?fields=tags").equal("data.tags.data.0.name", "T1566 - Phishing").equal("data.tags.data.0.techniqueId", "T1566")
		if got := in.query("groups", `tag = "Phishing"`).ids("data"); got != "" {
			t.Error(got)
		}
		in.SetSwitches(Switches{TechniqueName: "name"})
		in.get("/v3/groups/1?fields=tags").equal("data.tags.data.0.name", "Phishing").equal("data.tags.data.0.techniqueId", "T1566")
		for _, q := range []string{`tag = "Phishing"`, `hasTag(name = "Phishing")`, `hasTag(summary = "phishing")`} {
			if got := in.query("groups", q).ids("data"); got != "1" {
				t.Errorf("%s: %s", q, got)
			}
		}
	},
	"first-id": func(t *testing.T) {
		in := with(t, "first-id=9007199254740993")
		a, b := in.group(""), in.group("")
		if a != "9007199254740993" || b != "9007199254740994" || in.query("groups", "id="+a).ids("data") != a || in.query("groups", "id > "+a).ids("data") != b {
			t.Error(a, b)
		}
	},
}

func TestSwitches(t *testing.T) {
	cases := maps.Clone(readingCases)
	maps.Copy(cases, writingCases)
	maps.Copy(cases, batchCases)
	var names []string
	for _, d := range SwitchNames() {
		names = append(names, d.Name)
		if d.Text == "" || len(d.Values) == 0 || d.Name == "" {
			t.Errorf("%+v", d)
		}
		run := cases[d.Name]
		if run == nil {
			t.Errorf("the switch %s has no test", d.Name)
			continue
		}
		t.Run(d.Name, run)
	}
	for name := range cases {
		if !slices.Contains(names, name) {
			t.Errorf("no switch %s", name)
		}
	}
}

func TestParseSwitch(t *testing.T) {
	var s Switches
	for _, ok := range []string{"existing-xid=upsert", "nested-cap=5", "old-shapes=true", "tag-rule=a>b", " next = foreign "} {
		if err := ParseSwitch(&s, ok); err != nil {
			t.Error(err)
		}
	}
	if s.ExistingXID != "upsert" || s.NestedCap != 5 || !s.OldShapes || s.TagRules["a"] != "b" || s.Next != "foreign" {
		t.Errorf("%+v", s)
	}
	if err := ParseSwitch(&s, "existing-xid=conflict"); err != nil || s.ExistingXID != "" {
		t.Error(err, s.ExistingXID)
	}
	for bad, text := range map[string]string{"nonsense=1": "known: strict, existing-xid", "existing-xid=x": "known: conflict, conflict400", "existing-xid": "name=value", "nested-cap=x": "number", "old-shapes=x": "true or false", "tag-rule=x": "OLD>NEW"} {
		if err := ParseSwitch(&s, bad); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	copied := s
	ParseSwitch(&copied, "tag-rule=c>d")
	if len(s.TagRules) != 1 {
		t.Error("the rules of a copy are shared")
	}
	data, err := json.Marshal(s)
	if back, err2 := decodeSwitches(bytes.NewReader(data)); err != nil || err2 != nil || back.Next != "foreign" {
		t.Error(err, err2)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown value is accepted")
		}
	}()
	New(Config{Switches: Switches{Next: "nonsense"}})
}
