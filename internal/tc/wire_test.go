package tc

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tcimport/internal/intel"
)

// overSocket is a client that talks to h over a real connection.
func overSocket(t *testing.T, h http.Handler, change ...func(*Config)) *Client {
	t.Helper()
	server := httptest.NewServer(http.StripPrefix("/api", h))
	t.Cleanup(server.Close)
	return client(t, nil, append([]func(*Config){func(cfg *Config) {
		cfg.BaseURL, cfg.Transport = server.URL+"/api", nil
		cfg.Retry.Base = time.Millisecond
	}}, change...)...)
}

func TestRealConnection(t *testing.T) {
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "GET" && (r.ContentLength != 0 || len(r.TransferEncoding) != 0 || r.Header.Get("Content-Type") != "") {
			t.Errorf("GET with a body: %d %v", r.ContentLength, r.TransferEncoding)
		}
		if len(r.Cookies()) > 0 {
			t.Error("cookies are kept")
		}
		w.Header().Set("Set-Cookie", "session=1")
		if r.Method == "POST" {
			status(201, created)(w, r)
			return
		}
		status(200, oneGroup)(w, r)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := client(t, nil, func(cfg *Config) { cfg.BaseURL, cfg.Transport, cfg.Workers = server.URL, nil, 4 })
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				if _, err := c.Group(t.Context(), 7, 0); err != nil {
					t.Error(err)
				}
				if _, err := c.CreateGroup(t.Context(), threat(), 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := connections.Load(); n > 8 {
		t.Errorf("%d connections for 4 workers", n)
	}
}

// A connection that breaks is for the client to deal with: the transport would
// repeat a read at once, past limiter and signature.
func TestTransportRepeatsNothing(t *testing.T) {
	var arrived atomic.Int32
	type requests struct{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived.Add(1)
		if r.Context().Value(requests{}).(*atomic.Int32).Add(1) == 2 {
			panic(http.ErrAbortHandler) // the second request on each connection gets no answer
		}
		io.WriteString(w, oneGroup)
	}))
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, requests{}, new(atomic.Int32))
	}
	server.Start()
	defer server.Close()
	c := client(t, nil, func(cfg *Config) {
		cfg.BaseURL, cfg.Transport = server.URL, nil
		cfg.Retry.Base = time.Millisecond
	})
	for range 6 {
		if _, err := c.Group(t.Context(), 7, 0); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Stats().Requests; got != int(arrived.Load()) || got <= 6 {
		t.Errorf("counted %d requests, %d arrived", got, arrived.Load())
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	c := overSocket(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}))
	if _, err := c.Owners(t.Context()); !errors.Is(err, ErrRedirect) || !strings.Contains(err.Error(), other.URL) {
		t.Errorf("got %v", err)
	}
	if elsewhere.Load() > 0 {
		t.Error("followed")
	}
}

func TestUnknownAuthority(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(status(201, created)))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	at := func(cfg *Config) { cfg.BaseURL, cfg.Transport = server.URL, nil }
	_, err := client(t, nil, at).CreateGroup(t.Context(), threat(), 0)
	if !errors.Is(err, ErrCertificate) || IsInDoubt(err) || !strings.Contains(Hint(err), "--ca-file") {
		t.Errorf("got %v, %s", err, Hint(err))
	}
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	c := client(t, nil, at, func(cfg *Config) { cfg.RootCAs = pool })
	if _, err := c.CreateGroup(t.Context(), threat(), 0); err != nil {
		t.Error(err)
	}
}

func TestNothingListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	c := client(t, nil, func(cfg *Config) {
		cfg.BaseURL, cfg.Transport = "http://"+address, nil
		cfg.Retry.Base = time.Millisecond
	})
	_, err = c.CreateGroup(t.Context(), threat(), 0)
	if !errors.Is(err, ErrNetwork) || IsInDoubt(err) || c.Stats().Requests != 3 {
		t.Errorf("got %v after %d requests", err, c.Stats().Requests)
	}
}

// An answer that lies about its length, and one that ends in the middle.
func TestCutAnswerOverSocket(t *testing.T) {
	n := 0
	c := overSocket(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 3 {
			w.Header().Set("Content-Length", "100000")
			io.WriteString(w, `{"data":[{"id":1},`)
			panic(http.ErrAbortHandler)
		}
		status(200, `{"data":[{"id":1,"name":"a"}],"status":"Success"}`)(w, r)
	}))
	got := 0
	for _, err := range c.Search(t.Context(), intel.KindGroup, Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		got++
	}
	if got != 1 || n != 3 {
		t.Errorf("%d objects from %d requests", got, n)
	}
}

func TestProxyRefuses(t *testing.T) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Method != "CONNECT" || r.Header.Get("Authorization") != "" {
			t.Errorf("the proxy gets %s with %q", r.Method, r.Header.Get("Authorization"))
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer proxy.Close()
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := newTransport(Config{})
	transport.Proxy = http.ProxyURL(address)
	c := client(t, nil, func(cfg *Config) { cfg.Transport = transport })
	_, err = c.CreateGroup(t.Context(), threat(), 0)
	if !errors.Is(err, ErrNetwork) || IsInDoubt(err) || !strings.Contains(err.Error(), "407") || !strings.Contains(Hint(err), "HTTPS_PROXY") || asked.Load() != 1 {
		t.Errorf("got %v, %s after %d requests", err, Hint(err), asked.Load())
	}
}
