package tc

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	skips    bool // links lead to where the next page would begin had it all that was asked for
	deaf     bool // resultStart is ignored
	fails    func(start, limit int) int
	requests []string
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests = append(s.requests, r.RequestURI)
	q := r.URL.Query()
	start, _ := strconv.Atoi(q.Get("resultStart"))
	limit, _ := strconv.Atoi(q.Get("resultLimit"))
	asked := limit
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
		if s.skips {
			q.Set("resultStart", strconv.Itoa(start+asked))
			q.Set("resultLimit", strconv.Itoa(asked))
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
		{"links that skip entries", shelf{n: 25, most: 4, skips: true}, 10, 25, 7, ""},
		{"resultStart ignored, no links", shelf{n: 25, deaf: true, noLinks: true}, 10, 10, 2, ErrAnswer},
		{"resultStart ignored", shelf{n: 25, deaf: true}, 10, 10, 2, ErrAnswer},
		{"resultStart ignored, a round number in all", shelf{n: 200, deaf: true, noLinks: true}, 1000, 200, 2, ""},
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

// A list whose pages never end is not followed for ever, and does not pass for
// a complete one.
func TestEndlessListsFail(t *testing.T) {
	ids := func(n int) In {
		in := In{Keyword: "id", Number: true}
		for i := range n {
			in.Values = append(in.Values, strconv.Itoa(i+1))
		}
		return in
	}
	for _, tt := range []struct {
		name     string
		size     int
		count    string // in pages
		counted  string // where a count is asked for
		in       []In
		requests int
	}{
		{"counted in each page", 10, `"count":35,`, "", nil, 24},
		{"counted when asked", 10, "", `"count":"100",`, nil, 33},
		{"not counted", 1, "", "", nil, maxPages + 2},
		{"by ID", 10, "", "", []In{ids(10)}, 22},
		{"small pages", 1, `"count":35,`, "", nil, 35 + 3 + countAfter + 1},
		{"by ID, counted as very many", 10, `"count":1000000000,`, "", []In{ids(10)}, 22},
	} {
		t.Run(tt.name, func(t *testing.T) {
			requests := 0
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				requests++
				count := tt.count
				if r.URL.Query().Get("count") == "true" {
					count = tt.counted
				}
				start, _ := strconv.Atoi(r.URL.Query().Get("resultStart"))
				fmt.Fprintf(w, `{"next":"https://tc.example/api/v3/groups?resultStart=%d",%s"data":[`, start+tt.size, count)
				for i := range tt.size {
					fmt.Fprintf(w, `%s{"id":%d}`, ","[:min(i, 1)], start+i+1)
				}
				io.WriteString(w, `],"status":"Success"}`)
			})
			var err error
			if tt.in == nil {
				err = drainSeq(c.Search(t.Context(), intel.KindGroup, Query{PageSize: tt.size}))
			} else {
				err = drainSeq(c.SearchIn(t.Context(), intel.KindGroup, QueryIn{In: tt.in}))
			}
			if !errors.Is(err, ErrAnswer) || !strings.Contains(err.Error(), "does not end") || requests != tt.requests {
				t.Errorf("%v after %d requests, want %d", err, requests, tt.requests)
			}
		})
	}
}

// An instance that neither counts nor ever ends a list of short pages is not
// followed for long: no instance has many entries that it hands out a few at a time.
func TestEndlessShortPagesFailSoon(t *testing.T) {
	endless := func(size int, count func(start int) string) (http.HandlerFunc, *int) {
		requests, id := 0, 0
		return func(w http.ResponseWriter, r *http.Request) {
			requests++
			start, _ := strconv.Atoi(r.URL.Query().Get("resultStart"))
			var entries []string
			for range size {
				id++
				entries = append(entries, fmt.Sprintf(`{"id":%d,"name":"n%d"}`, id, id))
			}
			fmt.Fprintf(w, `{"next":"https://tc.example/api/v3/x?resultStart=%d",%s"data":[%s],"status":"Success"}`,
				start+size, count(start), strings.Join(entries, ","))
		}, &requests
	}
	none := func(int) string { return "" }
	grows := func(start int) string { return fmt.Sprintf(`"count":%d,`, start+1000) }
	groups := func(c *Client) error { return drainSeq(c.Search(t.Context(), intel.KindGroup, Query{})) }
	for _, tt := range []struct {
		name  string
		size  int
		count func(int) string
		read  func(*Client) error
		most  int
	}{
		{"groups", 5, none, groups, 102},
		{"owners", 1, none, func(c *Client) error { _, err := c.Owners(t.Context()); return err }, 102},
		{"a count that grows with the list", 5, grows, groups, 450},
	} {
		t.Run(tt.name, func(t *testing.T) {
			handler, requests := endless(tt.size, tt.count)
			err := tt.read(client(t, handler))
			if !errors.Is(err, ErrAnswer) || !strings.Contains(err.Error(), "does not end") || *requests > tt.most {
				t.Errorf("%v after %d requests, want at most %d", err, *requests, tt.most)
			}
		})
	}
}

// A list that ends before its own count was cut: what it has is handed on, and then
// it says so, for it would pass for the whole.
func TestListThatEndsBeforeItsCountIsIncomplete(t *testing.T) {
	for _, tt := range []struct {
		name    string
		deaf    bool // to resultStart
		count   string
		last    string // in the empty page, and when asked
		stop    bool   // the reader wants no more
		want    string
		entries int
	}{
		{"an empty page", false, `"count":300,`, "", false, "it ends after 100 entries, but the instance counts 300", 100},
		{"an empty page with a count", false, `"count":300,`, `"count":280,`, false, "counts 280", 100},
		{"the same page again", true, `"count":300,`, "", false, "counts 300", 100},
		{"deleted meanwhile", false, `"count":300,`, `"count":100,`, false, "", 100},
		{"no count", false, "", "", false, "", 100},
		{"the reader stops", false, `"count":300,`, "", true, "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				if q.Get("count") == "true" || q.Get("resultStart") != "0" && !tt.deaf {
					fmt.Fprintf(w, `{%s"data":[],"status":"Success"}`, tt.last)
					return
				}
				var entries []string
				for id := range 100 {
					entries = append(entries, fmt.Sprintf(`{"id":%d}`, id+1))
				}
				fmt.Fprintf(w, `{%s"data":[%s],"status":"Success"}`, tt.count, strings.Join(entries, ","))
			})
			n, failed := 0, error(nil)
			for _, err := range c.Search(t.Context(), intel.KindGroup, Query{}) {
				if failed = err; err == nil {
					n++
				}
				if tt.stop {
					break
				}
			}
			if n != tt.entries || tt.want == "" && failed != nil ||
				tt.want != "" && (!errors.Is(failed, ErrIncomplete) || !strings.Contains(failed.Error(), tt.want)) {
				t.Errorf("%d entries, then %v", n, failed)
			}
		})
	}
}

// Lists that are long, or grow while they are read, go on.
func TestLongListsGoOn(t *testing.T) {
	for _, tt := range []struct {
		start, pages, largest, n int
		total, count             int64
		want                     bool
	}{
		{1_000_000, 10_000, 100, 100, 1_000_000, -1, true},
		{1_090_000, 10_900, 100, 100, 1_000_000, -1, true},
		{1_100_000, 10_900, 100, 100, -1, 1_000_000, true},
		{1_200_000, 10_900, 100, 100, 1_000_000, -1, false},
		{1_200_000, 10_900, 100, 100, 1_000_000, 1_300_000, true}, // what is counted last counts
		{100, 1, 100, 100, -1, math.MaxInt64, true},
		{2100, 21, 100, 100, -1, 0, false},
		{maxEntries, 200, 10_000, 10_000, -1, -1, true},
		{maxEntries + 1, 200, 10_000, 10_000, -1, -1, false},
		{100_000, maxPages + 1, 100, 10, -1, -1, false},
		{10_000, 3_000, 10_000, 1, 1_000_000, -1, false}, // pages of one entry
	} {
		p := client(t, nil).newPager(call{}, nil, 0)
		p.start, p.pages, p.largest, p.total = tt.start, tt.pages-1, tt.largest, tt.total
		if got, err := p.goesOn(t.Context(), tt.n, tt.count); got != tt.want || got != (err == nil) {
			t.Errorf("%+v: %v, %v", tt, got, err)
		}
	}
}

// Objects that an earlier query of the same search has found are no sign of a
// list that repeats itself.
func TestQueriesOfOneSearchMayOverlap(t *testing.T) {
	s := &shelf{n: 250, most: 100}
	c := client(t, s.ServeHTTP)
	c.getBody.Store(bodyIgnored)
	n := 0
	long := strings.Repeat("x", inURL.bytes/2)
	for _, err := range c.SearchIn(t.Context(), intel.KindGroup, QueryIn{In: []In{{Keyword: "summary", Values: []string{long + "a", long + "b"}}}}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 250 || len(s.requests) != 6 {
		t.Errorf("%d objects from %d requests", n, len(s.requests))
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
