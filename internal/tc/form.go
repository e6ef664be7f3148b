package tc

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/spelling"
)

// The form in which long queries go out. The vendor's own library sends them as
// {"data":{…}} in the body of the GET, but the documentation does not have that,
// and whatever lies between may drop such a body: then the instance answers with
// the whole list. So the form is proved once for a run, and every object of such
// an answer is checked against what was asked for; the first that does not fit
// ends the use of the form.
const (
	formUnknown int32 = iota
	formURL
	formBody
)

// worthwhile is the number of queries from which on it pays to prove the form.
const worthwhile = 5

// errIgnored is an answer that holds what was not asked for.
var errIgnored = errors.New("the instance ignores the body of the request")

// LongQueries reports whether the instance takes long queries of objects of a
// kind, which makes SearchIn need far fewer of them. The first call finds out,
// with two requests; false where it could not.
func (c *Client) LongQueries(ctx context.Context, kind intel.Kind) bool {
	c.proving.Lock()
	defer c.proving.Unlock()
	if c.form.Load() == formUnknown {
		c.prove(ctx, kind)
	}
	return c.form.Load() == formBody
}

// prove asks for any two objects in the URL, and for the first of them in a body.
// Whoever ignores the body answers with more than that one, or never with none.
func (c *Client) prove(ctx context.Context, kind intel.Kind) {
	some, err := c.few(ctx, kind, "", false)
	if err != nil || len(some) == 0 {
		return // as good as nothing to look for
	}
	one, err := c.few(ctx, kind, fmt.Sprintf("id in (%d)", some[0].ID), true)
	switch {
	case err == nil && len(one) == 1 && one[0].ID == some[0].ID:
		c.form.CompareAndSwap(formUnknown, formBody)
	case ctx.Err() == nil && !IsAuth(err):
		c.form.Store(formURL)
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
		_, err := p.page(ctx, s.begin, s.each)
		return err
	})
	return s.page, err
}

// triesBody reports whether queries that fill n URLs are to go in bodies.
func (s *search) triesBody(ctx context.Context, n int, in []In) bool {
	if n < 2 || !checkable(in) {
		return false
	}
	return s.c.form.Load() == formBody || n >= worthwhile && s.c.LongQueries(ctx, s.kind)
}

// checkable reports whether it can be told from an object if it matches.
func checkable(in []In) bool {
	for _, i := range in {
		switch i.Keyword {
		case "id", "caseId", "xid", "summary", "value1", "value2", "value3":
		default:
			return false
		}
	}
	return len(in) > 0
}

// matcher tells whether an object is one that a chunk asks for.
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
			for _, form := range forms(r, keyword) {
				if values[spelling.Fold(strings.TrimSpace(form))] {
					return true
				}
			}
		}
		return false
	}
}

// forms are the spellings under which an object can have been asked for: as it
// came, and an indicator's as intel writes it.
func forms(r *intel.Remote, keyword string) []string {
	switch keyword {
	case "id":
		return []string{strconv.FormatInt(r.ID, 10)}
	case "caseId", "xid":
		return []string{r.Scalar(keyword)}
	}
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
