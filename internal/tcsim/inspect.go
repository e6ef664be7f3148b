package tcsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// inspect serves /_sim/...: the instance for black-box tests and rehearsals,
// without credentials and without being counted.
func (s *Server) inspect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	var answer any
	var err error
	switch r.Method + " " + r.URL.Path {
	case "GET /_sim/stats":
		answer = s.Stats()
	case "POST /_sim/stats/reset":
		s.ResetStats()
		answer = s.Stats()
	case "GET /_sim/log":
		answer = s.Log()
	case "GET /_sim/jobs":
		answer = s.jobInfos()
	case "GET /_sim/state":
		err = s.Save(w)
	case "PUT /_sim/state":
		err = s.Load(r.Body)
		answer = map[string]string{"message": "loaded"}
	case "POST /_sim/reset":
		s.Reset()
		answer = map[string]string{"message": "as new"}
	case "POST /_sim/save":
		err = s.saveNow()
		answer = map[string]string{"message": "saved"}
	case "GET /_sim/snapshot":
		err = s.saveSnapshot(w)
	case "GET /_sim/switches":
		answer = s.Switches()
	case "PUT /_sim/switches":
		var sw Switches
		if sw, err = decodeSwitches(io.LimitReader(r.Body, 1<<20)); err == nil {
			s.SetSwitches(sw)
			answer = s.Switches()
		}
	case "PUT /_sim/faults":
		var rules FaultRules
		if rules, err = s.ReadFaultRules(io.LimitReader(r.Body, 1<<20)); err == nil {
			s.SetFaultRules(rules)
			answer = rules
		}
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	} else if answer != nil {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.Encode(answer)
	}
}

// Reset makes the instance as it was after New: empty, with nothing counted or
// logged. The switches stay.
func (s *Server) Reset() {
	st := s.newState(s.cfg)
	st.nameTechniques(s.Switches().TechniqueName)
	unlock := s.change()
	s.st = st
	unlock()
	s.conf.Lock()
	defer s.conf.Unlock()
	s.stats.reset()
	s.log, s.logged = nil, 0
}

// OnSave sets what POST /_sim/save does.
func (s *Server) OnSave(save func() error) { s.save = save }

func (s *Server) saveNow() error {
	if s.save == nil {
		return errors.New("there is no file to save to; start the simulator with --state FILE")
	}
	return s.save()
}

// LogEntry is one request that was answered.
type LogEntry struct {
	N            int64     `json:"n"` // ordinal since New
	Time         time.Time `json:"time"`
	Method       string    `json:"method"`
	Target       string    `json:"target"` // path and query
	Status       int       `json:"status"` // 0: the connection was cut
	Milliseconds float64   `json:"milliseconds"`
	Message      string    `json:"message,omitempty"` // of a refusal
}

func (e LogEntry) String() string {
	return fmt.Sprintf("%s %d %s %s %d %.1fms %s", e.Time.Format("15:04:05.000"), e.N, e.Method, e.Target, e.Status, e.Milliseconds, e.Message)
}

// logLength is how many requests the log remembers.
const logLength = 1000

// Log returns the last requests, oldest first.
func (s *Server) Log() []LogEntry {
	s.conf.Lock()
	defer s.conf.Unlock()
	entries := slices.Clone(s.log)
	slices.SortFunc(entries, func(a, b LogEntry) int { return int(a.N - b.N) })
	return entries
}

// OnRequest has f called with each request that was answered, one at a time.
func (s *Server) OnRequest(f func(LogEntry)) {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.watch = f
}

// enter logs a request. The lock conf is held.
func (s *Server) enter(c *call, status int) {
	e := LogEntry{c.ordinal, c.now, c.r.Method, requestTarget(c.r), status, float64(s.cfg.Now().Sub(c.now).Microseconds()) / 1000, c.refusal}
	if len(s.log) < logLength {
		s.log = append(s.log, e)
	} else {
		s.log[s.logged%logLength] = e
	}
	s.logged++
	if s.watch != nil {
		s.watch(e)
	}
}
