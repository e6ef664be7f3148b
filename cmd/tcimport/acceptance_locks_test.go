package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tcimport/internal/reader"
	"tcimport/internal/state"
	"tcimport/internal/tcsim"
)

// TestLocks: a run waits for nobody who has the lock of an owner that it can
// write to, however it comes to write to it, and does not care for the others.
func TestLocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, manifest string
		flags          []string
		owner          string // the other owner that is written to
	}{
		{"a group", "groups: [{type: Tool, name: T, owner: Demo Community}]", nil, "Demo Community"},
		{"an indicator", "groups: [{type: Tool, name: T, associatedIndicators: [{type: Host, summary: h.example, owner: Demo Source}]}]", nil, "Demo Source"},
		{"a case", "groups: [{type: Tool, name: T, owner: Demo Source, associatedCases: [{name: C, severity: Low, status: Open}]}]", nil, "Demo Organization"},
		{"an artifact", "groups: [{type: Tool, name: T, owner: Demo Source, associatedArtifacts: [{caseId: 1, type: Host, summary: a.example}]}]", nil, "Demo Organization"},
		{"a reference in another spelling", "groups: [{key: a, type: Tool, name: T, associatedGroups: [{id: 1, owner: demo community}]}]", nil, "Demo Community"},
		{"a group that is pruned", "groups: [{type: Tool, name: T}]", []string{"--prune", "--prune-max", "100%", "--id-map", "@ids.csv"}, "Demo Source"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, tcsim.Config{})
			w.sim.AddCase(tcsim.Case{ID: 1, Name: "Case", Owner: tcsim.DemoOrganization})
			w.write("seed.yaml", "groups: [{type: Adversary, name: Old, owner: Demo Source}]")
			w.run("apply", "@seed.yaml", "--yes", "--report", "@ids.csv").mustExit(t, codeOK)
			w.write("base.yaml", "groups: [{type: Adversary, name: Base, owner: Demo Community}]")
			w.run("apply", "@base.yaml", "--yes", "--report", "@base.csv", "--state-dir", "@base").mustExit(t, codeOK)
			w.write("in.yaml", strings.Replace(c.manifest, "id: 1", fmt.Sprintf("id: %d", w.groupID("Base")), 1))
			args := append([]string{"@in.yaml"}, c.flags...)
			w.run(append([]string{"plan", "--out", "@plan.json"}, args...)...).mustExit(t, codeOK)
			args = append([]string{"apply", "--yes", "--report", "@out.csv", "--state-dir", "@state"}, args...)
			saved := []string{"apply", "--yes", "--report", "@out.csv", "--state-dir", "@state", "--plan", "@plan.json"}
			w.locked(t, c.owner, codeLocked, args, saved)
			w.flip("v2=missing")
			w.locked(t, "Somebody Else", codeOK, saved)
		})
	}
}

// TestLocksAcrossFolders: runs on one instance and owner exclude each other in
// whatever folders their reports lie; runs on simulated instances of one name in
// two folders do not concern each other.
func TestLocksAcrossFolders(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.write("in.yaml", oneGroup)
	args := []string{"apply", "@in.yaml", "--yes", "--report", "@there/ids.csv"}
	for _, c := range []struct{ name, value, dir string }{
		{"HOME", w.path("home"), "home/.local/state/tcimport"},
		{"XDG_STATE_HOME", w.path("xdg"), "xdg/tcimport"},
		{"XDG_STATE_HOME", "relative", "home/.local/state/tcimport"},
	} {
		w.env[c.name] = c.value
		l, err := state.Acquire(w.path(c.dir), strings.TrimPrefix(w.url, "http://"), tcsim.DemoOrganization)
		if err != nil {
			t.Fatal(err)
		}
		w.run(args...).mustExit(t, codeLocked)
		if err := l.Release(); err != nil {
			t.Error(err)
		}
		w.run(args...).mustExit(t, codeOK)
	}
	w.env["XDG_STATE_HOME"] = ""
	w.env["HOME"] = ""
	if r := w.run(args...).mustExit(t, codeError); !strings.Contains(r.err, "--state-dir") {
		t.Errorf("without a folder for the lock: %s", r.err)
	}
	w.run(append(args, "--state-dir", "@own")...).mustExit(t, codeOK)
	w.env["HOME"] = w.path("home")

	w.env["TC_API_PATH"] = "sim:" + w.path("here.json")
	held, err := state.Acquire(w.path("home/.local/state/tcimport"), "sim:"+reader.RealPath(w.path("there/here.json")), tcsim.DemoOrganization)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	w.run("apply", "@in.yaml", "--yes", "--report", "@sim.csv").mustExit(t, codeOK)
	w.env["TC_API_PATH"] = "sim:" + w.path("there/../there/here.json")
	w.run("apply", "@in.yaml", "--yes", "--report", "@sim2.csv").mustExit(t, codeLocked)
}

// locked says with which code runs end while another has the lock of an owner.
func (w *world) locked(t *testing.T, owner string, code int, runs ...[]string) {
	t.Helper()
	l, err := state.Acquire(w.path("state"), strings.TrimPrefix(w.url, "http://"), owner)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range runs {
		w.run(args...).mustExit(t, code)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}

// groupID is the ID of the group of that name, 0 if there is none.
func (w *world) groupID(name string) int64 {
	groups := w.sim.Snapshot().Groups
	if i := slices.IndexFunc(groups, func(g tcsim.Group) bool { return g.Name == name }); i >= 0 {
		return groups[i].ID
	}
	return 0
}

// TestInstancesOfOneHost: two instances behind one host share neither a lock nor a
// journal nor a report, and the names of files stay for the usual path.
func TestInstancesOfOneHost(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://h.example/api": "h.example", "https://h.example/a/api": "h.example/a/api", "https://h.example/b/api": "h.example/b/api",
		"https://h.example": "h.example/", "https://h.example:8443/api": "h.example:8443", "sim:file.json": "sim:file.json",
	} {
		if got := (&connection{url: url}).name(); got != want {
			t.Errorf("%s is called %s, want %s", url, got, want)
		}
	}
	w := newWorld(t, tcsim.Config{})
	w.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		r.URL.Path = strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/a"), "/b")
		if !strings.HasPrefix(r.URL.Path, "/") {
			r.URL.Path = "/a" + r.URL.Path // it was /api
		}
		return false
	})
	w.write("in.yaml", oneGroup)
	host := strings.TrimPrefix(w.url, "http://")
	l, err := state.Acquire(w.path("state"), host+"/a/api", tcsim.DemoOrganization)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"apply", "@in.yaml", "--yes", "--report", "@ids.csv", "--state-dir", "@state"}
	w.with("TC_API_PATH="+w.url+"/a/api").run(args...).mustExit(t, codeLocked)
	w.with("TC_API_PATH="+w.url+"/b/api").run(args...).mustExit(t, codeOK)
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	r := w.with("TC_API_PATH="+w.url+"/a/api").run(args...).mustExit(t, codeError)
	if !strings.Contains(r.err, "is the report of") {
		t.Errorf("it says\n%s", r.err)
	}
	r = w.run("plan", "@in.yaml", "--id-map", "@ids.csv").mustExit(t, codeRefused)
	if !strings.Contains(r.err, host+"/b/api") {
		t.Errorf("it says\n%s", r.err)
	}
}
