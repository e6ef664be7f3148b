package tcsim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// rules installs rules as a file has them.
func (in *instance) rules(text string) {
	in.t.Helper()
	rules, err := in.ReadFaultRules(strings.NewReader(text))
	if err != nil {
		in.t.Fatal(err)
	}
	in.SetFaultRules(rules)
}

// TestFaultRulesBreakAnswers: each fault breaks the answer as its text says, and the request is
// carried out or not.
func TestFaultRulesBreakAnswers(t *testing.T) {
	tested := map[string]bool{"switches": true, "edit": true} // below
	for _, v := range []struct {
		rule   string
		status int // 0: no answer, -1: a broken one
		text   string
		groups int
	}{
		{`"fault":"status","status":503,"retryAfter":7,"message":"a \"pause\""`, 503, `a \"pause\"`, 0},
		{`"fault":"status","status":500,"done":true`, 500, "", 1},
		{`"fault":"reset"`, 0, "", 0},
		{`"fault":"reset","done":true`, 0, "", 1},
		{`"fault":"hang","seconds":0.01`, 0, "", 0},
		{`"fault":"hang","seconds":0.01,"done":true`, 0, "", 1},
		{`"fault":"delay","seconds":0.01`, 201, "Created", 1},
		{`"fault":"slow","seconds":0.01`, 201, "Created", 1},
		{`"fault":"cut","bytes":10`, -1, "", 1},
		{`"fault":"short","bytes":10`, 201, `"stat`, 1},
		{`"fault":"html"`, 201, "Bad Gateway", 1},
		{`"fault":"content-type","contentType":"text/plain"`, 201, "Created", 1},
	} {
		in := start(t, Config{})
		srv := httptest.NewServer(in)
		in.rules(`{"rules":[{"on":"POST /v3/groups","times":1,` + v.rule + `}]}`)
		name, _, _ := strings.Cut(strings.TrimPrefix(v.rule, `"fault":"`), `"`)
		tested[name] = true
		status, data := overSocket(t, "POST", srv.URL+"/api/v3/groups", `{"type":"Threat","name":"x"}`)
		if n := len(in.Snapshot().Groups); status != v.status || v.status > 0 && !strings.Contains(string(data), v.text) || n != v.groups {
			t.Errorf("%s: %d %s, %d groups", v.rule, status, data, n)
		}
		if status, _ := overSocket(t, "POST", srv.URL+"/api/v3/groups", `{"type":"Threat","name":"y"}`); status != 201 {
			t.Errorf("%s: struck twice", v.rule)
		}
		srv.Close()
	}
	synctest.Test(t, func(t *testing.T) {
		tested["late"] = true
		in := start(t, Config{})
		in.rules(`{"rules":[{"fault":"late","status":504,"seconds":9}]}`)
		if r := in.do("POST", "/v3/groups", `{"type":"Threat","name":"x"}`); r.status != 504 {
			t.Error(r.status)
		}
		time.Sleep(8 * time.Second)
		early := len(in.Snapshot().Groups)
		time.Sleep(2 * time.Second)
		if n := len(in.Snapshot().Groups); early != 0 || n != 1 {
			t.Errorf("%d groups after 8 s, %d after 10 s", early, n)
		}
	})
	for _, k := range faultKinds {
		if !tested[k.name] {
			t.Errorf("%s is not tested", k.name)
		}
	}
}

// TestFaultRulesChoose: a rule strikes the requests that it names, and the same seed strikes the
// same ones.
func TestFaultRulesChoose(t *testing.T) {
	for when, want := range map[string]string{
		``:                                       "xxxxxxxxxxxx",
		`"on":"GET",`:                            ".x.x.x.x.x.x",
		`"on":"READ",`:                           ".x.x.x.x.x.x",
		`"on":"WRITE",`:                          "x.x.x.x.x.x.",
		`"on":"/v3/groups",`:                     "x.x.x.x.x.x.",
		`"on":"GET /v3/groups/{id}",`:            ".x.x.x.x.x.x",
		`"on":"PUT",`:                            "............",
		`"at":[1,4],`:                            "x..x........",
		`"on":"WRITE","at":[2],`:                 "..x.........",
		`"every":5,`:                             "....x....x..",
		`"every":2,"times":2,`:                   ".x.x........",
		`"share":1,`:                             "xxxxxxxxxxxx",
		`"on":"WRITE","share":0.5,"times":1000,`: "",
	} {
		struck := func(seed int) string {
			in := start(t, Config{})
			in.rules(fmt.Sprintf(`{"seed":%d,"rules":[{%s"fault":"status","status":418}]}`, seed, when))
			var got strings.Builder
			for i := range 12 {
				method, path, body := "POST", "/v3/groups", `{"type":"Threat","name":"n"}`
				if i%2 == 1 {
					method, path, body = "GET", "/v3/groups/1", ""
				}
				if in.do(method, path, body).status == 418 {
					got.WriteByte('x')
				} else {
					got.WriteByte('.')
				}
			}
			return got.String()
		}
		got := struck(1)
		if want != "" && got != want {
			t.Errorf("%s struck %s, want %s", when, got, want)
		}
		if again := struck(1); again != got {
			t.Errorf("%s struck %s and then %s", when, got, again)
		}
		if want != "" {
			continue
		}
		other, n := false, 0
		for seed := range 20 {
			s := struck(seed)
			other = other || s != got
			n += strings.Count(s, "x")
		}
		if !other || n < 30 || n > 90 { // of 120
			t.Errorf("%s struck %d of 120 requests, other ones with other seeds: %t", when, n, other)
		}
	}
}

// TestFaultRulesChangeTheInstance: switches hold from the request on that was struck; an edit is
// done before it, by somebody whom no switch stops, and is in the log.
func TestFaultRulesChangeTheInstance(t *testing.T) {
	in := start(t, Config{})
	in.rules(`{"rules":[
		{"on":"POST","at":[2],"fault":"switches","switches":["put-status=202","read-only-after=1"]},
		{"on":"PUT","at":[1],"fault":"edit","method":"PUT","path":"/v3/groups/{id}","body":{"name":"edited"}},
		{"on":"PUT","at":[2],"fault":"edit","method":"PUT","path":"/v3/groups/{group}","body":{"name":"edited too"}},
		{"on":"PUT","at":[3],"fault":"edit","method":"DELETE","path":"/v3/groups/{id}"},
		{"on":"GET /v3/groups","fault":"edit","method":"DELETE","path":"/v3/groups/{id}"},
		{"on":"PUT","at":[2],"fault":"status","status":418}]}`)
	in.post("/v3/groups", `{"type":"Threat","name":"x"}`).want(201)
	in.get("/v3/groups")
	name := func() string { return in.Snapshot().Groups[0].Name }
	in.put("/v3/groups/1", `{"tags":{"data":[{"name":"t"}]}}`).want(200)
	if name() != "edited" {
		t.Errorf("the edit is not done: %s", name())
	}
	if r := in.do("PUT", "/v3/groups/1", `{"tags":{"data":[{"name":"t"}]}}`); r.status != 418 || name() != "edited too" {
		t.Errorf("%d, %s", r.status, name())
	}
	in.post("/v3/groups", `{"type":"Threat","name":"y"}`)
	if in.Switches().PutStatus != "202" {
		t.Error("the switches are not set")
	}
	if r := in.do("PUT", "/v3/groups/1", `{"tags":{"data":[{"name":"t"}]}}`); r.status < 400 || len(in.Snapshot().Groups) != 1 {
		t.Errorf("%d, %d groups: a switch has stopped the edit", r.status, len(in.Snapshot().Groups))
	}
	var edits []string
	for _, e := range in.Log() {
		if e.Method == "DELETE" {
			edits = append(edits, fmt.Sprint(e.Target, " ", e.Status))
		}
	}
	if len(edits) != 1 || edits[0] != "/api/v3/groups/1 200" {
		t.Errorf("the log has %q", edits)
	}
}

// TestFaultRulesAreChecked: a mistake in the file is an error that says where.
func TestFaultRulesAreChecked(t *testing.T) {
	in := start(t, Config{})
	for text, want := range map[string]string{
		`{"rule":[]}`: `unknown field "rule"`,
		`{"rules":[{"fault":"reset"},{"fault":"resett"}]}`:                 `rule 2: there is no fault "resett"; known: status, reset,`,
		`{"rules":[{"fault":"reset","wen":1}]}`:                            `rule 1: json: unknown field "wen"`,
		`{"rules":[{"fault":"status"}]}`:                                   `the fault status needs "status"`,
		`{"rules":[{"fault":"reset","status":500}]}`:                       `the fault reset takes no "status"`,
		`{"rules":[{"fault":"reset","share":0.1,"every":2}]}`:              `give one of`,
		`{"rules":[{"fault":"reset","share":10}]}`:                         `between 0 and 1`,
		`{"rules":[{"fault":"reset","at":[0]}]}`:                           `the first request is 1`,
		`{"rules":[{"fault":"reset","on":"PATCH"}]}`:                       `there is no method "PATCH"`,
		`{"rules":[{"fault":"reset","on":"PUT /v3/group"}]}`:               `there is no path "/v3/group"`,
		`{"rules":[{"fault":"status","status":99}]}`:                       `there is no status 99`,
		`{"rules":[{"fault":"switches","switches":["a=b"]}]}`:              `unknown switch "a"`,
		`{"rules":[{"fault":"edit","method":"PUT","path":"/_sim/reset"}]}`: `begins with /v3/`,
		`{"rules":[{"fault":"edit","method":"GETT","path":"/v3/groups"}]}`: `there is no method "GETT"`,
	} {
		if _, err := in.ReadFaultRules(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestFaultRulesOverHTTP: a rehearsal changes the rules while the instance runs.
func TestFaultRulesOverHTTP(t *testing.T) {
	in := start(t, Config{})
	for body, want := range map[string]int{`{"rules":[{"fault":"status","status":418}]}`: 418, `{}`: 200} {
		w := httptest.NewRecorder()
		in.ServeHTTP(w, httptest.NewRequest(http.MethodPut, "/_sim/faults", strings.NewReader(body)))
		if r := in.do("GET", "/v3/groups", ""); w.Code != 200 || r.status != want {
			t.Errorf("%s: %d, then %d", body, w.Code, r.status)
		}
	}
}

// TestDocumentedFaults holds the table of faults to the code, and the example to the sample.
func TestDocumentedFaults(t *testing.T) {
	data, err := os.ReadFile("../../docs/simulator.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	for _, k := range faultKinds {
		keys := ""
		for i, key := range append(append([]string{}, k.needs...), k.takes...) {
			switch {
			case i == 0 && len(k.needs) == 0:
				keys += "perhaps "
			case i > 0 && i == len(k.needs):
				keys += ", perhaps "
			case i > 0:
				keys += ", "
			}
			keys += "`" + key + "`"
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", k.name, keys, k.text)
	}
	if !strings.Contains(string(data), rows.String()) {
		t.Errorf("the table of faults should be:\n%s", rows.String())
	}
	sample, err := os.ReadFile("../../samples/rehearsal/faults.json")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), string(sample)) {
		t.Error("docs/simulator.md does not show samples/rehearsal/faults.json")
	}
	if _, err := start(t, Config{}).ReadFaultRules(strings.NewReader(string(sample))); err != nil {
		t.Error(err)
	}
}
