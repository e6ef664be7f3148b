package tcsim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func overSocket(t *testing.T, method, target, body string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "TC-Token "+DemoToken)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, []byte(err.Error())
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return -1, []byte(err.Error())
	}
	return resp.StatusCode, data
}

func TestFaults(t *testing.T) {
	in := start(t, Config{})
	srv := httptest.NewServer(in)
	defer srv.Close()
	const body = `{"type":"Threat","name":"x"}`
	for i, v := range []struct {
		name   string
		phase  Phase
		fault  Fault
		status int // 0: no answer, -1: a broken one
		text   string
		groups int // made by this request
	}{
		{"none", BeforeHandling, Fault{}, 201, "Created", 1},
		{"dropped before", BeforeHandling, Fault{Drop: true}, 0, "", 0},
		{"dropped after", AfterCommit, Fault{Drop: true}, 0, "", 1},
		{"answered before", BeforeHandling, Fault{Status: 502, Body: "<html>", Header: http.Header{"Content-Type": {"text/html"}}}, 502, "<html>", 0},
		{"answered after", AfterCommit, Fault{Status: 500, Body: "oops"}, 500, "oops", 1},
		{"truncated", AfterCommit, Fault{Truncate: 10}, -1, "", 1},
		{"truncated cleanly", AfterCommit, Fault{Truncate: 10, CleanEnd: true}, 201, `"stat`, 1},
		{"not JSON", AfterCommit, Fault{NonJSON: true}, 201, "Bad Gateway", 1},
		{"wrong type", AfterCommit, Fault{ContentType: "text/plain"}, 201, "Created", 1},
		{"slow", AfterCommit, Fault{Delay: time.Millisecond, SlowBody: time.Millisecond}, 201, "Created", 1},
	} {
		before := len(in.Snapshot().Groups)
		in.SetFault(func(p FaultPoint) Fault {
			if p.Phase == v.phase {
				return v.fault
			}
			return Fault{}
		})
		status, data := overSocket(t, "POST", srv.URL+"/api/v3/groups", body)
		if status != v.status || v.status > 0 && !strings.Contains(string(data), v.text) {
			t.Errorf("%d %s: %d %s", i, v.name, status, data)
		}
		if n := len(in.Snapshot().Groups) - before; n != v.groups {
			t.Errorf("%s: %d groups made, want %d", v.name, n, v.groups)
		}
	}
	in.SetFault(nil)
	if st := in.Stats(); st.Total != 10 || st.ByStatus[0] != 2 || st.ByRoute["POST /v3/groups"] != 10 {
		t.Errorf("%+v", st)
	}
}

// TestAbortInProcess: without a socket a dropped connection is a panic with
// http.ErrAbortHandler.
func TestAbortInProcess(t *testing.T) {
	in := start(t, Config{})
	in.SetFault(func(p FaultPoint) Fault { return Fault{Drop: p.N == 1} })
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("no abort")
			}
		}()
		in.do("GET", "/v3/groups", "")
	}()
	in.get("/v3/groups")
}

func TestDelayEndsWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{})
		s.SetFault(func(p FaultPoint) Fault { return Fault{Delay: time.Hour} })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		at := time.Now()
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/api/v3/groups", nil).WithContext(ctx))
		if d := time.Since(at); d != time.Second {
			t.Error(d)
		}
	})
}

// TestLateWriteIsCarriedOutWithoutItsClient: a write whose client has got another answer, or has given up, is
// carried out all the same, when its time has come.
func TestLateWriteIsCarriedOutWithoutItsClient(t *testing.T) {
	for name, fault := range map[string]Fault{
		"gateway": {Later: 9 * time.Second, Status: 504},
		"timeout": {Later: 9 * time.Second, Delay: time.Hour, Drop: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := New(Config{})
			s.SetFault(func(p FaultPoint) Fault {
				if p.Phase == BeforeHandling {
					return fault
				}
				return Fault{}
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			r := httptest.NewRequest("POST", "/api/v3/groups", strings.NewReader(`{"type":"Threat","name":"x"}`)).WithContext(ctx)
			r.Header.Set("Authorization", "TC-Token "+DemoToken)
			r.Header.Set("Content-Type", "application/json")
			func() {
				defer func() { _ = recover() }() // the connection is cut
				s.ServeHTTP(httptest.NewRecorder(), r)
			}()
			time.Sleep(7 * time.Second)
			early := len(s.Snapshot().Groups)
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if late := len(s.Snapshot().Groups); early != 0 || late != 1 {
				t.Errorf("%s: %d groups before, %d after", name, early, late)
			}
		})
	}
}

func TestStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &instance{New(Config{}), t, DemoToken}
		for range 5 {
			in.group("")
			time.Sleep(300 * time.Millisecond)
		}
		time.Sleep(time.Second)
		in.get("/v3/groups/1")
		in.do("GET", "/nonsense", "").want(404)
		in.token = "wrong"
		in.do("DELETE", "/v3/groups/1", "").want(401)
		st := in.Stats()
		if st.Total != 8 || st.Writes != 6 || st.Reads != 2 || st.MaxPerSecond != 4 || st.ByRoute["DELETE /v3/groups/{id}"] != 1 || st.ByRoute["GET (other)"] != 1 || st.ByStatus[201] != 5 {
			t.Errorf("%+v", st)
		}
		in.ResetStats()
		if st := in.Stats(); st.Total != 0 || st.MaxPerSecond != 0 {
			t.Errorf("%+v", st)
		}
	})
}

func TestInspection(t *testing.T) {
	in := start(t, Config{})
	fill(in)
	do := func(method, path, body string) (int, string) {
		w := httptest.NewRecorder()
		in.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		return w.Code, w.Body.String()
	}
	n := in.Stats().Total
	if _, body := do("GET", "/_sim/state", ""); body != in.saved() {
		t.Error(body)
	}
	var snap Snapshot
	if _, body := do("GET", "/_sim/snapshot", ""); json.Unmarshal([]byte(body), &snap) != nil || len(snap.Groups) != 3 {
		t.Error(body)
	}
	if _, body := do("GET", "/_sim/stats", ""); !strings.Contains(body, `"POST /v3/groups": 3`) {
		t.Error(body)
	}
	if code, body := do("PUT", "/_sim/switches", `{"existing-xid":"upsert","tag-rule":{"A":"B"}}`); code != 200 || in.Switches().ExistingXID != "upsert" {
		t.Error(code, body)
	}
	if _, body := do("GET", "/_sim/switches", ""); !strings.Contains(body, `"existing-xid": "upsert"`) {
		t.Error(body)
	}
	for _, bad := range []string{`{"nonsense":1}`, `{"existing-xid":"nonsense"}`, `[`} {
		if code, body := do("PUT", "/_sim/switches", bad); code != 400 || !strings.Contains(body, "known") && bad != "[" {
			t.Error(code, body)
		}
	}
	if code, _ := do("GET", "/_sim/nothing", ""); code != 404 {
		t.Error(code)
	}
	if in.Stats().Total != n {
		t.Error("inspection is counted")
	}
	if code, _ := do("POST", "/_sim/stats/reset", ""); code != 200 || in.Stats().Total != 0 {
		t.Error("not reset")
	}
}

// TestConcurrent has readers, writers, saves and switches at the same time; the
// race detector is the judge.
func TestConcurrent(t *testing.T) {
	in := start(t, Config{})
	fill(in)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 30 {
				in.group(`,"xid":"w` + itoa(int64(w*1000+i)) + `","tags":{"data":[{"name":"t"}]},"associatedGroups":{"data":[{"id":1}]}`)
				in.do("GET", "/v3/groups?fields=_all_&count=true&tql=hasTag(name%3D%22t%22)", "").want(200)
				in.do("GET", "/v3/groups?resultLimit=10&sorting=summary%20asc", "").want(200)
				in.put("/v3/groups/1", `{"associatedGroups":{"mode":"delete","data":[{"id":`+itoa(int64(5+i))+`}]}}`).want(200)
			}
		})
	}
	wg.Go(func() {
		for range 10 {
			in.saved()
			in.Snapshot()
			in.Stats()
			in.SetSwitches(Switches{NestedCap: 3})
			in.SetSwitches(Switches{})
		}
	})
	wg.Wait()
	for _, g := range in.Snapshot().Groups {
		for _, id := range g.AssociatedGroups {
			if other := in.st.get(kGroup, id); other == nil || !other.links.has(in.st.get(kGroup, g.ID)) {
				t.Errorf("%d and %d are linked on one side only", g.ID, id)
			}
		}
	}
}
