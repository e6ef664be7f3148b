package tc

import (
	"context"
	"errors"
	"iter"

	"tcimport/internal/intel"
)

// What one query of a QueryIn holds at most, when it is sent in the URL. Front
// ends and proxies take different lengths; these are taken everywhere.
const (
	maxTarget = 1800 // bytes of path and query as sent
	maxValues = 100
)

// SearchIn finds the objects that match any of the conditions of q, each once,
// in as few queries as fit into URLs. It ends with the first error.
func (c *Client) SearchIn(ctx context.Context, kind intel.Kind, q QueryIn) iter.Seq2[*intel.Remote, error] {
	return func(yield func(*intel.Remote, error) bool) {
		s := c.newSearch(kind, q.Query, yield)
		chunks, err := c.chunks(kind, q)
		for len(chunks) > 0 && err == nil && !s.done {
			next := chunks[0]
			chunks = chunks[1:]
			one := q.Query
			one.TQL = And(enclosed(q.TQL), next.tql())
			err = s.run(ctx, one, len(next) > 1)
			if len(next) > 1 && tooMuch(err) {
				half := len(next) / 2
				chunks = append([]chunk{next[:half], next[half:]}, chunks...)
				err = nil
			}
		}
		if err != nil && !s.done {
			yield(nil, err)
		}
	}
}

// ChunkCount is the number of queries that SearchIn would send at least; 0 if q
// holds what cannot be asked for.
func (c *Client) ChunkCount(kind intel.Kind, q QueryIn) int {
	chunks, err := c.chunks(kind, q)
	if err != nil {
		return 0
	}
	return len(chunks)
}

// tooMuch reports whether asking for fewer values may help.
func tooMuch(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.sizeMatters() || e.Cause == ErrTooLong)
}

// chunk is the literals of one query, with the conditions that they belong to.
type chunk []term

type term struct {
	in      *In
	literal string
}

// tql is the clause that has all of a chunk.
func (ch chunk) tql() string {
	var clauses, literals []string
	for i, t := range ch {
		literals = append(literals, t.literal)
		if i+1 == len(ch) || ch[i+1].in != t.in {
			clauses = append(clauses, t.in.clause(literals))
			literals = nil
		}
	}
	return Or(clauses...)
}

// chunks divides the values of q so that no query is too long; a value that is
// so by itself gets one of its own.
func (c *Client) chunks(kind intel.Kind, q QueryIn) ([]chunk, error) {
	fixed := c.fixedLength(kind, q.Query)
	var out []chunk
	var open chunk
	length := fixed
	for i := range q.In {
		in := &q.In[i]
		clause := len(escape(in.clause(nil) + " or "))
		seen := map[string]bool{}
		for _, v := range in.Values {
			literal, err := in.literal(v)
			if err != nil {
				return nil, err
			}
			if seen[literal] {
				continue
			}
			seen[literal] = true
			cost := len(escape(literal + ","))
			if len(open) == 0 || open[len(open)-1].in != in {
				cost += clause
			}
			if len(open) > 0 && (length+cost > maxTarget || len(open) >= maxValues) {
				out = append(out, open)
				open, length = nil, fixed
				cost = clause + len(escape(literal+","))
			}
			open = append(open, term{in, literal})
			length += cost
		}
	}
	if len(open) > 0 {
		out = append(out, open)
	}
	return out, nil
}

// fixedLength is that of the request target around the values of a chunk.
func (c *Client) fixedLength(kind intel.Kind, q Query) int {
	q.TQL = And(enclosed(q.TQL), "()")
	p := c.params(kind, q)
	p.addInt("resultStart", 1_000_000)
	p.addInt("resultLimit", maxPage)
	return len(c.base.EscapedPath()) + len(endpointOf(kind).path) + len("?") + len(p.encode())
}
