package tcsim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

var testTime = time.Date(2021, 11, 3, 14, 57, 45, 0, time.UTC)

// instance is a server under test and a client with the demo token.
type instance struct {
	*Server
	t     *testing.T
	token string
}

func start(t *testing.T, cfg Config) *instance {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return testTime }
	}
	if cfg.PublicURL == "" {
		cfg.PublicURL = "https://app.threatconnect.com"
	}
	in := &instance{New(cfg), t, DemoToken}
	in.SetSwitches(cfg.Switches)
	return in
}

// SetSwitches turns strict mode off: most tests here are about what the
// instance takes. strict_test.go has those of strict mode.
func (in *instance) SetSwitches(sw Switches) {
	if sw.Strict == "" {
		sw.Strict = "off"
	}
	in.Server.SetSwitches(sw)
}

func with(t *testing.T, nameEqualsValue ...string) *instance {
	t.Helper()
	var sw Switches
	for _, s := range nameEqualsValue {
		if err := ParseSwitch(&sw, s); err != nil {
			t.Fatal(err)
		}
	}
	return start(t, Config{Switches: sw})
}

// reply is an answer, decoded where it is JSON.
type reply struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   string
	json   map[string]any
}

func (in *instance) do(method, path, body string) reply {
	in.t.Helper()
	var rd io.Reader
	if body != "" {
		rd = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, "/api"+path, rd)
	r.Header.Set("Authorization", "TC-Token "+in.token)
	r.Header.Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, "/upload") {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	w := httptest.NewRecorder()
	in.ServeHTTP(w, r)
	rep := reply{t: in.t, what: method + " " + path + " " + body, status: w.Code, header: w.Header(), body: w.Body.String()}
	dec := json.NewDecoder(strings.NewReader(rep.body))
	dec.UseNumber()
	dec.Decode(&rep.json)
	return rep
}

func (in *instance) get(path string) reply        { in.t.Helper(); return in.do("GET", path, "").want(200) }
func (in *instance) post(path, body string) reply { in.t.Helper(); return in.do("POST", path, body) }
func (in *instance) put(path, body string) reply  { in.t.Helper(); return in.do("PUT", path, body) }

func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%.300s: status %d, want %d: %.500s", r.what, r.status, status, r.body)
	}
	return r
}

func (r reply) refused(status int, code, text string) {
	r.t.Helper()
	r.want(status)
	if got, _ := r.json["errCode"].(string); got != code {
		r.t.Errorf("%.300s: errCode %q, want %q", r.what, got, code)
	}
	if !strings.Contains(strings.ToLower(r.body), strings.ToLower(text)) {
		r.t.Errorf("%.300s: %q does not hold %q", r.what, r.body, text)
	}
}

// at walks down keys and list positions: "data.tags.data.0.name".
func (r reply) at(path string) any {
	var v any = r.json
	for p := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			i := int(p[0] - '0')
			if len(p) != 1 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (r reply) equal(path string, want any) reply {
	r.t.Helper()
	got := r.at(path)
	if n, ok := got.(json.Number); ok {
		got = n.String()
	}
	if got != want {
		r.t.Errorf("%.200s: %s = %v, want %v in %.600s", r.what, path, got, want, r.body)
	}
	return r
}

func (r reply) id() string {
	r.t.Helper()
	n, ok := r.at("data.id").(json.Number)
	if !ok {
		r.t.Fatalf("%.300s: no id in %.300s", r.what, r.body)
	}
	return n.String()
}

// ids are the ids of a list answer or of a nested list.
func (r reply) ids(path string) string {
	var ids []string
	list, _ := r.at(path).([]any)
	for _, v := range list {
		m, _ := v.(map[string]any)
		n, _ := m["id"].(json.Number)
		ids = append(ids, n.String())
	}
	return strings.Join(ids, " ")
}

func (in *instance) query(resource, tql string) reply {
	in.t.Helper()
	return in.do("GET", "/v3/"+resource+"?sorting=id%20asc&resultLimit=1000&tql="+url.QueryEscape(tql), "")
}

func (in *instance) group(extra string) string {
	in.t.Helper()
	return in.post("/v3/groups", `{"type":"Adversary","name":"Bad Guy"`+extra+`}`).want(201).id()
}

func (in *instance) host(name string) string {
	in.t.Helper()
	return in.post("/v3/indicators", `{"type":"Host","hostName":"`+name+`"}`).want(201).id()
}

func (in *instance) newCase() string {
	in.t.Helper()
	return in.post("/v3/cases", `{"name":"Phishing Investigation","severity":"Low","status":"Open"}`).want(201).id()
}

func (in *instance) victim() string {
	in.t.Helper()
	return in.post("/v3/victims", `{"name":"Jo"}`).want(201).id()
}
