package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"tcimport/internal/reader"
	"tcimport/internal/state"
	"tcimport/internal/tc"
	"tcimport/internal/tcsim"
)

// At most this many bytes are read of a file with a token or a key, and of one with
// certificates.
const (
	maxSecret       = 64 << 10
	maxCertificates = 16 << 20
)

// connection is the instance that a command talks to.
type connection struct {
	client   *tc.Client
	instance *tc.Description
	url      string        // as tc.InstanceURL spells it; lock, journal and report are named after it
	sim      *tcsim.Server // an instance inside the process; nil for any other
	simFile  string        // "" if it is not kept
}

// usualPath is where instances have their API.
const usualPath = "/api"

// name names the instance in reports and in the state folder: by its host, and by
// its path if that is not the usual one, because a host can have several instances.
func (c *connection) name() string {
	u, err := url.Parse(c.url)
	switch {
	case err != nil || u.Host == "":
		return c.url
	case u.EscapedPath() == usualPath:
		return u.Host
	}
	return u.Host + "/" + strings.TrimPrefix(u.EscapedPath(), "/")
}

// now is the time by the clock of the instance, as far as that is known.
func (c *connection) now() time.Time {
	skew, _ := c.client.ClockSkew()
	return time.Now().Add(-skew)
}

// lockName names the instance in locks, "" where no other process can reach it. A
// simulated instance is its file: each folder can have one of the same name.
func (c *connection) lockName() string {
	switch {
	case c.sim == nil:
		return c.name()
	case c.simFile == "":
		return ""
	}
	return "sim:" + reader.RealPath(c.simFile)
}

// save writes the state of a simulated instance that is kept.
func (c *connection) save() error {
	if c.simFile == "" {
		return nil
	}
	return state.WriteFile(c.simFile, state.Private, func(w io.Writer) error { return c.sim.Save(w) })
}

// target is the instance as it is given, "" if none is. It may hold a password:
// only the result of tc.InstanceURL may be shown.
func (o *connectOptions) target(p *program) string {
	target := strings.TrimSpace(o.url)
	if target == "" {
		target = strings.TrimSpace(p.env("TC_API_PATH"))
	}
	if file, ok := strings.CutPrefix(target, "sim:"); ok && file != "" {
		return "sim:" + filepath.Clean(file)
	}
	return target
}

// connect prepares the connection; nothing is sent yet.
func (p *program) connect(o *connectOptions, activityLog bool) (*connection, error) {
	p.signals.enter(asking)
	target := o.target(p)
	if target == "" {
		return nil, errors.New("no instance: set TC_API_PATH or give --url, such as https://app.threatconnect.com/api (or sim: for a simulated one)")
	}
	cfg := tc.Config{
		BaseURL: target, Workers: o.workers, Rate: o.rate, Timeout: o.timeout,
		Transport: p.transport, Hard: p.signals.hard, ActivityLog: activityLog, Logger: p.logger(), UserAgent: "tcimport/" + build().Version,
		OnWait: p.onWait, OnAnswer: p.progress.Answered,
	}
	c := &connection{url: target}
	if file, ok := strings.CutPrefix(target, "sim:"); ok {
		c.sim, c.simFile = tcsim.New(tcsim.Config{}), file
		if err := load(c.sim, file); err != nil {
			return nil, err
		}
		cfg.BaseURL, cfg.Transport = "http://localhost/api", inProcess{c.sim}
		cfg.Credentials = tc.Credentials{Token: tcsim.DemoToken}
		if !o.rateSet {
			cfg.Rate = 0
		}
	} else {
		var err error
		if c.url, err = tc.InstanceURL(target); err != nil {
			return nil, err
		}
		if err = p.checkProxy(); err != nil {
			return nil, err
		}
		if cfg.Credentials, err = p.credentials(); err != nil {
			return nil, err
		}
		if err = cfg.Credentials.Check(); err != nil {
			return nil, &exitError{code: codeDenied, err: err}
		}
		if cfg.RootCAs, err = rootCAs(o.caFile); err != nil {
			return nil, err
		}
	}
	client, err := tc.New(cfg)
	if err != nil {
		return nil, err
	}
	c.client, c.instance = client, client.Describe()
	log.SetFlags(0)
	log.SetOutput(client.StandardLog())
	return c, nil
}

// credentials reads them from the environment. The token wins if both are given.
func (p *program) credentials() (tc.Credentials, error) {
	token, err := p.secret("TC_TOKEN")
	if err != nil || token != "" {
		return tc.Credentials{Token: tc.Secret(token)}, err
	}
	id, idErr := p.secret("TC_API_ACCESS_ID")
	key, keyErr := p.secret("TC_API_SECRET_KEY")
	return tc.Credentials{AccessID: id, SecretKey: tc.Secret(key)}, cmp.Or(idErr, keyErr)
}

// secret is the value of a variable, or the content of the file that its _FILE
// twin names.
func (p *program) secret(name string) (string, error) {
	value, file := p.env(name), p.env(name+"_FILE")
	if value != "" && file != "" {
		return "", fmt.Errorf("%s and %s_FILE are both set: set one", name, name)
	}
	if file == "" {
		return value, nil
	}
	b, err := state.ReadRegular(file, maxSecret)
	if err != nil {
		return "", &exitError{code: codeDenied, err: fmt.Errorf("%s_FILE: %w", name, err)}
	}
	s := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if s == "" {
		return "", &exitError{code: codeDenied, err: fmt.Errorf("%s_FILE: %s is empty", name, file)}
	}
	return s, nil
}

// checkProxy refuses the URL of a proxy that cannot be parsed: net/http would ignore
// it silently. The message does not repeat its password.
func (p *program) checkProxy() error {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		proxy := p.env(name)
		if proxy == "" {
			continue
		}
		if !strings.Contains(proxy, "://") {
			proxy = "http://" + proxy
		}
		if u, err := url.Parse(proxy); err != nil || u.Host == "" {
			return fmt.Errorf("%s cannot be read as a URL: write it like http://proxy.example:3128, and in a password %%25 for %%, %%23 for #, %%2F for / and %%40 for @", name)
		}
		return nil
	}
	return nil
}

func rootCAs(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := state.ReadRegular(file, maxCertificates)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca-file: there is no certificate in %s", file)
	}
	return pool, nil
}

// inProcess carries requests to a handler without a network.
type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	body := req.Body
	if body == nil {
		body = http.NoBody
	}
	defer body.Close()
	in := req.Clone(context.WithoutCancel(req.Context()))
	in.Body, in.Host, in.RequestURI, in.RemoteAddr = body, req.URL.Host, req.URL.RequestURI(), "127.0.0.1:0"
	rec := httptest.NewRecorder()
	defer func() {
		if r := recover(); r != nil {
			if r != http.ErrAbortHandler {
				panic(r)
			}
			resp, err = nil, io.ErrUnexpectedEOF
		}
	}()
	t.handler.ServeHTTP(rec, in)
	resp = rec.Result()
	resp.Request = req
	return resp, nil
}
