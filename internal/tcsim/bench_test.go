package tcsim

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkPost measures one POST of a group with three associations and two
// tags while the instance fills up.
func BenchmarkPost(b *testing.B) {
	s := New(Config{})
	for i := range b.N {
		links := ""
		for j := max(1, i-3); j < i; j++ {
			links += fmt.Sprintf(`,{"id":%d}`, j)
		}
		body := fmt.Sprintf(`{"type":"Incident","name":"Incident %d","xid":"x-%d","eventDate":"2021-11-03","tags":{"data":[{"name":"KEV"},{"techniqueId":"T1566"}]},
			"associatedGroups":{"data":[%s]},"associatedIndicators":{"data":[{"type":"Host","hostName":"h%d.example.com"}]}}`, i, i, strings.TrimPrefix(links, ","), i%1000)
		r := httptest.NewRequest("POST", "/api/v3/groups", strings.NewReader(body))
		r.Header.Set("Authorization", "TC-Token "+DemoToken)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 201 {
			b.Fatal(w.Body.String())
		}
	}
}

// BenchmarkPage reads a page of 10,000 groups with nested lists.
func BenchmarkPage(b *testing.B) {
	s := New(Config{})
	var last int64
	for i := range 100_000 {
		g := Group{Type: "Incident", Name: fmt.Sprint("Incident ", i), XID: fmt.Sprint("x-", i), Tags: []string{"KEV"},
			Attributes: []Attribute{{Type: "Description", Value: "text", Default: true}}}
		if last > 0 {
			g.AssociatedGroups = []int64{last, max(1, last-1)}
		}
		last = s.AddGroup(g)
	}
	for _, q := range []string{
		"resultLimit=10000&fields=tags&fields=attributes&fields=associatedGroups&sorting=id%20asc",
		"resultLimit=10000&resultStart=90000&fields=associatedGroups&tql=typeName%20in%20(%22Incident%22)%20and%20ownerName%20in%20(%22Demo%20Organization%22)",
		"resultLimit=100&resultStart=90000",
		"sorting=summary%20asc&resultLimit=100&resultStart=50000",
		"tql=hasGroup(id=5000)",
		"tql=summary%20in%20(%22Incident%205000%22)",
	} {
		b.Run(q[:min(len(q), 40)], func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest("GET", "/api/v3/groups?"+q, nil)
				r.Header.Set("Authorization", "TC-Token "+DemoToken)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != 200 {
					b.Fatal(w.Body.String())
				}
			}
		})
	}
}

// BenchmarkLoad saves and loads 100,000 groups of a star and a chain.
func BenchmarkLoad(b *testing.B) {
	s := New(Config{})
	hub := s.AddGroup(Group{Type: "Threat", Name: "hub"})
	last := hub
	for i := range 100_000 {
		g := Group{Type: "Incident", Name: fmt.Sprint("Incident ", i), XID: fmt.Sprint("x-", i), Tags: []string{"KEV"}, Fields: map[string]any{"status": "New"},
			Attributes: []Attribute{{Type: "Description", Value: "text", Default: true}}, Associations: Associations{AssociatedGroups: []int64{hub, last}}}
		last = s.AddGroup(g)
	}
	for b.Loop() {
		var buf bytes.Buffer
		if err := s.Save(&buf); err != nil {
			b.Fatal(err)
		}
		if err := New(Config{}).Load(&buf); err != nil {
			b.Fatal(err)
		}
	}
}
