package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestSimLogsThroughTheTerminal: what net/http says about a broken request is a log
// line like any other, so it cannot write control characters to a terminal.
func TestSimLogsThroughTheTerminal(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	p := &program{stderr: &errs, lookupEnv: func(string) (string, bool) { return "", false }}
	p.global.logFormat = newChoice("text", "json")
	p.openTerminal()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- p.serve(ctx, l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("\x1b[31mbroken") }))
	}()
	if resp, err := http.Get("http://" + l.Addr().String()); err == nil {
		resp.Body.Close()
		t.Error("a handler that panics answers")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if text := errs.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "broken") || strings.Contains(text, "\x1b") {
		t.Errorf("stderr is %q", text)
	}
}
