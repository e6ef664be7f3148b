package export_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tcimport/internal/export"
	"tcimport/internal/intel"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

func TestHandMade(t *testing.T) {
	for _, format := range []string{"yaml", "csv", "apart"} {
		t.Run(format, func(t *testing.T) {
			_, c := instance(t, handMade())
			ex := run(t, c, export.Options{Reported: true}, format)
			t.Log(ex.text)
			t.Log(strings.Join(ex.warnings, "\n"))
			nothingToDo(t, planned(t, c, ex, ex.ids), ex)
			if ex.summary.Groups != 10 || ex.summary.LeftOut != 1 {
				t.Errorf("%+v", ex.summary)
			}
		})
	}
}

// TestWithoutReport: what only an ID finds is a conflict then, or left out, and
// never made a second time.
func TestWithoutReport(t *testing.T) {
	_, c := instance(t, handMade())
	ex := run(t, c, export.Options{}, "yaml")
	if ex.summary.Groups != 9 || ex.summary.LeftOut != 2 {
		t.Errorf("%+v", ex.summary)
	}
	p := planned(t, c, ex, nil)
	if p.Summary.Create != 0 || p.Summary.Update != 0 || p.Summary.Conflict != 3 {
		t.Errorf("%+v", p.Summary)
	}
	text := strings.Join(ex.warnings, "\n")
	for _, want := range []string{"group 2 (Adversary \"Twin\"): only its ID identifies it", "group 5 (Threat \"Digits\"): its xid is left out", "group 12 (Malware \" padded \"): left out"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q:\n%s", want, text)
		}
	}
}

// TestMalwareWithoutPassword: a Document is exported without malware: true, because
// the instance does not show its password. The manifest says so, and is valid.
func TestMalwareWithoutPassword(t *testing.T) {
	_, c := instance(t, tcsim.Snapshot{Groups: []tcsim.Group{
		{ID: 1, Type: "Document", Name: "Sample", Owner: owner, Fields: map[string]any{"fileName": "a.doc", "malware": true, "password": "infected"}},
		{ID: 2, Type: "Document", Name: "Letter", Owner: owner, Fields: map[string]any{"fileName": "b.doc", "malware": false}},
	}})
	ex := run(t, c, export.Options{}, "yaml")
	nothingToDo(t, planned(t, c, ex, nil), ex)
	if !strings.Contains(ex.text, "# left out: malware: true, because the instance does not show the password") {
		t.Errorf("the manifest does not say what it lacks:\n%s", ex.text)
	}
	if strings.Contains(ex.text, "\n    malware: true") || len(ex.warnings) != 1 || !strings.Contains(ex.warnings[0], "left out: malware: true") {
		t.Errorf("warnings %q, manifest\n%s", ex.warnings, ex.text)
	}
}

// TestInstances: whatever shape an instance answers in, nothing is left to do.
func TestInstances(t *testing.T) {
	for _, s := range []string{"nested-cap=1", "nested-cap=2", "nested-cap=3", "old-shapes=true", "ids-as-strings=true", "empty-nested=absent",
		"empty-nested=count", "dates=glued", "own-group=true", "count=missing", "page-limit=2", "next=foreign", "next=absent",
		"unknown-fields=refused", "inactive=shown", "event-type-case=upper", "default-order=name", "success-status=missing"} {
		t.Run(s, func(t *testing.T) {
			_, c := instance(t, handMade(), s)
			ex := run(t, c, export.Options{Reported: true}, "yaml")
			nothingToDo(t, planned(t, c, ex, ex.ids), ex)
			if ex.summary.Associations != 15 || strings.Count(ex.text, "- type: Aliases") != 2 {
				t.Errorf("%d associations:\n%s", ex.summary.Associations, ex.text)
			}
		})
	}
}

// TestCutListsAreWhole: tags and labels that an instance cuts from nested lists
// are exported all the same, by fewer requests than there are groups.
func TestCutListsAreWhole(t *testing.T) {
	var snap tcsim.Snapshot
	var tags []string
	for i := range 7 {
		tags = append(tags, fmt.Sprint("tag ", i))
	}
	const groups = 60
	for i := range groups {
		snap.Groups = append(snap.Groups, tcsim.Group{ID: int64(i + 1), Type: "Threat", Name: fmt.Sprint("G", i), Owner: owner,
			Tags: append([]string{fmt.Sprint("own ", i%5)}, tags...), SecurityLabels: []string{"TLP:RED", "TLP:GREEN", "TLP:AMBER"}})
	}
	for _, c := range []struct{ cap, most int }{{0, 30}, {2, 55}} {
		sim, c2 := instance(t, snap, fmt.Sprint("nested-cap=", c.cap))
		sim.ResetStats()
		ex := run(t, c2, export.Options{Reported: true}, "yaml")
		if n := sim.Stats().Total; n > c.most {
			t.Errorf("cap %d: %d requests: %v", c.cap, n, sim.Stats().ByRoute)
		}
		if got := strings.Count(ex.text, "- tag "); got != 7*groups {
			t.Errorf("cap %d: %d tags of %d", c.cap, got, 7*groups)
		}
		if got := strings.Count(ex.text, "- TLP:"); got != 3*groups {
			t.Errorf("cap %d: %d labels of %d", c.cap, got, 3*groups)
		}
		nothingToDo(t, planned(t, c2, ex, ex.ids), ex)
		nothingToDo(t, planned(t, c2, ex, nil), ex)
	}
}

func TestFilter(t *testing.T) {
	for _, f := range []struct {
		filter export.Filter
		want   int
	}{
		{export.Filter{Types: []string{"incident", "TASK"}}, 2},
		{export.Filter{Tags: []string{"Targeted Attack", "techniqueId:t1566"}}, 1},
		{export.Filter{Tags: []string{"Targeted Attack", "second"}}, 0},
		{export.Filter{TQL: `typeName = "Task" or typeName = "Event"`, Types: []string{"Task"}}, 1},
		{export.Filter{IDs: []int64{9, 8, 8, 10, 999}}, 2},
	} {
		_, c := instance(t, handMade())
		ex := run(t, c, export.Options{Filter: f.filter}, "yaml")
		if ex.summary.Groups != f.want {
			t.Errorf("%+v: %d groups\n%s", f.filter, ex.summary.Groups, strings.Join(ex.warnings, "\n"))
		}
	}
	if _, err := (export.Filter{Types: []string{"Incidnet"}}).Query(); err == nil || !strings.Contains(err.Error(), `did you mean "Incident"?`) {
		t.Errorf("got %v", err)
	}
}

// TestKnown: keys of an earlier run stay, and with them the xids that they make.
func TestKnown(t *testing.T) {
	snap := tcsim.Snapshot{Groups: []tcsim.Group{
		{ID: 1, Type: "Tool", Name: "A", Owner: owner, XID: intel.DerivedXID("ns", owner, "my-a")},
		{ID: 2, Type: "Tool", Name: "B", Owner: owner, XID: "b-1"},
		{ID: 3, Type: "Tool", Name: "B", Owner: owner},
		{ID: 4, Type: "Tool", Name: "Tool/B", Owner: owner, XID: "Tool/B"},
	}}
	_, c := instance(t, snap)
	ex := run(t, c, export.Options{Namespace: "ns", Known: map[int64]export.Known{
		1: {Key: "my-a", Type: "tool", Owner: owner}, 2: {Key: "#2", Type: "Tool"}, 3: {Key: "x", Type: "Task"},
	}}, "yaml")
	for _, want := range []string{"namespace: ns", "key: my-a\n", "key: b-1\n", "key: Tool/B\n", "key: Tool/Tool/B\n"} {
		if !strings.Contains(ex.text, want) {
			t.Errorf("there is no %q:\n%s", want, ex.text)
		}
	}
	if strings.Contains(ex.text, intel.XIDPrefix) || len(ex.warnings) != 2 {
		t.Errorf("%v\n%s", ex.warnings, ex.text)
	}
	nothingToDo(t, planned(t, c, ex, nil), ex)
}

// TestRequests: many groups with one association each do not cost a request
// each.
func TestRequests(t *testing.T) {
	var snap tcsim.Snapshot
	const n = 1001 // a round number looks like a page that was cut
	for i := range int64(n) {
		snap.Groups = append(snap.Groups, tcsim.Group{ID: 1 + i, Type: "Tool", Name: fmt.Sprint("T", i), Owner: owner,
			Associations: tcsim.Associations{AssociatedIndicators: []int64{1 + i}}})
		snap.Indicators = append(snap.Indicators, tcsim.Indicator{ID: 1 + i, Type: "Host", Summary: fmt.Sprintf("h%d.example", i), Owner: owner})
	}
	_, c := instance(t, snap)
	ex := run(t, c, export.Options{}, "yaml")
	if got := c.Stats().Requests; got > 22 {
		t.Errorf("%d requests for %d groups", got, ex.summary.Groups)
	}
	nothingToDo(t, planned(t, c, ex, nil), ex)
}

// meddler answers in the place of an instance, or lets something happen before
// it does.
type meddler struct {
	sim    http.Handler
	before func(w http.ResponseWriter, r *http.Request) bool
}

func (m meddler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !m.before(w, r) {
		m.sim.ServeHTTP(w, r)
	}
}

func meddled(t *testing.T, before func(sim *tcsim.Server, w http.ResponseWriter, r *http.Request) bool, switches ...string) *tc.Client {
	t.Helper()
	sim, _ := instance(t, handMade(), switches...)
	srv := httptest.NewServer(meddler{sim, func(w http.ResponseWriter, r *http.Request) bool { return before(sim, w, r) }})
	t.Cleanup(srv.Close)
	c, err := tc.New(tc.Config{BaseURL: srv.URL + "/api", Credentials: tc.Credentials{Token: tcsim.DemoToken}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestLabelsRefused: an instance that does not answer the labels of attributes
// is exported without them.
func TestLabelsRefused(t *testing.T) {
	c := meddled(t, func(_ *tcsim.Server, w http.ResponseWriter, r *http.Request) bool {
		refuse := strings.Contains(r.URL.RawQuery, "attributes.securityLabels")
		if refuse {
			http.Error(w, `{"status":"Error","message":"too deep"}`, http.StatusBadRequest)
		}
		return refuse
	})
	ex := run(t, c, export.Options{Reported: true}, "yaml")
	if ex.summary.Groups != 10 || strings.Contains(ex.text, "TLP:RED") {
		t.Errorf("%+v\n%s", ex.summary, ex.text)
	}
	nothingToDo(t, planned(t, c, ex, ex.ids), ex)
}

// TestMeanwhile: groups go away between two pages. What is left is exported all
// the same, although the pages shift; a manifest never refers to what is gone.
func TestMeanwhile(t *testing.T) {
	for _, gone := range []struct{ id, want string }{
		{"1", ""},                          // of the page before: the next one begins too late
		{"8", "group 8 (Task"},             // of a page to come
		{"3", "group 3 (Adversary \"Twin"}, // and the first page refers to it
	} {
		lists := 0
		c := meddled(t, func(sim *tcsim.Server, _ http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.RawQuery, "fields=tags") {
				if lists++; lists == 2 {
					req := httptest.NewRequest(http.MethodDelete, "/api/v3/groups/"+gone.id, nil)
					req.Header.Set("Authorization", "TC-Token "+tcsim.DemoToken)
					rec := httptest.NewRecorder()
					sim.ServeHTTP(rec, req)
					if rec.Code != http.StatusOK {
						t.Errorf("deleting a group: %d %s", rec.Code, rec.Body)
					}
				}
			}
			return false
		}, "page-limit=2")
		text, groups := "", 0
		_, err := export.Run(context.Background(), c, quiet(c, export.Options{Owner: owner, Reported: true,
			Warn: func(w export.Warning) { text += w.String() + "\n" }}), func(*export.Exported) error { groups++; return nil })
		if (err != nil) != (gone.id == "3") {
			t.Errorf("%s: %v", gone.id, err)
		} else if err != nil {
			text = err.Error()
		}
		if strings.Contains(text, "was deleted") != (gone.want != "") || !strings.Contains(text, gone.want) {
			t.Errorf("%s: %s", gone.id, text)
		}
		if want := map[string]int{"1": 10, "8": 9}[gone.id]; err == nil && groups != want {
			t.Errorf("%s: %d groups, not %d", gone.id, groups, want)
		}
	}
}

// TestIncompleteListsAreWarnedOf: what an instance counts and does not list is
// missing from the export, which has to say so.
func TestIncompleteListsAreWarnedOf(t *testing.T) {
	sim, _ := instance(t, handMade(), "count=always", "nested-cap=1", "page-limit=2", "next=absent")
	for path, want := range map[string]string{
		"/v3/groups":          "warning: the export is incomplete: the groups of \"Demo Community\": list groups: the list is incomplete: it ends after 2 entries, but the instance counts ",
		"/v3/groupAttributes": "warning: the export is incomplete: the attributes of group ",
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if start := r.URL.Query().Get("resultStart"); strings.HasSuffix(r.URL.Path, path) && start != "0" && start != "" {
				fmt.Fprint(w, `{"data":[],"status":"Success"}`)
				return
			}
			sim.ServeHTTP(w, r)
		}))
		defer srv.Close()
		c, err := tc.New(tc.Config{BaseURL: srv.URL + "/api", Credentials: tc.Credentials{Token: tcsim.DemoToken}})
		if err != nil {
			t.Fatal(err)
		}
		ex := run(t, c, export.Options{Reported: true}, "yaml")
		text := strings.Join(ex.warnings, "\n")
		if strings.Count(text, want) != 1 || ex.summary.Warnings != len(ex.warnings) || ex.summary.Groups == 0 {
			t.Errorf("%s: %+v\n%s", path, ex.summary, text)
		}
	}
}

// TestQuestionsEndWithTheNetwork: a question that nothing answers, for as long as
// requests are repeated, ends the export: each further request would take as long.
func TestQuestionsEndWithTheNetwork(t *testing.T) {
	snap := handMade()
	snap.Indicators[0] = tcsim.Indicator{ID: 1, Type: "Ticket: No", Summary: "a : 1", Values: []string{"a", "1"}, Owner: owner}
	sim, _ := instance(t, snap)
	rt := &testkit.Cut{RoundTripper: testkit.Transport{Handler: sim}}
	rt.Cut = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/v2/types/indicatorTypes") }
	c, err := tc.New(tc.Config{BaseURL: "http://127.0.0.1/api", Credentials: tc.Credentials{Token: tcsim.DemoToken}, Transport: rt,
		Retry: tc.RetryPolicy{Tries: 3, Base: time.Microsecond}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = export.Run(t.Context(), c, quiet(c, export.Options{Owner: owner}), func(*export.Exported) error { return nil })
	if !errors.Is(err, tc.ErrNetwork) || rt.Tried.Load() != 3 {
		t.Errorf("%v after %d tries", err, rt.Tried.Load())
	}
}
