package tc

import (
	"context"
	"errors"
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
	call.linked = linked
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
		return err
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

// late reports whether a page that was asked for ahead may have failed because it had to
// wait for its turn.
func late(err error) bool { return errors.Is(err, ErrTimeout) }
