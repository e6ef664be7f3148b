//go:build unix

package apply_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func createdAnswer(buf []byte, id int64) []byte {
	return fmt.Appendf(buf, `{"data":{"id":%09d,"ownerId":1,"ownerName":"Demo Organization","dateAdded":"2021-11-03T14:57:45Z","webLink":"https://tc.example/#/details/groups/%09d/overview",`+
		`"type":"Incident","name":"Incident","createdBy":{"id":3,"userName":"11112222333344445555","firstName":"John","lastName":"Smith","pseudonym":"jsmithAPI","owner":"Demo Organization"},`+
		`"upVoteCount":"0","downVoteCount":"0","status":"New","eventDate":"2021-11-03T00:00:00Z","lastModified":"2021-11-03T14:57:45Z","legacyLink":"https://tc.example/auth/incident/incident.xhtml?incident=%09d"},"message":"Created","status":"Success"}`, id+100000000, id, id)
}

const serveWrites = "TCIMPORT_SERVE_WRITES"

// TestMain runs the test binary as a server if it is told so.
func TestMain(m *testing.M) {
	if os.Getenv(serveWrites) != "" {
		latency, err := time.ParseDuration(os.Getenv(serveWrites))
		if err != nil {
			panic(err)
		}
		serve(latency)
		return
	}
	os.Exit(m.Run())
}

func startServer(b *testing.B, latency time.Duration) (url string) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveWrites+"="+latency.String())
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

// serve answers every request, after a while, with a group that it has created, as cheaply
// as it can. It ends with its input.
func serve(latency time.Duration) {
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
		go serveConn(c, &ids, latency)
	}
}

func serveConn(c net.Conn, ids *atomic.Int64, latency time.Duration) {
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
		time.Sleep(latency)
		body = createdAnswer(body[:0], ids.Add(1))
		out = fmt.Appendf(out[:0], "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nDate: Wed, 03 Nov 2021 14:57:45 GMT\r\nContent-Length: %d\r\n\r\n", len(body))
		if _, err := c.Write(append(out, body...)); err != nil {
			return
		}
	}
}
