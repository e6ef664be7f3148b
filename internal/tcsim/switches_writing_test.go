package tcsim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// writingCases are the switches of text, of nested lists and of refusals.
var writingCases = map[string]func(t *testing.T){
	"summary-case": func(t *testing.T) {
		in := with(t, "summary-case=sensitive")
		in.group("")
		if got := in.query("groups", `summary in ("bad guy")`).ids("data"); got != "" {
			t.Error(got)
		}
	},
	"xid-case": func(t *testing.T) {
		in := with(t, "xid-case=insensitive")
		in.group(`,"xid":"ABC"`)
		in.get("/v3/groups/abc").equal("data.id", "1")
	},
	"owner-case": func(t *testing.T) { with(t, "owner-case=insensitive").get("/v3/groups?owner=demo%20source") },
	"group-type-case": func(t *testing.T) {
		with(t, "group-type-case=any").post("/v3/groups", `{"type":"intrusion set","name":"n"}`).want(201).equal("data.type", "Intrusion Set")
	},
	"host-case": func(t *testing.T) {
		in := with(t, "host-case=kept")
		in.post("/v3/indicators", `{"type":"Host","hostName":"A.Example"}`).want(201).equal("data.summary", "A.Example")
		in.post("/v3/indicators", `{"type":"Host","hostName":"a.example"}`).want(201).equal("data.id", "1")
	},
	"ipv6": func(t *testing.T) {
		with(t, "ipv6=compressed").post("/v3/indicators", `{"type":"Address","ip":"2001:DB8:0::1"}`).want(201).equal("data.summary", "2001:db8::1")
	},
	"name-limit": func(t *testing.T) {
		in := with(t, "name-limit=5")
		in.post("/v3/groups", `{"type":"Threat","name":"sixsix"}`).want(400)
		in.do("OPTIONS", "/v3/groups", "").equal("name.maxLength", "5")
	},
	"tag-rule": func(t *testing.T) {
		in := with(t, "tag-rule=Ransom>Ransomware", "tag-rule=ransom ware>Ransomware")
		in.group(`,"tags":{"data":[{"name":"ransom"},{"name":"Ransom Ware"}]}`)
		in.get("/v3/groups/1?fields=tags").equal("data.tags.data.0.name", "Ransomware").equal("data.tags.data.1", nil)
	},
	"attribute-append": func(t *testing.T) {
		in := with(t, "attribute-append=dedupes")
		in.group(`,"attributes":{"data":[{"type":"Source","value":"s"},{"type":"Source","value":"s"}]}`)
		in.get("/v3/groups/1?fields=attributes").equal("data.attributes.data.1", nil)
	},
	"replace-empty": func(t *testing.T) {
		for value, want := range map[string]int{"ignored": 200, "refused": 400} {
			in := with(t, "replace-empty="+value)
			in.group(`,"tags":{"data":[{"name":"x"}]}`)
			in.put("/v3/groups/1", `{"tags":{"mode":"replace","data":[]}}`).want(want)
			in.get("/v3/groups/1?fields=tags").equal("data.tags.data.0.name", "x")
		}
	},
	"nested-metadata": func(t *testing.T) {
		in := with(t, "nested-metadata=ignored")
		in.group(`,"associatedIndicators":{"data":[{"type":"Host","hostName":"a.example","rating":3}]}`)
		in.get("/v3/indicators/1").equal("data.rating", nil).equal("data.active", true)
	},
	"nested-owner": func(t *testing.T) {
		for value, want := range map[string]string{"parent": DemoCommunity, "query": DemoSource} {
			in := with(t, "nested-owner="+value)
			in.post("/v3/groups?owner=Demo%20Source", `{"type":"Threat","name":"n","ownerName":"Demo Community","associatedGroups":{"data":[{"type":"Threat","name":"m"}]}}`).want(201)
			in.get("/v3/groups/2").equal("data.ownerName", want)
		}
	},
	"cross-owner": func(t *testing.T) {
		for value, want := range map[string]int{"off400": 400, "off403": 403} {
			in := with(t, "cross-owner="+value)
			in.group(`,"ownerName":"Demo Source"`)
			in.group("")
			in.put("/v3/groups/2", `{"associatedGroups":{"data":[{"id":1}]}}`).want(want)
			in.put("/v3/groups/2", `{"associatedGroups":{"data":[{"type":"Threat","name":"n"}]}}`).want(200)
		}
	},
	"partial-writes": func(t *testing.T) {
		in := with(t, "partial-writes=true")
		in.group("")
		in.put("/v3/groups/1", `{"name":"new","tags":{"data":[{"name":"x"}]},"associatedGroups":{"data":[{"id":99}]}}`).want(400)
		in.get("/v3/groups/1?fields=tags").equal("data.name", "new").equal("data.tags.data.0.name", "x")
	},
	"unknown-keys": func(t *testing.T) {
		in := with(t, "unknown-keys=refused")
		in.post("/v3/groups", `{"type":"Threat","name":"n","status":"New"}`).want(400)
		in.post("/v3/groups", `{"type":"Threat","name":"n","nonsense":1}`).want(400)
		fill(in)
	},
	"task-status": func(t *testing.T) {
		with(t, "task-status=refused").post("/v3/groups", `{"type":"Task","name":"n","status":"Deferred"}`).want(400)
	},
	"unknown-label": func(t *testing.T) {
		for value, want := range map[string]any{"created": "New", "ignored": nil} {
			with(t, "unknown-label="+value).post("/v3/groups?fields=securityLabels", `{"type":"Threat","name":"n","securityLabels":{"data":[{"name":"New"}]}}`).want(201).equal("data.securityLabels.data.0.name", want)
		}
	},
	"unknown-technique": func(t *testing.T) {
		for value, want := range map[string]any{"created": "T9999", "ignored": nil} {
			with(t, "unknown-technique="+value).post("/v3/groups?fields=tags", `{"type":"Threat","name":"n","tags":{"data":[{"techniqueId":"T9999"}]}}`).want(201).equal("data.tags.data.0.name", want)
		}
	},
	"request-dates": func(t *testing.T) {
		in := with(t, "request-dates=strict")
		in.post("/v3/groups", `{"type":"Incident","name":"n","eventDate":"2021-11-03T00:00:00+00:00"}`).want(400)
		in.post("/v3/groups", `{"type":"Incident","name":"n","eventDate":"2021-11-03T00:00:00Z"}`).want(201)
	},
	"touch": func(t *testing.T) {
		for value, want := range map[string][2]bool{"put": {true, false}, "both": {true, true}, "none": {false, false}} {
			now := testTime
			in := start(t, Config{Now: func() time.Time { return now }})
			sw := Switches{}
			ParseSwitch(&sw, "touch="+value)
			in.SetSwitches(sw)
			in.group("")
			in.group("")
			now = now.Add(time.Hour)
			in.put("/v3/groups/1", `{"associatedGroups":{"data":[{"id":2}]}}`).want(200)
			for i, moved := range want {
				if got := in.Snapshot().Groups[i].LastModified.Equal(now); got != moved {
					t.Errorf("%s: group %d moved: %v", value, i+1, got)
				}
			}
		}
	},
	"owner-conflict": func(t *testing.T) {
		with(t, "owner-conflict=refused").post("/v3/groups?owner=Demo%20Source", `{"type":"Threat","name":"n","ownerName":"Demo Community"}`).want(400)
	},
	"unknown-owner": func(t *testing.T) {
		with(t, "unknown-owner=401").do("GET", "/v3/groups?owner=x", "").want(401)
		with(t, "unknown-owner=404").do("GET", "/v3/groups?owner=x", "").want(404)
	},
	"case-role": func(t *testing.T) {
		in := start(t, Config{Users: []User{{Token: "t", OrganizationRole: "Standard User"}}, Switches: Switches{CaseRole: "403"}})
		in.token = "t"
		in.post("/v3/cases", `{"name":"c","severity":"Low","status":"Open"}`).want(403)
		in.AddCase(Case{Name: "c", Attributes: []Attribute{{Type: "Description", Value: "d"}}})
		in.post("/v3/caseAttributes", `{"caseId":1,"type":"Source","value":"s"}`).want(403)
		in.put("/v3/caseAttributes/1", `{"value":"s"}`).want(403)
	},
	"no-err-code": func(t *testing.T) {
		with(t, "no-err-code=true").do("GET", "/v3/groups/1", "").want(404).equal("errCode", nil).equal("status", "Error")
	},
	"failure-status": func(t *testing.T) {
		with(t, "failure-status=true").do("GET", "/v3/groups/1", "").equal("status", "Failure")
	},
	"html-errors": func(t *testing.T) {
		if r := with(t, "html-errors=true").do("GET", "/v3/groups/1", "").want(404); !strings.HasPrefix(r.body, "<!doctype html>") || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
			t.Error(r.body)
		}
	},
	"success-status": func(t *testing.T) { with(t, "success-status=missing").get("/v3/groups").equal("status", nil) },
	"put-status": func(t *testing.T) {
		in := with(t, "put-status=201")
		in.group("")
		in.put("/v3/groups/1", `{}`).want(201)
	},
	"technique-search": func(t *testing.T) {
		in := with(t, "technique-search=refused")
		in.query("tags", `techniqueId in ("T1566")`).refused(400, codeTQL, "techniqueId")
		in.query("tags", `summary = "x"`)
	},
	"v2": func(t *testing.T) {
		in := with(t, "v2=missing")
		for _, path := range []string{"/v2/whoami", "/v2/owners", "/v2/owners/mine", "/v2/types/indicatorTypes", "/v2/batch"} {
			in.do("GET", path, "").want(404)
		}
		in.get("/v3/groups")
	},
	"mapping-key": func(t *testing.T) {
		in := with(t, "mapping-key=type")
		in.get("/v3/attributeTypes?fields=mapping&tql=name%3D%22Report%20Author%22").
			equal("data.0.attributeTypeMappings.data.0.type", "Report").equal("data.0.attributeTypeMappings.data.0.associatedType", nil)
	},
	"trailing-slash": func(t *testing.T) { with(t, "trailing-slash=accepted").get("/v3/groups/") },
	"max-url": func(t *testing.T) {
		start(t, Config{}).do("GET", "/v3/groups?tql="+strings.Repeat("x", 8192), "").want(414)
		with(t, "max-url=100").do("GET", "/v3/groups?tql="+strings.Repeat("x", 100), "").want(414)
	},
	"tql-values": func(t *testing.T) {
		with(t, "tql-values=2").query("groups", "id in (1,2,3)").refused(500, codeInternal, "timeout")
	},
	"tql-timeout": func(t *testing.T) {
		with(t, "tql-values=2", "tql-timeout=400").query("groups", "id in (1,2,3)").refused(400, codeBadRequest, "timeout")
		with(t, "tql-values=2", "tql-timeout=invalid").query("groups", "id in (1,2,3)").refused(400, codeTQL, "too many")
		with(t, "tql-values=2", "tql-timeout=refused").query("groups", "id in (1,2,3)").refused(400, codeBadRequest, "too many")
	},
	"auth-failure": func(t *testing.T) {
		for value, text := range map[string]string{"signature": textSignature, "timestamp": textTimestamp, "denied": textDenied, "unauthorized": textUnauthorized, "html": "<html>"} {
			if r := with(t, "auth-failure="+value).do("GET", "/v3/groups", "").want(401); !strings.Contains(r.body, text) {
				t.Error(r.body)
			}
		}
	},
	"auth-status": func(t *testing.T) {
		with(t, "auth-failure=denied", "auth-status=403").do("GET", "/v3/groups", "").want(403)
	},
	"auth-after": func(t *testing.T) {
		in := with(t, "auth-failure=unauthorized", "auth-after=2")
		for _, want := range []int{200, 200, 401, 401} {
			in.do("GET", "/v3/groups", "").want(want)
		}
	},
	"auth-for": func(t *testing.T) {
		in := with(t, "auth-failure=unauthorized", "auth-for=1")
		for _, want := range []int{401, 200, 200} {
			in.do("GET", "/v3/groups", "").want(want)
		}
	},
	"clock-offset": func(t *testing.T) {
		in := with(t, "clock-offset=-301")
		w := httptest.NewRecorder()
		in.ServeHTTP(w, signed("GET", "/api/v3/groups", testTime, DemoSecretKey))
		if w.Code != 401 || !strings.Contains(w.Body.String(), textTimestamp) || w.Header().Get("Date") != "Wed, 03 Nov 2021 14:52:44 GMT" {
			t.Error(w.Code, w.Body, w.Header())
		}
		in.get("/v3/groups") // tokens do not go by the clock
	},
	"rate-limit": func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			in := &instance{New(Config{Switches: Switches{RateLimit: 2}}), t, DemoToken}
			for _, want := range []int{200, 200, 429, 429} {
				in.do("GET", "/v3/groups", "").want(want)
			}
			time.Sleep(time.Second)
			in.get("/v3/groups")
		})
	},
	"retry-after": func(t *testing.T) {
		for value, want := range map[string]string{"seconds": "7", "none": "", "date": testTime.Add(7 * time.Second).Format(http.TimeFormat)} {
			in := with(t, "rate-limit=1", "retry-seconds=7", "retry-after="+value)
			in.get("/v3/groups")
			if got := in.do("GET", "/v3/groups", "").want(429).header.Get("Retry-After"); got != want {
				t.Errorf("%s: %q", value, got)
			}
		}
	},
	"retry-seconds": func(t *testing.T) {
		if got := with(t, "unavailable=1", "retry-seconds=9").do("GET", "/v3/groups", "").want(503).header.Get("Retry-After"); got != "9" {
			t.Error(got)
		}
	},
	"not-licensed": func(t *testing.T) {
		in := with(t, "not-licensed=1")
		if r := in.do("GET", "/v3/groups", "").want(503); r.header.Get("Retry-After") != "" || !strings.Contains(r.body, "not licensed") {
			t.Error(r.body)
		}
		in.get("/v3/groups")
		in = with(t, "not-licensed=-1")
		for range 3 {
			in.do("GET", "/v3/groups", "").want(503)
		}
	},
	"unavailable": func(t *testing.T) {
		in := with(t, "unavailable=2")
		for _, want := range []int{503, 503, 200} {
			in.do("GET", "/v3/groups", "").want(want)
		}
	},
	"artifact-links": func(t *testing.T) {
		in := with(t, "artifact-links=stuck")
		c := in.newCase()
		in.group(`,"associatedCases":{"data":[{"id":` + c + `}]}`)
		in.put("/v3/groups/1?fields=associatedCases", `{"associatedCases":{"mode":"delete","data":[{"id":`+c+`}]}}`).want(200).equal("data.associatedCases.data.0.id", c)
	},
	"document-status": func(t *testing.T) {
		with(t, "document-status=ignored").post("/v3/groups", `{"type":"Document","name":"n","status":"Success"}`).want(201).equal("data.status", "Awaiting Upload")
	},
}
