package tc

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"tcimport/internal/intel"
)

// Config is what a Client needs to know. BaseURL and Credentials are required.
type Config struct {
	// BaseURL is that of the API, such as https://app.threatconnect.com/api.
	// It has to be https, except to loopback.
	BaseURL     string
	Credentials Credentials

	// Transport sends the requests; nil for one that uses the proxy of the
	// environment and keeps a connection for each worker. It must not follow
	// redirects or repeat requests by itself.
	Transport http.RoundTripper
	RootCAs   *x509.CertPool // nil for those of the system
	Workers   int            // how many calls run at a time; each may ask for one page ahead. Sizes the pool of connections

	// Rate is the number of requests a second over all calls, repeated ones
	// included, with a burst of 1; 0 for no limit.
	Rate    float64
	Timeout time.Duration // of one request with its answer; 60 s if 0
	Retry   RetryPolicy

	// Hard breaks off writes that are on their way; nil for the context of each write.
	// With it, the end of that context only keeps further attempts from being sent.
	Hard context.Context

	ActivityLog bool // writes show in the instance's activity log
	UserAgent   string
	Logger      *slog.Logger // nil for silence

	// OnWait is called when the client waits, OnAnswer when a call has ended. Several
	// goroutines call them at a time; they must not block. They may be nil.
	OnWait   func(Wait)
	OnAnswer func()

	Jitter func() float64 // in [0, 1); nil for random numbers
}

// Client is a connection to one instance. It is safe for concurrent use.
type Client struct {
	cfg       Config
	base      *url.URL // without a slash at the end
	root      string   // base as InstanceURL spells it
	userAgent []string // the header
	signer    *signer
	decoders  sync.Pool // for answers that hold one group
	transport http.RoundTripper
	limiter   *limiter
	inFlight  atomic.Int64 // writes
	budget    budget
	stats     counters
	scrub     scrubber
	log       *slog.Logger

	reached atomic.Bool  // the host has answered at all
	proven  atomic.Bool  // the API has answered a request with what it documents
	skew    atomic.Int64 // local clock minus the server's, in nanoseconds
	clock   atomic.Bool  // skew is known
	custom  atomic.Pointer[[]intel.IndicatorType]

	proving    sync.Mutex   // held while getBody is found out
	getBody    atomic.Int32 // whether the instance reads the body of a GET
	maxValues  atomic.Int32 // of one query in a URL; 0 until it has refused one for its length
	activeOnly atomic.Bool  // it cannot find inactive indicators

	findsInactive atomic.Bool // it can
}

// New checks cfg and makes a client of it. Nothing is sent.
func New(cfg Config) (*Client, error) {
	base, err := parseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := cfg.Credentials.Check(); err != nil {
		return nil, err
	}
	if cfg.Rate < 0 {
		return nil, fmt.Errorf("the rate %g must not be negative; 0 is no limit", cfg.Rate)
	}
	cfg.Retry = cfg.Retry.withDefaults()
	cfg.Timeout = cmp.Or(cfg.Timeout, time.Minute)
	cfg.Workers = cmp.Or(cfg.Workers, 8)
	if cfg.Jitter == nil {
		cfg.Jitter = rand.Float64
	}
	if cfg.OnWait == nil {
		cfg.OnWait = func(Wait) {}
	}
	if cfg.OnAnswer == nil {
		cfg.OnAnswer = func() {}
	}
	c := &Client{cfg: cfg, base: base, root: base.String(), userAgent: []string{cfg.UserAgent}, signer: newSigner(cfg.Credentials), transport: cfg.Transport, log: cfg.Logger, scrub: newScrubber(cfg.Credentials)}
	c.budget.bounds = defaultBounds
	if c.transport == nil {
		c.transport = newTransport(cfg)
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.limiter = newLimiter(cfg.Rate, cfg.OnWait)
	return c, nil
}

// Format prints the address. Without it the fields would be printed, and those
// within unexported ones as they are, Secrets included.
func (c *Client) Format(f fmt.State, _ rune) { io.WriteString(f, "client of "+c.root) }

// InFlight is the number of writes that are on their way.
func (c *Client) InFlight() int { return int(c.inFlight.Load()) }

// ClockSkew is how far the local clock is ahead of the server's, as of the
// latest answer; false if no answer had a date.
func (c *Client) ClockSkew() (time.Duration, bool) {
	return time.Duration(c.skew.Load()), c.clock.Load()
}

// StandardLog takes the remarks of net/http about connections, which it writes to
// the standard logger. They help only someone who looks at every request, and they
// can quote what the instance has sent.
func (c *Client) StandardLog() io.Writer { return netLog{c} }

type netLog struct{ c *Client }

func (w netLog) Write(p []byte) (int, error) {
	w.c.log.Debug("net/http", "says", w.c.cleanText(string(p)))
	return len(p), nil
}

// newTransport keeps to HTTP/1.1: with one connection for each worker, what
// happens to one of them says nothing about the requests on the others.
func newTransport(cfg Config) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     tlsConfig(cfg.RootCAs),
		TLSHandshakeTimeout: 15 * time.Second,
		Protocols:           protocols,
		MaxIdleConns:        cfg.Workers + 2,
		MaxIdleConnsPerHost: cfg.Workers + 2,

		// Not even the longest Location needs more.
		MaxResponseHeaderBytes: 256 << 10,

		// Shorter than what servers and balancers keep theirs for: a write on a
		// connection that is just being closed is a write in doubt.
		IdleConnTimeout: 20 * time.Second,

		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return &proxyError{host: proxy.Host, status: resp.StatusCode}
			}
			return nil
		},
	}
}
