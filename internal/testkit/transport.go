package testkit

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
)

// Transport carries requests to a handler without a network. Virtual time goes on
// only where nothing waits for a network.
//
// If the handler aborts, the connection breaks. If it panics with another error, the
// request fails with this error.
type Transport struct{ http.Handler }

// RoundTrip lets the handler answer.
func (t Transport) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case error:
			if resp, err = nil, p; p == http.ErrAbortHandler {
				err = errors.New("connection reset by peer")
			}
		default:
			panic(p)
		}
	}()
	in := req.Clone(req.Context())
	in.RequestURI, in.Host = req.URL.RequestURI(), req.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	t.ServeHTTP(w, in)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	resp = w.Result()
	resp.Request = req
	return resp, nil
}

// Cut is a network that breaks off each request that Cut wants.
type Cut struct {
	http.RoundTripper
	Cut func(*http.Request) bool

	Tried atomic.Int64 // requests that it broke off
}

// RoundTrip carries a request, or breaks it off.
func (c *Cut) RoundTrip(req *http.Request) (*http.Response, error) {
	if c.Cut(req) {
		c.Tried.Add(1)
		return nil, errors.New("connection reset by peer")
	}
	return c.RoundTripper.RoundTrip(req)
}
