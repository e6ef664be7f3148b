package tc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tcimport/internal/intel"
)

// Reading ahead takes no further request, whatever links say, and changes neither what
// is found nor how the list ends. Links that have been right and then leave entries out
// are the exception: they cost one.
func TestReadingAheadTakesNoFurtherRequest(t *testing.T) {
	refused := func(start, limit int) int {
		if start == 20 {
			return 400
		}
		return 0
	}
	slow := func(start, limit int) int {
		if start >= 20 && limit > 150 {
			return 500
		}
		return 0
	}
	for name, s := range map[string]shelf{
		"none": {n: 0}, "one page": {n: 9}, "a full one": {n: 10}, "no links": {n: 45, noLinks: true}, "several": {n: 45},
		"fewer than asked for": {n: 45, most: 4}, "links without the query": {n: 45, badLinks: true}, "links that lead back": {n: 45, stuck: true},
		"links that skip entries": {n: 45, most: 4, skips: true}, "resultStart ignored": {n: 45, deaf: true}, "refused": {n: 45, fails: refused},
		"pages that take too long": {n: 900, fails: slow},
	} {
		t.Run(name, func(t *testing.T) {
			var found, requests [2]int
			var ends [2]string
			for i, kept := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					s := s
					c := client(t, s.ServeHTTP)
					for r, err := range c.Search(t.Context(), intel.KindGroup, Query{PageSize: max(10, s.n/4), Kept: kept}) {
						if err != nil {
							ends[i] = err.Error()
						} else if found[i]++; r.ID != int64(found[i]) {
							t.Errorf("object %d comes as number %d", r.ID, found[i])
						}
					}
					requests[i] = len(s.requests)
					if used := c.budget.used.Load(); used != 0 {
						t.Errorf("%d bytes are still reckoned with", used)
					}
				})
			}
			if found[0] != found[1] || requests[0] != requests[1] || ends[0] != ends[1] {
				t.Errorf("found %d, from %d requests, ends with %q", found, requests, ends)
			}
		})
	}
}

// While the entries of a page arrive, the next page is made. The time that it waits for its
// turn is not taken from its timeout.
func TestPagesAreAskedForAhead(t *testing.T) {
	for _, kept := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			const pages, made, arrives = 6, 2 * time.Second, 45 * time.Second // of 60 seconds
			start := time.Now()
			var asked []time.Duration
			c := client(t, nil, func(cfg *Config) {
				cfg.Transport = roundTripper(func(req *http.Request) (*http.Response, error) {
					asked = append(asked, time.Since(start))
					time.Sleep(made)
					var first int
					fmt.Sscan(req.URL.Query().Get("resultStart"), &first)
					next, second := "", ""
					if first+2 < 2*pages {
						next = `"next":` + quoteJSON(fmt.Sprintf("https://tc.example/api/v3/groups?resultStart=%d&resultLimit=2&sorting=id%%20asc", first+2)) + ","
						second = fmt.Sprintf(`,{"id":%d}`, first+2)
					}
					body := io.MultiReader(strings.NewReader(`{`+next+`"data":[`), pausing{req.Context(), arrives}, strings.NewReader(fmt.Sprintf(`{"id":%d}%s],"status":"Success"}`, first+1, second)))
					return &http.Response{StatusCode: 200, Body: io.NopCloser(body), Header: http.Header{}}, nil
				})
			})
			n := 0
			for _, err := range c.Search(t.Context(), intel.KindGroup, Query{PageSize: 2, Kept: kept}) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			took, want := time.Since(start), pages*(made+arrives)
			if kept {
				want -= (pages - 2) * min(made, arrives) // not of the first page, whose link is not proved yet
			}
			if n != 2*pages-1 || len(asked) != pages || took != want {
				t.Errorf("kept %t: %d objects, asked at %v, took %v, want %v", kept, n, asked, took, want)
			}
		})
	}
}

// pausing is nothing to read, after a while.
type pausing struct {
	ctx  context.Context
	long time.Duration
}

func (p pausing) Read([]byte) (int, error) {
	select {
	case <-time.After(p.long):
		return 0, io.EOF
	case <-p.ctx.Done():
		return 0, p.ctx.Err()
	}
}

// Whoever wants no more, or is cancelled, leaves no request behind.
func TestReadingAheadEnds(t *testing.T) {
	for _, stop := range []string{"enough", "cancelled"} {
		synctest.Test(t, func(t *testing.T) { // fails where a goroutine stays
			s := &shelf{n: 100}
			c := client(t, s.ServeHTTP)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var ids []int64
			for r, err := range c.Search(ctx, intel.KindGroup, Query{PageSize: 10, Kept: true}) {
				if err != nil {
					if !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
					break
				}
				if ids = append(ids, r.ID); len(ids) < 35 {
					continue
				}
				if stop == "enough" {
					break
				}
				cancel()
			}
			if !slices.IsSorted(ids) || len(s.requests) > 5 || c.budget.used.Load() != 0 {
				t.Errorf("%s: %d requests, %v", stop, len(s.requests), ids)
			}
		})
	}
}

// A search that is cancelled ends with that, also where the page asked for ahead is
// empty and has arrived.
func TestCancelledBeforeAnEmptyPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		empty := `{"data":[],"status":"Success"}`
		s := &shelf{n: 50}
		c := client(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("resultStart") == "40" {
				status(200, empty)(w, r)
				return
			}
			s.ServeHTTP(w, r)
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		n, last := 0, error(nil)
		for _, err := range c.Search(ctx, intel.KindGroup, Query{PageSize: 10, Kept: true}) {
			if last = err; err != nil {
				break
			}
			if n++; n == 40 {
				synctest.Wait() // the last page has arrived
				cancel()
				synctest.Wait()
			}
		}
		if n != 40 || !errors.Is(last, context.Canceled) {
			t.Errorf("%d objects, ends with %v", n, last)
		}
	})
}
