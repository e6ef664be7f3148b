package tcsim

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// strict is an instance as clients of this project meet it: strict mode is on by
// default. It has the groups 1 (xid x-1) and 2, both in Demo Source.
func strict(t *testing.T) *instance {
	t.Helper()
	s := New(Config{Now: start(t, Config{}).cfg.Now})
	s.AddGroup(Group{Type: "Incident", Name: "one", XID: "x-1", Owner: DemoSource, Attributes: []Attribute{{Type: "Description", Value: "d"}}})
	s.AddGroup(Group{Type: "Threat", Name: "two", Owner: DemoSource})
	return &instance{s, t, DemoToken}
}

// TestStrictRefusesWhatTheDocumentsDoNotCover has a row for each rule of strict
// mode: the refusal names what is wrong, and nothing is written.
func TestStrictRefusesWhatTheDocumentsDoNotCover(t *testing.T) {
	in := strict(t)
	before := in.saved()
	const group = `"type":"Incident","name":"n","ownerName":"Demo Source"`
	for _, c := range []struct{ method, path, body, text string }{
		{"POST", "/v3/groups", `{` + group + `,"nonsense":1}`, "'nonsense' is not valid"},
		{"POST", "/v3/groups", `{` + group + `,"fileText":"x"}`, "'fileText' is not valid for the type 'Incident'"},
		{"POST", "/v3/groups", `{` + group + `,"id":9}`, "'id' is read-only"},
		{"PUT", "/v3/groups/1", `{"name":"n","dateAdded":"2021-11-03T00:00:00Z"}`, "'dateAdded' is read-only"},
		{"PUT", "/v3/groups/1", `{"id":1,"name":"n"}`, "'id' is read-only"},
		{"PUT", "/v3/groups/1", `{"type":"Incident"}`, "'type' cannot be updated"},
		{"PUT", "/v3/groups/1", `{"xid":"x-1"}`, "'xid' cannot be updated"},
		{"PUT", "/v3/groups/1", `{"ownerName":"Demo Source"}`, "'ownerName' cannot be updated"},
		{"PUT", "/v3/groups/1", `{"status":null}`, "'status' must not be null"},
		{"POST", "/v3/groups", `{"type":"Incident","name":"n","ownerName":"Demo Source","status":null}`, "'status' must not be null"},
		{"PUT", "/v3/groups/1", `{"tags":{"data":[{"name":"a","status":null}]}}`, "'status' is not valid in this entry"},
		{"PUT", "/v3/groups/1", `{"name":"a","name":"b"}`, "'name' is given twice"},
		{"PUT", "/v3/groups/1", `{"name":"a"}}`, "more than one JSON value"},
		{"PUT", "/v3/groups/1", `{"name":"a"} x`, "more than one JSON value"},
		{"PUT", "/v3/groups/1", "{\"name\":\"\xff\"}", "not UTF-8"},
		{"PUT", "/v3/groups/1", `{"eventDate":"2021-11-03T01:00:00+02:00"}`, "not a valid date"},
		{"PUT", "/v3/groups/1", `{"eventDate":" 2021-11-03"}`, "not a valid date"},
		{"PUT", "/v3/groups/1", `{"eventDate":"2021-11-03T14:57:45Z "}`, "not a valid date"},
		{"PUT", "/v3/groups/1", `{"eventDate":20211103}`, "wrong JSON type"},
		{"PUT", "/v3/groups/1", `{"tags":{}}`, "must hold a list"},
		{"PUT", "/v3/groups/1", `{"tags":{"data":[],"Mode":"replace"}}`, "'Mode' is not valid"},
		{"PUT", "/v3/groups/1", `{"tags":{"data":[{"name":"a","color":"b"}]}}`, "'color' is not valid in this entry of 'tags'"},
		{"PUT", "/v3/groups/1", `{"tags":{"data":[{"name":"a","id":1}],"mode":"delete"}}`, "'name' is not valid in this entry"},
		{"PUT", "/v3/groups/1", `{"securityLabels":{"data":[{"name":"TLP:RED","id":1}],"mode":"delete"}}`, "'name' is not valid in this entry"},
		{"PUT", "/v3/groups/1", `{"tags":{"data":[{"techniqueId":"T1566"}],"mode":"delete"}}`, "'techniqueId' is not valid in this entry"},
		{"PUT", "/v3/groups/1", `{"securityLabels":{"data":[{"name":"TLP:RED","color":"FF2B2B"}]}}`, "'color' is not valid in this entry"},
		{"PUT", "/v3/groups/1", `{"associatedGroups":{"data":[{"id":"2"}]}}`, "'id' has the wrong JSON type"},
		{"PUT", "/v3/groups/1", `{"associatedGroups":{"data":[{"id":2,"name":"two"}]}}`, "'name' is not valid in this entry"},
		{"PUT", "/v3/groups/1", `{"associatedGroups":{"data":[{"id":2,"name":"two"}],"mode":"delete"}}`, "'name' is not valid in this entry"},
		{"PUT", "/v3/groups/1", `{"associatedCases":{"data":[{"name":"c","severity":"Low","status":"Open","ownerName":"Demo Organization"}]}}`, "'ownerName' is not valid"},
		{"PUT", "/v3/groups/1", `{"associatedIndicators":{"data":[{"type":"Host","hostName":"h.example","md5":"x"}]}}`, "'md5' is not valid for the type 'Host'"},
		{"PUT", "/v3/groups/1", `{"attributes":{"data":[{"type":"Source","value":"s","displayed":true}]}}`, "'displayed' is not valid"},
		{"PUT", "/v3/groups/1", `{"attributes":{"data":[{"id":1,"type":"Source","value":"s"}]}}`, "'type' cannot be updated"},
		{"PUT", "/v3/groups/1", `{"attributes":{"data":[{"type":"Source","value":"s","default":"true"}]}}`, "wrong JSON type"},
		{"POST", "/v3/indicators", `{"type":"Host","hostName":"h.example","confidence":"5"}`, "wrong JSON type"},
		{"POST", "/v3/indicators", `{"type":"Host","hostName":"h.example","confidence":5.0}`, "wrong JSON type"},
		{"POST", "/v3/indicators", `{"type":"Host","hostName":"h.example","rating":"3"}`, "wrong JSON type"},
		{"POST", "/v3/indicators", `{"type":"Host","hostName":"h.example","active":"true"}`, "wrong JSON type"},
		{"POST", "/v3/groups?owner=Demo%20Source", `{` + group + `}`, "owner=, ownerName"},
		{"POST", "/v3/groups", `{` + group + `,"ownerId":2}`, "ownerName, ownerId"},
		{"GET", "/v3/groups/x-1", "", "'owner' is required with the xid 'x-1'"},
		{"PUT", "/v3/groups/x-1", `{"name":"n"}`, "'owner' is required"},
		{"DELETE", "/v3/groups/x-1", "", "'owner' is required"},
		{"GET", "/v3/groups/1?owner=Demo%20Organization", "", "does not belong to the owner 'Demo Organization'"},
		{"GET", "/v3/groups?resultsLimit=5", "", "'resultsLimit' is not valid"},
		{"GET", "/v3/groups?show=readonly", "", "'show' is not valid"},
		{"GET", "/v3/groups/1/download?filename=x", "", "'filename' is not valid"},
		{"PUT", "/v3/groups/1?updateIfExists=true", `{"name":"n"}`, "'updateIfExists' is not valid"},
		{"GET", "/v3/groups?fields=tag", "", "'tag' is not valid"},
		{"GET", "/v3/groups?fields=tags,attributes", "", "takes one name"},
	} {
		in.do(c.method, c.path, c.body).want(400)
		if r := in.do(c.method, c.path, c.body); !strings.Contains(r.body, c.text) {
			t.Errorf("%s:\n%s\nlacks %q", r.what, r.body, c.text)
		}
	}
	for _, q := range []string{`summary="it's"`, `summary='a"b'`, "summary=\"a`b\"", `summary="a\nb"`, `summary="C:\Windows"`, "summary=\"a\nb\""} {
		in.query("groups", q).refused(400, codeTQL, "position")
	}
	in.query("groups", `summary in ("it\'s","a\"b","a\`+"`"+`b","C:\\Windows")`).want(200)
	if after := in.saved(); after != before {
		t.Errorf("the state has changed:\n%s", after)
	}
	lenient := start(t, Config{})
	lenient.query("groups", `summary="it's"`).want(200)
	lenient.group(`,"nonsense":1,"id":9`)
}

// TestStrictTakesTheNullStatusOfAnEvent: the documents name null as its None; a status that is set cannot go back to it.
func TestStrictTakesTheNullStatusOfAnEvent(t *testing.T) {
	in := strict(t)
	in.post("/v3/groups", `{"type":"Event","name":"e","status":null}`).want(201).equal("data.status", nil)
	in.put("/v3/groups/3", `{"status":null}`).want(200).equal("data.status", nil)
	in.put("/v3/groups/1", `{"associatedGroups":{"data":[{"type":"Event","name":"e","status":null}]}}`).want(200)
	in.put("/v3/groups/3", `{"status":"New"}`).want(200)
	in.put("/v3/groups/3", `{"status":null}`).refused(400, codeBadRequest, "set back to None")
}

// TestStrictTakesParametersOfTheirEndpoint: what is refused elsewhere is documented here.
func TestStrictTakesParametersOfTheirEndpoint(t *testing.T) {
	in := strict(t)
	in.AddGroup(Group{Type: "Document", Name: "d"})
	in.do("OPTIONS", "/v3/groups?show=readonly", "").want(200)
	in.do("POST", "/v3/groups/3/upload?filename=x&updateIfExists=true", "content").want(200)
}

func TestStrictAsksForTheContentType(t *testing.T) {
	in := strict(t)
	in.AddGroup(Group{Type: "Document", Name: "d"})
	for _, c := range []struct {
		method, path, contentType string
		status                    int
	}{
		{"PUT", "/v3/groups/1", "", 400}, {"PUT", "/v3/groups/1", "text/plain", 400}, {"PUT", "/v3/groups/1", "application/octet-stream", 400},
		{"POST", "/v3/tags", "application/x-www-form-urlencoded", 400}, {"PUT", "/v3/groups/1", "application/json; charset=utf-8", 200},
		{"PUT", "/v3/groups/1", "application/json", 200}, {"GET", "/v3/groups", "", 200}, {"DELETE", "/v3/groups/2", "", 200},
		{"POST", "/v3/groups/3/upload", "application/json", 400}, {"POST", "/v3/groups/3/upload", "application/octet-stream", 200},
	} {
		r := httptest.NewRequest(c.method, "/api"+c.path, strings.NewReader(`{"name":"n"}`))
		if c.method == "GET" || c.method == "DELETE" {
			r = httptest.NewRequest(c.method, "/api"+c.path, nil)
		}
		r.Header.Set("Authorization", "TC-Token "+DemoToken)
		if c.contentType != "" {
			r.Header.Set("Content-Type", c.contentType)
		}
		w := httptest.NewRecorder()
		in.ServeHTTP(w, r)
		if w.Code != c.status || c.status == 400 && !strings.Contains(w.Body.String(), "Content-Type must be application/") {
			t.Errorf("%v: %d %s", c, w.Code, w.Body)
		}
	}
}

// TestBodiesAreReadAsJSON holds the reader of bodies to the rules of JSON.
func TestBodiesAreReadAsJSON(t *testing.T) {
	in := start(t, Config{})
	in.post("/v3/groups", "\t{ \"type\" : \"Threat\" ,\r\n\"name\":\"a\\u00e9\\n\\ud83d\\ude00\\\"/\\/\" , \"ignored\":[ 1 , -2.5e3, true,false,null,{},[ ],\"\"]} ").want(201).equal("data.name", "aé\n😀\"//")
	for _, bad := range []string{``, ` `, `{`, `[]`, `"x"`, `1`, `null`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{"a":01}`, `{"a":+1}`, `{"a":tru}`, `{"a":"\x"}`, "{\"a\":\"\n\"}",
		`{"a":"x}`, `{"a":[1,]}`, `{"a":[1 2]}`, `{"a":1 "b":2}`, `{"a":1}{}`, `{"a":1}]`, `{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`} {
		in.post("/v3/groups", bad).want(400)
	}
}
