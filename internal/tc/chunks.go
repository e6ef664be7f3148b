package tc

import (
	"context"
	"errors"
	"iter"
	"slices"

	"tcimport/internal/intel"
)

// What one query of a QueryIn holds at most. Front ends and proxies take URLs of
// different lengths; one of 1800 bytes is taken everywhere. In the body of a
// request there is more room.
var (
	inURL  = room{bytes: 1800, values: 100}
	inBody = room{bytes: 100_000, values: 950}
)

type room struct{ bytes, values int }

// QueryIn selects the objects that match the Query and at least one of the
// conditions. It is sent in as many requests as its length demands.
type QueryIn struct {
	Query
	In []In
}

// SearchIn finds the objects that match any of the conditions of q, each once.
// It ends with the first error.
//
// A long q goes out in as many queries as fit into URLs, or in far fewer in the
// bodies of GET requests, which some instances read and no documentation
// promises: see getbody.go.
func (c *Client) SearchIn(ctx context.Context, kind intel.Kind, q QueryIn) iter.Seq2[*intel.Remote, error] {
	return func(yield func(*intel.Remote, error) bool) {
		s := c.newSearch(kind, q.Query, yield)
		s.ends(s.in(ctx, q))
	}
}

// ChunkCount is the number of queries that SearchIn would send at least, as far
// as is known; 0 if q holds what cannot be asked for. Long queries are reckoned
// with once LongQueries, or a SearchIn, has found that they are possible.
func (c *Client) ChunkCount(kind intel.Kind, q QueryIn) int {
	terms, err := q.terms()
	if err != nil {
		return 0
	}
	chunks := pack(terms, c.fixedLength(kind.Spec().Path, c.longest(kind, q.Query)), c.roomInURL())
	if len(chunks) > 1 && c.getBody.Load() == bodyRead && checkable(q.In) {
		chunks = pack(terms, 0, inBody)
	}
	return len(chunks)
}

// in carries out q in chunks.
func (s *search) in(ctx context.Context, q QueryIn) error {
	left, err := q.terms()
	if err != nil {
		return err
	}
	return s.c.inChunks(left, chunking{
		fixed:  s.c.fixedLength(s.kind.Spec().Path, s.c.longest(s.kind, q.Query)),
		bodies: func(n int) bool { return s.triesBody(ctx, n, q.In) },
		ask:    func(ch chunk, body bool) error { return s.chunk(ctx, q, ch, body) },
	})
}

// chunking is how values are asked for in several queries.
type chunking struct {
	fixed  int                     // length of a request target without the values
	bodies func(n int) bool        // whether what fills n URLs goes in bodies; nil for never
	ask    func(chunk, bool) error // for one chunk, maybe in a body
}

// inChunks asks for values, and divides what is left anew where the instance
// turns out to want it in another form or in smaller pieces.
func (c *Client) inChunks(left []term, how chunking) error {
	inURL, inBody := c.roomInURL(), inBody
	half := 0 // of a query that was refused, while one value alone is tried
	for len(left) > 0 {
		chunks, body := pack(left, how.fixed, inURL), false
		if how.bodies != nil && how.bodies(len(chunks)) {
			chunks, body = pack(left, 0, inBody), true
		}
		var err error
		var size int // of the chunk that was asked last
		for _, chunk := range chunks {
			size = len(chunk)
			if err = how.ask(chunk, body); err != nil {
				break
			}
			left = left[len(chunk):]
			if half > 0 { // so it is the number of values
				inURL.values = c.learnMaxValues(half)
				half = 0
				break
			}
		}
		switch {
		case err == nil:
		case size > 1 && tooMuch(err):
			inURL.values, inBody.values = max(1, min(inURL.values, size/2)), max(1, size/2)
		case body && (errors.Is(err, errIgnored) || IsObjectError(err)):
			c.getBody.Store(bodyIgnored)
		case size > 1 && refusesQuery(err) && c.maxValues.Load() > 0:
			inURL.values = c.learnMaxValues(size / 2)
		case size > 1 && refusesQuery(err):
			inURL.values, half = 1, size/2
		default:
			return err
		}
	}
	return nil
}

// roomInURL is what a query in a URL holds, as far as this instance is known.
func (c *Client) roomInURL() room {
	r := inURL
	if n := int(c.maxValues.Load()); n > 0 {
		r.values = min(r.values, n)
	}
	return r
}

// learnMaxValues remembers that the instance refuses queries of more than n values.
func (c *Client) learnMaxValues(n int) int {
	if most := c.maxValues.Load(); most == 0 || int32(n) < most {
		c.maxValues.Store(int32(n))
	}
	return n
}

// refusesQuery reports whether err may say that a list of values is too long. No
// source has the message of an instance for that.
func refusesQuery(err error) bool {
	return errors.Is(err, ErrTQL) || errors.Is(err, ErrRefused)
}

func (s *search) chunk(ctx context.Context, q QueryIn, ch chunk, body bool) error {
	one := q.Query
	one.TQL = And(enclosed(q.TQL), ch.tql())
	s.maxFound = ch.maxFound()
	if !body {
		return s.run(ctx, one, len(ch) > 1)
	}
	s.match = ch.matcher()
	s.body = true
	defer func() { s.match, s.body = nil, false }()
	return s.run(ctx, one, true)
}

// tooMuch reports whether asking for fewer values may help.
func tooMuch(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.sizeMatters() || e.Cause == ErrTooLong)
}

// term is one value of one condition.
type term struct {
	in      *In
	value   string
	literal string
}

// terms are all values of q, each once.
func (q QueryIn) terms() ([]term, error) {
	var out []term
	for i := range q.In {
		in := &q.In[i]
		seen := make(map[string]bool, len(in.Values))
		for _, v := range in.Values {
			literal, err := in.literal(v)
			if err != nil {
				return nil, err
			}
			if !seen[literal] {
				seen[literal] = true
				out = append(out, term{in, v, literal})
			}
		}
	}
	return out, nil
}

// chunk is the terms of one query.
type chunk []term

// most is how many objects a chunk can find; 0 if that is not known.
func (ch chunk) maxFound() int64 {
	for _, t := range ch {
		if t.in.Keyword != "id" {
			return 0
		}
	}
	return int64(len(ch))
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

// pack divides terms so that no query is longer than r, of which fixed is taken;
// a value that is too long by itself gets a query of its own.
func pack(terms []term, fixed int, r room) []chunk {
	var out []chunk
	begin, length := 0, fixed
	clause := 0
	for i, t := range terms {
		cost := len(escape(t.literal + ","))
		further := i == 0 || terms[i-1].in != t.in
		if further {
			clause = len(escape(t.in.clause(nil) + " or "))
			cost += clause
		}
		if i > begin && (length+cost > r.bytes || i-begin >= r.values) {
			out = append(out, terms[begin:i])
			begin, length = i, fixed
			if !further {
				cost += clause
			}
		}
		length += cost
	}
	if begin < len(terms) {
		out = append(out, terms[begin:])
	}
	return out
}

// longest are the parameters of a query of objects with the clause of a chunk
// around its values: alternatives, at worst, are enclosed once more.
func (c *Client) longest(kind intel.Kind, q Query) params {
	q.TQL = And(enclosed(q.TQL), "( or )")
	return q.params(kind, kind == intel.KindIndicator && !c.activeOnly.Load())
}

// fixedLength is that of a request target with the parameters p, without the
// values of a chunk.
func (c *Client) fixedLength(path string, p params) int {
	p = slices.Clone(p)
	p.addInt("resultStart", 1_000_000)
	p.addInt("resultLimit", maxPageSize)
	return len(c.base.EscapedPath()) + len(path) + len("?") + len(p.encode())
}
