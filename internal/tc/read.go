package tc

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"

	"tcimport/internal/intel"
)

// one carries out a call whose answer is no list of pages. take gets the data; it is
// called once for each attempt. Without take, the answer has to be a success and no more.
func (c *Client) one(ctx context.Context, cl call, take func(value) error) error {
	cl.decode = func(r *answer) error { return readOne(r, cl.writes, take) }
	return c.do(ctx, &cl)
}

// group carries out a call whose answer has to contain a group.
func (c *Client) group(ctx context.Context, cl call, asked intel.List) (r *intel.Remote, err error) {
	err = c.one(ctx, cl, func(v value) (err error) {
		r, err = c.decodeGroup(v, asked)
		return err
	})
	return r, err
}

// list carries out a call whose answer is a page of a list. begin is called before each
// attempt: the entries of an earlier one do not count.
func (c *Client) list(ctx context.Context, cl call, begin func(), each func(value) error) (env envelope, err error) {
	cl.decode = func(r *answer) (err error) {
		begin()
		env, err = readList(r, cl.linked, each)
		return err
	}
	err = c.do(ctx, &cl)
	return env, err
}

// eachOfAll walks a list of what an instance has of a sort. One that ends early is
// good enough: what is missing fails where it is needed.
func (c *Client) eachOfAll(ctx context.Context, op, path string, p params, take func(value)) error {
	err := c.each(ctx, op, path, p, take)
	if errors.Is(err, ErrIncomplete) {
		c.log.Warn("going on with what the list has", "error", err)
		return nil
	}
	return err
}

// each walks a list that is short enough for its entries to be taken as they
// come.
func (c *Client) each(ctx context.Context, op, path string, p params, take func(value)) error {
	var entries []value
	begin := func() { entries = entries[:0] }
	keep := func(v value) error {
		entries = append(entries, append(value(nil), v...))
		return nil
	}
	seen, seed := map[uint64]bool{}, maphash.MakeSeed()
	query := slices.ContainsFunc(p, func(q param) bool { return q.key == "tql" })
	return c.newPager(call{op: op, path: path, tql: query}, p, maxPageSize).all(ctx, begin, keep, func() (n, fresh int, err error) {
		for _, v := range entries {
			if h := maphash.Bytes(seed, v); !seen[h] {
				seen[h] = true
				fresh++
			}
			take(v)
		}
		return len(entries), fresh, nil
	})
}
