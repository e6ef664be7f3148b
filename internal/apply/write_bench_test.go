//go:build unix

package apply_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/plan"
	runstate "tcimport/internal/state"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
	"tcimport/internal/testkit"
)

// BenchmarkWrites compares apply.Run and the client with a bare loop: 16 goroutines
// that POST prepared bodies with net/http and decode the ID. Both write the same 5,000
// groups with associations to the same server. Its CPU time does not count, because
// it runs as a process of its own.
//
// cpu/bare and time/bare are the ratios. The journal costs a sync for each batch of
// records, which the bare loop does not have.
func BenchmarkWrites(b *testing.B) {
	const groups, workers = 5000, 16
	server := startServer(b, 0)
	p := newBench(b, tcsim.Config{}).planned(manyGroups(groups))
	bodies := bodiesOf(b, p)
	for _, journal := range []bool{false, true} {
		b.Run(fmt.Sprintf("journal=%t", journal), func(b *testing.B) {
			var tool, bare usage
			b.ReportAllocs()
			for b.Loop() {
				run := prepareRun(b, p, server, workers, journal)
				tool.add(run)
				bare.add(func() { bareLoop(b, server, bodies, workers) })
			}
			b.ReportMetric(float64(tool.cpu)/float64(bare.cpu), "cpu/bare")
			b.ReportMetric(float64(tool.wall)/float64(bare.wall), "time/bare")
			b.ReportMetric(float64(tool.cpu.Microseconds())/float64(b.N*groups), "µs-cpu/write")
			b.ReportMetric(float64(bare.cpu.Microseconds())/float64(b.N*groups), "µs-cpu/bare-write")
		})
	}
}

// BenchmarkLatency compares apply.Run, with a journal, and a bare loop where each answer
// takes 20 ms, for several shapes of graphs. busy is the part of the time that each of
// the 16 workers spends in a request of 20 ms.
func BenchmarkLatency(b *testing.B) {
	const groups, workers, latency = 1600, 16, 20 * time.Millisecond
	server := startServer(b, latency)
	none := func(int) []int { return nil }
	own := func(i int) string { return fmt.Sprintf("h%d.example", i) }
	rng := rand.New(rand.NewPCG(1, 2))
	for _, shape := range []struct {
		name  string
		other func(i int) []int
		host  func(i int) string
	}{
		{"chain", func(i int) []int { return []int{i + 1} }, own},
		{"star", func(int) []int { return []int{0} }, own},
		{"grid", func(i int) []int { return []int{i + 1, i + 40} }, own},
		{"random", func(int) []int { return []int{rng.IntN(groups), rng.IntN(groups), rng.IntN(groups)} }, own},
		{"shared-indicator", none, func(int) string { return "x.example" }},
	} {
		b.Run(shape.name, func(b *testing.B) {
			p := newGroups(b, groups, shape.other, shape.host)
			bodies := bodiesOf(b, p)
			var tool, bare usage
			for b.Loop() {
				tool.add(prepareRun(b, p, server, workers, true))
				bare.add(func() { bareLoop(b, server, bodies, workers) })
			}
			least := latency * time.Duration(b.N) * groups / workers
			b.ReportMetric(float64(bare.wall)/float64(tool.wall), "bare/time")
			b.ReportMetric(float64(least)/float64(tool.wall), "busy")
			b.ReportMetric(float64(least)/float64(bare.wall), "busy-bare")
		})
	}
}

// prepareRun connects a client and opens a journal, and gives the run of p.
func prepareRun(b *testing.B, p *plan.Plan, server string, workers int, journal bool) func() {
	c, err := tc.New(tc.Config{BaseURL: server + "/api", Workers: workers,
		Credentials: tc.Credentials{AccessID: "12345678901234567890", SecretKey: "a secret key of the usual length, which signs all"}})
	if err != nil {
		b.Fatal(err)
	}
	opt := apply.Options{Workers: workers}
	if journal {
		j, _, err := runstate.Open(b.TempDir(), runstate.Scope{Instance: server})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := j.Begin(p.ID); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { j.Abandon() })
		opt.Journal = j
	}
	return func() {
		if l, err := apply.Run(b.Context(), p, c, opt); err != nil || tallyOf(l).Created != len(p.Actions) {
			b.Fatalf("%v, %+v", err, tallyOf(l))
		}
	}
}

// manyGroups is a manifest of groups with a tag, an attribute and, for each group,
// three associations with groups and two with new indicators.
func manyGroups(n int) string {
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {key: g%d, type: Incident, name: Incident number %d, status: New, tags: [Targeted Attack], attributes: [{type: Description, value: Something happened and here is what it was}], ", i, i)
		fmt.Fprintf(&b, "associatedGroups: [g%d, g%d, g%d], associatedIndicators: [Host:a%d.example.com, Host:b%d.example.com]}\n", (i+1)%n, (i+7)%n, (i+61)%n, i, i)
	}
	return b.String()
}

func (b *bench) planned(manifest string) *plan.Plan {
	return b.plan(b.read(manifest), nil, plan.DefaultPolicy())
}

// bodiesOf are the bodies of the requests that p takes.
func bodiesOf(b *testing.B, p *plan.Plan) [][]byte {
	var mu sync.Mutex
	var bodies [][]byte
	var ids atomic.Int64
	c, err := tc.New(tc.Config{BaseURL: "http://127.0.0.1/api", Credentials: tc.Credentials{Token: "0123456789"},
		Transport: testkit.Transport{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			bodies = append(bodies, body)
			w.Write(createdAnswer(nil, ids.Add(1)))
		})}})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := apply.Run(b.Context(), p, c, apply.Options{Workers: 4}); err != nil {
		b.Fatal(err)
	}
	return bodies
}

// usage is what something took.
type usage struct{ cpu, wall time.Duration }

func (u *usage) add(f func()) {
	cpu, begun := cpuTime(), time.Now()
	f()
	u.cpu += cpuTime() - cpu
	u.wall += time.Since(begun)
}

func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func bareLoop(b *testing.B, server string, bodies [][]byte, workers int) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(bodies)); i = next.Add(1) - 1 {
				if err := barePost(client, server+"/api/v3/groups", bodies[i]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func barePost(client *http.Client, url string, body []byte) error {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "TC-Token 0123456789")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var answer struct{ Data struct{ ID int64 } }
	if err := json.Unmarshal(text, &answer); err != nil || answer.Data.ID == 0 {
		return fmt.Errorf("%v: %s", err, text)
	}
	return nil
}
