package tc

import (
	"cmp"
	"context"
	"net/url"
	"strconv"

	"tcimport/internal/workers"
)

// pageAhead is a page that is asked for while the page before it is decoded: the
// instance makes the one while the client is busy with the other. Nothing of its answer
// is read before its turn.
//
// Only a page that is asked for in any case is asked for ahead. An answer says in a link
// that there is a further page, before its entries. The link of the page before has to
// have been right: some instances give links that leave entries out.
type pageAhead struct {
	query  string
	turn   chan struct{} // closed when the page before has been taken
	cancel context.CancelFunc
	asking *workers.Group
	env    envelope
}

// all walks every page. take gets the entries of a page after it has arrived as
// a whole, and returns how many there were and how many of them no earlier page of
// this walk had.
func (p *pager) all(ctx context.Context, begin func(), each func(value) error, take func() (n, fresh int, err error)) error {
	var ahead *pageAhead // the page after the one that is read
	defer func() { ahead.drop() }()
	var linked func(string)
	linked = func(link string) {
		if ahead == nil {
			ahead = p.askAhead(ctx, link, begin, each, linked)
		}
	}
	for {
		var env envelope
		var err error
		now := ahead
		ahead = nil
		if now != nil && now.query == p.query {
			env, err = now.read()
		} else {
			now.drop()
			env, err = p.page(ctx, begin, each, linked)
		}
		if err != nil {
			ahead.drop()
			ahead = nil
			if p.shrink(err) {
				continue
			}
			return err
		}
		p.last = env.size
		n, fresh, err := take()
		if err != nil {
			return err
		}
		if more, err := p.advance(ctx, n, fresh, env); !more {
			return err
		}
	}
}

// askAhead asks for the page that a link leads to; nil if it is not known to be the next.
func (p *pager) askAhead(ctx context.Context, link string, begin func(), each func(value) error, linked func(string)) *pageAhead {
	if !p.ahead || p.query == "" || p.last*4 > p.c.budget.answers {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil {
		return nil
	}
	start, err := strconv.Atoi(u.Query().Get("resultStart"))
	if err != nil || start <= p.start || start > p.start+p.limit {
		return nil
	}
	query := p.follow(link, start)
	if query == "" {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	a := &pageAhead{query: query, turn: make(chan struct{}), cancel: cancel, asking: workers.New()}
	call := p.asked(query)
	call.ahead = true
	call.linked = func(link string) {
		if ctx.Err() == nil { // it is its turn: whoever is cancelled has not waited for it
			linked(link)
		}
	}
	a.asking.Go(func() (err error) {
		wait := func() {
			select {
			case <-a.turn:
				begin()
			case <-ctx.Done():
			}
		}
		take := func(v value) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return each(v)
		}
		a.env, err = p.c.list(ctx, call, wait, take)
		// Whoever is cancelled does not wait for the turn: not even an empty page counts.
		return cmp.Or(ctx.Err(), err)
	})
	return a
}

// read reads the page, whose turn it is.
func (a *pageAhead) read() (envelope, error) {
	close(a.turn)
	err := a.asking.Wait()
	a.cancel()
	return a.env, err
}

// drop ends a request whose page is not wanted any more.
func (a *pageAhead) drop() {
	if a != nil {
		a.cancel()
		_ = a.asking.Wait()
	}
}
