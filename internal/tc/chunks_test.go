package tc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"tcimport/internal/intel"
)

// Whatever is looked for, no query is longer than it may be, each value is asked
// for exactly once, and no further query would have fitted into fewer.
func TestSearchIn(t *testing.T) {
	values := func(n int, form string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf(form, i)
		}
		return out
	}
	long := strings.Repeat("ä/", 700)
	for _, tt := range []struct {
		name string
		q    QueryIn
		want int // queries; 0 for as many as it takes
	}{
		{"nothing", QueryIn{}, 0},
		{"one", QueryIn{In: []In{{Keyword: "summary", Values: []string{"a"}}}}, 1},
		{"doubled", QueryIn{In: []In{{Keyword: "summary", Values: []string{"a", "a", "b"}}}}, 1},
		{"by number", QueryIn{In: []In{{Keyword: "id", Values: values(250, "%d"), Number: true}}}, 3},
		{"hosts", QueryIn{Query: Query{TQL: `typeName in ("Host")`, Owner: "Demo Organization"}, In: []In{{Keyword: "summary", Values: values(1000, "host-%04d.example.com")}}}, 0},
		{"hashes", QueryIn{Query: Query{TQL: `typeName in ("File")`}, In: []In{
			{Keyword: "value1", Values: values(90, "%032X")}, {Keyword: "value2", Values: values(90, "%040X")}, {Keyword: "value3", Values: values(90, "%064X")},
		}}, 0},
		{"registry", QueryIn{In: []In{{Keyword: "summary", Values: values(100, `HKEY_LOCAL_MACHINE\Software\"%d" : x : REG_SZ`)}}}, 0},
		{"too long for one", QueryIn{In: []In{{Keyword: "summary", Values: []string{"a", long, "b"}}}}, 3},
		{"alternatives before", QueryIn{Query: Query{TQL: "a = 1 OR b = 2"}, In: []In{{Keyword: "summary", Values: []string{"a"}}}}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := map[string]int{}
			queries := 0
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				queries++
				tql := r.URL.Query().Get("tql")
				n := 0
				for _, in := range tt.q.In {
					for _, v := range in.Values {
						literal, _ := in.literal(v)
						if _, list, ok := strings.Cut(tql, in.Keyword+" in ("); ok && slices.Contains(strings.Split(strings.SplitN(list, ")", 2)[0], ","), literal) {
							asked[in.Keyword+v]++
							n++
						}
					}
				}
				if len(r.RequestURI) > inURL.bytes && !strings.Contains(tql, long) || n > inURL.values {
					t.Errorf("%d bytes, %d values", len(r.RequestURI), n)
				}
				if tt.q.TQL != "" && !strings.Contains(tql, enclosed(tt.q.TQL)+" and ") {
					t.Errorf("asked %s", tql)
				}
				status(200, fmt.Sprintf(`{"data":[{"id":%d,"type":"Host","summary":"x"},{"id":999999,"summary":"y"}],"status":"Success"}`, queries))(w, r)
			})
			c.getBody.Store(bodyIgnored)
			n := 0
			for _, err := range c.SearchIn(t.Context(), intel.KindIndicator, tt.q) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if queries > 0 && n != queries+1 {
				t.Errorf("%d objects of %d", n, queries+1)
			}
			if got := c.ChunkCount(intel.KindIndicator, tt.q); got != queries || tt.want > 0 && got != tt.want {
				t.Errorf("%d queries, said to be %d, want %d", queries, got, tt.want)
			}
			for _, in := range tt.q.In {
				for _, v := range in.Values {
					if asked[in.Keyword+v] == 0 {
						t.Errorf("%s %.40s is not asked for", in.Keyword, v)
					}
				}
			}
		})
	}
}

func TestSearchInRefused(t *testing.T) {
	c := client(t, func(http.ResponseWriter, *http.Request) { t.Error("sent") })
	for _, in := range []In{
		{Keyword: "summary", Values: []string{"ok", "line\nbreak"}}, {Keyword: "summary", Values: []string{"\x00"}}, {Keyword: "summary", Values: []string{"\xff"}},
		{Keyword: "id", Values: []string{"1) or (id > 0"}, Number: true}, {Keyword: "id", Values: []string{""}, Number: true},
	} {
		if err := drainSeq(c.SearchIn(t.Context(), intel.KindGroup, QueryIn{In: []In{in}})); err == nil {
			t.Errorf("%q: no error", in.Values)
		}
		if _, err := in.TQL(); err == nil {
			t.Errorf("%q: no error", in.Values)
		}
	}
}

// A chunk that the instance finds too long, or too much, is divided.
func TestSearchInDivides(t *testing.T) {
	for _, refusal := range []http.HandlerFunc{
		status(414, ""), status(500, `{"status":"Error","message":"TQL timeout"}`), status(504, ""), status(400, "<html><title>Request header is too large</title>"),
		status(400, `{"status":"Error","errCode":"0x2001","message":"Syntax error(s) found with your TQL query."}`),
		status(400, `{"status":"Error","errCode":"0x1001","message":"too many values"}`),
	} {
		synctest.Test(t, func(t *testing.T) {
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				tql := r.URL.Query().Get("tql")
				var found []string
				for i := range 40 {
					if strings.Contains(tql, fmt.Sprintf(`"v%d"`, i)) {
						found = append(found, fmt.Sprintf(`{"id":%d,"type":"Host","summary":"v%d"}`, i+1, i))
					}
				}
				if len(found) > 7 {
					refusal(w, r)
					return
				}
				status(200, `{"data":[`+strings.Join(found, ",")+`],"status":"Success"}`)(w, r)
			})
			c.getBody.Store(bodyIgnored)
			var values []string
			for i := range 40 {
				values = append(values, fmt.Sprintf("v%d", i))
			}
			n := 0
			for _, err := range c.SearchIn(context.Background(), intel.KindIndicator, QueryIn{In: []In{{Keyword: "summary", Values: values}}}) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != 40 {
				t.Errorf("%d of 40 found", n)
			}
		})
	}
}

// A refusal that has nothing to do with the length of a list costs one more
// request, and a length that was learned is kept for the searches that follow.
func TestSearchInLearnsWhatIsRefused(t *testing.T) {
	var ids []string
	for i := range 60 {
		ids = append(ids, fmt.Sprint(i+1))
	}
	q := QueryIn{In: []In{{Keyword: "id", Values: ids, Number: true}}}
	requests, most := 0, 0
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		if n := strings.Count(r.URL.Query().Get("tql"), ",") + 1; n > most {
			status(400, `{"status":"Error","errCode":"0x2001","message":"no"}`)(w, r)
			return
		}
		status(200, `{"data":[],"status":"Success"}`)(w, r)
	})
	c.getBody.Store(bodyIgnored)
	if err := drainSeq(c.SearchIn(t.Context(), intel.KindGroup, q)); !errors.Is(err, ErrTQL) || requests != 2 {
		t.Errorf("%v after %d requests", err, requests)
	}
	most = 5
	for _, want := range []int{25, 20} { // 60, 1, 30, 15, 7 and then threes; at once
		requests = 0
		if err := drainSeq(c.SearchIn(t.Context(), intel.KindGroup, q)); err != nil || requests != want {
			t.Errorf("%v after %d requests, want %d", err, requests, want)
		}
	}
	if n := c.ChunkCount(intel.KindGroup, q); n != 20 {
		t.Errorf("%d requests are reckoned with, want 20", n)
	}
}

func TestTQL(t *testing.T) {
	if got := And("", Or("a=1"), Or("b=1", "", "c=1"), enclosed("d=1 OR e=1")); got != "a=1 and (b=1 or c=1) and (d=1 OR e=1)" {
		t.Errorf("got %s", got)
	}
	if got := And(enclosed("a=1\nOR\nb=2"), enclosed("owner=1")); got != "(a=1\nOR\nb=2) and owner=1" {
		t.Errorf("got %s", got)
	}
	for s, want := range map[string]string{
		"":               `""`,
		`HKLM\x "y" 'z'`: `"HKLM\\x \"y\" \'z\'"`,
		"`":              "\"\\`\"",
		"100% _ü 東":      `"100% _ü 東"`,
	} {
		if got, err := Quote(s); err != nil || got != want {
			t.Errorf("%q: %s, %v", s, got, err)
		}
	}
}
