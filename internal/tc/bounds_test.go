package tc

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"tcimport/internal/intel"
	"tcimport/internal/testkit"
)

// answerOf is an answer with this body to a request for one entry.
func answerOf(text string) *answer {
	return newAnswer(strings.NewReader(text), 1, &budget{bounds: defaultBounds})
}

// small are the bounds of the tests, in the proportions of the real ones.
var small = bounds{object: 128 << 14, page: 256 << 14, pageShare: 40 << 4, answers: 512 << 14}

// endless is a body that begins with a text, and repeats another for ever.
type endless struct {
	begin, repeat string
	read          *atomic.Int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.begin)
	e.begin = e.begin[n:]
	for n < len(p) && e.begin == "" {
		k := copy(p[n:], e.repeat)
		n += k
		e.begin = e.repeat[k:]
	}
	e.read.Add(int64(n))
	return n, nil
}

func (e *endless) Close() error { return nil }

// flood is a transport whose answers do not end. most is what was read of the
// largest.
type flood struct {
	status        int
	begin, repeat string
	body          *endless
	most          int64
}

func (f *flood) RoundTrip(*http.Request) (*http.Response, error) {
	f.seen()
	f.body = &endless{f.begin, f.repeat, new(atomic.Int64)}
	return &http.Response{StatusCode: f.status, Body: f.body, Header: http.Header{}}, nil
}

func (f *flood) seen() int64 {
	if f.body != nil {
		f.most = max(f.most, f.body.read.Load())
	}
	return f.most
}

// However much an instance sends, no more is read than what was asked for can
// be.
func TestLargeAnswersAreBounded(t *testing.T) {
	testkit.SkipUnderRace(t)
	page := small.page + small.pageShare
	for _, tt := range []struct {
		name  string
		flood flood
		op    string // "" for a list
		most  int64
		cause Cause
	}{
		{"one string", flood{status: 201, begin: `{"data":{"id":1,"name":"`, repeat: "a"}, "create", small.object, ErrTooLarge},
		{"a string in an update", flood{status: 200, begin: `{"data":{"id":1,"name":"`, repeat: "a"}, "update", small.object, ErrTooLarge},
		{"a string in a read", flood{status: 200, begin: `{"data":{"id":1,"name":"`, repeat: "a"}, "read", small.object, ErrTooLarge},
		{"blanks", flood{status: 200, repeat: " "}, "read", small.object, ErrTooLarge},
		{"links", flood{status: 200, begin: `{"data":{"id":1,"associatedGroups":{"data":[`, repeat: `{"id":1},`}, "read", small.object, ErrTooLarge},
		{"a message", flood{status: 200, begin: `{"status":"Error","message":"`, repeat: "a"}, "read", small.object, ErrTooLarge},
		{"a refusal", flood{status: 400, begin: `{"status":"Error","message":"`, repeat: "a"}, "create", 1 << 20, ErrRefused},
		{"a page of HTML", flood{status: 403, begin: `<html><title>`, repeat: "<b>"}, "read", 1 << 20, ErrHTML},
		{"a string in a list", flood{status: 200, begin: `{"data":[{"id":1,"name":"`, repeat: "a"}, "", small.object, ErrTooLarge},
		{"a key in a list", flood{status: 200, begin: `{"data":[],"`, repeat: "a"}, "", small.object, ErrTooLarge},
		{"a link to the next page", flood{status: 200, begin: `{"data":[],"next":"`, repeat: "a"}, "", small.object, ErrTooLarge},
		{"small entries", flood{status: 200, begin: `{"data":[`, repeat: `{"id":1},`}, "", page / perObject * 9, ErrTooLarge},
		{"entries", flood{status: 200, begin: `{"data":[`, repeat: `{"id":1,"name":"` + strings.Repeat("a", 100_000) + `"},`}, "", page, ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &tt.flood
				c := client(t, nil, func(cfg *Config) { cfg.Transport = f })
				c.budget.bounds = small
				var err error
				if do := operations[tt.op]; do != nil {
					err = do(t.Context(), c)
				} else {
					err = drainSeq(c.Search(t.Context(), intel.KindGroup, Query{PageSize: 1}))
				}
				if !errors.Is(err, tt.cause) || IsInDoubt(err) != (f.status < 300 && (tt.op == "create" || tt.op == "update")) {
					t.Errorf("got %v", err)
				}
				if got := f.seen(); got > tt.most+tt.most/10+drained || got < tt.most/20 {
					t.Errorf("read %d bytes, want about %d", got, tt.most)
				}
				if used := c.budget.used.Load(); used != 0 {
					t.Errorf("%d bytes are still reckoned with", used)
				}
			})
		})
	}
}

// What is large only after it has been decompressed is bounded too.
func TestLargeCompressedAnswersAreBounded(t *testing.T) {
	testkit.SkipUnderRace(t)
	for _, tt := range []struct {
		begin string
		most  int64
		do    func(*Client) error
	}{
		{`{"data":{"id":1,"name":"`, small.object, func(c *Client) error { return operations["read"](t.Context(), c) }},
		{`{"data":[{"id":1,"name":"`, small.object, func(c *Client) error { _, err := c.Count(t.Context(), intel.KindGroup, Query{}); return err }},
	} {
		var read atomic.Int64
		c := overSocket(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			_, err := io.WriteString(zip, tt.begin)
			for piece := bytes.Repeat([]byte("a"), 1<<16); err == nil; {
				_, err = zip.Write(piece)
			}
		}))
		c.transport, c.budget.bounds = counting{c.transport, &read}, small
		if err := tt.do(c); !errors.Is(err, ErrTooLarge) {
			t.Errorf("got %v", err)
		}
		if got := read.Load(); got > tt.most+tt.most/10+drained || got < tt.most {
			t.Errorf("read %d bytes, want about %d", got, tt.most)
		}
	}
}

// counting counts what is read of answers.
type counting struct {
	http.RoundTripper
	read *atomic.Int64
}

func (c counting) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(resp.Body, tally{c.read}), resp.Body}
	}
	return resp, err
}

type tally struct{ n *atomic.Int64 }

func (t tally) Write(p []byte) (int, error) { t.n.Add(int64(len(p))); return len(p), nil }

// Answers that are read at the same time share one budget, and give it back.
func TestAnswersShareABudget(t *testing.T) {
	shared := budget{bounds: small}
	var read atomic.Int64
	var all []*answer
	var last error
	for range 32 {
		a := newAnswer(&endless{"", "a", &read}, 0, &shared)
		_, last = io.Copy(io.Discard, a)
		all = append(all, a)
	}
	if got := read.Load(); got > small.answers/perByte+2*small.object || got < small.answers/perByte/2 {
		t.Errorf("read %d bytes", got)
	}
	if last == nil || !strings.Contains(last.Error(), "together") {
		t.Errorf("the last one ends with %v", last)
	}
	for _, a := range all {
		a.release()
	}
	if used := shared.used.Load(); used != 0 {
		t.Errorf("%d bytes are left in use", used)
	}
	if _, err := newAnswer(strings.NewReader("{}"), 0, &shared).Read(make([]byte, 2)); err != nil {
		t.Error(err)
	}
}

// A group with 50,000 associations is read, alone and in a list: with a report of it, the
// next run asks for it so.
func TestLargeHubIsRead(t *testing.T) {
	testkit.SkipUnderRace(t)
	const links = 50_000
	link := `{"id":%d,"dateAdded":"2026-11-22T01:02:03Z","ownerId":1,"ownerName":"Demo Organization","webLink":"` + strings.Repeat("w", 100) +
		`","type":"Incident","name":"Incident %d","createdBy":{"id":1,"userName":"` + strings.Repeat("u", 100) + `","role":"Api User"},"xid":"` + strings.Repeat("x", 300) + `"}`
	var hub strings.Builder
	hub.WriteString(`{"id":1,"type":"Adversary","name":"Hub","associatedGroups":{"data":[`)
	for id := 2; id < links+2; id++ {
		fmt.Fprintf(&hub, strings.Repeat(",", min(1, id-2))+link, id, id)
	}
	hub.WriteString(`]}}`)
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		text := hub.String()
		if r.URL.Path == "/api/v3/groups" {
			text = "[" + text + "]"
		}
		io.WriteString(w, `{"data":`+text+`,"status":"Success"}`)
	})
	check := func(r *intel.Remote, err error) {
		t.Helper()
		if err != nil || len(r.Links) != links {
			t.Errorf("%d MB, %v", hub.Len()>>20, err)
		}
	}
	check(c.Group(t.Context(), 1, intel.ListGroups))
	for r, err := range c.Search(t.Context(), intel.KindGroup, Query{Lists: intel.ListGroups}) {
		check(r, err)
	}
}

// A page of entries that are too large together comes in smaller pages, down to
// one entry.
func TestHugeEntriesAreReadOneByOne(t *testing.T) {
	heavy := strings.TrimSuffix(strings.Repeat("{},", int(small.page/perObject/5*2)), ",")
	n := 0
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		var start, limit int
		fmt.Sscan(r.URL.Query().Get("resultStart"), &start)
		fmt.Sscan(r.URL.Query().Get("resultLimit"), &limit)
		io.WriteString(w, `{"data":[`)
		for id := start + 1; id <= min(5, start+limit); id++ {
			fmt.Fprintf(w, `%s{"id":%d,"x":[%s]}`, strings.Repeat(",", min(1, id-start-1)), id, heavy)
		}
		io.WriteString(w, `],"status":"Success"}`)
	})
	c.budget.bounds = small
	got := ""
	for r, err := range c.Search(t.Context(), intel.KindGroup, Query{PageSize: 4}) {
		if err != nil {
			t.Fatal(err)
		}
		got += fmt.Sprint(r.ID)
	}
	if got != "12345" || n != 1+3 {
		t.Errorf("%s from %d requests", got, n)
	}
}

// However deep associations are nested, the time for them does not grow with
// the square.
func TestNestedAssociationsAreNotFollowed(t *testing.T) {
	const depth = 4000
	text := strings.Repeat(`{"id":1,"name":"x","associatedGroups":[`, depth) + strings.Repeat("]}", depth)
	r, err := client(t, nil).newDecoder().remote(intel.KindGroup, value(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Links) != 1 || r.Links[0].ID != 1 || len(r.Links[0].Links) != 0 || r.Links[0].Lists != 0 {
		t.Errorf("got %d links", len(r.Links))
	}
}
