package tc

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
)

// Whatever a link says, what is sent asks for the same list, from where the last
// page ended, of the same instance.
func FuzzNextLink(f *testing.F) {
	f.Add("https://tc.example/api/v3/groups?tql=id%20%3E%201&sorting=id%20asc&resultStart=10&resultLimit=10", 10)
	f.Add("http://10.0.0.1:8080/v3/groups?resultStart=10&sorting=id+asc&tql=id+%3E+1", 10)
	f.Add("/api/v3/groups?tql=id > 1&sorting=id asc&resultStart=20", 10)
	f.Add("https://u:p@evil.example/x/v3/groups?resultStart=0010", 10)
	f.Add("//[::1%25x]:99999/v3/groups;x?resultStart=1;a=b#/v3/groups", 1)
	f.Fuzz(func(t *testing.T, link string, start int) {
		c := client(t, nil)
		p := c.newPager(call{path: "/v3/groups"}, params{{"tql", "id > 1"}, {"sorting", "id asc"}}, 10)
		p.start = start
		query := p.follow(link, start)
		if query == "" {
			return
		}
		got, err := url.ParseQuery(query)
		if err != nil || !slices.Equal(got["tql"], []string{"id > 1"}) || !slices.Equal(got["sorting"], []string{"id asc"}) ||
			!slices.Equal(got["resultStart"], []string{strconv.Itoa(start)}) {
			t.Errorf("%q: asks %v", link, got)
		}
		cl := p.call
		cl.query = query
		req, err := c.request(t.Context(), &cl)
		if err != nil || req.URL.Host != "tc.example" || req.URL.RequestURI() != "/api/v3/groups?"+query {
			t.Errorf("%q: sends %v, %v", link, req, err)
		}
	})
}

// Whatever the header says, no more than the longest wait comes of it.
func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"37", "0.5", "-5", "1e400", "0x1p10", "NaN", "+Inf", "Sun, 01 Mar 2026 12:01:00 GMT", "Sunday, 01-Mar-26 12:01:00 GMT", "soon", ""} {
		f.Add(value, "Sun, 01 Mar 2026 12:00:00 GMT")
		f.Add(value, "never")
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		got, ok := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, instant)
		if got < 0 || got > maxRetryAfter || !ok && got != 0 {
			t.Errorf("%q at %q: %v, %v", value, date, got, ok)
		}
	})
}

// The one spelling of a URL is the one spelling of itself, and says no more than
// errors may.
func FuzzInstanceURL(f *testing.F) {
	for _, raw := range []string{
		" HTTPS://TC.example:0443/x/../api/", "http://[::ffff:127.0.0.1]:080", "https://a%2Fb/%2F/", "https://h/%2e%2e/a%20b", "user:pw@host/api", "https://h/:443", "https://ü.example./",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		once, err := InstanceURL(raw)
		if err != nil {
			return
		}
		if twice, err := InstanceURL(once); err != nil || twice != once {
			t.Errorf("%q: %q, then %q, %v", raw, once, twice, err)
		}
	})
}
