package tc

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tcimport/internal/intel"
)

func TestSearchStopsWhenTheCallerDoes(t *testing.T) {
	s := &shelf{n: 100}
	n := 0
	for range client(t, s.ServeHTTP).Search(t.Context(), intel.KindGroup, Query{PageSize: 10}) {
		if n++; n == 5 {
			break
		}
	}
	if n != 5 || len(s.requests) != 1 {
		t.Errorf("%d objects, %d requests", n, len(s.requests))
	}
}

// An instance that does not know indicatorActive is asked without, once and for
// all.
func TestInactiveNotUnderstood(t *testing.T) {
	var asked []string
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		tql := r.URL.Query().Get("tql")
		asked = append(asked, tql)
		if strings.Contains(tql, "indicatorActive") {
			status(400, `{"errCode":"0x2001","message":"Syntax error(s) found with your TQL query.","status":"Error"}`)(w, r)
			return
		}
		status(200, `{"data":[{"id":1,"type":"Host","summary":"a.example"}],"status":"Success"}`)(w, r)
	})
	for range 2 {
		n := 0
		for _, err := range c.SearchIn(t.Context(), intel.KindIndicator, QueryIn{In: []In{{Keyword: "summary", Values: []string{"a.example"}}}}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%d found", n)
		}
	}
	if len(asked) != 4 || asked[1] != everyIndicator || asked[3] != `summary in ("a.example")` {
		t.Errorf("asked %q", asked)
	}
	// What the lone clause is refused for may be something else: then it is not known.
	asked = nil
	c = client(t, func(w http.ResponseWriter, r *http.Request) {
		tql := r.URL.Query().Get("tql")
		asked = append(asked, tql)
		if tql == everyIndicator {
			status(403, `{"message":"You do not have permission","status":"Error"}`)(w, r)
			return
		}
		status(400, `{"errCode":"0x2001","status":"Error"}`)(w, r)
	})
	if err := drainSeq(c.Search(t.Context(), intel.KindIndicator, Query{TQL: "id > 1"})); !errors.Is(err, ErrPermission) || len(asked) != 2 {
		t.Errorf("%v; asked %q", err, asked)
	}
	// An error in the query itself says nothing about that.
	c = client(t, status(400, `{"errCode":"0x2001","status":"Error"}`))
	if err := drainSeq(c.Search(t.Context(), intel.KindIndicator, Query{TQL: "nonsense"})); !errors.Is(err, ErrTQL) || c.activeOnly.Load() {
		t.Errorf("got %v", err)
	}
}

// A query that is refused for its length says nothing about indicatorActive:
// inactive indicators are found all the same.
func TestInactiveInLongLists(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		tql := r.URL.Query().Get("tql")
		literals := strings.Count(tql, "example") + strings.Count(tql, "indicatorActive")
		if literals > 5 {
			status(400, `{"errCode":"0x2001","message":"too many values","status":"Error"}`)(w, r)
			return
		}
		status(200, `{"data":[],"status":"Success"}`)(w, r)
	})
	q := QueryIn{In: []In{{Keyword: "summary"}}}
	for i := range 5 { // which the instance takes without the clause
		q.In[0].Values = append(q.In[0].Values, fmt.Sprint(i, ".example"))
	}
	if err := drainSeq(c.SearchIn(t.Context(), intel.KindIndicator, q)); err != nil || c.activeOnly.Load() {
		t.Errorf("%v; inactive ones are no longer asked for: %t", err, c.activeOnly.Load())
	}
}

// Searches that run side by side find out at the same time that the instance does
// not know indicatorActive: each of them gets its answer.
func TestParallelSearchesFallBackEach(t *testing.T) {
	const searches = 8
	var first sync.WaitGroup
	var asked atomic.Int32
	first.Add(searches)
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Query().Get("tql"), "indicatorActive") {
			if asked.Add(1) <= searches {
				first.Done()
				first.Wait() // all are on their way before the first one is answered
			}
			status(400, `{"errCode":"0x2001","message":"Syntax error(s) found with your TQL query.","status":"Error"}`)(w, r)
			return
		}
		status(200, `{"data":[{"id":1,"type":"Host","summary":"a.example"}],"count":1,"status":"Success"}`)(w, r)
	})
	var all sync.WaitGroup
	for i := range searches {
		all.Go(func() {
			if i%2 == 0 {
				if n, err := c.Count(t.Context(), intel.KindIndicator, Query{}); n != 1 || err != nil {
					t.Errorf("count %d: %d, %v", i, n, err)
				}
				return
			}
			if err := drainSeq(c.Search(t.Context(), intel.KindIndicator, Query{TQL: `typeName in ("Host")`})); err != nil {
				t.Errorf("search %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if !c.activeOnly.Load() {
		t.Error("the next search will ask for it again")
	}
}

// A value that is called like the property does not stand for it.
func TestInactiveIsAskedForWhateverTheValues(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if tql := r.URL.Query().Get("tql"); tql != `summary in ("indicatorActive") and `+everyIndicator {
			t.Errorf("asked %s", tql)
		}
		status(200, `{"data":[],"status":"Success"}`)(w, r)
	})
	q := QueryIn{In: []In{{Keyword: "summary", Values: []string{"indicatorActive"}}}}
	if err := drainSeq(c.SearchIn(t.Context(), intel.KindIndicator, q)); err != nil {
		t.Fatal(err)
	}
}

func TestLinkedLeavesOutItself(t *testing.T) {
	c := client(t, status(200, `{"data":[{"id":7,"type":"Threat","name":"itself"},{"id":8,"type":"Threat","name":"x"}],"status":"Success"}`))
	var got []int64
	for r, err := range c.Linked(t.Context(), &intel.Remote{Kind: intel.KindGroup, ID: 7}, intel.KindGroup) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.ID)
	}
	if fmt.Sprint(got) != "[8]" {
		t.Errorf("got %v", got)
	}
}

func TestCount(t *testing.T) {
	for answer, want := range map[string]int{
		`{"data":[{"id":1}],"count":1234,"status":"Success"}`:                     1234,
		`{"data":[{"id":1}],"count":"1234","status":"Success"}`:                   1234,
		`{"data":[],"status":"Success"}`:                                          0,
		`{"data":[],"count":0,"status":"Success"}`:                                0,
		`{"data":[{"id":1}],"count":0,"status":"Success"}`:                        -1,
		`{"data":[{"id":1}],"status":"Success"}`:                                  -1,
		`{"data":[{"id":1}],"next":"https://tc.example/…","status":"Success"}`:    -1,
		`{"data":[{"id":1},{"id":2}],"status":"Success"}`:                         -1,
		`{"data":[{"id":1}],"next":"https://x/","count":null,"status":"Success"}`: -1,
	} {
		got, err := client(t, status(200, answer)).Count(t.Context(), intel.KindGroup, Query{})
		if err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", answer, got, err, want)
		}
	}
}

func TestEqualQuotesItsValue(t *testing.T) {
	got, err := Equal("xid", "it's \"x\" \\ `")
	if want := `xid = "it\'s \"x\" \\ \` + "`" + `"`; err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	if _, err := Equal("xid", "a\nb"); err == nil {
		t.Error("a line break is sent")
	}
}
