package tc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The most entries of a page that instances answer, and the fewest that are
// asked for when larger pages take too long.
const (
	maxPage = 10_000
	minPage = 100
)

// maxPages bounds a list whose end does not come.
const maxPages = 100_000

// pager walks the pages of one list.
//
// The links in answers are followed as to path and query only: what they say
// about scheme and host may be what the instance calls itself behind a proxy,
// and credentials go nowhere else. Where a link cannot be used, the pager counts
// for itself.
type pager struct {
	c      *Client
	call   call
	params params // without the two that tell the page
	limit  int
	start  int    // of the page to come
	query  string // of the page to come, where a link gave it; "" to count
	links  map[string]bool
	rigid  bool // the page size is not to be changed
	body   bool // the parameters go in the body
}

func (c *Client) newPager(cl call, p params, limit int) *pager {
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	cl.method, cl.meaning = http.MethodGet, read
	if cl.route == "" {
		cl.route = "GET " + cl.path
	}
	return &pager{c: c, call: cl, params: p, limit: limit, links: map[string]bool{}}
}

// own are the parameters of the page to come without help of a link.
func (p *pager) own() params {
	q := slices.Clone(p.params)
	q.addInt("resultStart", p.start)
	q.addInt("resultLimit", p.limit)
	return q
}

// page reads the page to come entry by entry. begin is called before each
// attempt at it: what an earlier one has brought does not count.
func (p *pager) page(ctx context.Context, begin func(), each func(value) error) (envelope, error) {
	var env envelope
	call := p.call
	switch {
	case p.body:
		body, err := p.own().body().encode()
		if err != nil {
			return env, err
		}
		call.body = body
		call.trial = p.c.form.Load() != formBody
	case p.query != "":
		call.query = p.query
	default:
		call.query = p.own().encode()
	}
	call.shrinks, call.entries = p.rigid || p.limit > minPage, p.limit
	call.decode = func(r *answer) (err error) {
		begin()
		if env, err = readList(r, each); err != nil {
			return err
		}
		return env.accept(false)
	}
	return env, p.c.do(ctx, &call)
}

// shrink makes the page to come smaller where err may be owed to its size.
func (p *pager) shrink(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.sizeMatters() || p.rigid || !p.c.reached.Load() {
		return false
	}
	least := minPage
	if e.Cause == ErrTooLarge {
		least = 1 // entries may be as large as that
	}
	if p.limit <= least {
		return false
	}
	p.limit, p.query = max(least, p.limit/2), ""
	return true
}

// advance goes on to the page after one that had n entries, fresh of which were
// new. It reports whether there is one. A short page that has a link is not the
// end, as an instance may allow fewer entries than were asked for; nor is a full
// one that has none, one after which entries are missing to the count, or one of
// so round a number of entries that it looks cut, though that costs a request
// where it is.
func (p *pager) advance(n, fresh int, env envelope) (bool, error) {
	linked := env.next != ""
	if n == 0 || !linked && n < p.limit && !p.cut(n, env) {
		return false, nil
	}
	if fresh == 0 && !linked && p.start > 0 {
		return false, nil // there was no more than a suspicion of a further page
	}
	if fresh == 0 {
		return false, p.stuck()
	}
	before := p.start
	p.start += n
	p.query = ""
	if query, ok := p.follow(env.next, before); ok && !p.links[query] {
		p.links[query] = true
		p.query = query
	}
	return true, nil
}

// cut tells whether a page of n entries that is shorter than was asked for may
// not be the last one.
func (p *pager) cut(n int, env envelope) bool {
	if env.count >= 0 {
		return int64(p.start+n) < env.count
	}
	const roundNumber = 100 // pages of 100, 500, ... are what instances allow
	return !p.rigid && n%roundNumber == 0
}

func (p *pager) stuck() error {
	e := p.c.newError(&p.call, nil)
	e.Cause, e.Err, e.Hint = ErrAnswer, errors.New("the pages of the list repeat the same entries"), hints[ErrAnswer]
	return e
}

// follow takes the query of a link to a next page, if it leads to the same list
// with the same parameters, further on than the page before.
func (p *pager) follow(link string, before int) (string, bool) {
	u, err := url.Parse(link)
	if err != nil || !strings.HasSuffix(u.EscapedPath(), p.call.path) {
		return "", false
	}
	got, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", false
	}
	want := url.Values{}
	for _, q := range p.params {
		want.Add(q.key, q.value)
	}
	for key, values := range want {
		if !slices.Equal(got[key], values) {
			return "", false
		}
	}
	start, err := strconv.Atoi(got.Get("resultStart"))
	return u.RawQuery, err == nil && start > before
}

// all walks every page. take gets the entries of a page after it has arrived as
// a whole, and returns how many there were and how many of them were new; none
// ends the walk.
func (p *pager) all(ctx context.Context, begin func(), each func(value) error, take func() (n, fresh int, err error)) error {
	for range maxPages {
		env, err := p.page(ctx, begin, each)
		if err != nil {
			if p.shrink(err) {
				continue
			}
			return err
		}
		n, fresh, err := take()
		if err != nil {
			return err
		}
		if more, err := p.advance(n, fresh, env); !more {
			return err
		}
	}
	return p.stuck()
}

// sizeMatters reports whether asking for less may help.
func (e *Error) sizeMatters() bool {
	switch e.Cause {
	case ErrTimeout, ErrTQLTimeout:
		return true
	case ErrTooLarge:
		over, ok := errors.AsType[*tooLarge](e.Err)
		return ok && !over.single
	case ErrServer:
		return e.Status != http.StatusBadGateway
	case ErrNetwork, ErrAnswer:
		return e.Status == http.StatusOK && !errors.Is(e.Err, errShape) // it broke off on the way
	}
	return false
}
