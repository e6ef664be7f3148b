package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		const body = `{"data":[],"status":"Success"}`
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%sunasked %s\r\n", len(body), body, req.Header.Get("Authorization"))
		io.Copy(io.Discard, conn)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
