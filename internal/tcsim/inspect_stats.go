package tcsim

import (
	"maps"
	"net/http"
	"time"
)

// Stats counts requests since New or ResetStats. Inspection requests are not
// counted; refused and dropped ones are.
type Stats struct {
	Total        int            `json:"total"`
	Reads        int            `json:"reads"`
	Writes       int            `json:"writes"`       // POST, PUT, DELETE
	ByRoute      map[string]int `json:"byRoute"`      // "GET /v3/groups/{id}"
	ByStatus     map[int]int    `json:"byStatus"`     // 0: dropped without an answer
	MaxPerSecond int            `json:"maxPerSecond"` // greatest number in any window of one second
	BodyReads    int            `json:"bodyReads"`    // GETs whose parameters came in the body
	MaxInFlight  int            `json:"maxInFlight"`  // greatest number of requests being answered at once
}

type counter struct {
	Stats
	routes   map[[2]string]int // ByRoute, by method and pattern
	seen     window
	inFlight int
}

func (c *counter) reset() {
	*c = counter{Stats: Stats{ByStatus: map[int]int{}}, routes: map[[2]string]int{}, inFlight: c.inFlight}
}

// window remembers the times of the last second.
type window struct{ times []time.Time }

// add enters t and returns how many fall in the second that ends with it.
func (w *window) add(t time.Time) int {
	w.expire(t)
	w.times = append(w.times, t)
	return len(w.times)
}

func (w *window) expire(t time.Time) {
	i := 0
	for i < len(w.times) && t.Sub(w.times[i]) >= time.Second {
		i++
	}
	w.times = w.times[i:]
}

// count enters a request and returns the faults in force.
func (s *Server) count(c *call) func(FaultPoint) Fault {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.stats.Total++
	s.stats.inFlight++
	s.stats.MaxInFlight = max(s.stats.MaxInFlight, s.stats.inFlight)
	switch c.r.Method {
	case http.MethodPost, http.MethodPut, http.MethodDelete:
		s.stats.Writes++
	default:
		s.stats.Reads++
	}
	s.stats.routes[[2]string{c.r.Method, c.pattern}]++
	// The clock is read under the lock, so that the times ascend.
	s.stats.MaxPerSecond = max(s.stats.MaxPerSecond, s.stats.seen.add(s.cfg.Now()))
	return s.fault
}

// counted enters its end; without an answer the status is 0.
func (s *Server) counted(c *call, a *answer) {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.stats.inFlight--
	status := 0
	if a != nil {
		status = a.status
	}
	s.stats.ByStatus[status]++
	s.enter(c, status)
}

func (s *Server) countBodyRead() {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.stats.BodyReads++
}

// Stats returns the counts so far.
func (s *Server) Stats() Stats {
	s.conf.Lock()
	defer s.conf.Unlock()
	st := s.stats.Stats
	st.ByRoute = make(map[string]int, len(s.stats.routes))
	for r, n := range s.stats.routes {
		st.ByRoute[r[0]+" "+r[1]] = n
	}
	st.ByStatus = maps.Clone(st.ByStatus)
	return st
}

// ResetStats starts counting anew.
func (s *Server) ResetStats() {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.stats.reset()
}
