package tcsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// savedState is the form of Save: the snapshot, the sequences of the IDs, and
// what this instance has beyond the usual. All but version may be left out.
type savedState struct {
	Version int              `json:"version"`
	Next    map[string]int64 `json:"next,omitempty"` // by path of the kind
	Config
	Snapshot
}

// Save writes the state as JSON. The same state gives the same bytes.
func (s *Server) Save(w io.Writer) error {
	s.mu.RLock()
	saved := savedState{Version: 1, Next: map[string]int64{}, Config: s.st.cfg, Snapshot: *s.st.snapshot()}
	for k := range kAttributeType {
		if k != kLabel {
			saved.Next[s.byKind[k].path] = s.st.tables[k].next
		}
	}
	s.mu.RUnlock()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(saved); err != nil {
		return fmt.Errorf("saving the simulated instance: %w", err)
	}
	return nil
}

// Load replaces the state by what Save wrote. On an error nothing changes: a key
// that the form does not have is one, so that nothing of a file gets lost.
func (s *Server) Load(r io.Reader) error {
	st, err := s.read(r)
	if err != nil {
		return fmt.Errorf("loading the simulated instance: %w", err)
	}
	defer s.change()()
	s.st = st
	return nil
}

func (s *Server) read(r io.Reader) (*state, error) {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	dec.DisallowUnknownFields()
	var saved savedState
	if err := dec.Decode(&saved); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is more text behind the object")
	}
	if saved.Version != 1 {
		return nil, fmt.Errorf("version %d is not known; write \"version\": 1", saved.Version)
	}
	st := s.newState(s.cfg.with(saved.Config, saved.Snapshot.Owners))
	if err := attempt(func() {
		st.checkUsers()
		s.restoreAll(st, &saved)
	}); err != nil {
		return nil, err
	}
	return st, nil
}

// with adds what a state file has beyond the Config of the Server.
func (c Config) with(more Config, owners []Owner) Config {
	same := func(s string) string { return s }
	c.Users = addNamed(c.Users, more.Users, func(u User) string { return u.UserName + "\x00" + u.AccessID + "\x00" + u.Token })
	c.IndicatorTypes = addNamed(c.IndicatorTypes, more.IndicatorTypes, func(t IndicatorType) string { return t.Name })
	c.AttributeTypes = addNamed(c.AttributeTypes, more.AttributeTypes, func(t AttributeType) string { return t.Name })
	c.SecurityLabels = addNamed(c.SecurityLabels, more.SecurityLabels, func(l SecurityLabel) string { return l.Owner + "\x00" + l.Name })
	c.SignatureTypes = addNamed(c.SignatureTypes, more.SignatureTypes, same)
	c.EventTypes = addNamed(c.EventTypes, more.EventTypes, same)
	c.ExcludedSummary = addNamed(c.ExcludedSummary, more.ExcludedSummary, same)
	c.Owners = addNamed(owners, c.Owners, func(o Owner) string { return o.Name })
	return c
}

// addNamed appends the elements of more whose name is new.
func addNamed[T any](list, more []T, name func(T) string) []T {
	list = slices.Clone(list)
	for _, m := range more {
		if !slices.ContainsFunc(list, func(t T) bool { return name(t) == name(m) }) {
			list = append(list, m)
		}
	}
	return list
}
