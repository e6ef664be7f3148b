package tcsim

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// faultScript is FaultRules at work.
type faultScript struct {
	s     *Server
	rules FaultRules

	mu          sync.Mutex // guards the rest
	met, struck []int      // by rule: requests that it is about, and those that it struck
	after       map[int]Fault
}

// SetFaultRules installs rules; they count from the next request on. Without rules it
// removes what was installed.
func (s *Server) SetFaultRules(rules FaultRules) {
	if len(rules.Rules) == 0 {
		s.SetFault(nil)
		return
	}
	n := len(rules.Rules)
	f := &faultScript{s: s, rules: rules, met: make([]int, n), struck: make([]int, n), after: map[int]Fault{}}
	s.SetFault(f.strike)
}

// strike is the fault of the first rule that strikes. Rules before it that change the
// instance have done so.
func (f *faultScript) strike(p FaultPoint) Fault {
	if p.Phase == AfterCommit {
		f.mu.Lock()
		defer f.mu.Unlock()
		defer delete(f.after, p.N)
		return f.after[p.N]
	}
	for i := range f.rules.Rules {
		r := &f.rules.Rules[i]
		chance := f.chosen(i, p)
		if chance == nil {
			continue
		}
		kind := r.kind()
		if kind.fault == nil {
			f.s.changeFor(r, p, chance)
			continue
		}
		before, after := kind.fault(r)
		if !before.Drop && before.Status == 0 {
			f.mu.Lock()
			f.after[p.N] = after
			f.mu.Unlock()
		}
		return before
	}
	return Fault{}
}

// chosen is the chance of a request that rule i strikes; nil if it does not.
func (f *faultScript) chosen(i int, p FaultPoint) *rand.Rand {
	r := &f.rules.Rules[i]
	methods, path := r.on()
	if len(methods) > 0 && !slices.Contains(methods, p.Request.Method) || path != "" && path != p.Route {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.met[i]++
	n := f.met[i]
	chance := rand.New(rand.NewPCG(f.rules.Seed, uint64(i)<<32|uint64(n)))
	switch {
	case r.Times > 0 && f.struck[i] == r.Times,
		len(r.At) > 0 && !slices.Contains(r.At, n),
		r.Every > 0 && n%r.Every != 0,
		r.Share > 0 && chance.Float64() >= r.Share:
		return nil
	}
	f.struck[i]++
	return chance
}

// changeFor sets the switches of a rule, or sends its edit.
func (s *Server) changeFor(r *FaultRule, p FaultPoint, chance *rand.Rand) {
	if r.Path != "" {
		s.edit(r, p, chance)
		return
	}
	sw := s.Switches()
	for _, text := range r.Switches {
		if err := ParseSwitch(&sw, text); err != nil {
			panic("tcsim: " + err.Error()) // ReadFaultRules has checked it
		}
	}
	s.SetSwitches(sw)
}

// edit sends a request of somebody else. It is in the log, with the number of the
// request that was struck, and is not counted.
func (s *Server) edit(r *FaultRule, p FaultPoint, chance *rand.Rand) {
	path := r.Path
	if strings.Contains(path, "{group}") {
		id := s.someGroup(chance)
		if id == 0 {
			return
		}
		path = strings.ReplaceAll(path, "{group}", strconv.FormatInt(id, 10))
	}
	if strings.Contains(path, "{id}") {
		if !strings.HasSuffix(p.Route, "/{id}") {
			return
		}
		_, id, _ := cutLast(p.Request.URL.EscapedPath())
		path = strings.ReplaceAll(path, "{id}", id)
	}
	req, err := http.NewRequestWithContext(context.WithoutCancel(p.Request.Context()), r.Method, s.cfg.BasePath+path, bytes.NewReader(r.Body))
	if err != nil {
		panic("tcsim: " + err.Error()) // ReadFaultRules has checked method and path
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "TC-Token "+s.cfg.Token)
	// No switch that is about credentials and limits is about somebody else.
	sw := s.Switches()
	sw.AuthFailure, sw.NotLicensed, sw.Unavailable, sw.RateLimit, sw.ReadOnlyAfter = "", 0, 0, 0, 0
	c := &call{s: s, r: req, sw: &sw, strict: sw.Strict == "", ordinal: int64(p.N), now: s.cfg.Now()}
	c.route()
	status := c.handle().status
	s.conf.Lock()
	defer s.conf.Unlock()
	s.enter(c, status)
}

// someGroup is the ID of a group, 0 if there is none.
func (s *Server) someGroup(chance *rand.Rand) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	groups := s.st.tables[kGroup].order
	if len(groups) == 0 {
		return 0
	}
	return groups[chance.IntN(len(groups))].id
}
