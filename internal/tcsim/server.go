package tcsim

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server is a simulated instance. Use New.
type Server struct {
	cfg Config

	resources map[string]*resource // by path
	routes    map[string]*route    // by pattern
	byKind    [kindCount]*resource

	mu    sync.RWMutex // guards st
	st    *state
	lists listCache // of st; whoever may write to it clears it

	conf    sync.Mutex // guards the rest
	sw      *Switches  // never changed, only replaced
	fault   func(FaultPoint) Fault
	ordinal int64 // requests since New
	stats   counter
	log     []LogEntry // the last ones, in a ring
	logged  int
	watch   func(LogEntry)
	save    func() error // set before the first request
	limiter window
	refused int // requests refused by NotLicensed and Unavailable
	asked   int // requests since the switches were set
}

// New makes an instance. Unknown values in cfg.Switches panic: they are
// mistakes in a test, not conditions to handle.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{cfg: cfg}
	s.addResources()
	s.addRoutes()
	s.st = s.newState(cfg)
	s.SetSwitches(cfg.Switches)
	s.stats.reset()
	return s
}

// SetSwitches replaces all switches; it applies to the next request.
func (s *Server) SetSwitches(sw Switches) {
	if err := sw.normalize(); err != nil {
		panic("tcsim: " + err.Error())
	}
	s.conf.Lock()
	defer s.conf.Unlock()
	s.sw = &sw
	s.refused, s.asked = 0, 0
	s.limiter = window{}
	defer s.change()()
	s.st.nameTechniques(sw.TechniqueName)
}

// Switches returns the switches now in force.
func (s *Server) Switches() Switches {
	s.conf.Lock()
	defer s.conf.Unlock()
	return *s.sw
}

// change locks the state for somebody who changes it, and returns what unlocks it.
func (s *Server) change() (done func()) {
	s.mu.Lock()
	s.lists.clear()
	return s.mu.Unlock
}

// maxBody bounds what one request may send; files for Documents included.
const maxBody = 256 << 20

// ServeHTTP answers one request. It panics with http.ErrAbortHandler where a
// fault drops the connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		s.inspect(w, r)
		return
	}
	c := s.newCall(r)
	c.route()
	fault := s.count(c)
	a, f := s.answer(c, fault)
	if a == nil {
		s.counted(c, nil)
		panic(http.ErrAbortHandler)
	}
	s.send(w, c, a, f)
	if c.encoder != nil && cap(c.encoder.buf) <= maxKept {
		encoders.Put(c.encoder)
	}
}

// answer handles the request with its faults; nil is a connection that is cut.
// The Fault returned damages the answer.
func (s *Server) answer(c *call, fault func(FaultPoint) Fault) (*answer, Fault) {
	if fault == nil {
		return c.handle(), Fault{}
	}
	point := FaultPoint{Request: c.r, Route: c.pattern, N: int(c.ordinal), Phase: BeforeHandling}
	f := fault(point)
	if f.Later > 0 {
		s.later(c, f.Later)
	}
	pause(c.r, f.Delay)
	if f.Drop || f.Status != 0 {
		return f.answer(), Fault{}
	}
	a := c.handle()
	point.Phase = AfterCommit
	f = fault(point)
	pause(c.r, f.Delay)
	if f.Drop || f.Status != 0 {
		a = f.answer()
	}
	return a, f
}

// answer is a finished HTTP answer.
type answer struct {
	status int
	header http.Header
	body   []byte

	// rest is there where the answer is too long to be made before it is sent: it
	// writes all but the end of the body, and returns the end.
	rest func(io.Writer) []byte
}

func (s *Server) send(w http.ResponseWriter, c *call, a *answer, f Fault) {
	h := w.Header()
	for k, v := range a.header {
		h[k] = v
	}
	h["Date"] = []string{c.clock().UTC().Format(http.TimeFormat)}
	if h["Content-Type"] == nil {
		h["Content-Type"] = jsonType
	}
	var whole bytes.Buffer
	switch {
	case a.rest == nil:
	case f.damages():
		end := a.rest(&whole)
		a.body = append(whole.Bytes(), end...)
	default:
		w.WriteHeader(a.status)
		end := a.rest(w)
		s.counted(c, a) // before the client has all of it
		w.Write(end)
		return
	}
	s.counted(c, a)
	f.write(w, c.r, a)
}

var jsonType = []string{"application/json"}

// newCall reads what every request has before it is routed.
func (s *Server) newCall(r *http.Request) *call {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.ordinal++
	s.asked++
	return &call{s: s, r: r, sw: s.sw, strict: s.sw.Strict == "", ordinal: s.ordinal, asked: s.asked, now: s.cfg.Now()}
}

// handle takes the request through the stages of a real front end: limits,
// availability, credentials, parameters, and then the endpoint.
func (c *call) handle() (a *answer) {
	if refusal := attempt(func() { a = c.serve() }); refusal != nil {
		return c.refuse(refusal)
	}
	return a
}

func (c *call) serve() *answer {
	c.frontDoor()
	c.checkAvailable()
	c.authenticate()
	if c.routeErr != nil {
		panic(c.routeErr)
	}
	c.checkContentType()
	c.readBody()
	c.s.work()
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodOptions {
		c.s.mu.RLock()
		defer c.s.mu.RUnlock()
	} else {
		defer c.s.change()()
	}
	c.st = c.s.st
	return c.endpoint(c)
}

// frontDoor checks the request target: its length and its escapes.
func (c *call) frontDoor() {
	target := requestTarget(c.r)
	if len(target) > cmp.Or(c.sw.MaxURL, 8192) {
		panic(statusError(http.StatusRequestURITooLong, "Request-URI Too Long"))
	}
	path, _, _ := strings.Cut(target, "?")
	if c.sw.XIDSlash == "refused" && strings.Contains(strings.ToUpper(path), "%2F") {
		panic(badRequest("Invalid URI: encoded slash is not allowed"))
	}
}

// requestTarget is the path and query exactly as received. An in-process
// request has none on record, so it is rebuilt.
func requestTarget(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// Buffers of requests and answers serve again, if they are not longer than maxKept.
var (
	bodies   = sync.Pool{New: func() any { return &bytes.Buffer{} }}
	encoders = sync.Pool{New: func() any { return &encoder{} }}
)

const maxKept = 1 << 20

func (c *call) readBody() {
	if c.r.Body != nil && c.r.Body != http.NoBody {
		body := bodies.Get().(*bytes.Buffer)
		body.Reset()
		if _, err := body.ReadFrom(io.LimitReader(c.r.Body, maxBody+1)); err != nil {
			panic(badRequest("the request body could not be read"))
		}
		c.rawBody = body.String()
		if body.Cap() <= maxKept {
			bodies.Put(body)
		}
	}
	if len(c.rawBody) > maxBody {
		panic(statusError(http.StatusRequestEntityTooLarge, "the request body is too large"))
	}
	c.readParams()
	// Decoded here, before the lock: a body may be large.
	if c.decodes && (c.r.Method == http.MethodPost || c.r.Method == http.MethodPut) {
		c.body = parseObject(c.rawBody, c.strict)
	}
}

// call is one request on its way through the server.
type call struct {
	s        *Server
	st       *state
	r        *http.Request
	sw       *Switches
	strict   bool
	user     *User
	seen     []sight
	now      time.Time
	ordinal  int64 // requests since New, with this one
	asked    int   // and since the switches were set
	endpoint handler
	res      *resource
	routeErr *apiError
	pattern  string // "/v3/groups/{id}", for the counters
	segment  string // the {id} of the path, decoded
	rawBody  string
	decodes  bool // the endpoint takes a JSON object
	body     dict // the JSON object of a POST or PUT
	params   map[string][]string
	refusal  string // the message of an error
	base     string // scheme and host of links
	encoder  *encoder
	inBody   bool // the parameters came in the body of a GET
	sel      selection

	inNested    bool // an entry of a nested list is being written
	nestedLists bool // and it shows nested lists of its own
}
