//go:build unix

package apply_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
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
	server := startServer(b)
	p := newBench(b, tcsim.Config{}).planned(manyGroups(groups))
	bodies := bodiesOf(b, p)
	cred := tc.Credentials{AccessID: "12345678901234567890", SecretKey: "a secret key of the usual length, which signs all"}
	client := func() *tc.Client {
		c, err := tc.New(tc.Config{BaseURL: server + "/api", Credentials: cred, Workers: workers})
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	run := func(c *tc.Client, j apply.Journal) {
		l, err := apply.Run(b.Context(), p, c, apply.Options{Workers: workers, Journal: j})
		if err != nil || tallyOf(l).Created != groups {
			b.Fatalf("%v, %+v", err, tallyOf(l))
		}
	}
	for _, journal := range []bool{false, true} {
		b.Run(fmt.Sprintf("journal=%t", journal), func(b *testing.B) {
			var tool, bare usage
			b.ReportAllocs()
			for b.Loop() {
				c := client()
				var j apply.Journal
				if journal {
					opened, _, err := runstate.Open(b.TempDir(), runstate.Scope{Instance: server})
					if err != nil {
						b.Fatal(err)
					}
					if _, err := opened.Begin(p.ID); err != nil {
						b.Fatal(err)
					}
					defer opened.Abandon()
					j = opened
				}
				tool.add(func() { run(c, j) })
				bare.add(func() { bareLoop(b, server, bodies, workers) })
			}
			b.ReportMetric(float64(tool.cpu)/float64(bare.cpu), "cpu/bare")
			b.ReportMetric(float64(tool.wall)/float64(bare.wall), "time/bare")
			b.ReportMetric(float64(tool.cpu.Microseconds())/float64(b.N*groups), "µs-cpu/write")
			b.ReportMetric(float64(bare.cpu.Microseconds())/float64(b.N*groups), "µs-cpu/bare-write")
		})
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

func createdAnswer(buf []byte, id int64) []byte {
	return fmt.Appendf(buf, `{"data":{"id":%09d,"ownerId":1,"ownerName":"Demo Organization","dateAdded":"2021-11-03T14:57:45Z","webLink":"https://tc.example/#/details/groups/%09d/overview",`+
		`"type":"Incident","name":"Incident","createdBy":{"id":3,"userName":"11112222333344445555","firstName":"John","lastName":"Smith","pseudonym":"jsmithAPI","owner":"Demo Organization"},`+
		`"upVoteCount":"0","downVoteCount":"0","status":"New","eventDate":"2021-11-03T00:00:00Z","lastModified":"2021-11-03T14:57:45Z","legacyLink":"https://tc.example/auth/incident/incident.xhtml?incident=%09d"},"message":"Created","status":"Success"}`, id+100000000, id, id)
}

const serveWrites = "TCIMPORT_SERVE_WRITES"

// TestMain runs the test binary as a server if it is told so.
func TestMain(m *testing.M) {
	if os.Getenv(serveWrites) != "" {
		serve()
		return
	}
	os.Exit(m.Run())
}

func startServer(b *testing.B) (url string) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveWrites+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close() // it ends with its input
		cmd.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(addr)
}

// serve answers every request with a group that it has created, as cheaply as it can.
// It ends with its input.
func serve() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	var ids atomic.Int64
	for {
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		go serveConn(c, &ids)
	}
}

func serveConn(c net.Conn, ids *atomic.Int64) {
	defer c.Close()
	r := bufio.NewReader(c)
	var out, body []byte
	for {
		length := 0
		for {
			line, err := r.ReadSlice('\n')
			if err != nil {
				return
			}
			if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
				length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
			}
			if len(bytes.TrimSpace(line)) == 0 {
				break
			}
		}
		if _, err := r.Discard(length); err != nil {
			return
		}
		body = createdAnswer(body[:0], ids.Add(1))
		out = fmt.Appendf(out[:0], "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nDate: Wed, 03 Nov 2021 14:57:45 GMT\r\nContent-Length: %d\r\n\r\n", len(body))
		if _, err := c.Write(append(out, body...)); err != nil {
			return
		}
	}
}
