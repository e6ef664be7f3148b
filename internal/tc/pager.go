package tc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// The most entries of a page that instances answer, and the fewest that are
// asked for when larger pages take too long.
const (
	maxPageSize = 10_000
	minPageSize = 100
)

// A list whose end does not come ends with an error: to go on without what may be
// missing would make it a second time. How long a list can be the instance says
// itself, by a count; it is asked for one where the list goes on for long.
const (
	countAfter         = 20        // pages; and how many more than counted others may have added
	maxPages           = 10_000    // of a list that is not counted
	maxEntries         = 2_000_000 // of a list that is not counted
	maxSmallPages      = 1_000     // pages of fewer entries than others have
	minShortPages      = 100       // pages that are shorter than was asked for, of a list that is not counted;
	shortPagesPerEntry = 10        // or so many for each entry of the largest
	maxListed          = 1 << 40
)

// pager walks the pages of one list.
//
// The links in answers are followed as to path and query only: what they say
// about scheme and host may be what the instance calls itself behind a proxy,
// and credentials go nowhere else. Where a link cannot be used, the pager counts
// for itself.
type pager struct {
	c      *Client
	call   call
	params params // without the two of the page
	limit  int
	start  int    // of the page to come: how many entries have been read
	query  string // of the page to come, where a link gave it; "" to count
	rigid  bool   // the page size is not to be changed
	body   bool   // the parameters go in the body
	ahead  bool   // a page can be asked for while the one before it is decoded

	pages    int   // that have been read
	last     int64 // what the last one has taken of memory
	largest  int   // entries of one of them
	expected int   // entries that a count before has found; 0 if there was none
	maxTotal int64 // entries that what was asked for can have
	total    int64 // entries that there can be; -1 if that is not known
	counted  int64 // entries that there are, as the last answer says that does; -1 if none has
	first    int64 // the same, as the first one says
}

func (c *Client) newPager(cl call, p params, limit int) *pager {
	if limit <= 0 || limit > maxPageSize {
		limit = maxPageSize
	}
	return &pager{c: c, call: cl, params: p, limit: limit, maxTotal: maxListed, total: -1, counted: -1, first: -1}
}

// own are the parameters of the page to come without help of a link.
func (p *pager) own() params {
	q := slices.Clone(p.params)
	q.addInt("resultStart", p.start)
	q.addInt("resultLimit", p.limit)
	return q
}

// put puts parameters into a call.
func (p *pager) put(q params, call *call) {
	if !p.body {
		call.query = q.encode()
		return
	}
	call.body = q.body()
	call.trial = p.c.getBody.Load() != bodyRead
}

// page reads the page to come entry by entry. linked gets its link to the next one, before
// the entries.
func (p *pager) page(ctx context.Context, begin func(), each func(value) error, linked func(string)) (envelope, error) {
	call := p.asked(p.query)
	call.linked = linked
	return p.c.list(ctx, call, begin, each)
}

// asked asks for a page: for that of a query, or for the page to come.
func (p *pager) asked(query string) call {
	call := p.call
	p.put(p.own(), &call)
	if query != "" {
		call.query = query
	}
	call.shrinks, call.entries = p.rigid || p.limit > minPageSize, p.limit
	return call
}

// shrink makes the page to come smaller where err may be owed to its size.
func (p *pager) shrink(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.sizeMatters() || p.rigid || !p.c.reached.Load() {
		return false
	}
	smallest := minPageSize
	if e.Cause == ErrTooLarge {
		smallest = 1 // entries may be as large as that
	}
	if p.limit <= smallest {
		return false
	}
	p.limit, p.query = max(smallest, p.limit/2), ""
	return true
}

// advance goes on to the page after one that had n entries, fresh of which were
// new. It reports whether there is one. A short page that has a link is not the
// end, as an instance may allow fewer entries than were asked for; nor is a full
// one that has none, one after which entries are missing to the count, or one of
// so round a number of entries that it looks cut, though that costs a request
// where it is, and no count says that it is not.
func (p *pager) advance(ctx context.Context, n, fresh int, env envelope) (bool, error) {
	p.note(env.count)
	linked := env.next != ""
	switch {
	case n == 0, !linked && n < p.limit && !p.cut(n, env):
		return false, p.ends(ctx, n, env.count)
	case fresh == 0 && !linked && p.start > 0 && n != p.limit:
		return false, p.ends(ctx, 0, env.count) // maybe no more than a suspicion of a further page
	case fresh == 0:
		return false, p.broken("the pages of the list repeat the same entries")
	}
	p.start += n
	p.query = ""
	if !p.body {
		p.query = p.follow(env.next, p.start)
	}
	return p.goesOn(ctx, n, env.count)
}

// cut reports whether a page of n entries that is shorter than was asked for may
// not be the last one.
func (p *pager) cut(n int, env envelope) bool {
	switch {
	case env.count >= 0:
		return int64(p.start+n) < env.count
	case p.expected > 0:
		return p.start+n < p.expected
	}
	const roundNumber = 100 // pages of 100, 500, ... are what instances allow
	return !p.rigid && n%roundNumber == 0
}

// note keeps what an answer says about the number of entries.
func (p *pager) note(count int64) {
	if count < 0 {
		return
	}
	if p.first < 0 {
		p.first = count
	}
	p.counted = count
}

// ends is called after the last page. It is an error if entries are missing to the
// count: the list was cut. What was deleted meanwhile a new count does not have.
func (p *pager) ends(ctx context.Context, n int, count int64) error {
	got := int64(p.start + n)
	if count < 0 && p.counted > got {
		if total, err := p.count(ctx); err == nil && total > 0 {
			p.counted = int64(total)
		}
	}
	if p.counted <= got {
		return nil
	}
	e := newError(&p.call, ErrIncomplete)
	e.Err = fmt.Errorf("it ends after %d entries, but the instance counts %d", got, p.counted)
	return e
}

// goesOn is called after each page that is not the last one. It ends a list that
// has more entries or pages than what was asked for can have.
func (p *pager) goesOn(ctx context.Context, n int, count int64) (bool, error) {
	p.pages++
	p.largest = max(p.largest, n)
	if p.total < 0 && count < 0 && p.pages == countAfter {
		if p.expected > 0 {
			count = int64(p.expected)
		} else if total, err := p.count(ctx); err == nil {
			count = int64(total)
		}
	}
	p.note(count)
	if count >= 0 {
		p.total = min(count, p.maxTotal)
	}
	start, pages, largest := int64(p.start), int64(p.pages), int64(p.largest)
	switch {
	case p.total < 0 && (pages > p.maxUncounted() || start > maxEntries):
		return false, p.broken(fmt.Sprintf("the list does not end: there is another page after %d entries in %d pages", start, pages))
	case p.first >= 0 && start > 2*min(p.first, p.maxTotal)+countAfter*largest:
		return false, p.broken(fmt.Sprintf("the list does not end: there is another page after %d entries, where there were %d at first", start, p.first))
	case p.total >= 0 && (start > p.total+p.total/10+countAfter*largest || pages > maxSmallPages+2*p.total/largest):
		return false, p.broken(fmt.Sprintf("the list does not end: there is another page after %d entries, where there are %d in all", start, p.total))
	}
	return true, nil
}

// maxUncounted is how many pages a list can have that is not counted. An instance
// that fills its pages may have many. One that answers only some entries of the
// thousands that a page may have, and does not count when it is asked to, does not
// come to an end.
func (p *pager) maxUncounted() int64 {
	if p.largest >= p.limit {
		return maxPages
	}
	return min(maxPages, max(minShortPages, shortPagesPerEntry*int64(p.largest)))
}

// count counts the entries of the list, -1 if the instance does not say.
func (p *pager) count(ctx context.Context) (int, error) {
	q := slices.DeleteFunc(slices.Clone(p.params), func(q param) bool { return q.key == "sorting" || q.key == "fields" })
	q.add("resultStart", "0")
	q.add("resultLimit", "1")
	q.add("count", "true")
	call, n := p.call, 0
	p.put(q, &call)
	call.entries = 1
	env, err := p.c.list(ctx, call, func() { n = 0 }, func(value) error { n++; return nil })
	switch {
	case err != nil:
		return 0, err
	case env.count >= int64(n): // else it contradicts itself
		return int(env.count), nil
	case n == 0:
		return 0, nil
	}
	return -1, nil
}

// broken is the error for a list that cannot be read as a whole.
func (p *pager) broken(what string) error {
	e := newError(&p.call, ErrAnswer)
	e.Err = errors.New(what)
	return e
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
