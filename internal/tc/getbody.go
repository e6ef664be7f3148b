package tc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// Whether the instance reads a query in the body of a GET, as {"data":{…}}. The
// vendor's own library sends long queries that way, but no documentation has it,
// and a proxy may drop such a body. Then the instance answers with the whole list.
// So a client tests it once, and checks every object of such an answer against the
// query. After the first object that does not match it uses URLs.
const (
	bodyUntested int32 = iota
	bodyIgnored
	bodyRead
)

// worthTesting is the number of queries from which on the test pays.
const worthTesting = 5

// errIgnored is an answer with objects that the query does not match.
var errIgnored = errors.New("the instance ignores the body of the request")

// LongQueries reports whether the instance takes long queries of objects of a
// kind. SearchIn needs far fewer requests then. The first call finds out, with two
// requests; it is false if it cannot.
func (c *Client) LongQueries(ctx context.Context, kind intel.Kind) bool {
	c.proving.Lock()
	defer c.proving.Unlock()
	if c.getBody.Load() == bodyUntested {
		c.testBody(ctx, kind)
	}
	return c.getBody.Load() == bodyRead
}

// testBody asks for any two objects in the URL, and for the first of them in a body.
// An instance that ignores the body answers with both.
func (c *Client) testBody(ctx context.Context, kind intel.Kind) {
	some, err := c.few(ctx, kind, "", false)
	if err != nil || len(some) == 0 {
		return // there is nothing to look for
	}
	one, err := c.few(ctx, kind, fmt.Sprintf("id in (%d)", some[0].ID), true)
	switch {
	case err == nil && len(one) == 1 && one[0].ID == some[0].ID:
		c.getBody.CompareAndSwap(bodyUntested, bodyRead)
	case ctx.Err() == nil && !IsAuth(err):
		c.getBody.Store(bodyIgnored)
	}
}

// few finds the first objects that there are.
func (c *Client) few(ctx context.Context, kind intel.Kind, tql string, body bool) ([]*intel.Remote, error) {
	q := Query{TQL: tql}
	s := c.newSearch(kind, q, nil)
	err := c.withInactive(ctx, kind, func(inactive bool) error {
		cl := listCall(kind, q)
		cl.tql = true
		p := c.newPager(cl, q.params(kind, inactive), 2)
		p.body = body
		_, err := p.page(ctx, s.begin, s.each, nil)
		return err
	})
	return s.page, err
}

// triesBody reports whether a query that fills n URLs is to be sent in bodies.
func (s *search) triesBody(ctx context.Context, n int, in []In) bool {
	if n < 2 || !checkable(in) {
		return false
	}
	return s.c.getBody.Load() == bodyRead || n >= worthTesting && s.c.LongQueries(ctx, s.kind)
}

// checkable reports whether an object shows if the query matches it.
func checkable(in []In) bool {
	return len(in) > 0 && !slices.ContainsFunc(in, func(i In) bool { return spellings[i.Keyword] == nil })
}

// matcher reports of an object whether a chunk asks for it.
func (ch chunk) matcher() func(*intel.Remote) bool {
	wanted := map[string]map[string]bool{}
	for _, t := range ch {
		if wanted[t.in.Keyword] == nil {
			wanted[t.in.Keyword] = map[string]bool{}
		}
		wanted[t.in.Keyword][spelling.Fold(strings.TrimSpace(t.value))] = true
	}
	return func(r *intel.Remote) bool {
		for keyword, values := range wanted {
			for _, form := range spellings[keyword](r) {
				if values[spelling.Fold(strings.TrimSpace(form))] {
					return true
				}
			}
		}
		return false
	}
}

// spellings are the values by which a query can have found an object, by keyword.
var spellings = map[string]func(*intel.Remote) []string{
	"id":      func(r *intel.Remote) []string { return []string{strconv.FormatInt(r.ID, 10)} },
	"caseId":  func(r *intel.Remote) []string { return []string{r.Scalar("caseId")} },
	"xid":     func(r *intel.Remote) []string { return []string{r.Scalar("xid")} },
	"summary": summaries, "value1": summaries, "value2": summaries, "value3": summaries,
}

// summaries are the name of an object as the instance writes it, and for an indicator
// also its values, and both as intel writes them.
func summaries(r *intel.Remote) []string {
	out := []string{r.Name}
	if r.Kind != intel.KindIndicator {
		return out
	}
	out = append(out, strings.Split(r.Name, " : ")...)
	if t, ok := intel.IndicatorTypeNamed(r.Type, nil); ok {
		if values, err := t.Parse(r.Name); err == nil {
			if values, err := t.Canonical(values); err == nil {
				out = append(append(out, values...), t.Summary(values))
			}
		}
	}
	return out
}
