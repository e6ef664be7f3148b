package tcsim

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server is a simulated instance. Use New.
type Server struct {
	cfg   Config
	users []*User

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
	limiter window
	refused int // requests refused by NotLicensed and Unavailable
	asked   int // requests since the switches were set
}

// New makes an instance. Unknown values in cfg.Switches panic: they are
// mistakes in a test, not conditions to handle.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{cfg: cfg}
	s.users = append(s.users, cfg.defaultUser().withDefaults(3))
	for _, u := range cfg.Users {
		s.users = append(s.users, u.withDefaults(int64(len(s.users)+10)))
	}
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
	s.count(c)
	defer s.countDone()
	point := FaultPoint{Request: r, N: int(c.ordinal), Phase: BeforeHandling}
	f := s.faultAt(point)
	if f.Later > 0 {
		s.later(c, f.Later)
	}
	f.wait(r)
	if f.Drop {
		s.countStatus(0)
		panic(http.ErrAbortHandler)
	}
	if a := f.answer(); a != nil {
		s.send(w, c, a, Fault{})
		return
	}
	a := c.handle()
	point.Phase = AfterCommit
	f = s.faultAt(point)
	f.wait(r)
	if f.Drop {
		s.countStatus(0)
		panic(http.ErrAbortHandler)
	}
	if replacement := f.answer(); replacement != nil {
		a = replacement
	}
	s.send(w, c, a, f)
}

// answer is a finished HTTP answer.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (s *Server) send(w http.ResponseWriter, c *call, a *answer, f Fault) {
	s.countStatus(a.status)
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.Header().Set("Date", c.clock().UTC().Format(http.TimeFormat))
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	f.write(w, c.r, a)
}

// newCall reads what every request has before it is routed.
func (s *Server) newCall(r *http.Request) *call {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.ordinal++
	s.asked++
	return &call{asked: s.asked, s: s, r: r, sw: s.sw, strict: s.sw.Strict == "", ordinal: s.ordinal, now: s.cfg.Now()}
}

// handle takes the request through the stages of a real front end: limits,
// availability, credentials, parameters, and then the endpoint.
func (c *call) handle() *answer {
	if err := c.frontDoor(); err != nil {
		return c.refuse(err)
	}
	if a := c.unavailable(); a != nil {
		return a
	}
	if err := c.authenticate(); err != nil {
		return c.refuse(err)
	}
	if c.routeErr != nil {
		return c.refuse(c.routeErr)
	}
	if err := c.checkContentType(); err != nil {
		return c.refuse(err)
	}
	if err := c.readBody(); err != nil {
		return c.refuse(err)
	}
	write := c.r.Method != http.MethodGet && c.r.Method != http.MethodOptions
	if write {
		defer c.s.change()()
	} else {
		c.s.mu.RLock()
		defer c.s.mu.RUnlock()
	}
	c.st = c.s.st
	a, err := c.endpoint(c)
	if err != nil {
		return c.refuse(err)
	}
	return a
}

// frontDoor checks the request target: its length and its escapes.
func (c *call) frontDoor() *apiError {
	limit := c.sw.MaxURL
	if limit == 0 {
		limit = 8192
	}
	target := requestTarget(c.r)
	if len(target) > limit {
		return statusError(http.StatusRequestURITooLong, "Request-URI Too Long")
	}
	path, _, _ := strings.Cut(target, "?")
	if c.sw.XIDSlash == "refused" && strings.Contains(strings.ToUpper(path), "%2F") {
		return badRequest("Invalid URI: encoded slash is not allowed")
	}
	return nil
}

// requestTarget is the path and query exactly as received. An in-process
// request has none on record, so it is rebuilt.
func requestTarget(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

func (c *call) readBody() *apiError {
	var data []byte
	if c.r.Body != nil {
		var err error
		if data, err = io.ReadAll(io.LimitReader(c.r.Body, maxBody+1)); err != nil {
			return badRequest("the request body could not be read")
		}
	}
	if len(data) > maxBody {
		return statusError(http.StatusRequestEntityTooLarge, "the request body is too large")
	}
	c.rawBody = data
	if err := c.readParams(); err != nil {
		return err
	}
	// Decoded here, before the lock: a body may be large.
	if c.decodes && (c.r.Method == http.MethodPost || c.r.Method == http.MethodPut) {
		var err *apiError
		c.body, err = parseObject(data, c.strict)
		return err
	}
	return nil
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
	endpoint func(*call) (*answer, *apiError)
	res      *resource
	routeErr *apiError
	pattern  string // "/v3/groups/{id}", for the counters
	segment  string // the {id} of the path, decoded
	rawBody  []byte
	decodes  bool // the endpoint takes a JSON object
	body     dict // the JSON object of a POST or PUT
	params   map[string][]string
	base     string // scheme and host of links
	inBody   bool   // the parameters came in the body of a GET
	sel      selection

	inNested    bool // an entry of a nested list is being written
	nestedLists bool // and it shows nested lists of its own
}
