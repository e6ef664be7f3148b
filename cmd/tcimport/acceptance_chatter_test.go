package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"tcimport/internal/tcsim"
)

// TestNothingButTheToolWritesToStderr: an instance that sends more than it was
// asked for makes net/http speak up.
func TestNothingButTheToolWritesToStderr(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tcsim.Config{})
	w.with("TC_API_PATH=" + unasked(t) + "/api")
	if r := w.exec("check"); strings.Contains(r.err, "nsolicited") {
		t.Errorf("stderr holds %s", r.err)
	}
	w.with("TCIMPORT_DEBUG=1")
	r := w.exec("check", "--log-format", "json")
	if !strings.Contains(r.err, `"says":"Unsolicited`) || !strings.Contains(r.err, "REDACTED") || strings.Contains(r.err, tcsim.DemoToken) {
		t.Errorf("the log holds %s", r.err)
	}
	for line := range strings.Lines(r.err) {
		if !strings.HasPrefix(line, `{"time":`) {
			t.Errorf("not of the log: %s", line)
		}
	}
}

// unasked serves empty lists, each followed by a line that is no answer. It is a
// whole line: where it is taken for the beginning of the next answer, the client
// would wait for its end.
func unasked(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				req, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				const body = `{"data":[],"status":"Success"}`
				fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%sunasked %s\r\n", len(body), body, req.Header.Get("Authorization"))
				io.Copy(io.Discard, conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}
