package tc

import (
	"context"
	"errors"
	"hash/maphash"
	"net/http"
	"slices"
)

// read carries out a GET whose data is no list of pages. one gets the data; it is
// called once for each attempt. A trial is not insisted on.
func (c *Client) read(ctx context.Context, op, path string, trial bool, one func(value) error) error {
	return c.do(ctx, &call{
		op: op, method: http.MethodGet, path: path, route: "GET " + path, trial: trial,
		decode: func(r *answer) error {
			env, err := readOne(r, one)
			if err != nil {
				return err
			}
			return env.accept(false)
		},
	})
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
