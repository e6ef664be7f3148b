package tc

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// call is one operation on the instance: what is sent, what repeating it means,
// and what errors call it.
type call struct {
	op      string // "create group"
	object  string // what it is done to, for errors
	method  string // GET if ""
	path    string // below the base URL, escaped, without a slash at the end
	query   string // encoded
	body    []byte
	writes  bool              // where the instance may have done it, the caller looks before it is sent again
	shrinks bool              // it is better to ask for less than to try often
	ahead   bool              // its answer is read when that of another call has been read
	trial   bool              // it may well be that this is not understood: do not insist
	owner   bool              // an owner is named: 403 is about it
	jobs    bool              // it asks for the Batch API: 404 may say that there is none
	file    bool              // a file is sent or comes back, which may be compressed
	tql     bool              // a query is sent
	linked  func(next string) // gets the link of a list to its next page, before the entries; may be nil
	entries int               // how many entries of a list are asked for; 0 for one object

	// decode reads the body of a 2xx answer. It is called once for each attempt,
	// so it has to begin afresh each time.
	decode func(*answer) error
}

// do carries a call out: the only way to the instance.
//
// A read that fails ends in an *Error or ctx's error. A write ends in an
// *InDoubtError if it may have been carried out without a success to show for it.
func (c *Client) do(ctx context.Context, call *call) error {
	defer c.cfg.OnAnswer()
	var h history
	start := time.Now()
	for try := 1; ; try++ {
		paused, err := c.limiter.wait(ctx)
		if paused > 0 {
			c.stats.add(func(t *Traffic) { t.Waited += paused })
		}
		if err != nil {
			return err
		}
		sent := time.Now()
		failure, o := c.attempt(ctx, call, try)
		if failure == nil {
			c.limiter.success()
			return nil
		}
		failure.Tries = try
		end := func(err error) error {
			if call.writes && o.acted {
				return &InDoubtError{Err: err}
			}
			return err
		}
		if err := ctx.Err(); err != nil && failure.Status < 300 {
			return end(err) // it is not the instance that has ended it
		}
		h.elapsed = time.Since(start)
		h.tries = 0
		if call.trial || call.shrinks && failure.sizeMatters() {
			h.tries = 2
		}
		if o.askedToWait() {
			h.throttled++
		} else {
			h.failures++
		}
		v, wait := c.cfg.Retry.decide(call.writes, o, h, c.cfg.Jitter())
		if v == giveUp {
			if o.persists != "" && h.elapsed >= restart {
				failure.Cause, failure.Hint = o.persists, causes[o.persists].hint
			}
			return end(failure)
		}
		if err := c.hold(ctx, v, wait, sent, o.cause); err != nil {
			return err
		}
		h.reauthed = h.reauthed || v == again
	}
}

// hold does what a verdict says before the next attempt.
func (c *Client) hold(ctx context.Context, v verdict, wait time.Duration, sent time.Time, cause Cause) error {
	switch v {
	case pause:
		c.limiter.pause(wait, sent, cause)
	case backOff:
		c.cfg.OnWait(Wait{Reason: cause, Until: time.Now().Add(wait)})
		c.stats.add(func(t *Traffic) { t.Waited += wait })
		return sleep(ctx, wait)
	case again, giveUp:
	}
	return ctx.Err()
}

// slowest is how many bytes of a body a slow line carries in a second. A timeout is for
// the instance: the time on the line comes on top of it.
const slowest = 128 << 10

// attempt sends a call once. A nil *Error is a success.
func (c *Client) attempt(ctx context.Context, call *call, try int) (*Error, outcome) {
	if call.writes {
		c.inFlight.Add(1)
		defer c.inFlight.Add(-1)
		if c.cfg.Hard != nil {
			ctx = c.cfg.Hard
		}
	}
	timeout := c.cfg.Timeout + time.Duration(len(call.body)/slowest)*time.Second
	if call.ahead {
		timeout *= 2 // one for the other call
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := c.request(ctx, call)
	if err != nil {
		return &Error{Op: call.op, Object: call.object, Cause: ErrRefused, Err: err}, outcome{cause: ErrRefused, final: true}
	}
	begun := time.Now()
	resp, err := c.transport.RoundTrip(req)
	c.count(call, try, resp)
	var failure *Error
	var o outcome
	if err != nil {
		failure, o = c.unanswered(call, err)
	} else {
		c.observe(resp.Header)
		failure, o = c.answered(call, resp)
		drain(resp.Body)
	}
	if failure != nil {
		o.cause = failure.Cause
	}
	c.trace(ctx, call, try, begun, resp, failure)
	return failure, o
}

// request is made and signed for each attempt; the body's bytes are the same
// ones every time.
func (c *Client) request(ctx context.Context, call *call) (*http.Request, error) {
	target := c.root + call.path
	if call.query != "" {
		target += "?" + call.query
	}
	// With a body that it cannot rewind, the transport leaves it to do to repeat
	// a read whose connection broke: it would neither wait nor be counted.
	var body io.Reader = io.MultiReader()
	if len(call.body) > 0 {
		body = bytes.NewReader(call.body)
	}
	req, err := http.NewRequestWithContext(ctx, cmp.Or(call.method, http.MethodGet), target, body)
	if err != nil {
		return nil, err
	}
	if !call.writes {
		req.GetBody = nil
	}
	contentType, accept := jsonType, jsonType
	if call.file {
		contentType, accept = fileType, fileOrJSON
	}
	req.Header["Accept"], req.Header["User-Agent"] = accept, c.userAgent
	if len(call.body) > 0 {
		req.Header["Content-Type"] = contentType
	} else if call.method == http.MethodDelete {
		req.Body = nil
	}
	c.signer.sign(req, time.Now())
	return req, nil
}

var (
	jsonType   = []string{"application/json"}
	fileType   = []string{"application/octet-stream"}
	fileOrJSON = []string{"application/octet-stream, application/json"}
)

func (c *Client) count(call *call, try int, resp *http.Response) {
	c.stats.add(func(t *Traffic) {
		t.Requests++
		if try > 1 {
			t.Retries++
		}
		if resp != nil && (resp.StatusCode == http.StatusTooManyRequests ||
			resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "") {
			t.Throttled++
		}
	})
}

// observe keeps what every answer shows: that the host is there, and its time.
func (c *Client) observe(h http.Header) {
	c.reached.Store(true)
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		// The header has whole seconds; half a one is the best guess.
		c.skew.Store(int64(time.Since(date) - 500*time.Millisecond))
		c.clock.Store(true)
	}
}

func (c *Client) trace(ctx context.Context, call *call, try int, begun time.Time, resp *http.Response, failure *Error) {
	if !c.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", cmp.Or(call.method, http.MethodGet)), slog.String("path", call.path),
		slog.Int("try", try), slog.Duration("took", time.Since(begun).Round(time.Millisecond)),
	}
	if query, err := url.QueryUnescape(call.query); err == nil && query != "" {
		attrs = append(attrs, slog.String("query", c.scrub.clean(query)))
	}
	if resp != nil {
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
	}
	if failure != nil {
		attrs = append(attrs, slog.String("error", failure.Error()))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, call.op, attrs...)
}

// drained is how much of the rest of an answer is read and dropped, so that its
// connection can be used again.
const drained = 256 << 10

// drain reads what is left of a body, so that its connection can be used again,
// unless it is so much that a new one is cheaper.
func drain(body io.ReadCloser) {
	io.CopyN(io.Discard, body, drained)
	body.Close()
}
