package tcsim

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The vectors are those of the developer docs (quick_start.rst) and of a unit
// test of demisto/content, whose target has no leading slash.
func TestSignVectors(t *testing.T) {
	for _, v := range []struct{ secret, target, method, stamp, want string }{
		{"test", "test", "GET", "1587340800", "p5a/YiTRs7sNMp/PEDgZxky8lJDRLbza1pi8erjURrU="},
		{"secret", "/api/v3/groups?owner=Demo%20Community", "POST", "1513703787", "RtcppTjnzGxCulI3pPFNohSj/H1TiC9KcRMn7lA/Prk="},
		{"secret", "/api/v2/indicators/hosts/example.com?Owner=Common%20Community", "GET", "1513703787", "qcQ78w1LcTYOSn2A4hYtkwvNsBnti4Ed+ZpIzM7oSjE="},
	} {
		if got := Sign(v.secret, v.target, v.method, v.stamp); got != v.want {
			t.Errorf("%s: %s, want %s", v.target, got, v.want)
		}
	}
}

func signed(method, target string, at time.Time, secret string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Timestamp", stamp)
	r.Header.Set("Authorization", "TC "+DemoAccessID+":"+Sign(secret, r.RequestURI, method, stamp))
	return r
}

func TestHMAC(t *testing.T) {
	in := start(t, Config{})
	for _, v := range []struct {
		name   string
		edit   func(r *http.Request)
		at     time.Duration
		secret string
		status int
		text   string
	}{
		{"right", nil, 0, DemoSecretKey, 200, "Success"},
		{"at the edge", nil, 5 * time.Minute, DemoSecretKey, 200, "Success"},
		{"late", nil, -301 * time.Second, DemoSecretKey, 401, textTimestamp},
		{"early", nil, 301 * time.Second, DemoSecretKey, 401, textTimestamp},
		{"wrong key", nil, 0, "other", 401, textSignature},
		{"other target", func(r *http.Request) { r.RequestURI += "&x=1" }, 0, DemoSecretKey, 401, textSignature},
		{"unknown id", func(r *http.Request) { r.Header.Set("Authorization", "TC nobody:x") }, 0, DemoSecretKey, 401, textDenied},
		{"no timestamp", func(r *http.Request) { r.Header.Del("Timestamp") }, 0, DemoSecretKey, 401, textTimestamp},
		{"nothing", func(r *http.Request) { r.Header.Del("Authorization") }, 0, DemoSecretKey, 401, textDenied},
		{"bad token", func(r *http.Request) { r.Header.Set("Authorization", "TC-Token x") }, 0, DemoSecretKey, 401, textUnauthorized},
		{"in-process", func(r *http.Request) { r.RequestURI = "" }, 0, DemoSecretKey, 200, "Success"},
	} {
		r := signed("GET", "/api/v3/groups?owner=Demo%20Community&resultLimit=1", testTime.Add(v.at), v.secret)
		if v.edit != nil {
			v.edit(r)
		}
		w := httptest.NewRecorder()
		in.ServeHTTP(w, r)
		if w.Code != v.status || !strings.Contains(w.Body.String(), v.text) {
			t.Errorf("%s: %d %s", v.name, w.Code, w.Body)
		}
	}
}

// TestOwnerNames signs and sends owner names that need escapes, over a socket,
// with the space both as %20 and as +.
func TestOwnerNames(t *testing.T) {
	names := []string{"Demo Community", "R&D", "A/B", "A+B", "50%", "Ünï 社区", "a=b?c#d", "it's (x)*!"}
	var owners []Owner
	for _, n := range append([]string{DemoOrganization}, names...) {
		typ := "Community"
		if n == DemoOrganization {
			typ = "Organization"
		}
		owners = append(owners, Owner{Name: n, Type: typ})
	}
	in := start(t, Config{Owners: owners, Now: time.Now})
	srv := httptest.NewServer(in)
	defer srv.Close()
	for _, n := range names {
		for _, form := range []string{url.QueryEscape(n), strings.ReplaceAll(url.QueryEscape(n), "+", "%20")} {
			r, err := http.NewRequest("POST", srv.URL+"/api/v3/groups?owner="+form, strings.NewReader(`{"type":"Threat","name":"x"}`))
			if err != nil {
				t.Fatal(err)
			}
			stamp := strconv.FormatInt(time.Now().Unix(), 10)
			r.Header.Set("Timestamp", stamp)
			r.Header.Set("Authorization", "TC "+DemoAccessID+":"+Sign(DemoSecretKey, r.URL.RequestURI(), "POST", stamp))
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != 201 {
				t.Errorf("%q as %s: %d", n, form, resp.StatusCode)
			}
		}
	}
	for i, g := range in.Snapshot().Groups {
		if g.Owner != names[i/2] {
			t.Errorf("group %d is in %q, want %q", g.ID, g.Owner, names[i/2])
		}
	}
}

func TestOwnerRules(t *testing.T) {
	in := start(t, Config{})
	in.post("/v3/groups?owner=Nowhere", `{"type":"Threat","name":"x"}`).refused(403, codeForbidden, "access denied")
	in.do("GET", "/v3/groups?owner=Nowhere", "").refused(403, codeForbidden, "")
	in.post("/v3/groups?owner=Demo%20Community", `{"type":"Threat","name":"x"}`).want(201).equal("data.ownerName", DemoCommunity).equal("data.ownerId", "3").
		equal("data.createdBy.userName", "11112222333344445555").equal("data.createdBy.firstName", nil)
	in.post("/v3/groups", `{"type":"Threat","name":"x","ownerId":2}`).want(201).equal("data.ownerName", DemoSource)
	in.post("/v3/groups?owner=Demo%20Source", `{"type":"Threat","name":"x","ownerName":"Demo Community"}`).want(201).equal("data.ownerName", DemoCommunity)
	in.do("GET", "/v3/groups?owner=%zz", "").refused(401, codeUnauthorized, "unauthorized")
	if got := in.get("/v3/groups?owner=Demo%20Source").ids("data"); got != "2" {
		t.Errorf("groups of Demo Source: %q", got)
	}
}

func TestPermissions(t *testing.T) {
	user := User{UserName: "reader", Token: "t2", Organization: DemoOrganization, OrganizationRole: "Standard User", Access: map[string]Access{
		DemoCommunity: {Role: "Contributor"}, DemoSource: {Role: "Director", Perms: map[string]string{"permGroup": "READ"}},
	}}
	in := start(t, Config{Users: []User{user}, Owners: []Owner{{1, DemoOrganization, "Organization"}, {2, DemoSource, "Source"}, {3, DemoCommunity, "Community"}, {4, "Secret", "Source"}}})
	hidden := in.group(`,"ownerName":"Secret"`)
	theirs := in.group(`,"ownerName":"Demo Community"`)
	in.token = "t2"
	in.get("/v3/security/owners?sorting=id%20asc").equal("data.0.ownerRole", "Standard User").equal("data.1.permGroup", "READ").equal("data.3", nil)
	in.do("GET", "/v3/groups/"+hidden, "").want(404)
	in.do("GET", "/v3/groups?owner=Secret", "").want(403)
	in.post("/v3/groups?owner=Demo%20Source", `{"type":"Threat","name":"x"}`).refused(401, codeUnauthorized, "permission")
	own := in.group(`,"ownerName":"Demo Community"`)
	in.put("/v3/groups/"+own, `{"name":"mine"}`).want(200)
	in.put("/v3/groups/"+theirs, `{"name":"mine"}`).want(401)
	in.do("DELETE", "/v3/groups/"+own, "").want(401)
	in.do("POST", "/v3/cases", `{"name":"c","severity":"Low","status":"Open"}`).want(401)
	// An associated object in an owner that the user cannot read is left out.
	in.Associate(Ref{KindGroup, 2}, Ref{KindGroup, 1})
	in.get("/v3/groups/"+theirs+"?fields=associatedGroups").equal("data.associatedGroups.data", nil)
}

// TestAttempt: a refusal ends what runs and is handed over; other panics are
// mistakes of the simulator and must not look like refusals.
func TestAttempt(t *testing.T) {
	after := false
	refused := attempt(func() {
		func() { panic(errConflict()) }()
		after = true
	})
	if refused == nil || refused.status != 409 || after {
		t.Error(refused, after)
	}
	if refused := attempt(func() {}); refused != nil {
		t.Error(refused)
	}
	defer func() {
		if r := recover(); r != "mistake" {
			t.Errorf("recovered %v", r)
		}
	}()
	attempt(func() { panic("mistake") })
}
