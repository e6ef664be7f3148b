package tc

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// follow takes the query of a link to the page that begins after start entries, "" if the
// link is not one to follow. It has to lead to the same list with the same parameters, and exactly to
// what comes next: one that leads further loses entries, one that leads back does
// not end.
func (p *pager) follow(link string, start int) string {
	u, err := url.Parse(link)
	if err != nil || !strings.HasSuffix(u.EscapedPath(), p.call.path) {
		return ""
	}
	got, err := url.ParseQuery(u.RawQuery)
	if err != nil || strings.ContainsFunc(u.RawQuery, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	want := url.Values{"resultStart": {strconv.Itoa(start)}}
	for _, q := range p.params {
		want.Add(q.key, q.value)
	}
	for key, values := range want {
		if !slices.Equal(got[key], values) {
			return ""
		}
	}
	return u.RawQuery
}
