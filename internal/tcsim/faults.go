package tcsim

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Phase says when a fault may strike.
type Phase int

const (
	BeforeHandling Phase = iota // nothing has been done
	AfterCommit                 // the state has changed, the answer is not yet written
)

// FaultPoint is handed to the fault function twice for each request.
type FaultPoint struct {
	Request *http.Request
	Route   string // of the request, as Stats.ByRoute has it: "/v3/groups/{id}"
	N       int    // ordinal of the request since New, from 1
	Phase   Phase
}

// Fault is what goes wrong. The zero Fault is nothing.
type Fault struct {
	Delay  time.Duration // wait first (less if the client gives up)
	Drop   bool          // cut the connection without an answer
	Status int           // answer with Status, Header and Body instead; at BeforeHandling the request is not handled

	// Later has the request carried out after this long, beside Status (a gateway
	// gives up at once) or Drop (the client does, if Delay is long). BeforeHandling
	// only.
	Later time.Duration

	Header http.Header // of Status
	Body   string      // of Status

	// Damage to the regular answer; AfterCommit only.
	Truncate    int    // leave off this many bytes and cut the connection
	CleanEnd    bool   // with Truncate: end the answer properly, so that only the JSON is short
	NonJSON     bool   // an HTML page with the regular status
	ContentType string // a wrong Content-Type
	SlowBody    time.Duration
}

// SetFault installs f; nil removes it. It is called concurrently.
func (s *Server) SetFault(f func(FaultPoint) Fault) {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.fault = f
}

func pause(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// later carries a request out behind the back of its client, which has got
// another answer by then, or none.
func (s *Server) later(c *call, d time.Duration) {
	data, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	if err != nil {
		return // it was cut off before it arrived
	}
	late := *c
	late.r = c.r.Clone(context.WithoutCancel(c.r.Context()))
	late.r.Body = io.NopCloser(bytes.NewReader(data))
	go func() {
		time.Sleep(d)
		late.now = s.cfg.Now()
		late.handle()
	}()
}

// answer is what is sent instead; nil cuts the connection.
func (f Fault) answer() *answer {
	if f.Drop {
		return nil
	}
	return &answer{status: f.Status, header: f.Header.Clone(), body: []byte(f.Body)}
}

// damages says that the answer is changed, for which it must be there as a whole.
func (f Fault) damages() bool {
	return f.Truncate > 0 || f.NonJSON || f.ContentType != "" || f.SlowBody > 0
}

const htmlPage = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n"

// write sends the answer, damaged as the fault asks.
func (f Fault) write(w http.ResponseWriter, r *http.Request, a *answer) {
	body := a.body
	if f.NonJSON {
		body = []byte(htmlPage)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	if f.ContentType != "" {
		w.Header().Set("Content-Type", f.ContentType)
	}
	full := len(body)
	if f.Truncate > 0 {
		body = body[:max(0, full-f.Truncate)]
	}
	if f.CleanEnd {
		full = len(body)
	}
	w.Header().Set("Content-Length", strconv.Itoa(full))
	w.WriteHeader(a.status)
	if f.SlowBody > 0 && len(body) > 1 {
		w.Write(body[:len(body)/2])
		http.NewResponseController(w).Flush()
		pause(r, f.SlowBody)
		body = body[len(body)/2:]
	}
	w.Write(body)
	if len(a.body) > 0 && f.Truncate > 0 && !f.CleanEnd {
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}
