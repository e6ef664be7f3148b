//go:build unix

package tcsim

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// write is the body of a group with three associations, two tags and an indicator.
func write(i int) string {
	links := ""
	for j := max(1, i-3); j < i; j++ {
		links += fmt.Sprintf(`,{"id":%d}`, j)
	}
	return fmt.Sprintf(`{"type":"Incident","name":"Incident %d","xid":"x-%d","eventDate":"2021-11-03","tags":{"data":[{"name":"KEV"},{"techniqueId":"T1566"}]},
		"attributes":{"data":[{"type":"Description","value":"What is known of incident %d so far","default":true}]},
		"associatedGroups":{"data":[%s]},"associatedIndicators":{"data":[{"type":"Host","hostName":"h%d.example.com"}]}}`, i, i, i, strings.TrimPrefix(links, ","), i%1000)
}

// cpu is the processor time of this process.
func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPost measures one POST of a group in the process, while the instance
// fills up.
func BenchmarkPost(b *testing.B) {
	s := New(Config{})
	b.ReportAllocs()
	start := cpu()
	for i := 1; i <= b.N; i++ {
		r := httptest.NewRequest("POST", "/api/v3/groups", strings.NewReader(write(i)))
		r.Header.Set("Authorization", "TC-Token "+DemoToken)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 201 {
			b.Fatal(w.Body.String())
		}
	}
	b.ReportMetric(float64((cpu()-start).Microseconds())/float64(b.N), "cpu-us/op")
}

// BenchmarkLoopback writes over HTTP with a bare client, once to the instance and
// once to a server that only reads the body and answers as much. The difference
// is what the instance costs.
func BenchmarkLoopback(b *testing.B) {
	s := New(Config{})
	answer := bytes.Repeat([]byte("x"), 700)
	for name, h := range map[string]http.Handler{"instance": s, "bare": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(201)
		w.Write(answer)
	})} {
		b.Run(name, func(b *testing.B) {
			server := httptest.NewServer(h)
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
			var next atomic.Int64
			b.SetParallelism(8)
			b.ResetTimer()
			start := cpu()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					body := strings.Replace(write(int(next.Add(1))), `"xid":"x-`, fmt.Sprintf(`"xid":"%d-`, b.N), 1)
					i := strings.Index(body, `"associatedGroups":{"data":[`) + len(`"associatedGroups":{"data":[`)
					body = body[:i] + body[i+strings.IndexByte(body[i:], ']'):]
					r, _ := http.NewRequest("POST", server.URL+"/api/v3/groups", strings.NewReader(body))
					r.Header.Set("Authorization", "TC-Token "+DemoToken)
					r.Header.Set("Content-Type", "application/json")
					resp, err := client.Do(r)
					if err != nil || resp.StatusCode != 201 {
						b.Error(err, resp)
						return
					}
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			})
			b.ReportMetric(float64((cpu()-start).Microseconds())/float64(b.N), "cpu-us/op")
		})
	}
}

// BenchmarkMemory fills an instance with 100,000 groups that have an attribute, a
// tag and three new indicators each, and reports what stays in the heap.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := New(Config{})
		for i := range 100_000 {
			body := fmt.Sprintf(`{"type":"Incident","name":"Incident %d","xid":"x-%d","eventDate":"2021-11-03","status":"New","tags":{"data":[{"name":"KEV"}]},
				"attributes":{"data":[{"type":"Description","value":"What is known of incident %d so far","default":true}]},
				"associatedIndicators":{"data":[{"type":"Host","hostName":"a%d.example.com"},{"type":"Host","hostName":"b%d.example.com"},{"type":"URL","text":"http://c.example.com/%d"}]}}`, i, i, i, i, i, i)
			r := httptest.NewRequest("POST", "/api/v3/groups", strings.NewReader(body))
			r.Header.Set("Authorization", "TC-Token "+DemoToken)
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			if s.ServeHTTP(w, r); w.Code != 201 {
				b.Fatal(w.Body.String())
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
		b.ReportMetric(float64(after.Sys)/1e6, "MB-sys")
		runtime.KeepAlive(s)
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
		"tql=summary%20contains%20%22dent%209999%22&count=true&resultLimit=10",
		"sorting=summary%20asc&resultLimit=100&resultStart=50000",
		"tql=hasGroup(id=5000)",
		"tql=summary%20in%20(%22Incident%205000%22)",
	} {
		b.Run(q[:min(len(q), 40)], func(b *testing.B) {
			for b.Loop() {
				s.AddOwner(Owner{Name: DemoSource}) // a write: nothing is kept from the page before
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
