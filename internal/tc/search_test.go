package tc

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"tcimport/internal/intel"
)

// shelf answers lists of groups with the IDs 1 to n, in the way that its flags
// say.
type shelf struct {
	n        int
	most     int    // entries of a page, however many are asked for
	host     string // of links; "" for the right one
	noLinks  bool
	badLinks bool // they lack the query
	stuck    bool // links always lead to the second page
	deaf     bool // resultStart is ignored
	fails    func(start, limit int) int
	requests []string
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests = append(s.requests, r.RequestURI)
	q := r.URL.Query()
	start, _ := strconv.Atoi(q.Get("resultStart"))
	limit, _ := strconv.Atoi(q.Get("resultLimit"))
	if s.fails != nil {
		if code := s.fails(start, limit); code != 0 {
			status(code, "")(w, r)
			return
		}
	}
	if s.most > 0 {
		limit = min(limit, s.most)
	}
	if s.deaf {
		start = 0
	}
	var entries []string
	for id := start + 1; id <= min(s.n, start+limit); id++ {
		entries = append(entries, fmt.Sprintf(`{"id":%d,"type":"Threat","name":"g%d"}`, id, id))
	}
	next := ""
	if start+limit < s.n && !s.noLinks {
		q.Set("resultStart", strconv.Itoa(start+limit))
		q.Set("resultLimit", strconv.Itoa(limit))
		if s.stuck {
			q.Set("resultStart", strconv.Itoa(limit))
		}
		host := "https://" + r.Host + "/api"
		if s.host != "" {
			host = s.host
		}
		if s.badLinks {
			q = url.Values{"resultStart": q["resultStart"], "resultLimit": q["resultLimit"]}
		}
		next = `"next":` + quoteJSON(host+"/v3/groups?"+q.Encode()) + `,`
	}
	status(200, `{`+next+`"data":[`+strings.Join(entries, ",")+`],"status":"Success"}`)(w, r)
}

func TestPaging(t *testing.T) {
	for _, tt := range []struct {
		name     string
		shelf    shelf
		size     int
		want     int
		requests int
		fails    Cause
	}{
		{"none", shelf{n: 0}, 10, 0, 1, ""},
		{"one page", shelf{n: 9}, 10, 9, 1, ""},
		{"a full one", shelf{n: 10}, 10, 10, 2, ""},
		{"no links", shelf{n: 25, noLinks: true}, 10, 25, 3, ""},
		{"several", shelf{n: 25}, 10, 25, 3, ""},
		{"fewer than asked for", shelf{n: 25, most: 4}, 10, 25, 7, ""},
		{"foreign host", shelf{n: 25, host: "http://10.0.0.1:8080"}, 10, 25, 3, ""},
		{"foreign host and path", shelf{n: 25, host: "https://internal.example/tc/api"}, 10, 25, 3, ""},
		{"another path", shelf{n: 25, host: "https://tc.example/elsewhere/v3/groups?x=/v3/things"}, 10, 25, 3, ""},
		{"links without the query", shelf{n: 25, badLinks: true}, 10, 25, 3, ""},
		{"links that lead back", shelf{n: 45, stuck: true}, 10, 45, 5, ""},
		{"resultStart ignored", shelf{n: 25, deaf: true}, 10, 10, 2, ErrAnswer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &tt.shelf
				c := client(t, s.ServeHTTP)
				var ids []int64
				var failed error
				for r, err := range c.Search(t.Context(), intel.KindGroup, Query{TQL: `summary = "x" or id > 1`, Owner: "R&D", PageSize: tt.size, Lists: intel.ListTags}) {
					if err != nil {
						failed = err
						continue
					}
					ids = append(ids, r.ID)
				}
				if len(ids) != tt.want || len(s.requests) != tt.requests || !slices.IsSorted(ids) || len(slices.Compact(ids)) != tt.want {
					t.Errorf("%d objects from %d requests: %v\n%s", len(ids), len(s.requests), failed, strings.Join(s.requests, "\n"))
				}
				if tt.fails == "" && failed != nil || tt.fails != "" && !errors.Is(failed, tt.fails) {
					t.Errorf("ends with %v", failed)
				}
			})
		})
	}
}

// Pages that are too large to be answered become smaller, down to a limit, and
// nothing gets lost over it.
func TestPagesShrink(t *testing.T) {
	for _, code := range []int{500, 504, 408} {
		synctest.Test(t, func(t *testing.T) {
			s := &shelf{n: 2455, fails: func(start, limit int) int {
				if start >= 1000 && limit > 300 {
					return code
				}
				return 0
			}}
			n := 0
			for _, err := range client(t, s.ServeHTTP).Search(t.Context(), intel.KindGroup, Query{PageSize: 1000}) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			// One of 1000, two tries each of 1000 and 500, then 250 at a time.
			if n != 2455 || len(s.requests) != 1+2+2+6 {
				t.Errorf("%d: %d objects from %d requests", code, n, len(s.requests))
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{n: 2500, fails: func(_, limit int) int { return 500 }}
		err := drainSeq(client(t, s.ServeHTTP).Search(t.Context(), intel.KindGroup, Query{PageSize: 400}))
		if !errors.Is(err, ErrServer) || len(s.requests) != 2+2+10 {
			t.Errorf("%v after %d requests", err, len(s.requests))
		}
	})
	// What is no matter of size is tried as often as ever.
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{n: 10, fails: func(_, limit int) int { return 502 }}
		err := drainSeq(client(t, s.ServeHTTP).Search(t.Context(), intel.KindGroup, Query{}))
		if !errors.Is(err, ErrServer) || len(s.requests) != 10 {
			t.Errorf("%v after %d requests", err, len(s.requests))
		}
	})
}

func TestSearchStopsWhenTold(t *testing.T) {
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
	for r, err := range c.Linked(t.Context(), 7, intel.KindGroup, Query{}) {
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

func TestCaseByXID(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query().Get("tql"); got != `xid = "it\'s \"x\" \\ \`+"`"+`"` {
			t.Errorf("asked %s", got)
		}
		status(200, `{"data":[{"id":1,"xid":"other","name":"a","owner":"Org"},{"id":2,"xid":"it's \"x\" \\ `+"`"+`","name":"b","owner":"Org"}],"status":"Success"}`)(w, r)
	})
	r, err := c.CaseByXID(t.Context(), "it's \"x\" \\ `", 0)
	if err != nil || r.ID != 2 || r.Owner != "Org" {
		t.Errorf("got %v, %v", r, err)
	}
	c = client(t, status(200, `{"data":[],"status":"Success"}`))
	if _, err := c.CaseByXID(t.Context(), "x", 0); !IsNotFound(err) {
		t.Errorf("got %v", err)
	}
	if _, err := c.CaseByXID(t.Context(), "a\nb", 0); err == nil {
		t.Error("a line break is sent")
	}
}

// TestCutPages pages through a list whose pages are shorter than was asked for
// and that has no links: a count, or the round number of entries, tells that
// there is more.
func TestCutPages(t *testing.T) {
	for name, counts := range map[string]bool{"with a count": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			const total = 250
			handler := func(w http.ResponseWriter, r *http.Request) {
				start, _ := strconv.Atoi(r.URL.Query().Get("resultStart"))
				var entries []string
				for id := start + 1; id <= min(start+100, total); id++ {
					entries = append(entries, fmt.Sprintf(`{"id":%d,"type":"Tool","name":"T"}`, id))
				}
				count := ""
				if counts {
					count = fmt.Sprintf(`"count":%d,`, total)
				}
				fmt.Fprintf(w, `{"data":[%s],%s"status":"Success"}`, strings.Join(entries, ","), count)
			}
			n := 0
			for _, err := range client(t, handler).Search(t.Context(), intel.KindGroup, Query{}) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != total {
				t.Errorf("%d objects of %d", n, total)
			}
		})
	}
}
