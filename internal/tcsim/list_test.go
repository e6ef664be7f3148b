package tcsim

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestPaging(t *testing.T) {
	in := start(t, Config{})
	for i := range 25 {
		in.AddGroup(Group{Type: "Incident", Name: fmt.Sprint("g", i), Tags: []string{"a & b"}})
	}
	next := "/api/v3/groups?resultLimit=10&sorting=id%20asc&fields=tags&tql=" + url.QueryEscape(`tag = "a & b"`)
	var ids []string
	for pages := 0; next != ""; pages++ {
		r := in.get(strings.TrimPrefix(strings.TrimPrefix(next, "https://app.threatconnect.com"), "/api"))
		ids = append(ids, r.ids("data"))
		r.equal("data.0.tags.data.0.name", "a & b").equal("count", nil)
		if (r.at("prev") == nil) != (pages == 0) {
			t.Errorf("page %d: prev %v", pages, r.at("prev"))
		}
		next, _ = r.at("next").(string)
		if pages > 3 {
			t.Fatal("no end")
		}
	}
	if len(ids) != 3 || ids[0] != "1 2 3 4 5 6 7 8 9 10" || ids[2] != "21 22 23 24 25" {
		t.Errorf("%q", ids)
	}
	// The shape of enable_pagination.rst: next, data, prev, status.
	body := in.get("/v3/groups?resultStart=5&resultLimit=5").body
	if !strings.HasPrefix(body, `{"next":"https://app.threatconnect.com/api/v3/groups?resultLimit=5&resultStart=10","data":[{"id":20,`) ||
		!strings.HasSuffix(body, `],"prev":"https://app.threatconnect.com/api/v3/groups?resultLimit=5&resultStart=0","status":"Success"}`) {
		t.Error(body)
	}
	in.get("/v3/groups?resultLimit=1&count=True").equal("count", "25").equal("data.0.id", "25")
	in.get("/v3/groups?result_limit=1&count=true").equal("data.1", nil)
	in.get("/v3/groups?resultStart=100").equal("data.0", nil).equal("next", nil)
	for _, q := range []string{"resultLimit=10001", "resultLimit=-1", "resultLimit=x", "resultStart=-1", "sorting=nonsense", "sorting=hasTag", "tql=id"} {
		in.do("GET", "/v3/groups?"+q, "").want(400)
	}
	in.get("/v3/groups?resultLimit=10000").equal("next", nil)
}

// slowClient does something else whenever it has got a part of an answer.
type slowClient struct {
	*httptest.ResponseRecorder
	meanwhile func()
}

func (w slowClient) Write(p []byte) (int, error) {
	w.meanwhile()
	return w.ResponseRecorder.Write(p)
}

// TestLongPageIsSentInParts: nobody waits for a client that is slow to take a long page, and the page is complete:
// the groups that it had when it began, in their order, each as it is when its part is made.
func TestLongPageIsSentInParts(t *testing.T) {
	in := start(t, Config{})
	const groups = 1000
	for i := range groups {
		in.AddGroup(Group{Type: "Incident", Name: fmt.Sprint("g", i), Tags: []string{"KEV"}})
	}
	parts := 0
	r := httptest.NewRequest("GET", "/api/v3/groups?resultLimit=1000&sorting=id%20asc&fields=tags&count=true", nil)
	r.Header.Set("Authorization", "TC-Token "+DemoToken)
	w := slowClient{httptest.NewRecorder(), func() {
		if parts++; parts == 1 {
			in.do("DELETE", "/v3/groups/2", "").want(200)
			in.put("/v3/groups/1000", `{"name":"renamed"}`).want(200)
		}
		in.group("")
	}}
	in.ServeHTTP(w, r)
	rep := reply{t: t, what: "the page", status: w.Code, body: w.Body.String()}
	if err := json.Unmarshal(w.Body.Bytes(), &rep.json); err != nil {
		t.Fatal(err)
	}
	data := rep.at("data").([]any)
	rep.want(200).equal("data.1.name", "g1").equal("status", "Success")
	if last := data[len(data)-1].(map[string]any); len(data) != groups || last["name"] != "renamed" || rep.at("count") != float64(groups) {
		t.Errorf("%d groups of %v, the last one %v", len(data), rep.at("count"), last["name"])
	}
	if parts < 5 {
		t.Errorf("the page came in %d parts", parts)
	}
	if st := in.Stats(); st.ByStatus[200] != 3 || st.ByStatus[201] != parts {
		t.Errorf("%+v", st)
	}
}

// TestFaultDamagesLongPage: a page that is sent in parts can be cut off at its end, too.
func TestFaultDamagesLongPage(t *testing.T) {
	in := start(t, Config{})
	for range 1000 {
		in.AddGroup(Group{Type: "Incident", Name: "g"})
	}
	whole := in.get("/v3/groups?resultLimit=1000").body
	in.SetFault(func(FaultPoint) Fault { return Fault{Truncate: 10, CleanEnd: true} })
	if cut := in.get("/v3/groups?resultLimit=1000").body; cut != whole[:len(whole)-10] {
		t.Errorf("%d bytes of %d", len(cut), len(whole))
	}
}

func TestSorting(t *testing.T) {
	in := start(t, Config{})
	for _, n := range []string{"b", "a", "c"} {
		in.AddIndicator(Indicator{Type: "Host", Summary: n + ".example", Fields: map[string]any{"confidence": len(n)}})
	}
	in.AddIndicator(Indicator{Type: "Host", Summary: "a.example", Owner: DemoSource})
	for q, want := range map[string]string{
		"": "4 3 2 1", "id asc": "1 2 3 4", "id": "1 2 3 4", "ID DESC": "4 3 2 1", "summary asc id desc": "4 2 1 3", "ownerName asc summary desc": "3 1 2 4",
		"confidence asc nullsfirst id asc": "4 1 2 3", "confidence desc nullslast id asc": "1 2 3 4",
	} {
		if got := in.get("/v3/indicators?sorting=" + url.QueryEscape(q)).ids("data"); got != want {
			t.Errorf("%q: %s, want %s", q, got, want)
		}
	}
}

func TestGetBody(t *testing.T) {
	in := start(t, Config{})
	for range 3 {
		in.group("")
	}
	body := `{"data":{"tql":"id in (1,2)","resultLimit":1,"fields":["tags","attributes"],"sorting":"id asc","count":true}}`
	r := in.do("GET", "/v3/groups", body).want(200).equal("data.0.id", "1").equal("data.1", nil).equal("count", "2")
	if !strings.Contains(r.body, `"tags":{}`) || !strings.Contains(r.at("next").(string), "tql=id%20in%20") {
		t.Error(r.body)
	}
	in.do("GET", "/v3/groups", `{}`).want(200).equal("data.2.id", "1")
	in.do("GET", "/v3/groups", `nonsense`).want(200)
	in.do("DELETE", "/v3/groups/1", `{"x":1}`).want(200)
	if n := in.Stats().BodyReads; n != 1 {
		t.Error(n)
	}
}

// TestForeignClient does what a Python client does: bodies with GET and DELETE,
// count=True, a mode on POST, dates with +00:00, value1, hasGroup(id = 1), and
// next followed verbatim when it is absolute. It runs over a socket.
func TestForeignClient(t *testing.T) {
	in := start(t, Config{})
	srv := httptest.NewServer(in)
	defer srv.Close()
	in.cfg.PublicURL = srv.URL
	do := func(method, target, body string) map[string]any {
		t.Helper()
		status, data := overSocket(t, method, target, body)
		var v map[string]any
		if err := json.Unmarshal(data, &v); err != nil || status > 201 || v["status"] != "Success" {
			t.Fatalf("%s %s: %d %s", method, target, status, data)
		}
		return v
	}
	base := srv.URL + "/api/v3/"
	for i := range 5 {
		do("POST", base+"groups", fmt.Sprintf(`{"type":"Incident","name":"n%d","eventDate":"2021-11-03T00:00:00+00:00","tags":{"data":[{"name":"x"}],"mode":"append"},
			"associatedIndicators":{"data":[{"type":"Address","value1":"10.0.0.%d"}],"mode":"append"}}`, i, i%2))
	}
	seen := 0
	for next := base + "groups?result_limit=2&count=True&fields=tags&fields=associatedIndicators&tql=" + url.QueryEscape(`typeName EQ "Incident"`); next != ""; {
		page := do("GET", next, `{}`)
		seen += len(page["data"].([]any))
		next, _ = page["next"].(string)
	}
	if seen != 5 {
		t.Errorf("%d groups", seen)
	}
	links := do("GET", base+"indicators?tql="+url.QueryEscape("hasGroup(id = 1)")+"&count=True", "{}")
	if links["count"] != 1.0 {
		t.Error(links)
	}
	do("DELETE", base+"groups/1", `{}`)
}
