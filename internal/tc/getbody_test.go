package tc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"tcimport/internal/intel"
)

// library holds the hosts h0 to h999 with the IDs 1 to 1000, and reads queries
// from bodies for as long as it likes to.
type library struct {
	listens  func(n int) bool // whether it reads the body of the n-th such request
	answers  http.HandlerFunc // for those that it does not; nil for the whole list
	mangled  string           // how it spells what is asked for; "" for as it is
	inBody   int
	inURL    int
	contents int
}

func (l *library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tql := r.URL.Query().Get("tql")
	if r.URL.RawQuery == "" {
		l.inBody++
		var body struct {
			Data struct {
				TQL         string
				ResultStart int
				ResultLimit int
				Fields      []string
				Sorting     string
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Data.ResultLimit == 0 || body.Data.Sorting == "" {
			status(400, `{"status":"Error"}`)(w, r)
			return
		}
		switch {
		case l.listens(l.inBody):
			tql = body.Data.TQL
		case l.answers != nil:
			l.answers(w, r)
			return
		}
	} else {
		l.inURL++
	}
	var found []string
	for i := range l.contents {
		if tql == "" || tql == everyIndicator || strings.Contains(tql, fmt.Sprintf(`"h%d"`, i)) || strings.Contains(tql, fmt.Sprintf("(%d)", i+1)) {
			name := fmt.Sprintf("h%d", i)
			if l.mangled != "" {
				name = l.mangled
			}
			found = append(found, fmt.Sprintf(`{"id":%d,"type":"Host","summary":%q}`, i+1, name))
		}
	}
	status(200, `{"data":[`+strings.Join(found, ",")+`],"status":"Success"}`)(w, r)
}

func TestLongQueriesAreProved(t *testing.T) {
	always := func(int) bool { return true }
	never := func(int) bool { return false }
	var values []string
	for i := range 2000 {
		values = append(values, fmt.Sprintf("h%d", i))
	}
	urls := len(pack(mustTerms(t, values), 190, inURL))
	for _, tt := range []struct {
		name          string
		library       library
		inBody, inURL int
		getBody       int32
	}{
		{"taken", library{listens: always, contents: 1000}, 1 + 3, 1, bodyRead},
		{"ignored", library{listens: never, contents: 1000}, 1, 1 + urls, bodyIgnored},
		{"refused", library{listens: never, answers: status(400, `{"status":"Error"}`), contents: 1000}, 1, 1 + urls, bodyIgnored},
		{"cut", library{listens: never, answers: breaks(errReset), contents: 1000}, 2, 1 + urls, bodyIgnored},
		{"answered with nothing", library{listens: never, answers: status(200, `{"data":[],"status":"Success"}`), contents: 1000}, 1, 1 + urls, bodyIgnored},
		{"answered by a page", library{listens: never, answers: status(403, "<html>"), contents: 1000}, 1, 1 + urls, bodyIgnored},
		{"given up in the middle", library{listens: func(n int) bool { return n < 3 }, contents: 1000}, 3, 1 + (urls+1)/2, bodyIgnored},
		{"refused in the middle", library{listens: func(n int) bool { return n < 3 }, answers: status(400, `{"status":"Error"}`), contents: 1000}, 3, 1 + (urls+1)/2, bodyIgnored},
		{"one object only", library{listens: never, contents: 1}, 3, 1 + (urls+1)/2, bodyIgnored},
		{"no object", library{listens: always}, 0, 1 + urls, bodyUntested},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &tt.library
				c := client(t, l.ServeHTTP)
				n := 0
				q := QueryIn{In: []In{{Keyword: "summary", Values: append([]string{"other"}, values...)}}}
				for _, err := range c.SearchIn(t.Context(), intel.KindIndicator, q) {
					if err != nil {
						t.Fatal(err)
					}
					n++
				}
				if n != l.contents {
					t.Errorf("%d of %d found", n, l.contents)
				}
				if l.inBody != tt.inBody || l.inURL < tt.inURL-2 || l.inURL > tt.inURL+2 {
					t.Errorf("%d queries in bodies, want %d; %d in URLs, want about %d", l.inBody, tt.inBody, l.inURL, tt.inURL)
				}
				if got := c.getBody.Load(); got != tt.getBody {
					t.Errorf("getBody %d, want %d", got, tt.getBody)
				}
			})
		})
	}
}

func mustTerms(t *testing.T, values []string) []term {
	t.Helper()
	terms, err := QueryIn{In: []In{{Keyword: "summary", Values: values}}}.terms()
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

// Few values are asked for as documented, whatever else would be possible.
func TestShortQueriesStayInURL(t *testing.T) {
	l := &library{listens: func(int) bool { return true }, contents: 1000}
	c := client(t, l.ServeHTTP)
	if err := drainSeq(c.SearchIn(t.Context(), intel.KindIndicator, QueryIn{In: []In{{Keyword: "summary", Values: []string{"h1", "h2"}}}})); err != nil {
		t.Fatal(err)
	}
	if l.inBody != 0 || l.inURL != 1 {
		t.Errorf("%d in bodies, %d in URLs", l.inBody, l.inURL)
	}
}

func TestMatcher(t *testing.T) {
	terms, err := QueryIn{In: []In{
		{Keyword: "summary", Values: []string{"Bad.Example", "2001:db8:0:0:0:0:0:1"}}, {Keyword: "value1", Values: []string{strings.Repeat("AB", 16)}},
	}}.terms()
	if err != nil {
		t.Fatal(err)
	}
	match := chunk(terms).matcher()
	for _, tt := range []struct {
		typ, name string
		want      bool
	}{
		{"Host", "bad.example", true}, {"Address", "2001:db8::1", true}, {"File", strings.Repeat("ab", 16) + " : " + strings.Repeat("CD", 20), true},
		{"Host", "good.example", false}, {"File", strings.Repeat("CD", 16), false},
	} {
		if got := match(&intel.Remote{Kind: intel.KindIndicator, Type: tt.typ, Name: tt.name}); got != tt.want {
			t.Errorf("%s %s: %v", tt.typ, tt.name, got)
		}
	}
}
