package tcsim

import (
	"encoding/json"
	"io"
	"net/http"
)

// inspect serves /_sim/...: the state for black-box tests, without credentials
// and without being counted.
func (s *Server) inspect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.Method + " " + r.URL.Path {
	case "GET /_sim/stats":
		writeJSON(w, s.Stats())
	case "POST /_sim/stats/reset":
		s.ResetStats()
		writeJSON(w, s.Stats())
	case "GET /_sim/state":
		if err := s.Save(w); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	case "GET /_sim/snapshot":
		writeJSON(w, s.Snapshot())
	case "GET /_sim/switches":
		writeJSON(w, s.Switches())
	case "PUT /_sim/switches":
		s.putSwitches(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) putSwitches(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	sw, err := decodeSwitches(data)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.SetSwitches(sw)
	writeJSON(w, s.Switches())
}

func writeJSON(w io.Writer, v any) {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.Encode(v)
}
