package tcsim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultRules are faults as a file describes them, for a rehearsal. The same seed and
// the same order of requests give the same faults.
type FaultRules struct {
	Seed  uint64      `json:"seed"`
	Rules []FaultRule `json:"rules"`
}

// FaultRule says when something goes wrong, and what.
type FaultRule struct {
	// On names requests: a method, or READ or WRITE for several, then a path as
	// Stats.ByRoute has it. Either may be missing. Of these requests, the rule strikes
	// those that Share, At or Every chooses; all of them without any.
	On    string  `json:"on,omitempty"`
	Share float64 `json:"share,omitempty"` // by chance; 1 is all
	At    []int   `json:"at,omitempty"`    // the first request is 1
	Every int     `json:"every,omitempty"`
	Times int     `json:"times,omitempty"` // at most; 0 for no limit

	Fault string `json:"fault"` // a name of faultKinds; the rest depends on it

	Done        bool            `json:"done,omitempty"`
	Status      int             `json:"status,omitempty"`
	RetryAfter  int             `json:"retryAfter,omitempty"` // seconds
	Message     string          `json:"message,omitempty"`
	Seconds     float64         `json:"seconds,omitempty"`
	Bytes       int             `json:"bytes,omitempty"`
	ContentType string          `json:"contentType,omitempty"`
	Switches    []string        `json:"switches,omitempty"`
	Method      string          `json:"method,omitempty"`
	Path        string          `json:"path,omitempty"`
	Body        json.RawMessage `json:"body,omitempty"`
}

// faultKind is a value of FaultRule.Fault. Of the keys of a rule that depend on it, it
// needs some and takes others.
type faultKind struct {
	name         string
	needs, takes []string
	text         string // of the documentation
	fault        func(*FaultRule) (before, after Fault)
}

// faultKinds are all faults. Those without a function change the instance instead.
var faultKinds = []faultKind{
	{"status", []string{"status"}, []string{"done", "retryAfter", "message"},
		"an answer with this status in place of the real one; `done`: the request is carried out all the same",
		func(r *FaultRule) (before, after Fault) { return r.done(r.answer()) }},
	{"reset", nil, []string{"done"},
		"the connection is cut without an answer; `done`: after the request was carried out",
		func(r *FaultRule) (before, after Fault) { return r.done(Fault{Drop: true}) }},
	{"hang", []string{"seconds"}, []string{"done"},
		"no answer for so long, then the connection is cut; `done`: the request is carried out before",
		func(r *FaultRule) (before, after Fault) { return r.done(Fault{Delay: r.wait(), Drop: true}) }},
	{"late", []string{"status", "seconds"}, []string{"retryAfter", "message"},
		"an answer with this status at once, as from a gateway; the request is carried out so much later",
		func(r *FaultRule) (before, after Fault) { before = r.answer(); before.Later = r.wait(); return }},
	{"delay", []string{"seconds"}, nil, "the answer comes so much later",
		func(r *FaultRule) (before, after Fault) { return before, Fault{Delay: r.wait()} }},
	{"slow", []string{"seconds"}, nil, "a pause in the middle of the answer",
		func(r *FaultRule) (before, after Fault) { return before, Fault{SlowBody: r.wait()} }},
	{"cut", []string{"bytes"}, nil, "the connection is cut so many bytes before the end of the answer",
		func(r *FaultRule) (before, after Fault) { return before, Fault{Truncate: r.Bytes} }},
	{"short", []string{"bytes"}, nil, "so many bytes are missing at the end of the answer, and the connection stays",
		func(r *FaultRule) (before, after Fault) { return before, Fault{Truncate: r.Bytes, CleanEnd: true} }},
	{"html", nil, nil, "an HTML page in place of the answer, with its status",
		func(*FaultRule) (before, after Fault) { return before, Fault{NonJSON: true} }},
	{"content-type", []string{"contentType"}, nil, "the answer with this Content-Type",
		func(r *FaultRule) (before, after Fault) { return before, Fault{ContentType: r.ContentType} }},
	{"switches", []string{"switches"}, nil, "these [switches](#switches) are set from then on", nil},
	{"edit", []string{"method", "path"}, []string{"body"},
		"somebody else sends this request first; in `path`, `{id}` is the ID in the path of the request that was struck, and `{group}` the ID of some group", nil},
}

func (r *FaultRule) wait() time.Duration { return time.Duration(r.Seconds * float64(time.Second)) }

// done is a fault before the request is handled, or after it.
func (r *FaultRule) done(f Fault) (before, after Fault) {
	if r.Done {
		return Fault{}, f
	}
	return f, Fault{}
}

// answer is the one with the status of the rule.
func (r *FaultRule) answer() Fault {
	body, _ := json.Marshal(map[string]string{"status": "Error", "message": r.Message}) // texts always can be
	f := Fault{Status: r.Status, Body: string(body), Header: http.Header{"Content-Type": jsonType}}
	if r.RetryAfter > 0 {
		f.Header.Set("Retry-After", strconv.Itoa(r.RetryAfter))
	}
	return f
}

// kind is nil for a fault that does not exist.
func (r *FaultRule) kind() *faultKind {
	i := slices.IndexFunc(faultKinds, func(k faultKind) bool { return k.name == r.Fault })
	if i < 0 {
		return nil
	}
	return &faultKinds[i]
}

// on are the methods and the path of a rule; none for any.
func (r *FaultRule) on() (methods []string, path string) {
	method, path, both := strings.Cut(r.On, " ")
	switch {
	case strings.HasPrefix(method, "/") && !both:
		return nil, method
	case method == "READ":
		return []string{http.MethodGet, http.MethodOptions}, path
	case method == "WRITE":
		return []string{http.MethodPost, http.MethodPut, http.MethodDelete}, path
	case method == "":
		return nil, path
	}
	return []string{method}, path
}

// ReadFaultRules reads a file of faults for s. An error names the rule, from 1.
func (s *Server) ReadFaultRules(in io.Reader) (FaultRules, error) {
	var doc struct {
		Seed  uint64
		Rules []json.RawMessage
	}
	d := json.NewDecoder(in)
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		return FaultRules{}, err
	}
	rules := FaultRules{Seed: doc.Seed}
	for i, raw := range doc.Rules {
		rule, err := s.readFaultRule(raw)
		if err != nil {
			return FaultRules{}, fmt.Errorf("rule %d: %w", i+1, err)
		}
		rules.Rules = append(rules.Rules, rule)
	}
	return rules, nil
}

func (s *Server) readFaultRule(raw json.RawMessage) (r FaultRule, err error) {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, err
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return r, err
	}
	if err := r.checkKeys(given); err != nil {
		return r, err
	}
	return r, s.checkFaultRule(&r)
}

// checkKeys checks that a rule has the keys that its fault needs, and no others.
func (r *FaultRule) checkKeys(given map[string]json.RawMessage) error {
	k := r.kind()
	if k == nil {
		var names []string
		for _, k := range faultKinds {
			names = append(names, k.name)
		}
		return fmt.Errorf("there is no fault %q; known: %s", r.Fault, strings.Join(names, ", "))
	}
	for _, key := range k.needs {
		if given[key] == nil {
			return fmt.Errorf("the fault %s needs %q", k.name, key)
		}
	}
	when, choices := []string{"on", "share", "at", "every", "times", "fault"}, 0
	for key := range given {
		if !slices.Contains(when, key) && !slices.Contains(k.needs, key) && !slices.Contains(k.takes, key) {
			return fmt.Errorf("the fault %s takes no %q", k.name, key)
		}
		if slices.Contains([]string{"share", "at", "every"}, key) {
			choices++
		}
	}
	if choices > 1 {
		return fmt.Errorf(`give one of "share", "at" and "every"`)
	}
	return nil
}

// checkFaultRule checks the values.
func (s *Server) checkFaultRule(r *FaultRule) error {
	methods, path := r.on()
	for _, m := range append(methods, r.Method) {
		if !slices.Contains([]string{"", "GET", "OPTIONS", "POST", "PUT", "DELETE"}, m) {
			return fmt.Errorf("there is no method %q", m)
		}
	}
	for _, sw := range r.Switches {
		if err := ParseSwitch(&Switches{}, sw); err != nil {
			return err
		}
	}
	switch {
	case path != "" && s.routes[path] == nil:
		return fmt.Errorf("there is no path %q; one looks like /v3/groups/{id}", path)
	case r.Share < 0 || r.Share > 1:
		return fmt.Errorf("a share is between 0 and 1, not %g", r.Share)
	case r.Every < 0 || r.Times < 0 || r.RetryAfter < 0 || r.Seconds < 0 || r.Bytes < 0 || slices.ContainsFunc(r.At, func(n int) bool { return n < 1 }):
		return fmt.Errorf("numbers are not negative, and the first request is 1")
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return fmt.Errorf("there is no status %d", r.Status)
	case r.Path != "" && !strings.HasPrefix(r.Path, "/v3/"):
		return fmt.Errorf("the path of an edit begins with /v3/, not %q", r.Path)
	}
	return nil
}
