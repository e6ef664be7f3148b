package tc

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/intel"
)

// byPath answers by path below the base.
func byPath(t *testing.T, byPath map[string]http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if h, ok := byPath[r.Method+" "+strings.TrimPrefix(r.URL.Path, "/api")]; ok {
			h(w, r)
			return
		}
		t.Errorf("unexpected %s %s", r.Method, r.RequestURI)
	}
}

const twoOwners = `{"data":[
  {"id":2251799813014002,"name":"Demo Organization","type":"Organization","ownerRole":"Org Admin","permGroup":"FULL","permArtifact":"CREATE_ASSIGNED"},
  {"id":3,"name":"Demo Community","type":"Community","permGroup":"READ"}],"status":"Success"}`

func TestOwners(t *testing.T) {
	c := client(t, byPath(t, map[string]http.HandlerFunc{"GET /v3/security/owners": status(200, twoOwners)}))
	got, err := c.Owners(t.Context())
	if err != nil || len(got) != 2 || got[0].ID != 2251799813014002 || got[0].Permissions["permGroup"] != "FULL" ||
		got[0].Permissions["permArtifact"] != "CREATE_ASSIGNED" || len(got[0].Permissions) != 2 || got[1].Type != "Community" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestHome: the only Organization that the API user sees is its own, whatever the v2
// API says. Of several, v2 has to name it.
func TestHome(t *testing.T) {
	one, several := twoOwners, strings.Replace(twoOwners, `"Community","perm`, `"Organization","perm`, 1)
	const none = `{"data":[],"status":"Success"}`
	for _, tt := range []struct {
		name, owners string
		mine         http.HandlerFunc // nil if it must not be asked
		want         string           // "" for an error
	}{
		{"one", one, nil, "Demo Organization"},
		{"several", several, status(200, `{"status":"Success","data":{"owner":{"id":1,"name":"My Org","type":"Organization"}}}`), "My Org"},
		{"several, bare answer", several, status(200, `{"status":"Success","data":{"id":1,"name":"My Org"}}`), "My Org"},
		{"none", none, status(200, `{"status":"Success","data":{"id":1,"name":"My Org"}}`), "My Org"},
		{"several, v2 is off", several, status(404, `{"status":"Failure","message":"The requested resource was not found"}`), ""},
		{"several, v2 does not answer", several, status(503, `{"status":"Failure"}`), ""},
		{"several, v2 odd", several, status(200, `{"status":"Success","data":{"x":1}}`), ""},
		{"several, v2 answered by something else", several, status(404, "<html>"), ""},
		{"none, v2 is off", none, status(404, `{"status":"Failure"}`), ""},
		{"credentials", several, status(401, `{"status":"Failure","message":"Unauthorized"}`), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				paths := map[string]http.HandlerFunc{"GET /v3/security/owners": status(200, tt.owners)}
				if tt.mine != nil {
					paths["GET /v2/owners/mine"] = tt.mine
				}
				in := client(t, byPath(t, paths)).Describe()
				_, err := in.Read(t.Context(), PartHome)
				if in.Organization != tt.want || (err == nil) != (tt.want != "") {
					t.Errorf("got %q, %v", in.Organization, err)
				}
				if strings.HasPrefix(tt.name, "several, v2") && !strings.Contains(err.Error(), "--owner") {
					t.Errorf("%v does not say what to do", err)
				}
			})
		})
	}
}

// TestDescriptionAsksOnce: a part of the description is read once, also if another
// one needs it, and a part that could not be read is asked for again.
func TestDescriptionAsksOnce(t *testing.T) {
	asked, answers := map[string]int{}, true
	count := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			asked[r.URL.Path]++
			if answers {
				status(200, body)(w, r)
			} else {
				status(400, `{"status":"Failure"}`)(w, r)
			}
		}
	}
	in := client(t, byPath(t, map[string]http.HandlerFunc{
		"GET /v3/security/owners": count(twoOwners),
		"GET /v3/securityLabels":  count(`{"data":[],"status":"Success"}`),
	})).Describe()
	if n := in.Requests(PartHome | PartSecurityLabels); n != 3 {
		t.Errorf("%d requests are announced, want 3", n)
	}
	for _, parts := range []Part{PartHome, PartOwners, PartHome | PartOwners} {
		if _, err := in.Read(t.Context(), parts); err != nil {
			t.Fatal(err)
		}
	}
	answers = false
	if _, err := in.Read(t.Context(), PartSecurityLabels); err == nil || in.Knows(PartSecurityLabels) {
		t.Errorf("the labels: %v", err)
	}
	answers = true
	if _, err := in.Read(t.Context(), PartHome|PartSecurityLabels); err != nil || in.Requests(PartHome|PartSecurityLabels) != 0 {
		t.Error(err)
	}
	if asked["/api/v3/security/owners"] != 1 || asked["/api/v3/securityLabels"] != 2 {
		t.Errorf("asked %v", asked)
	}
}

// TestDescriptionIsReadSideBySide: the owners are read first. All other parts take the time
// of one request, unless there is one worker only.
func TestDescriptionIsReadSideBySide(t *testing.T) {
	for workers, want := range map[int]time.Duration{1: 4 * time.Second, 8: 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			late := func(body string) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(time.Second)
					status(200, body)(w, r)
				}
			}
			const none = `{"data":[],"status":"Success"}`
			begun := time.Now()
			in := client(t, byPath(t, map[string]http.HandlerFunc{
				"GET /v3/security/owners": late(twoOwners), "GET /v3/securityLabels": late(none), "GET /v3/attributeTypes": late(none), "GET /v3/artifactTypes": late(none),
			}), func(cfg *Config) { cfg.Workers = workers }).Describe()
			parts := PartOwners | PartSecurityLabels | PartAttributeTypes | PartArtifactTypes
			if _, err := in.Read(t.Context(), parts); err != nil || !in.Knows(parts) {
				t.Fatal(err)
			}
			if took := time.Since(begun); took != want {
				t.Errorf("%d workers: it took %s, want %s", workers, took, want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	c := client(t, byPath(t, map[string]http.HandlerFunc{
		"GET /v3/securityLabels": status(200, `{"data":[{"id":4,"name":"TLP:RED"},{"id":5,"name":"TLP:RED","owner":"Demo"},{"id":6,"name":"TLP:AMBER+STRICT"}],"status":"Success"}`),
		"GET /v3/artifactTypes":  status(200, `{"data":[],"count":0,"status":"Success"}`),
	}))
	in := c.Describe()
	if _, err := in.Read(t.Context(), PartSecurityLabels|PartArtifactTypes); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(in.SecurityLabels) != "[TLP:RED TLP:AMBER+STRICT]" || in.ArtifactTypes == nil || len(in.ArtifactTypes) != 0 {
		t.Errorf("got %q, %q", in.SecurityLabels, in.ArtifactTypes)
	}
}

func TestAttributeTypes(t *testing.T) {
	withMapping := `{"data":[
	 {"id":1,"name":"Course of Action Taken","maxSize":500,"validationRule":{"id":12,"name":"Adversary Ownership","text":"a;b;","type":"SelectOne"},
	  "attributeTypeMappings":{"data":[{"id":1,"type":"Incident","maxAllowed":2},{"associatedType":"Threat"}]}},
	 {"id":2,"name":"Description","maxSize":"65535","attributeTypeMappings":[{"associatedType":"Incident"}]},
	 {"id":3,"name":"Description","maxSize":100000,"attributeTypeMappings":[{"type":"Campaign"}]},
	 {"id":4,"name":"Plain"}],"count":4,"status":"Success"}`
	for _, old := range []bool{false, true} {
		asked := 0
		c := client(t, func(w http.ResponseWriter, r *http.Request) {
			asked++
			if old && r.URL.Query().Has("fields") {
				status(400, `{"status":"Error","message":"invalid field mapping"}`)(w, r)
				return
			}
			if got := r.URL.Query().Get("resultLimit"); got != "10000" {
				t.Errorf("page of %s", got)
			}
			status(200, withMapping)(w, r)
		})
		got, err := c.attributeTypes(t.Context())
		if err != nil || len(got) != 3 || old != (asked == 2) {
			t.Fatalf("got %+v, %v", got, err)
		}
		if a := got[0]; a.MaxSize != 500 || a.Rule != (intel.ValidationRule{Name: "Adversary Ownership", Type: "SelectOne", Text: "a;b;"}) ||
			!a.AppliesTo["Incident"] || !a.AppliesTo["Threat"] || len(a.AppliesTo) != 2 || a.MaxCount != 2 {
			t.Errorf("got %+v", a)
		}
		if a := got[1]; a.MaxSize != 100000 || len(a.AppliesTo) != 2 || a.MaxCount != 0 {
			t.Errorf("got %+v", a)
		}
		if a := got[2]; a.AppliesTo != nil || a.MaxSize != 0 {
			t.Errorf("got %+v", a)
		}
	}
}

func TestEventTypes(t *testing.T) {
	for answer, want := range map[string]string{
		`{"data":[{"name":"Breach"},{"value":"Alert"},"Trend",7,null,{"id":1},"Trend"],"status":"Success"}`: "[Breach Alert Trend]",
		`{"data":{"x":1},"status":"Success"}`: "[]",
		`{"data":[],"status":"Success"}`:      "[]",
		`{"status":"Error","message":"no"}`:   "[]",
		`["a"]`:                               "[]",
	} {
		got, err := client(t, status(200, answer)).eventTypes(t.Context())
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v, %v", answer, got, err)
		}
	}
	if got, err := client(t, status(404, `{"status":"Error"}`)).eventTypes(t.Context()); err != nil || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
	synctest.Test(t, func(t *testing.T) {
		if _, err := client(t, status(401, `{"status":"Error"}`)).eventTypes(t.Context()); !IsAuth(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestIndicatorTypes(t *testing.T) {
	answer := `{"status":"Success","data":{"resultCount":4,"indicatorType":[
	  {"name":"Address","custom":"false","parsable":"true"},
	  {"name":"Mutex","custom":"true","value1Label":"Mutex"},
	  {"name":"Interested Party","custom":"true","value1Label":"Full Name","value2Label":"","value3Label":null,"casePreference":"sensitive"},
	  {"name":"Pair","custom":true,"value1Label":"Left Side","value2Label":"Right Side"}]}}`
	var body string
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "GET" {
			status(200, answer)(w, r)
			return
		}
		body = recorded(r)
		status(201, created)(w, r)
	})
	got, err := c.indicatorTypes(t.Context())
	if err != nil || len(got) != 2 || got[0].Name != "Interested Party" || !got[0].Custom || fmt.Sprint(got[1].Values) != "[Left Side Right Side]" {
		t.Fatalf("got %+v, %v", got, err)
	}
	w := threat()
	w.Links = []intel.LinkWrite{{Kind: intel.KindIndicator, New: &intel.Object{Kind: intel.KindIndicator, Type: "Pair", Owner: "Demo", Details: &intel.Details{Values: []string{"a", "b"}}}}}
	if _, err := c.CreateGroup(t.Context(), w, 0); err != nil || !strings.Contains(body, `"Left Side":"a","Right Side":"b"`) {
		t.Errorf("%v; sent %s", err, body)
	}
}

func TestGroupLimits(t *testing.T) {
	for answer, want := range map[string]string{
		`{"name":{"required":true,"type":"String","maxLength":200,"minLength":0},"tags":{"data":[{"maxSize":1000,"type":"Tags"}]},
		  "fileType":{"type":"String","allowableValues":["Snort","Our Own"]},"fileName":{"maxLength":"255"}}`: "200 [Snort Our Own]",
		`{"name":[{"maxLength":100}],"fileType":{"data":[{"allowableValues":["YARA"]}]}}`: "100 [YARA]",
		`{"data":{"name":{"maxLength":150}},"status":"Success"}`:                          "150 []",
		`{"status":{"type":"String","maxLength":40},"name":{}}`:                           "0 []",
	} {
		c := client(t, byPath(t, map[string]http.HandlerFunc{"OPTIONS /v3/groups": status(200, answer)}))
		nameMax, types, err := c.groupLimits(t.Context())
		if got := fmt.Sprint(nameMax, types); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", answer, got, err, want)
		}
	}
}

func TestUnstatedGroupLimitsAreUnknown(t *testing.T) {
	for _, h := range []http.HandlerFunc{status(204, ""), status(405, ""), status(200, "<html>"), status(200, "[]"), status(403, "no")} {
		synctest.Test(t, func(t *testing.T) {
			c := client(t, h)
			nameMax, types, err := c.groupLimits(t.Context())
			if err != nil || nameMax != 0 || c.Stats().Requests > 2 {
				t.Errorf("got %d, %v, %v after %d requests", nameMax, types, err, c.Stats().Requests)
			}
		})
	}
}

// A list of the instance's own that repeats its only page ends, too.
func TestRepeatedPageOfInstanceListEnds(t *testing.T) {
	requests := 0
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		status(200, `{"next":"https://tc.example/api`+r.URL.Path+`?resultStart=2","data":[{"id":1,"name":"A"},{"id":2,"name":"B"}],"status":"Success"}`)(w, r)
	})
	if types, err := c.attributeTypes(t.Context()); !errors.Is(err, ErrAnswer) || requests != 2 {
		t.Errorf("%v, %v after %d requests", types, err, requests)
	}
}
